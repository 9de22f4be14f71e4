import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.run.staging import Staging


def test_nothing_is_seen_before_it_is_published(tmp_path: Path) -> None:
    staging = Staging.create(tmp_path, "r1")
    staging.write("tables/a.csv", b"1")
    (staging.work / "scratch").write_text("x")
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    folder = staging.publish()
    assert [path.name for path in tmp_path.iterdir()] == ["r1"]
    assert [path.relative_to(folder).as_posix() for path in folder.rglob("*")] == ["tables", "tables/a.csv"]


def test_discarding_leaves_nothing(tmp_path: Path) -> None:
    Staging.create(tmp_path, "r1").discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("remove", [Staging.clear, Staging.discard])
def test_what_a_cut_off_removal_leaves_has_no_record_by_which_it_would_be_published(
    tmp_path: Path, remove: Callable[[Staging], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = Staging.create(tmp_path, "r1")
    staging.write("record.json", b"{}")
    staging.write("report.html", b"page")

    def cut_off(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", cut_off)
    with pytest.raises(KeyboardInterrupt):
        remove(staging)
    assert (staging.folder / "report.html").exists()
    assert not (staging.folder / "record.json").exists()


def test_a_living_run_is_not_abandoned_and_a_dead_one_is_found_once(tmp_path: Path) -> None:
    staging = Staging.create(tmp_path, "r1")
    assert list(Staging.abandoned(tmp_path)) == []
    staging._lock.release()
    (found,) = Staging.abandoned(tmp_path)
    assert found.folder == staging.folder
    assert list(Staging.abandoned(tmp_path)) == []


@pytest.mark.covers("paths", "output_linked")
def test_a_folder_put_in_the_way_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / ".r1.run").symlink_to(tmp_path / "victim")
    with pytest.raises(RunError, match="cannot be written"):
        Staging.create(tmp_path, "r1")
    assert list((tmp_path / "victim").iterdir()) == []


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(RunError, match="cannot be written: File exists"):
        Staging.create(tmp_path / "out", "r1")
