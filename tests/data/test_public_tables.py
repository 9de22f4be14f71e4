"""Sound tables that others published raise no false alarm."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from leadline.data import read_table, write_table
from tests.scorecard.catalogue import read_catalogue

pytestmark = pytest.mark.public_data

#: Table → rows, columns, and the columns that rightly draw a warning: pdays 999 does mean "never contacted".
TABLES = {
    "bank_marketing/bank-additional.zip::bank-additional/bank-additional-full.csv": (41_188, 21, ["pdays"]),
    "bank_marketing/bank-additional.zip::bank-additional/bank-additional.csv": (4_119, 21, ["pdays"]),
    "bank_marketing/bank-additional.zip::bank-additional/bank-full.csv": (45_211, 17, []),
    "bank_marketing/bank-additional.zip::bank-additional/bank.csv": (4_521, 17, []),
    "hillstrom/hillstrom.csv.zip::*": (64_000, 12, []),
    "caravan/Caravan.csv": (5_822, 86, []),
    "caravan/ticdata.csv.gz": (9_822, 86, []),
    "mcdonalds/mcdonalds.csv": (1_453, 15, []),
    "vacation_motives/vacmot.csv": (1_000, 21, []),
    "vacation_motives/vacmotdesc.csv": (1_000, 12, []),
    "polca/carcinoma.csv": (118, 7, []),
    "polca/cheating.csv": (319, 5, []),
    "polca/gss82.csv": (1_202, 4, []),
    "polca/values.csv": (216, 4, []),
    "asos/asos_digital_experiments_dataset.parquet": (24_153, 10, []),
}


def unpack(public_data: Path, name: str, folder: Path) -> Path:
    archive, _, member = name.partition("::")
    if not member:
        return public_data / archive
    with zipfile.ZipFile(public_data / archive) as packed:
        chosen = packed.namelist()[0] if member == "*" else member
        return Path(packed.extract(chosen, folder))


#: Ids of the scorecard, in the order of the tables.
CASES = tuple(read_catalogue()["clean_files"].cases)
CHINESE = {
    "recency": "最近购买",
    "history": "历史消费",
    "zip_code": "地区",
    "channel": "渠道",
    "spend": "消费",
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.covers("clean_files", case))
        for name, case in zip(TABLES, CASES, strict=False)
    ],
)
def test_a_sound_table_raises_no_false_alarm(name: str, public_data: Path, tmp_path: Path) -> None:
    rows, columns, warned = TABLES[name]
    table = read_table(unpack(public_data, name, tmp_path))
    assert table.frame.shape == (rows, columns)
    assert [text.split(":")[0] for text in table.source.warnings] == warned


@pytest.mark.covers("clean_files", "mcdonalds_xlsx")
def test_written_anew_as_a_workbook(public_data: Path, tmp_path: Path) -> None:
    table = read_table(public_data / "mcdonalds/mcdonalds.csv")
    write_table(table.frame, tmp_path / "m.xlsx", form="xlsx")
    again = read_table(tmp_path / "m.xlsx")
    assert again.source.warnings == ()
    pd.testing.assert_frame_equal(again.frame, table.frame)


@pytest.mark.covers("clean_files", "hillstrom_gbk")
def test_written_anew_in_gbk_with_columns_in_chinese(public_data: Path, tmp_path: Path) -> None:
    table = read_table(unpack(public_data, "hillstrom/hillstrom.csv.zip::*", tmp_path))
    table.frame.rename(columns=CHINESE).to_csv(tmp_path / "h.csv", index=False, encoding="gbk")
    again = read_table(tmp_path / "h.csv")
    assert again.source.warnings == ()
    assert set(CHINESE.values()) <= set(again.frame)
    pd.testing.assert_frame_equal(again.frame.set_axis(table.frame.columns, axis="columns"), table.frame)


@pytest.mark.parametrize("name", [name for name in TABLES if not name.endswith("parquet")])
def test_values_are_those_that_pandas_reads(name: str, public_data: Path, tmp_path: Path) -> None:
    path = unpack(public_data, name, tmp_path)
    frame = read_table(path).frame
    plain = pd.read_csv(path, sep=";" if "bank" in name else ",", keep_default_na=False, na_values=[""])
    assert list(frame.columns) == list(plain.columns)
    for column in frame:
        pd.testing.assert_series_equal(frame[column], plain[column], check_dtype=False)


def test_the_published_answers_come_out(public_data: Path, tmp_path: Path) -> None:
    name = next(iter(TABLES))
    assert (read_table(unpack(public_data, name, tmp_path)).frame["y"] == "yes").sum() == 4_640
    assert (read_table(public_data / "caravan/Caravan.csv").frame["Purchase"] == "Yes").sum() == 348
