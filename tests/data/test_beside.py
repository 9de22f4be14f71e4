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


def test_a_mapping_for_several_tables_and_a_table_of_one_row_are_taken(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("产品,risk_level\n1,3\n", encoding="utf-8")
    mapping = tmp_path / "names.yml"
    mapping.write_text("product_id: 产品\nrisk_level: 风险等级\n", encoding="utf-8")
    table = read_beside(tmp_path, "products", mapping=mapping)
    assert table is not None
    assert list(table.frame) == ["product_id", "risk_level"]
