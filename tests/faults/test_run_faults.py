"""Faults of a run's processes: killed, stopped, frozen, leaving early; each tried on real runs."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from leadline.run.runner import RunOutcome, sweep
from leadline.store import open_store
from tests.faults.aftermath import (
    OUT,
    PATIENCE_SECONDS,
    assert_ledger_agrees,
    fault,
    published,
    wait_until,
)
from tests.runs import run_processes, start_leadline

pytestmark = pytest.mark.usefixtures("aftermath")
Run = Callable[..., RunOutcome]
Write = Callable[..., Path]


SLOW = ("print('so far')", "from pathlib import Path\nPath('reached').touch()\nwhile True: pass")


@contextmanager
def start_slow_run(write: Write, *cells: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    path = write(*(cells or SLOW))
    with start_leadline("run", str(path), "--out", str(OUT), **environment) as process:
        wait_until(lambda: Path("reached").exists() or process.poll() is not None, "the step was not reached")
        yield process


@pytest.mark.parametrize(
    "name", [fault("sigterm_run", "SIGTERM"), fault("sighup_run", "SIGHUP"), fault("sigint_run", "SIGINT")]
)
def test_a_run_that_is_told_to_stop_is_published_as_killed(write: Write, name: str) -> None:
    with start_slow_run(write) as process:
        process.send_signal(getattr(signal, name))
        stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert "killed at step 'Step 2'" in stderr
    assert stdout.strip().endswith("report.html")
    (record,) = published()
    assert (record["status"], record["failure"]["step"]) == ("killed", "Step 2")


@pytest.mark.covers("run_faults", "sigkill_run")
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


@pytest.mark.covers("run_faults", "sigkill_run")
def test_a_run_killed_before_the_ledger_knew_it_is_entered_by_the_next_command(write: Write) -> None:
    command = ("run", str(write("1 + 1")), "--out", str(OUT))
    with open_store(OUT, writing=True), start_leadline(*command):  # it waits for the ledger, and dies first
        wait_until(lambda: [*OUT.glob(".*.run/work/state.json")], "the run kept nothing")
    assert [folder.name for folder in sweep(OUT)] == [record["run_id"] for record in published()]
    assert [record["status"] for record in published()] == ["killed"]
    assert_ledger_agrees()


@pytest.mark.covers("run_faults", "sigkill_while_saving")
@pytest.mark.parametrize("delay", [0.3, 1.0, 1.6, 2.2, 2.8, 3.4])
def test_killed_at_any_moment_nothing_is_torn(write: Write, delay: float) -> None:
    path = write("print('x' * 150_000)", *["pass"] * 20, name="big")
    with start_leadline("run", str(path), "--out", str(OUT)) as process:
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
    wait_until(lambda: not run_processes(), "the kernel lives on")
    sweep(OUT)
    assert {record["status"] for record in published()} <= {"done", "killed"}


@pytest.mark.parametrize(
    "source",
    [
        fault("sigkill_kernel", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
        fault("segfault", "import ctypes\nctypes.string_at(0)"),
        fault("os_exit", "import os\nos._exit(0)"),
        fault(
            "memory_limit",
            "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
            "b = bytearray(3 << 30)",
        ),
    ],
)
def test_a_kernel_that_dies_is_a_failed_run(run: Run, source: str) -> None:
    outcome = run("print('so far')", source, "print('never')")
    assert outcome.exit_code == 1
    assert outcome.record["failure"]["step"] == "Step 2"


@pytest.mark.parametrize(
    "source",
    [
        fault("sys_exit_0", "import sys\nsys.exit(0)"),
        fault("sys_exit_3", "import sys\nsys.exit(3)"),
        fault("system_exit", "raise SystemExit"),
        fault("exit_call", "exit()"),
        fault("quit_call", "quit(0)"),
    ],
)
def test_leaving_early_is_no_success(run: Run, source: str) -> None:
    outcome = run(source, "print('never')")
    assert outcome.exit_code == 1
    assert outcome.record["failure"]["kind"] == "left_early"
    assert "never\\n" not in (outcome.folder / "notebook.ipynb").read_text("utf-8")


@pytest.mark.covers("run_faults", "muted_outputs")
def test_a_notebook_that_mutes_its_outputs_is_not_taken_for_finished(run: Run) -> None:
    outcome = run("get_ipython().display_pub.publish = lambda *_, **__: None", "1 + 1")
    assert (outcome.exit_code, outcome.record["status"]) == (1, "failed")


@pytest.mark.covers("run_faults", "keyboard_interrupt")
def test_an_interrupt_from_within_is_a_failed_run(run: Run) -> None:
    assert run("raise KeyboardInterrupt", "print('never')").exit_code == 1


@pytest.mark.parametrize(
    "source",
    [
        fault("hang", "while True: pass"),
        fault(
            "hang_ignores_sigint",
            "import signal, threading\nsignal.signal(2, signal.SIG_IGN)\nthreading.Event().wait()",
        ),
        fault("sigstop_kernel", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    ],
)
def test_the_time_limit_ends_what_hangs(run: Run, source: str) -> None:
    outcome = run("print('so far')", source, limit=4)
    assert outcome.record["status"] == "timed_out"
    assert outcome.exit_code == 1
    assert "time limit of 4 s" in outcome.record["failure"]["message"]
    assert outcome.record["seconds"] < 15


@pytest.mark.covers("run_faults", "printing_hang")
def test_the_limit_holds_for_the_whole_run_not_for_each_message(run: Run) -> None:
    source = "import threading\nfor i in range(100): threading.Event().wait(0.2); print(i, flush=True)"
    assert run(source, limit=4).record["status"] == "timed_out"


@pytest.mark.covers("run_faults", "background_child")
def test_a_child_in_the_background_ends_with_its_run(run: Run) -> None:
    source = "import subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session={})"
    assert run(source.format(True), source.format(False)).exit_code == 0


@pytest.mark.covers("run_faults", "input")
def test_asking_the_analyst_fails_at_once(run: Run) -> None:
    assert "StdinNotImplementedError" in run("input('name?')").record["failure"]["message"]


@pytest.mark.covers("run_faults", "runs_into_one_folder")
def test_runs_into_one_folder_do_not_meet(write: Write) -> None:
    path = write(*["print('x' * 1000)"] * 4)
    with ExitStack() as stack:
        command = ("run", str(path), "--out", str(OUT))
        processes = [stack.enter_context(start_leadline(*command)) for _ in range(3)]
        for process in processes:
            process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert [record["status"] for record in published()] == ["done"] * 3
