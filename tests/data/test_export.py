"""CSV that opens in a spreadsheet as what it is."""

from pathlib import Path

import pandas as pd
import pytest

from leadline.data import read_table, write_csv
from leadline.errors import DataError

FORMULAS = ["=1+1", "@x", "\t=1", "＝1", "-2+3", "\n=1", " =1+1", "\u3000=1", "－1", "+86 138"]


def test_no_text_cell_or_name_starts_a_formula(tmp_path: Path) -> None:
    frame = pd.DataFrame({"=name": FORMULAS, "kind": pd.Categorical(["=1"] * 10), "loss_cny": [-1.5] * 10})
    before = frame.copy(deep=True)
    write_csv(frame, tmp_path / "t.csv")
    back = pd.read_csv(
        tmp_path / "t.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig", lineterminator=None
    )
    assert list(back.columns) == ["'=name", "kind", "loss_cny"]
    assert back["'=name"].str.startswith("'").all()
    assert (back["kind"] == "'=1").all()
    assert (back["loss_cny"] == "-1.5").all()
    pd.testing.assert_frame_equal(frame, before)


def test_numbers_in_a_column_of_text_stay_plain(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"x": ["-5", "+3.5%", "=5"]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8-sig").split() == ["x", "-5", "+3.5%", "'=5"]


def test_a_spreadsheet_sees_utf8_and_phones_as_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"phone": ["013800138000", None], "姓名": ["张三", "李,四"], "x": [1.0, None]})
    write_csv(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == (
        '\ufeffphone,姓名,x\r\n013800138000,张三,1.0\r\n,"李,四",\r\n'.encode()
    )
    assert read_table(tmp_path / "t.csv").frame["phone"].tolist()[0] == "013800138000"


def test_lone_surrogate_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="n: 1 text holds half a character .*row 3"):
        write_csv(pd.DataFrame({"n": ["a", "\ud800"]}, dtype=object), tmp_path / "t.csv")
    assert not (tmp_path / "t.csv").exists()
