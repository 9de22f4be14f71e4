"""The faults of runs, on warm kernels; and the server's own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from leadline.run.runner import RunOutcome, sweep
from leadline.run.warm import WarmServer, warm_server
from tests.faults.aftermath import OUT, fault, published, wait_until
from tests.run.warm.test_isolation import IS_WARM, printed
from tests.runs import run_processes

pytestmark = pytest.mark.usefixtures("aftermath")
Run = Callable[..., RunOutcome]
#: Runs a notebook on the warm server whose socket it is given.
RUN_WARM = """
import sys
from pathlib import Path
from leadline.run.request import make_request
from leadline.run.runner import run_notebook
run_notebook(make_request("work.ipynb", {}, out=Path("out")), warm=Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "source",
    [
        fault("warm_kernel_sigkill", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
        fault("warm_group_sigkill", "import os, signal\nos.killpg(0, signal.SIGKILL)"),
        fault("warm_segfault", "import ctypes\nctypes.string_at(0)"),
        fault("warm_os_exit", "import os\nos._exit(0)"),
    ],
)
def test_a_kernel_that_dies_fails_its_run_and_harms_no_other(run: Run, warm: Path, source: str) -> None:
    outcome = run("print('so far')", source, "print('never')", warm=warm)
    kind = "left_early" if "_exit" in source else "died"
    assert (outcome.record["status"], outcome.record["failure"]["kind"]) == ("failed", kind)
    assert outcome.record["failure"]["step"] == "Step 2"
    assert printed(run(IS_WARM, warm=warm)) == "True"


@pytest.mark.covers("run_faults", "warm_sigstop")
def test_a_frozen_kernel_is_ended_at_the_time_limit_and_all_it_started(run: Run, warm: Path) -> None:
    start = "import subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session=True)"
    outcome = run(start, "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", limit=4, warm=warm)
    assert outcome.record["status"] == "timed_out"


@pytest.mark.covers("run_faults", "warm_forked_child")
def test_forked_children_in_their_own_session_end_with_their_run(run: Run, warm: Path) -> None:
    source = "import os, signal\nif os.fork() == 0:\n    os.setsid()\n    while True: signal.pause()"
    assert run(source, warm=warm).exit_code == 0


@pytest.mark.covers("run_faults", "warm_server_sigkill")
def test_a_run_survives_the_death_of_its_server_and_the_next_is_cold(run: Run) -> None:
    with warm_server() as server:
        assert server is not None
        kill = f"{IS_WARM}\nimport os\nos.kill({server.pid}, 9)"
        assert printed(run(kill, "print('on')", warm=server.socket)) == "True\non"
        assert printed(run(IS_WARM, warm=server.socket)) == "False"


@pytest.mark.covers("run_faults", "warm_run_sigkill")
def test_when_the_run_is_killed_its_forked_kernel_ends(kept_server: WarmServer, write, warm: Path) -> None:
    reach = (
        "import subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session=True)\nopen('reached', 'w')"
    )
    write(reach, "while True: pass")
    with subprocess.Popen([sys.executable, "-c", RUN_WARM, str(warm)]) as process:
        wait_until(lambda: Path("reached").exists() or process.poll() is not None, "the step was not reached")
        assert any(child.status() != "zombie" for child in psutil.Process(kept_server.pid).children())
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: not run_processes(), "the kernel lives on", seconds=5)
    sweep(OUT)
    assert [record["status"] for record in published()] == ["killed"]
    assert os.kill(kept_server.pid, 0) is None
