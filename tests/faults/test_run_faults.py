"""Every row of the faults that a run must survive, tried on real runs.

Wanted each time: the truth in exit code, record and ledger; earlier reports intact; no process, no file left.
"""

import datetime as dt
import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

import leadline.run.record as record_module
from leadline.run.ledger import RunLedger
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome, run_notebook, sweep
from leadline.run.warden import RUN_VARIABLE
from tests.runs import start_leadline

Run = Callable[..., RunOutcome]
Write = Callable[..., Path]
OUT = Path("out")
PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def _nothing_left(working_folder: Path) -> Iterator[None]:
    """Whatever happened, no process of a run lives on and no hidden file is left after a sweep."""
    yield
    wait_until(lambda: not run_processes(), "processes of a run live on")
    sweep(OUT)
    if OUT.is_dir():
        assert [path.name for path in OUT.iterdir() if path.name.startswith(".")] == []


def run_processes() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if RUN_VARIABLE in process.environ():
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until(condition: Callable[[], object], otherwise: str, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        os.sched_yield()


def published() -> list[dict]:
    """Records of the published runs, oldest first; each must be whole."""
    folders = sorted(path for path in OUT.iterdir() if path.is_dir() and not path.name.startswith("."))
    for folder in folders:
        json.loads((folder / "notebook.ipynb").read_text("utf-8"))
        assert (folder / "report.html").read_text("utf-8").rstrip().endswith("</html>")
    return [json.loads((folder / "record.json").read_text("utf-8")) for folder in folders]


def assert_ledger_agrees() -> None:
    told = {row["run_id"]: row["status"] for row in RunLedger(OUT).runs()}
    assert told == {record["run_id"]: record["status"] for record in published()}


SLOW = ("print('so far')", "from pathlib import Path\nPath('reached').touch()\nwhile True: pass")


@contextmanager
def start_slow_run(write: Write, *cells: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    path = write(*(cells or SLOW))
    with start_leadline("run", str(path), "--out", str(OUT), **environment) as process:
        wait_until(lambda: Path("reached").exists() or process.poll() is not None, "the step was not reached")
        yield process


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_run_that_is_told_to_stop_is_published_as_killed(write: Write, name: str) -> None:
    with start_slow_run(write) as process:
        process.send_signal(getattr(signal, name))
        stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert "killed at step 'Step 2'" in stderr
    assert stdout.strip().endswith("report.html")
    (record,) = published()
    assert (record["status"], record["failure"]["step"]) == ("killed", "Step 2")
    assert_ledger_agrees()


def test_when_the_parent_is_killed_the_kernel_ends_and_the_next_command_tells(write: Write, leadline) -> None:
    with start_slow_run(
        write, "import subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session=True)", SLOW[1]
    ) as process:
        process.kill()
    wait_until(lambda: not run_processes(), "the kernel lives on", seconds=5)
    done = leadline("run", str(write("1 + 1", name="next")), "--out", str(OUT))
    assert done.returncode == 0, done.stderr
    assert "An earlier run had been killed" in done.stderr
    killed, fine = published()
    assert (killed["status"], killed["failure"]["step"]) == ("killed", "Step 2")
    assert fine["status"] == "done"
    assert_ledger_agrees()


@pytest.mark.parametrize("delay", [0.3, 1.0, 1.6, 2.2, 2.8, 3.4])
def test_killed_at_any_moment_nothing_is_torn(write: Write, run: Run, delay: float) -> None:
    good = run("print('the previous report')")
    before = (good.folder / "report.html").read_bytes()
    path = write("print('x' * 150_000)", *["pass"] * 20, name="big")
    with start_leadline("run", str(path), "--out", str(OUT)) as process:
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
    wait_until(lambda: not run_processes(), "the kernel lives on")
    sweep(OUT)
    assert (good.folder / "report.html").read_bytes() == before
    assert {record["status"] for record in published()} <= {"done", "killed"}
    assert_ledger_agrees()


@pytest.mark.parametrize(
    "source",
    [
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes\nctypes.string_at(0)",
        "import os\nos._exit(0)",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\nb = bytearray(3 << 30)",
    ],
    ids=["out_of_memory", "segfault", "os_exit", "memory_error"],
)
def test_a_kernel_that_dies_is_a_failed_run(run: Run, source: str) -> None:
    outcome = run("print('so far')", source, "print('never')")
    assert outcome.exit_code == 1
    assert outcome.record["failure"]["step"] == "Step 2"
    assert_ledger_agrees()


@pytest.mark.parametrize("source", ["import sys\nsys.exit(0)", "import sys\nsys.exit(3)", "raise SystemExit"])
def test_leaving_early_is_no_success(run: Run, source: str) -> None:
    outcome = run(source, "print('never')")
    assert outcome.exit_code == 1
    assert "never ran" in outcome.record["failure"]["message"]


def test_a_notebook_that_mutes_its_outputs_is_not_taken_for_finished(run: Run) -> None:
    outcome = run("get_ipython().display_pub.publish = lambda *_, **__: None", "1 + 1")
    assert (outcome.exit_code, outcome.record["status"]) == (1, "failed")


def test_exit_as_jupyter_knows_it_stops_nothing_and_the_run_says_so(run: Run) -> None:
    outcome = run("exit()", "print('it ran')")
    assert outcome.exit_code == 0
    assert "it ran" in (outcome.folder / "notebook.ipynb").read_text("utf-8")


def test_an_interrupt_from_within_is_a_failed_run(run: Run) -> None:
    assert run("raise KeyboardInterrupt", "print('never')").exit_code == 1


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "import signal, threading\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nthreading.Event().wait()",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    ],
    ids=["hanging", "ignores_interrupts", "frozen"],
)
def test_the_time_limit_ends_what_hangs(run: Run, source: str) -> None:
    outcome = run("print('so far')", source, limit=4)
    assert outcome.record["status"] == "timed_out"
    assert outcome.exit_code == 1
    assert "time limit of 4 s" in outcome.record["failure"]["message"]
    assert outcome.record["seconds"] < 15
    assert_ledger_agrees()


def test_the_limit_holds_for_the_whole_run_not_for_each_message(run: Run) -> None:
    source = "import threading\nfor i in range(100): threading.Event().wait(0.2); print(i, flush=True)"
    assert run(source, limit=4).record["status"] == "timed_out"


def test_a_child_in_the_background_ends_with_its_run(run: Run) -> None:
    source = "import subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session={})"
    assert run(source.format(True), source.format(False)).exit_code == 0


def test_asking_the_analyst_fails_at_once(run: Run) -> None:
    assert "StdinNotImplementedError" in run("input('name?')").record["failure"]["message"]


def test_runs_into_one_folder_do_not_meet(write: Write) -> None:
    path = write(*["print('x' * 1000)"] * 4)
    with ExitStack() as stack:
        command = ("run", str(path), "--out", str(OUT))
        processes = [stack.enter_context(start_leadline(*command)) for _ in range(3)]
        for process in processes:
            process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [record["status"] for record in published()] == ["done"] * 3
    assert_ledger_agrees()


@pytest.mark.parametrize(
    "source",
    ["print('z' * 100_000_000)", "for i in range(1_000_000): print('z' * 99)"],
    ids=["at_once", "in_lines"],
)
def test_a_flood_of_output_is_cut(run: Run, source: str) -> None:
    outcome = run(source, "print('after')")
    assert outcome.exit_code == 0
    text = (outcome.folder / "notebook.ipynb").read_text("utf-8")
    assert len(text) < 1_000_000
    assert "was left out" in text
    assert "after" in text


def test_a_huge_table_is_rendered_in_time(run: Run) -> None:
    show_all = "import pandas as pd\npd.set_option('display.max_rows', None)"
    began = time.process_time()
    outcome = run(show_all, "pd.DataFrame({f'c{i}': range(20_000) for i in range(20)})")
    assert outcome.exit_code == 0
    assert time.process_time() - began < 20
    assert "20,000" in (outcome.folder / "report.html").read_text("utf-8")


def test_three_thousand_cells_take_no_quadratic_time(run: Run) -> None:
    began = time.monotonic()
    outcome = run(*(f"x{number} = {number}" for number in range(3000)), limit=300)
    assert outcome.exit_code == 0
    assert time.monotonic() - began < 120


def test_a_notebook_that_names_an_unknown_kernel_runs_on_ours(write: Write) -> None:
    path = write("print('客户')")
    path.write_text(path.read_text("utf-8").replace('"python3"', '"nosuch"'), "utf-8")
    assert run_notebook(make_request(str(path), {}, out=OUT)).exit_code == 0


def test_a_posix_locale_keeps_every_character(write: Write, leadline) -> None:
    source = "print('客户')\nopen('l.txt', 'w').write('客户')"
    path = write(source, parameters="from leadline.parameters import Text\np: Text = '默认'  # 帮助")
    environment = {"LC_ALL": "POSIX", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = leadline("run", str(path), "-p", "p=客户群", "--out", str(OUT), **environment)
    assert done.returncode == 0, done.stderr
    assert published()[0]["parameters"] == {"p": "客户群"}
    assert "客户" in next(OUT.glob("*/notebook.ipynb")).read_text("utf-8")
    described = leadline("describe", str(path), **environment)
    assert "帮助" in described.stdout


@pytest.fixture
def small_disk(working_folder: Path) -> Iterator[Path]:
    folder = working_folder / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


NOISE = "import numpy as np\nprint(''.join(map(chr, np.random.default_rng(0).integers(33, 126, 190_000))))"


@pytest.mark.tmpfs
def test_a_full_disk_harms_no_earlier_report(small_disk: Path, write: Write) -> None:
    good = run_notebook(make_request(str(write("print('the previous report')")), {}, out=small_disk))
    before = {path: path.read_bytes() for path in good.folder.rglob("*") if path.is_file()}
    outcome = run_notebook(make_request(str(write(*[NOISE] * 12, name="big")), {}, out=small_disk))
    assert outcome.exit_code == 1
    assert "No space left on device" in outcome.record["failure"]["message"]
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in small_disk.iterdir()) == sorted(
        [good.folder.name, outcome.folder.name, "leadline.db"]
    )


@pytest.mark.tmpfs
def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    small_disk: Path, write: Write, leadline
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = leadline("run", str(write("open('ran', 'w')")), "--out", str(small_disk))
    assert done.returncode == 2
    assert "cannot be written (1 problem):\n  - Read-only file system" in done.stderr
    assert not Path("ran").exists()


@pytest.mark.parametrize("jump", [dt.timedelta(hours=-1), dt.timedelta(days=90)])
def test_a_jump_of_the_clock_makes_no_absurd_duration(
    run: Run, monkeypatch: pytest.MonkeyPatch, jump: dt.timedelta
) -> None:
    # The wall clock as the record reads it: right at the start, changed at the end.
    moments = [dt.datetime.now(dt.UTC), dt.datetime.now(dt.UTC) + jump]
    monkeypatch.setattr(record_module, "now", lambda: moments.pop(0).isoformat(timespec="seconds"))
    record = run("import threading\nthreading.Event().wait(1)").record
    assert moments == []
    assert 1 <= record["seconds"] < PATIENCE_SECONDS


@pytest.mark.parametrize("content", [b"", b'{"cells": [{"cell_type": "code"'])
def test_a_broken_notebook_is_refused_before_a_kernel_starts(
    working_folder: Path, leadline, content: bytes
) -> None:
    Path("broken.ipynb").write_bytes(content)
    done = leadline("run", "broken.ipynb", "--out", str(OUT))
    assert done.returncode == 2
    assert done.stderr.strip().endswith("is not a notebook: it is empty, cut short or not JSON.")


def test_a_notebook_with_a_byte_order_mark_runs(write: Write) -> None:
    path = write("1 + 1")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run_notebook(make_request(str(path), {}, out=OUT)).exit_code == 0


def test_memory_of_the_run_is_told(run: Run) -> None:
    outcome = run("block = bytearray(400_000_000)")
    assert outcome.record["peak_memory_mb"] > 400
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
