"""A report under a name that stays, whole at every moment."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.run.notify import Event, Folder
from leadline.run.notify.failing import DeliveryError
from leadline.run.notify.folder import copy_report


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_the_new_report_takes_the_place_of_the_old(event: Callable[..., Event], place: Path) -> None:
    told = event()
    assert told.report is not None
    copy_report(Folder(path=place, name="weekly"), told)
    told.report.write_text("newer")
    copy_report(Folder(path=place, name="weekly"), told)
    assert [path.name for path in place.iterdir()] == ["weekly.html"]
    assert (place / "weekly.html").read_text() == "newer"


def test_the_jobs_name_becomes_a_file_of_the_folder_itself(event: Callable[..., Event], place: Path) -> None:
    for name in ("../../etc/周报 branch", "..", "/", "x" * 300):
        copy_report(Folder(path=place), event(name=name))
    assert sorted(path.name for path in place.iterdir()) == [
        "etc_周报_branch.html",
        "report.html",
        f"{'x' * 80}.html",
    ]


def test_a_drive_that_is_not_mounted_is_no_folder_to_make(event: Callable[..., Event], place: Path) -> None:
    with pytest.raises(DeliveryError, match="no such folder") as caught:
        copy_report(Folder(path=place / "mount"), event())
    assert caught.value.again
    assert list(place.iterdir()) == []


def test_a_copy_that_fails_leaves_the_old_report_and_nothing_else(
    event: Callable[..., Event], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_report(Folder(path=place), event())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeliveryError, match="No space left on device"):
        copy_report(Folder(path=place), event(report=place / "branch_report.html", name="branch_report"))
    assert [path.name for path in place.iterdir()] == ["branch_report.html"]
    assert "报告" in (place / "branch_report.html").read_text("utf-8")


def test_there_may_be_no_report(event: Callable[..., Event], place: Path) -> None:
    with pytest.raises(DeliveryError, match="no report"):
        copy_report(Folder(path=place), event(report=None))
