"""``leadline portal build`` as a user runs it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.run.portal.folder import make_record, publish, read_page, unpack_runs

if TYPE_CHECKING:
    from subprocess import CompletedProcess


def test_the_command_writes_the_page_and_prints_its_path(
    leadline: Callable[..., "CompletedProcess[str]"], working_folder: Path
) -> None:
    publish(working_folder / "runs", make_record(1))
    done = leadline("portal", "build", "--out", "runs", "--language", "zh")
    assert (done.returncode, done.stderr) == (0, "")
    page = working_folder / done.stdout.strip()
    assert page == working_folder / "runs" / "index.html"
    assert len(unpack_runs(read_page(page))) == 1


def test_a_missing_folder_is_told_without_a_traceback(
    leadline: Callable[..., "CompletedProcess[str]"],
) -> None:
    done = leadline("portal", "build", "--out", "nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no folder nowhere. Name the folder of your runs with --out.\n"
