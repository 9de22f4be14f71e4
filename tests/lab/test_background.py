import io
import json

from leadline.lab.background import BackgroundRun, main


def run(notebook, given, out):
    heard = []
    BackgroundRun(notebook, given, out, heard.append).wait()
    return heard


def test_a_run_that_is_stopped_publishes_what_it_kept(write, tmp_path):
    heard = []

    def stop(message):
        heard.append(message)
        if message.get("title") == "Step 1":
            running.stop()

    running = BackgroundRun(write("import time; time.sleep(60)"), {}, tmp_path / "out", stop)
    running.wait()
    assert heard[0] == {"cell": 0, "cells": 3, "title": ""}
    assert heard[-1]["status"] == "killed"
    assert heard[-1]["folder"]


def test_what_is_refused_is_told_as_its_message(write, tmp_path):
    asked = {"notebook": str(write("1")), "given": {"size": 1}, "out": str(tmp_path / "out")}
    told = io.StringIO()
    main(io.StringIO(json.dumps(asked)), told)
    assert "has no parameter 'size'" in json.loads(told.getvalue())["error"]


def test_a_process_that_dies_without_a_word_is_told_too(tmp_path):
    (heard,) = run(tmp_path / "work.ipynb", "no names", tmp_path / "out")
    assert heard == {"error": None}
