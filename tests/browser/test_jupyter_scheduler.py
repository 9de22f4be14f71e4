"""Notebook jobs of a real JupyterLab server: refused with our words, run as our runs, outputs handed out."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import nbformat
import pytest

from tests.conftest import ROOT
from tests.runs import build_notebook

TOKEN = "of-this-test"
#: A whole server and a run on a busy machine.
PATIENCE_SECONDS = 240
PARAMETERS = """from leadline.parameters import Count, Date
size: Count = 3  # how many
day: Date = "2026-01-31"  # of what day"""

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Call]]:
    """A server on a folder of two notebooks, and a way to call its scheduler."""
    home = tmp_path_factory.mktemp("lab")
    root = home / "root"
    root.mkdir()
    nbformat.write(build_notebook("print(size, day)", parameters=PARAMETERS), root / "work.ipynb")
    nbformat.write(build_notebook("raise KeyError('no such table')"), root / "broken.ipynb")
    settings = {
        "JUPYTER_CONFIG_PATH": str(ROOT / "src" / "leadline" / "lab" / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "LEADLINE_WARM": "0",
    }
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options, "--ServerApp.root_dir=."],
            cwd=root,
            env=os.environ | settings,
            stdout=log,
            stderr=log,
        )
        try:

            def call(path: str, body: dict[str, Any] | None = None) -> Any:
                data = None if body is None else json.dumps(body).encode()
                request = Request(
                    f"http://127.0.0.1:{port}/scheduler/{path}", data, {"Authorization": f"token {TOKEN}"}
                )
                try:
                    with urlopen(request, timeout=PATIENCE_SECONDS) as response:
                        return json.load(response)
                except HTTPError as error:
                    return json.load(error)

            def is_up() -> bool:
                assert process.poll() is None, (home / "log").read_text("utf-8")
                with suppress(URLError, ConnectionError):
                    return bool(call("config"))
                return False

            wait_for(is_up)
            yield root, call
        finally:
            process.terminate()
            process.wait(30)


def wait_for(find: Callable[[], Any]) -> Any:
    """Return what ``find`` finds, asked again until it does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.05)  # another process: there is nothing to wait on
    raise AssertionError("it never came")


def make_job(notebook: str, **parameters: str) -> dict[str, Any]:
    return {
        "input_uri": notebook,
        "name": "weekly",
        "runtime_environment_name": "leadline",
        "output_formats": ["html", "ipynb"],
        "parameters": parameters,
    }


def end_of(call: Call, job_id: str) -> dict[str, Any]:
    def look() -> Any:
        job = call(f"jobs/{job_id}")
        return job if job["status"] in ("COMPLETED", "FAILED") else None

    return wait_for(look)


def test_a_wrong_name_and_a_wrong_value_are_refused_at_once_and_nothing_is_made(
    lab: tuple[Path, Call],
) -> None:
    _root, call = lab
    for path, more in (("jobs", {}), ("job_definitions", {"schedule": "0 7 * * *", "timezone": "UTC"})):
        message = call(path, make_job("work.ipynb", sise="3", size="-2") | more)["message"]
        assert "no parameter 'sise'. Did you mean 'size'?" in message
        assert "size == '-2'" in message
    assert (
        "There are today, yesterday" in call("jobs", make_job("work.ipynb", day="{{ tomorow }}"))["message"]
    )
    assert call("jobs")["total_count"] == 0


def test_a_job_runs_as_a_run_does_and_hands_out_its_report(lab: tuple[Path, Call]) -> None:
    root, call = lab
    job = end_of(call, call("jobs", make_job("work.ipynb", size="7", day="{{ month_start }}"))["job_id"])
    assert job["status"] == "COMPLETED", job
    (record_file,) = (root / "reports" / "output").glob("*/record.json")
    record = json.loads(record_file.read_text("utf-8"))
    assert (record["status"], record["job"], record["parameters"]["size"]) == ("done", "lab:weekly", 7)
    assert record["parameters"]["day"].endswith("-01")
    (staged,) = (root.parent / "data" / "scheduler_staging_area" / job["job_id"]).glob("*.html")
    assert staged.read_bytes() == (record_file.parent / "report.html").read_bytes()


def test_a_job_that_fails_shows_the_step_and_still_has_its_page(lab: tuple[Path, Call]) -> None:
    root, call = lab
    job = end_of(call, call("jobs", make_job("broken.ipynb"))["job_id"])
    assert job["status"] == "FAILED"
    assert job["status_message"] == "The step “Step 1” failed: KeyError: 'no such table'"
    assert len(list((root.parent / "data" / "scheduler_staging_area" / job["job_id"]).glob("*.html"))) == 1
