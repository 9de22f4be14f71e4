import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.tracking.measures import parse_measures, track_measures

START, END = dt.date(2025, 7, 1), dt.date(2025, 10, 31)
Make = Callable[..., pd.DataFrame]


def make_rows(units: pd.DataFrame, rng: np.random.Generator, more: float) -> pd.DataFrame:
    """Spend by month from April to October; those called spend ``more`` from August on."""
    level = rng.gamma(4.0, 25.0, len(units))
    parts = []
    for month in pd.date_range("2025-04-01", "2025-10-01", freq="MS"):
        extra = more * (units["arm"] == "call").to_numpy() * (month >= pd.Timestamp("2025-08-01"))
        spend = level + rng.normal(0, 5, len(units)) + extra
        parts.append(pd.DataFrame({"customer_id": units["customer_id"], "month": month, "spend_cny": spend}))
    return pd.concat(parts)


def track(units: pd.DataFrame, rows: pd.DataFrame, **given: object):
    settings = {"started_on": START, "ended_on": END, **given}
    return track_measures(units, rows, {"spend_cny": "Bill, CNY"}, **settings)


def test_a_rise_is_found_in_its_months_and_sharper_for_the_months_before(
    make_units: Make, rng: np.random.Generator
) -> None:
    units = make_units(2_000)
    rows = make_rows(units, rng, 6.0)
    result = track(units, rows)
    looks = result.looks.set_index("date")
    assert len(looks) == 4
    assert looks.loc["2025-07-01", "difference_lower"] < 0 < looks.loc["2025-07-01", "difference_upper"]
    half = (units.loc[units["arm"] != "held_out", "arm"] == "call").mean()
    assert looks.loc["2025-10-01", "difference"] == pytest.approx(6 * half, abs=0.8)
    assert looks.loc["2025-10-01", "difference_lower"] > 0
    blind = track(units, rows[rows["month"] >= pd.Timestamp(START)])
    width = [one.looks["difference_upper"] - one.looks["difference_lower"] for one in (result, blind)]
    assert (width[1] > 4 * width[0]).all()
    assert blind.warnings
    assert "Bill, CNY" in result.summary


def test_who_has_no_row_used_nothing(make_units: Make, rng: np.random.Generator) -> None:
    units = make_units(400)
    rows = make_rows(units, rng, 0.0)
    silent = units.loc[units["arm"] == "held_out", "customer_id"]
    since = rows[rows["month"] >= pd.Timestamp(START)]
    told = track(units, since[~since["customer_id"].isin(silent)]).looks
    assert (told["treated"] > 50).all()
    assert (told["control"] == 0).all()


def test_intervals_are_widened_for_the_months_planned_not_those_seen(
    make_units: Make, rng: np.random.Generator
) -> None:
    units = make_units(600)
    rows = make_rows(units, rng, 0.0)
    early = track(units, rows, as_of=dt.date(2025, 8, 15))
    assert list(early.looks["date"].dt.month) == [7]  # August is not whole
    assert early.comparisons == 4
    pd.testing.assert_frame_equal(early.looks, track(units, rows).looks.head(1))
    longer = track(units, rows, ended_on=dt.date(2026, 6, 30)).looks
    assert longer["difference_upper"].iloc[0] > early.looks["difference_upper"].iloc[0]


def test_a_week_that_the_rows_do_not_reach_the_end_of_is_left_out(
    make_units: Make, rng: np.random.Generator
) -> None:
    units = make_units(400)
    days = pd.DataFrame({"month": pd.date_range("2025-06-23", "2025-07-22")})  # a Monday to a Tuesday
    rows = units[["customer_id"]].merge(days, how="cross")
    rows["spend_cny"] = rng.gamma(4.0, 25.0, len(rows))
    weeks = {"every": "week", "started_on": dt.date(2025, 7, 7), "ended_on": dt.date(2025, 7, 27)}
    looks = track(units, rows, **weeks).looks
    assert list(looks["date"].dt.day) == [7, 14]
    assert looks["treated"].min() == pytest.approx(700, rel=0.1)
    sunday = pd.concat([rows, rows.tail(1).assign(month=pd.Timestamp("2025-07-27 23:00"))])
    assert list(track(units, sunday, **weeks).looks["date"].dt.day) == [7, 14, 21]
    by_week = rows[rows["month"].dt.day_of_week == 0]  # one row a week, dated on its Monday
    assert list(track(units, by_week, **weeks).looks["date"].dt.day) == [7, 14, 21]


def test_a_month_by_hand() -> None:
    units = pd.DataFrame(
        {"customer_id": [str(n) for n in range(20)], "arm": ["held_out"] * 10 + ["call"] * 10}
    )
    rows = pd.DataFrame(
        {
            "customer_id": units["customer_id"],
            "month": pd.Timestamp(START),
            "spend_cny": [*range(10), *range(2, 12)],
        }
    )
    row = track(units, rows, ended_on=dt.date(2025, 7, 31)).looks.iloc[0]
    # Welch's t of 0…9 and 2…11: difference 2, standard error (2 · 9.1667 / 10)^0.5, t(18) at 2.5% = 2.1009.
    assert row["difference"] == pytest.approx(2)
    assert row["difference_upper"] == pytest.approx(2 + 2.1009 * (2 * 9.16667 / 10) ** 0.5, abs=1e-4)


def test_bad_rows_are_refused_with_all_problems(make_units: Make, rng: np.random.Generator) -> None:
    units = make_units(400)
    rows = make_rows(units, rng, 0.0)
    with pytest.raises(DataError, match="spend_cny: the rows of use have no such column"):
        track(units, rows.drop(columns="spend_cny"))
    with pytest.raises(DataError) as caught:
        track(pd.concat([units, units.head(3)]), rows.assign(month="2025", spend_cny="much"))
    assert len(caught.value.problems) == 3
    with pytest.raises(DataError, match="no row of use is of a customer"):
        track(units, rows.assign(customer_id="x"))
    with pytest.raises(DataError, match="no whole month"):
        track(units, rows, as_of=dt.date(2025, 7, 15))
    with pytest.raises(ParameterError, match="lies before"):
        track(units, rows, ended_on=dt.date(2025, 5, 1))
    with pytest.raises(ParameterError, match="no measure"):
        track_measures(units, rows, {}, started_on=START, ended_on=END)


def test_measures_are_written_in_a_line() -> None:
    assert parse_measures(["spend_cny: Paid", "流量"]) == {"spend_cny": "Paid", "流量": "流量"}
    assert parse_measures(["spend_cny"]) == {"spend_cny": "Bill, CNY"}
