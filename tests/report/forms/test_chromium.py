"""Chromium is found, or its absence told; a print ends in time and leaves nothing behind."""

import os
import select
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.report.forms.chromium import explain_missing, find_chromium, print_page

Fake = Callable[[str], Path]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A program in place of Chromium: Python of the given lines; ``option`` reads one of its options."""

    def fake(lines: str) -> Path:
        program = tmp_path / "chromium"
        option = "def option(name): return next(a.split('=')[1] for a in sys.argv if a.startswith(name))\n"
        program.write_text(f"#!{sys.executable}\nimport os, subprocess, sys, time\n{option}{lines}\n")
        program.chmod(0o755)
        monkeypatch.setenv("LEADLINE_CHROMIUM", str(program))
        return program

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return fake


def leftovers(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "temporary").iterdir())


def test_the_variable_goes_before_what_the_machine_has(fake: Fake) -> None:
    program = fake("")
    assert find_chromium() == str(program)
    assert explain_missing() == []


def test_a_variable_that_names_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_CHROMIUM", "/no/chromium")
    assert explain_missing() == [
        "pdf: LEADLINE_CHROMIUM names /no/chromium, which is no program. Correct it, or unset it."
    ]


def test_a_machine_without_any_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEADLINE_CHROMIUM", raising=False)
    for name in ("PATH", "ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
        monkeypatch.setenv(name, "/nowhere")
    (problem,) = explain_missing()
    assert "Google Chrome or Microsoft Edge" in problem
    with pytest.raises(RunError, match="none is installed here"):
        print_page("<p>")


def test_what_it_prints_is_returned(fake: Fake, tmp_path: Path) -> None:
    fake(
        "page = open(sys.argv[-1].removeprefix('file://')).read()\n"
        "open(option('--print-to-pdf'), 'w').write(page)"
    )
    assert print_page("<p>客户") == "<p>客户".encode()
    assert leftovers(tmp_path) == []


def test_one_that_ends_without_a_print_is_told_with_what_it_said(fake: Fake, tmp_path: Path) -> None:
    fake("sys.exit('no display')")
    with pytest.raises(RunError, match="Chromium did not print the page: no display"):
        print_page("<p>")
    assert leftovers(tmp_path) == []


def test_one_that_hangs_is_ended_with_all_that_it_started(fake: Fake, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    fake(
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\ntime.sleep(600)"
    )
    with pytest.raises(RunError, match="within 1 s"):
        print_page("<p>", limit_seconds=1)
    for pid in map(int, pids.read_text().split()):
        assert ends(pid)
    assert leftovers(tmp_path) == []


def ends(pid: int) -> bool:
    """Wait up to 10 s for the end of a process that was killed; end it where it was not."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        if select.select([process], [], [], 10)[0]:
            return True
        os.kill(pid, signal.SIGKILL)
        return False
    finally:
        os.close(process)


def test_what_it_started_is_gone_also_when_it_ended_well(fake: Fake, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    fake(
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pids)!r}, 'w').write(str(child.pid))\nopen(option('--print-to-pdf'), 'w').write('x')"
    )
    assert print_page("<p>") == b"x"
    assert ends(int(pids.read_text()))
