"""What a column holds is decided by most of its values, not by the oddest one."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from leadline.data import Table, read_table


def read(folder: Path, name: str, values: list[str]) -> Table:
    lines = [f"x\t{name}", *(f"1\t{value}" for value in values)]
    (folder / "t.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(folder / "t.tsv", as_of=dt.date(2026, 6, 30))


@pytest.mark.parametrize("error", ["#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"])
def test_errors_of_excel_are_missing_with_a_warning(error: str, tmp_path: Path) -> None:
    table = read(tmp_path, "rate", [error, *(f"{number}.5" for number in range(60)), error, error])
    assert table.frame["rate"].dtype == "float64"
    assert table.frame["rate"].isna().sum() == 3
    assert table.source.warnings == (
        f"rate: 3 values are errors of Excel and count as missing (rows 2, 63 and 64: '{error}').",
    )


def test_a_look_up_without_an_answer_is_missing_with_a_note(tmp_path: Path) -> None:
    table = read(tmp_path, "rate", ["#N/A", "1", "2"])
    assert pd.isna(table.frame["rate"][0])
    assert table.source.warnings == ()
    assert "rate: #N/A count as missing." in table.source.notes


def test_one_amount_that_begins_with_zero_leaves_the_others_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, "amount", ["00", *(str(number) for number in range(1, 60))])
    assert table.frame["amount"].tolist() == [0, *range(1, 60)]
    (warning,) = table.source.warnings
    assert warning.startswith("amount: 1 value begins with 0")
    assert "row 2: '00'" in warning


@pytest.mark.parametrize(
    "values", [["000001", *(str(600000 + n) for n in range(60))], ["01", "7", "02", "12", "123"]]
)
def test_zeros_that_mean_something_are_kept(values: list[str], tmp_path: Path) -> None:
    table = read(tmp_path, "ticker", values)
    assert table.frame["ticker"].tolist() == values
    assert table.source.warnings == ()


@pytest.mark.parametrize("values", [["N", "F", "T", "Y"], ["y", "n", "t"], ["T", "N", "F", "否"]])
def test_letters_of_several_pairs_are_codes(values: list[str], tmp_path: Path) -> None:
    assert read(tmp_path, "status", values).frame["status"].tolist() == values


@pytest.mark.parametrize("values", [["0", "1", "1"], ["1", "0", "NA"]])
def test_a_flag_is_no_id_though_its_name_ends_like_one(values: list[str], tmp_path: Path) -> None:
    found = read(tmp_path, "has_mobile", values).frame["has_mobile"]
    assert found[:2].tolist() == [int(value) for value in values[:2]]
    assert read(tmp_path, "mobile", ["0", "1", "2"]).frame["mobile"].tolist() == ["0", "1", "2"]


def test_dates_written_as_text_are_dates_from_a_typed_file_too(tmp_path):
    frame = pd.DataFrame({"opened": ["2026-01-31", "2026-02-28", None], "code": ["12", "34", "56"]})
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_csv(tmp_path / "t.csv", index=False)
    typed, text = (read_table(tmp_path / name).frame for name in ("t.parquet", "t.csv"))
    pd.testing.assert_series_equal(typed["opened"], text["opened"])
    assert typed["code"].tolist() == ["12", "34", "56"]
