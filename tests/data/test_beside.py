"""A companion table: the one named, else the folder's own, else none."""

from pathlib import Path

from leadline.data import read_beside


def test_the_named_table_goes_before_the_folders_own(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("a\n1\n3\n", encoding="utf-8")
    other = tmp_path / "mine.csv"
    other.write_text("a\n2\n4\n", encoding="utf-8")
    own = read_beside(tmp_path, "contacts")
    named = read_beside(tmp_path, "contacts", given=other)
    assert own is not None
    assert named is not None
    assert own.frame["a"].astype(str).tolist() == ["1", "3"]
    assert named.frame["a"].astype(str).tolist() == ["2", "4"]


def test_no_such_table_is_none(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("a\n1\n3\n", encoding="utf-8")
    assert read_beside(tmp_path, "holdings") is None
    assert read_beside(tmp_path / "contacts.csv", "contacts") is None
