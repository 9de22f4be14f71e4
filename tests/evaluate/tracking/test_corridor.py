import datetime as dt

import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.tracking.corridor import choose_corridor, plan_corridor, read_corridor

FIRST = pd.Timestamp("2025-07-01")


def test_half_of_what_can_come_comes_in_the_half_life() -> None:
    plan = plan_corridor(0.06, last_day=60, half_after_days=30, tolerance=0.5).set_index("day")
    assert plan.loc[0, "planned"] == 0
    assert plan.loc[60, "planned"] == pytest.approx(0.06)
    assert plan.loc[30, "planned"] == pytest.approx(0.06 * 0.5 / 0.75)
    assert plan.loc[60, ["lower", "upper"]].tolist() == pytest.approx([0.03, 0.09])
    falls = plan_corridor(-0.02, last_day=10).iloc[-1]
    assert falls["lower"] < falls["planned"] < falls["upper"] < 0


def test_a_users_plan_is_filled_between_its_days() -> None:
    dates = pd.DataFrame(
        {"day": [FIRST + pd.Timedelta("10D"), FIRST], "lower": [0.02, 0.0], "upper": [0.06, 0.0]}
    )
    plan = read_corridor(dates, first_day=FIRST).set_index("day")
    assert plan.loc[5].tolist() == pytest.approx([0.02, 0.01, 0.03])  # planned, lower, upper
    numbers = dates.assign(day=[10, 0])
    pd.testing.assert_frame_equal(read_corridor(numbers, first_day=FIRST).set_index("day"), plan)


def test_the_users_plan_goes_before_the_effect() -> None:
    given = {"started_on": dt.date(2025, 7, 1), "ended_on": dt.date(2025, 7, 11), "half_after_days": 5}
    table = pd.DataFrame({"day": [0, 10], "lower": [0.0, 0.2], "upper": [0.0, 0.4]})
    assert choose_corridor(table, 0.05, tolerance=0.5, **given)["upper"].max() == 0.4
    assert choose_corridor(None, 0.05, tolerance=0.5, **given)["upper"].max() == pytest.approx(0.075)
    assert choose_corridor(None, None, tolerance=0.5, **given) is None


def test_all_that_is_wrong_with_a_plan_is_said_at_once() -> None:
    table = pd.DataFrame({"day": [-1, 3, 3], "lower": [0.1, 0.4, 5.0], "upper": [0.2, 0.3, 0.3]})
    with pytest.raises(DataError) as caught:
        read_corridor(table, first_day=FIRST)
    assert len(caught.value.problems) == 4
    with pytest.raises(DataError, match="upper: the plan has no such column"):
        read_corridor(table.drop(columns="upper"), first_day=FIRST)
    with pytest.raises(ParameterError) as refused:
        plan_corridor(0.0, last_day=0, half_after_days=0, tolerance=0)
    assert len(refused.value.problems) == 4
