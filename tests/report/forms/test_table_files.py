"""The files of a run's tables are read back as they were written."""

from pathlib import Path

import pandas as pd
import pytest

from leadline.data.export import write_table
from leadline.report.forms.table_files import list_table_files, read_table_file

FRAME = pd.DataFrame({"客户": ["甲,乙", "丙\n丁"], "value": [1.5, 2.0]})


@pytest.mark.parametrize("form", ["csv", "csv-gb18030"])
def test_csv_is_read_as_text(tmp_path: Path, form: str) -> None:
    file = tmp_path / "t.csv"
    write_table(FRAME, file, form=form)
    assert read_table_file(file) == (["客户", "value"], [["甲,乙", "丙\n丁"], ["1.5", "2.0"]])


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_workbooks_and_parquet_keep_their_values(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"t.{form}"
    write_table(FRAME, file, form=form)
    assert read_table_file(file) == (["客户", "value"], [["甲,乙", "丙\n丁"], [1.5, 2.0]])


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"")
    assert read_table_file(tmp_path / "t.csv") == ([], [])


def test_a_file_of_neither_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xff\xff")
    with pytest.raises(ValueError, match="neither UTF-8 nor GB18030"):
        read_table_file(tmp_path / "t.csv")


@pytest.mark.covers("paths", "export_record")
def test_only_tables_of_the_folder_are_listed(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    names = ["a.csv", "points.sql", "b.parquet", "../c.csv", "link.csv", "/etc/passwd.csv"]
    record = {"tables": [{"name": name} for name in names]}
    assert [file.name for file in list_table_files(record, tmp_path)] == ["a.csv", "b.parquet"]
