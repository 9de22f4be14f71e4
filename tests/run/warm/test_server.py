"""The server's life, and that a run never depends on it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from leadline.run.runner import RunOutcome
from leadline.run.warm import WarmServer, host, provisioner, warm_server
from leadline.run.warm.environment import import_variables, mark_process
from leadline.run.warm.freshness import fingerprint
from tests.faults.aftermath import wait_until
from tests.run.warm.test_isolation import IS_WARM, printed

Run = Callable[..., RunOutcome]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[WarmServer]:
    """A server of this test's own whose process is a stub: it waits and never answers."""
    (tmp_path / "stub").mkdir()
    (tmp_path / "stub" / "__main__.py").write_text("import sys\nsys.stdin.read()", "utf-8")
    monkeypatch.setattr(host, "_SERVER", str(tmp_path / "stub"))
    with warm_server() as server:
        assert server is not None
        yield server


def is_warm(run: Run, socket: Path | None) -> bool:
    return printed(run(IS_WARM, warm=socket)) == "True"


def test_a_run_is_forked_and_without_a_server_it_is_cold(run: Run, warm: Path, tmp_path: Path) -> None:
    assert is_warm(run, warm)
    assert not is_warm(run, None)
    assert not is_warm(run, tmp_path / "nothing")


def test_a_server_that_does_not_answer_or_died_fails_no_run(
    run: Run, bare: WarmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioner, "_PATIENCE_SECONDS", 0.1)
    assert not is_warm(run, bare.socket)
    os.kill(bare.pid, signal.SIGKILL)
    psutil.Process(bare.pid).wait(30)
    assert not is_warm(run, bare.socket)


def test_what_counts_at_import_cannot_be_changed_by_a_fork(
    run: Run, warm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert not is_warm(run, warm)


def test_a_module_in_the_working_folder_goes_before_an_imported_one(run: Run, warm: Path) -> None:
    Path("seaborn.py").write_text("own = True", "utf-8")
    assert printed(run("import seaborn\nprint(seaborn.own)", warm=warm)) == "True"


def test_refresh_replaces_a_dead_server_and_a_stale_one_alone(
    bare: WarmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bare.pid
    bare.refresh()
    assert bare.pid == first
    os.kill(first, signal.SIGKILL)
    psutil.Process(first).wait(30)
    path = bare.socket
    bare.refresh()
    second = bare.pid
    assert second != first
    monkeypatch.setattr(host, "fingerprint", lambda: "changed")
    bare.refresh()
    assert bare.pid != second
    wait_until(
        lambda: not psutil.pid_exists(second) or psutil.Process(second).status() == "zombie", "it stays"
    )
    assert bare.socket == path


def test_a_server_whose_sources_have_changed_serves_no_run(
    run: Run, kept_server: WarmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as changed:
        changed.setattr(host, "fingerprint", lambda: "of other sources")
        kept_server.refresh()
        assert not is_warm(run, kept_server.socket)
    kept_server.refresh()
    assert is_warm(run, kept_server.socket)


def test_a_fingerprint_tells_every_change(tmp_path: Path) -> None:
    package, lock = tmp_path / "package", tmp_path / "lock"
    (package / "room").mkdir(parents=True)
    (package / "room" / "module.py").write_text("1", "utf-8")
    lock.write_text("numpy==1", "utf-8")
    seen = [fingerprint(package, lock)]
    assert fingerprint(package, lock) == seen[0]
    os.utime(lock, ns=(1, 1))
    seen.append(fingerprint(package, lock))
    (package / "room" / "module.py").write_text("22", "utf-8")
    seen.append(fingerprint(package, lock))
    (package / "room" / "__pycache__").mkdir()
    (package / "room" / "__pycache__" / "module.pyc").touch()
    assert fingerprint(package, lock) == seen[-1]
    (package / "added.py").touch()
    seen.append(fingerprint(package, lock))
    (package / "added.py").unlink()
    lock.unlink()
    seen.append(fingerprint(package, lock))
    assert len(set(seen)) == len(seen)


def test_only_its_owner_reaches_a_server(bare: WarmServer) -> None:
    assert bare.socket.stat().st_mode & 0o777 == 0o600
    assert bare.socket.parent.stat().st_mode & 0o777 == 0o700


def test_a_server_leaves_with_its_owner(bare: WarmServer) -> None:
    bare.close()
    assert not psutil.pid_exists(bare.pid)


def test_when_its_owner_is_killed_the_server_ends(tmp_path: Path) -> None:
    source = (
        "from leadline.run.warm import warm_server\n"
        "with warm_server() as server: print(server.pid, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        server = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
    server.wait(30)


def test_where_warm_kernels_cannot_be_there_is_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched, warm_server() as server:
        patched.setenv("LEADLINE_WARM", "0")
        with warm_server() as switched_off:
            assert (switched_off, server is None) == (None, False)
    monkeypatch.setattr(sys, "platform", "darwin")
    with warm_server() as elsewhere:
        assert elsewhere is None


def test_a_path_too_long_for_a_socket_means_cold_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with warm_server() as server:
        assert server is None
    assert not list(deep.iterdir())


def test_variables_that_libraries_read_at_import_are_told_from_others() -> None:
    environment = {"OMP_NUM_THREADS": "2", "PYTHONPATH": "x", "MPLBACKEND": "agg", "LC_ALL": "C", "TZ": "UTC"}
    assert import_variables(environment | {"LEADLINE_RUN_ID": "r", "TOKEN": "t"}).keys() == (
        environment.keys() - {"TZ"}
    )


def test_a_mark_that_has_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        mark_process("r" * 400, (0, 400))


def test_a_folder_that_was_cleaned_away_is_made_anew_and_none_that_can_be_made_is_done_without(
    bare: WarmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(bare.socket.parent)
    bare.refresh()
    assert bare.socket.exists()
    shutil.rmtree(bare.socket.parent)
    monkeypatch.setattr(host.subprocess, "Popen", _no_process)
    bare.refresh()
    assert not bare.socket.exists()


def _no_process(*_arguments: object, **_options: object) -> None:
    raise OSError("no process left")
