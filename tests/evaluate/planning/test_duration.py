"""Days that a test takes: by hand, against what came, and refused in words."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.planning.duration import find_duration


def make_history(weeks: int = 8) -> pd.Series:
    """Monday to Friday 100 units, at weekends 10; from a Wednesday on."""
    days = pd.date_range("2024-01-03", periods=7 * weeks + 3)
    return pd.Series(np.where(days.day_of_week < 5, 100, 10), index=days)


@pytest.mark.parametrize(
    ("start", "needed", "days"), [("2024-06-03", 500, 5), ("2024-06-08", 120, 3), ("2024-06-06", 221, 5)]
)
def test_days_follow_the_weekday_of_the_start(start: str, needed: int, days: int) -> None:
    told = find_duration(make_history(), needed, start=pd.Timestamp(start), seed=1)
    assert (told.days, told.lower, told.upper, told.whole_weeks) == (days, days, days, 1)


def test_the_range_of_days_holds_what_came() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for number in range(200):
        weekly = np.repeat(rng.gamma(16, 1 / 16, 26), 7)
        units = pd.Series(rng.poisson(100 * weekly), index=pd.date_range("2024-01-01", periods=182))
        future = rng.poisson(100 * np.repeat(rng.gamma(16, 1 / 16, 12), 7)).cumsum()
        told = find_duration(units, 4_000, start=pd.Timestamp("2024-07-01"), seed=number, draws=300)
        held += told.lower <= int((future >= 4_000).argmax()) + 1 <= told.upper
    assert held / 200 > 0.88


def test_every_problem_of_a_history_is_named_at_once() -> None:
    history = make_history().drop(pd.Timestamp("2024-01-20")).astype(float)
    history.iloc[3] = np.nan
    with pytest.raises(DataError) as caught:
        find_duration(history, 100, start=pd.Timestamp("2024-06-03"), seed=1)
    assert "2024-01-20" in caught.value.problems[0]
    assert len(caught.value.problems) == 2
    with pytest.raises(ParameterError, match="weeks"):
        find_duration(make_history(), 10**9, start=pd.Timestamp("2024-06-03"), seed=1)
