"""Dates in every common form; clock times in a time zone."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.data import read_table
from leadline.errors import DataError

FORMS = {
    "2024-02-29": "2024-02-29",
    "2024/2/9": "2024-02-09",
    "2024.02.09": "2024-02-09",
    "2024年2月9日": "2024-02-09",
    "2024-02-29 13:05": "2024-02-29 13:05",
    "2024-02-29T13:05:59.250": "2024-02-29 13:05:59.25",
    "29/02/2024": "2024-02-29",
    "02/29/2024 1:05": "2024-02-29 01:05",
    "9 Feb 2024": "2024-02-09",
    "February 9, 2024": "2024-02-09",
    "20240229": "2024-02-29",
}


def read(tmp_path: Path, *values: str, name: str = "date") -> pd.Series:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["x\t" + name, *(f"1\t{value}" for value in values)]) + "\n", encoding="utf-8")
    return read_table(path, as_of=dt.date(2026, 6, 30)).frame[name]


@pytest.mark.parametrize("text", FORMS)
def test_a_form_is_read(text: str, tmp_path: Path) -> None:
    dates = read(tmp_path, text, text, "")
    assert dates.dtype == "datetime64[us]"
    assert dates[0] == dates[1] == pd.Timestamp(FORMS[text])
    assert pd.isna(dates[2])


def test_moments_with_a_zone_are_put_in_utc(tmp_path: Path) -> None:
    dates = read(tmp_path, "2026-01-01T00:00:00+08:00", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00 -0530")
    assert [moment.isoformat() for moment in dates] == [
        "2025-12-31T16:00:00+00:00",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T05:30:00+00:00",
    ]


def test_dates_agree_with_pandas_over_centuries(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    wanted = pd.Series(
        pd.Timestamp("1900-01-01") + pd.to_timedelta(rng.integers(0, 46_000 * 86_400, 2_000), unit="s")
    )
    dates = read(tmp_path, *wanted.dt.strftime("%Y-%m-%d %H:%M:%S"))
    assert (dates.to_numpy() == wanted.to_numpy()).all()


@pytest.mark.parametrize(
    "value", ["2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-01 24:30"]
)
def test_a_date_that_does_not_exist_is_named(value: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="1 date does not exist .row 3"):
        read(tmp_path, "2024-01-01", value, "2024-01-02")


def test_numbers_are_dates_only_when_their_name_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, "45292", "45293", name="price").tolist() == [45292, 45293]
    assert read(tmp_path, "20240229", "20240301", name="volume").tolist() == [20240229, 20240301]
    assert read(tmp_path, "12345678", "20240301", "99", name="date").tolist() == [12345678, 20240301, 99]


@pytest.mark.parametrize("name", ["spend_per_day", "handling_time", "spend_perday"])
def test_rates_and_durations_are_no_dates(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, "25000", "41000.5", name=name).tolist() == [25000, 41000.5]


@pytest.mark.parametrize("value", ["20260230", "20241301", "20260100"])
def test_a_compact_date_that_does_not_exist_is_named(value: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"date: 1 date does not exist .row 3: '{value}'"):
        read(tmp_path, "20260131", value, "20260201")


def test_a_compact_date_that_stands_for_none_is_missing_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,date\n1,20260131\n1,0\n1,00000000\n1,99991231\n1,2026-02-01\n1,20260202 13:05\n")
    table = read_table(path, as_of=dt.date(2026, 6, 30))
    assert table.frame["date"].tolist()[0] == pd.Timestamp(2026, 1, 31)
    assert table.frame["date"].tolist()[4:] == [pd.Timestamp(2026, 2, 1), pd.Timestamp(2026, 2, 2, 13, 5)]
    assert table.frame["date"].isna().tolist() == [False, True, True, True, False, False]
    (warning,) = table.source.warnings
    assert warning.startswith("date: 3 dates are zero or of the year 9999")
    assert "rows 3, 4 and 5" in warning


@pytest.mark.parametrize("value", ["2026-01-31", "20260131", "45292"])
def test_words_for_no_date_are_missing_with_a_note(value: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"x,date\n1,{value}\n1,NA\n1,{value}\n1,#REF!\n")
    table = read_table(path, as_of=dt.date(2026, 6, 30))
    assert table.frame["date"].isna().tolist() == [False, True, False, True]
    assert "date: NA count as missing." in table.source.notes
    assert (
        "date: 1 value is an error of Excel and counts as missing (row 5: '#REF!')." in table.source.warnings
    )


@pytest.mark.parametrize(
    "values", [("may", "jun"), ("12:30", "13:45"), ("1-2", "3-4"), ("30-40", "40-50"), ("1.2.3", "1.2.4")]
)
def test_text_that_resembles_dates_stays_text(values: tuple[str, str], tmp_path: Path) -> None:
    assert read(tmp_path, *values, name="x2").tolist() == list(values)


def read_clock(tmp_path: Path, *times: str, zone: str) -> pd.DataFrame:
    (tmp_path / "t.csv").write_text(
        "\n".join(["opened,day", *(f"{time},2026-01-31" for time in times)]) + "\n"
    )
    return read_table(tmp_path / "t.csv", time_zone=zone).frame


@pytest.mark.covers("bad_inputs", "dst_gap")
@pytest.mark.parametrize(
    ("times", "problem"),
    [
        (
            ("2026-03-08 01:30", "", "2026-03-08 02:30", "2026-03-08 03:00"),
            r"opened: 1 time is impossible, .*\(row 4: 2026-03-08 02:30",
        ),
        (("2026-11-01 01:30", "2026-11-02 01:30"), "opened: 1 time is ambiguous.*row 2: 2026-11-01 01:30"),
    ],
    ids=["dst_gap", "shown_twice"],
)
def test_times_that_a_clock_change_makes_no_moment_are_refused(
    tmp_path: Path, times: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        read_clock(tmp_path, *times, zone="America/New_York")
    read_clock(tmp_path, *times, zone="Asia/Shanghai")


def test_clock_times_become_moments_and_days_stay_days(tmp_path: Path) -> None:
    frame = read_clock(tmp_path, "2026-03-08 02:30", "", "2026-03-08 00:00", zone="Asia/Shanghai")
    assert frame["opened"][0].isoformat() == "2026-03-07T18:30:00+00:00"
    assert pd.isna(frame["opened"][1])
    assert frame["day"][0].isoformat() == "2026-01-31T00:00:00"


@pytest.mark.parametrize("zone", ["Asia/Shangai", "../etc/passwd", "x\0"])
def test_an_unknown_zone_is_refused(tmp_path: Path, zone: str) -> None:
    with pytest.raises(DataError, match="no time zone is called"):
        read_clock(tmp_path, "2026-03-08 02:30", "2026-03-08 03:30", zone=zone)
