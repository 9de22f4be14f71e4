"""A folder of runs that holds a good report and is looked at after the fault; a disk that is small."""

import subprocess
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from tests.faults.aftermath import OUT, assert_survived, put_earlier_report


@pytest.fixture
def aftermath(working_folder: Path) -> Iterator[None]:
    """An earlier report in ``out``; after the test all must hold that holds after any fault."""
    before = put_earlier_report(OUT)
    yield
    assert_survived(OUT, before)


@pytest.fixture
def small_disk(working_folder: Path) -> Iterator[Path]:
    """A disk of 1.5 MB."""
    folder = working_folder / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="session")
def forks() -> None:
    """Start what processes are forked off here, where it finds the tests that it is to load."""
    forkserver.ensure_running()
