"""Cells run as in a notebook, and whatever they do, grading goes on."""

import os
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from leadline.course.sandbox import Cell, Ran, Sandbox, check_environment, find_missing_protections
from leadline.course.sandbox.supervisor import find_descendants
from leadline.errors import RunError

from .conftest import LIMITS, SECRET

BRIEF = replace(LIMITS, seconds=1.5)


def run(sandbox: Sandbox, *sources: str, wanted: str = "x", **options: object) -> Ran:
    cells = [Cell(f"c{place}", source) for place, source in enumerate(sources)]
    return sandbox.run(cells, wanted.split(), **options)


def test_cells_share_names_and_an_error_stops_none_after_it(sandbox: Sandbox) -> None:
    ran = run(sandbox, "x = 1", "y = missing", "y = x + 1", "1 +", wanted="x y z")
    assert ran.answers == {"x": 1, "y": 2}
    assert ran.errors == {
        "c1": "NameError: name 'missing' is not defined",
        "c3": "SyntaxError: invalid syntax (line 1)",
    }
    assert not ran.ended


def test_a_notebooks_habits_work(sandbox: Sandbox) -> None:
    ran = run(
        sandbox,
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "import asyncio\nawait asyncio.sleep(0)\ndisplay(3)\nprint('x' * 10)",
        "import subprocess, sys\n"
        "told = subprocess.run([sys.executable, '-c', 'print(7)'], capture_output=True, check=True).stdout",
        "from sklearn.linear_model import LinearRegression\nimport leadline.intervals\nx = int(told)",
        "input()",
    )
    assert ran.answers == {"x": 7}
    assert ran.errors == {"c4": "EOFError: EOF when reading a line"}


def test_data_given_as_content_or_as_a_folder_is_the_submissions_own(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"n": [1, 2, 3]})
    frame.to_parquet(tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    source = "import pandas as pd, shutil\nx = pd.read_parquet('data/t.parquet')\nshutil.rmtree('data')"
    for data in (tmp_path, {"t.parquet": content}):
        pd.testing.assert_frame_equal(run(sandbox, source, data=data).answers["x"], frame)
    assert (tmp_path / "t.parquet").read_bytes() == content


def test_random_numbers_are_the_same_at_each_grading(sandbox: Sandbox) -> None:
    source = "import random, numpy as np\nx = [random.random(), np.random.rand(), list({'a', 'b', 'c'})]"
    assert run(sandbox, source).answers == run(sandbox, source).answers


def test_nothing_of_grading_is_in_the_environment(sandbox: Sandbox) -> None:
    ran = run(sandbox, "import os\nx = dict(os.environ) | {'at start': open('/proc/self/environ').read()}")
    assert ran.answers["x"]["USER"] == "student"
    assert SECRET not in str(ran)


def test_this_machine_gives_every_protection(sandbox: Sandbox) -> None:
    assert find_missing_protections(sandbox) == ()


def test_the_environment_is_checked_by_a_trivial_submission(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_environment(sandbox)
    monkeypatch.setattr(sandbox, "_limits", replace(LIMITS, seconds=0.0))
    with pytest.raises(RunError, match="nobody was graded.*Cell trivial was still running"):
        check_environment(sandbox)


def test_submissions_run_side_by_side(sandbox: Sandbox) -> None:
    found: dict[int, object] = {}

    def grade(number: int) -> None:
        found[number] = run(sandbox, f"import time\ntime.sleep(0.5)\nx = {number}").answers

    threads = [threading.Thread(target=grade, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: {"x": number} for number in range(3)}


def test_a_server_that_is_killed_takes_all_inside_with_it_and_is_replaced(sandbox: Sandbox) -> None:
    found: list[Ran] = []
    thread = threading.Thread(
        target=lambda: found.append(
            run(sandbox, "x = 1", "while True: pass", limits=replace(LIMITS, seconds=4))
        )
    )
    server = sandbox._process.pid
    thread.start()
    while len(inside := find_descendants(server)) < 3:
        time.sleep(0.01)
    os.kill(server, 9)
    while any(map(_lives, inside)):
        time.sleep(0.01)
    thread.join(60)
    assert found[0].answers == {"x": 1}
    assert found[0].ended.startswith("Cell c1 was still running")
    assert sandbox._process.pid != server


def _lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return False


FLOOD = """
import os
while True:
    for number in range(3, 12):
        try:
            os.write(number, b"x" * 9999)
        except OSError:
            pass
"""
FORGED = """
import os
for number in range(3, 12):
    try:
        os.write(number, b"[[[[\\n{}\\n")
    except OSError:
        pass
"""
MANY_PROCESSES = """
import os, time
for number in range(40):
    try:
        if not os.fork():
            time.sleep(99)
    except OSError:
        time.sleep(99)
"""
MEMORY_OF_MANY = """
import os, time
for number in range(3):
    if not os.fork():
        z = b"x" * 200_000_000
        time.sleep(99)
time.sleep(99)
"""
UNNAMED_FILES = """
import os, time
for number in range(90):
    os.write(os.memfd_create("m"), b"x" * 5_000_000)
time.sleep(99)
"""
DETACHED = """
import os, time
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
time.sleep(99)
"""
MANY_FILES = """
for number in range(99):
    for place in ("", "/tmp/", "/dev/shm/"):
        with open(f"{place}{number}", "wb") as file:
            file.write(b"x" * 10**6)
"""
#: What a cell does, and what the student is told.
FATAL = {
    "kernel kill": ("import os\nos.kill(os.getpid(), 9)", "(signal SIGKILL)"),
    "exit": ("import os\nos._exit(3)", "(exit code 3)"),
    "crash": ("import ctypes\nctypes.string_at(0)", "(signal SIGSEGV)"),
    "closed pipe": ("import os\nos.closerange(3, 100)", "closed the way"),
    "closed pipe and loop": ("import os\nos.closerange(3, 100)\nwhile True: pass", "closed the way"),
    "flood": (FLOOD, "1 MB of answers"),
    "many processes": (MANY_PROCESSES, "as many processes as a submission may have (24)"),
    "memory of unnamed files": (UNNAMED_FILES, "300 MB of memory"),
    "memory of many": (MEMORY_OF_MANY, "300 MB of memory"),
}
ENDLESS = {
    "loop": "while True: pass",
    "stop": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "fork bomb": "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
    "detached": DETACHED,
    "hostile list": "class Endless(list):\n  def __iter__(self):\n    while True: yield 1\nx = Endless()",
}
#: What a cell does, and the error it ends with, if any; the cells after it run.
HARMLESS = {
    "memory": ("z = bytearray(10 ** 9)", "MemoryError"),
    "one file": ("with open('f', 'wb') as f:\n  while True: f.write(b'x' * 10 ** 6)", "OSError: [Errno 2"),
    "many files": (MANY_FILES, "OSError: [Errno 28] No space left on device"),
    "output": ("import os\nfor n in range(100): os.write(1, b'x' * 10 ** 6)", None),
    "exit politely": ("import sys\nsys.exit(1)", "SystemExit: 1"),
    "quit": ("quit()", None),
    "thread": ("import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()", None),
    "at exit": ("import atexit, time\natexit.register(time.sleep, 99)", None),
    "forged lines": (FORGED, None),
    "error without words": ("class E(Exception):\n  def __str__(self): raise self\nraise E", "E"),
    "large answer": ("x = 'x' * 10 ** 7", None),
    "deep answer": ("x = []\nfor n in range(9999): x = [x]", None),
}


@pytest.mark.parametrize("source", FATAL)
def test_what_kills_the_kernel_costs_only_what_comes_after(sandbox: Sandbox, source: str) -> None:
    attack, said = FATAL[source]
    ran = run(sandbox, "x = 1", attack, "x = 2")
    assert ran.answers == {"x": 1}
    assert ran.ended.startswith("Cell c1 ")
    assert said in ran.ended


@pytest.mark.parametrize("source", ENDLESS)
def test_what_never_ends_is_ended_at_the_limit(sandbox: Sandbox, source: str) -> None:
    before = time.monotonic()
    ran = run(sandbox, "x = 1", ENDLESS[source], "x = 2", limits=BRIEF)
    assert time.monotonic() - before < BRIEF.seconds + 8
    assert ran.answers == {"x": 1}
    assert ran.ended.startswith("Cell c1 ")
    while any(map(_lives, find_descendants(sandbox._process.pid))):
        assert time.monotonic() - before < BRIEF.seconds + 8


@pytest.mark.parametrize("source", HARMLESS)
def test_what_a_cell_may_try_without_harm(sandbox: Sandbox, source: str) -> None:
    attack, error = HARMLESS[source]
    ran = run(sandbox, attack, "late = 2", wanted="x late")
    assert ran.answers["late"] == 2
    assert not ran.ended
    assert ran.errors.get("c0", "")[: len(error or "")] == (error or "")
    assert bool(ran.errors) == bool(error)
    assert ran.answers.get("x", {"unreadable": ""}).keys() == {"unreadable"}


def test_no_file_of_grading_or_of_others_is_there(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "course.key"
    secret.write_text("hush")
    places = [secret, Path.home(), Path(__file__), Path(__file__).parents[3] / "notebooks" / "0_start"]
    source = (
        "import os\nfrom pathlib import Path\n"
        f"x = [str(place) for place in map(Path, {[str(place) for place in places]}) if place.is_file() or "
        "place.is_dir() and any(item.suffix in ('.key', '.ipynb', '.md') for item in place.iterdir())]\n"
        "x += [str(p) for p in Path('/proc').glob('[0-9]*') if int(p.name) > 9]\n"
        "for place in ('/', '/usr', '/etc', '/submission', os.__file__, '/proc/sys/kernel/hostname'):\n"
        "  try:\n    path = Path(place)\n    (path if path.is_file() else path / 'new').open('ab').close()\n"
        "    x.append(f'wrote {place}')\n"
        "  except OSError: pass"
    )
    assert run(sandbox, source, hidden=[tmp_path]).answers == {"x": []}


def test_a_hidden_folder_among_the_packages_is_covered(sandbox: Sandbox) -> None:
    import leadline.market  # noqa: PLC0415

    place = Path(leadline.market.__file__).parent
    source = f"import os\nx = [len(os.listdir({str(place)!r})), len(os.listdir({str(place.parent)!r})) > 5]"
    assert run(sandbox, source, hidden=[place]).answers == {"x": [0, True]}
    assert run(sandbox, source).answers["x"][0] > 5


def test_no_process_outside_can_be_signalled_or_seen(sandbox: Sandbox) -> None:
    source = (
        "import os, signal\nx = []\n"
        f"for pid in (os.getppid() or 1, 1, -1, {os.getpid()}, {sandbox._process.pid}):\n"
        "  try: os.kill(pid, signal.SIGKILL)\n  except OSError: x.append(pid > 1)"
    )
    server = sandbox._process.pid
    ran = run(sandbox, source)
    assert ran.answers["x"][-2:] == [True, True]
    assert sandbox._process.pid == server
    assert sandbox._process.poll() is None


def test_no_connection_leaves(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = (
            f"import socket\nx = socket.create_connection(('127.0.0.1', {server.getsockname()[1]})).fileno()"
        )
        ran = run(sandbox, source)
    assert ran.errors["c0"].startswith("OSError: [Errno 101]")
