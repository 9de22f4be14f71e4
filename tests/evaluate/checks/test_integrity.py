"""Checks of a test's records: what they count, published tests of missing outcomes, refusals."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.evaluate.checks.integrity import (
    check_missing_outcomes,
    find_duplicates,
    find_early_outcomes,
    find_late_exposures,
    find_units_in_two_arms,
)

DAY = pd.Timestamp("2024-05-10")


def test_units_in_two_arms_are_units_not_rows() -> None:
    units = pd.DataFrame(
        {"id": [1, 2.0, 2, 3, 3, 3, None, None], "arm": ["a", "a", "b", "b", "b", "b", "a", "b"]}
    )
    assert find_units_in_two_arms(units, unit="id", arm="arm") == ("units_in_two_arms", 1, 3, ("2",))
    repeated = find_duplicates(units, unit="id")
    assert repeated == ("duplicates", 3, 8, ("2", "3"))
    assert repeated.is_problem
    assert not find_duplicates(units.iloc[:2], unit="id").is_problem


def test_outcomes_before_the_start_and_none_on_it() -> None:
    outcomes = pd.DataFrame({"id": ["x", "y", "z"], "at": [DAY, DAY - pd.Timedelta("1s"), pd.NaT]})
    told = find_early_outcomes(outcomes, unit="id", outcome_at="at", start=DAY)
    assert told == ("outcomes_before_start", 1, 2, ("y",))


def test_exposure_after_the_outcome_compares_the_first_of_each() -> None:
    units = pd.DataFrame(
        {
            "id": ["late", "good", "good", "same", "none"],
            "shown": pd.to_datetime(["2024-05-03", "2024-05-09", "2024-05-01", "2024-05-02", None]),
            "bought": pd.to_datetime(["2024-05-02", "2024-05-04", "2024-05-05", "2024-05-02", "2024-05-02"]),
        }
    )
    told = find_late_exposures(units, unit="id", exposed_at="shown", outcome_at="bought")
    assert told == ("exposure_after_outcome", 1, 3, ("late",))


def make_missing(present: list[int], total: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "arm": np.repeat([f"arm {number}" for number in range(len(total))], total),
            "spend": np.concatenate(
                [[1.0] * yes + [np.nan] * (all_ - yes) for yes, all_ in zip(present, total, strict=True)]
            ),
        }
    )


def test_missing_outcomes_of_many_as_in_the_example_of_r_prop_test() -> None:
    """R documentation, stats::prop.test: smokers in four groups of patients (Fleiss 1981)."""
    units = make_missing([83, 90, 129, 70], [86, 93, 136, 82])
    told = check_missing_outcomes(units, arm="arm", outcomes=["spend"])
    assert told["p_value"].tolist() == pytest.approx([0.005585] * 4, abs=5e-7)
    assert told["missing"].tolist() == [3, 3, 7, 12]
    assert told["is_uneven"].all()


def test_missing_outcomes_of_few_as_in_the_example_of_r_fisher_test() -> None:
    """R documentation, stats::fisher.test: the lady tasting tea (Fisher 1935), two-sided p 0.4857."""
    told = check_missing_outcomes(make_missing([3, 1], [4, 4]), arm="arm", outcomes=["spend"])
    assert told["p_value"][0] == pytest.approx(0.4857, abs=5e-5)


def test_missing_outcomes_of_few_in_three_arms_by_hand() -> None:
    """All 3 missing in one of three arms of 3: 3 of C(9, 3) = 84 ways, and none is less likely."""
    told = check_missing_outcomes(make_missing([0, 3, 3], [3, 3, 3]), arm="arm", outcomes=["spend"], seed=2)
    assert told["p_value"][0] == pytest.approx(3 / 84, abs=0.006)


def test_outcomes_are_judged_together_and_complete_ones_pass() -> None:
    units = make_missing([83, 90, 129, 70], [86, 93, 136, 82]).assign(visit=1.0)
    told = check_missing_outcomes(units, arm="arm", outcomes=["visit", "spend"])
    assert told["p_value"].tolist()[:4] == [1.0] * 4
    assert told["p_adjusted"].tolist()[4:] == pytest.approx([2 * 0.005585] * 4, abs=1e-6)
    assert not told["is_uneven"].any()


def test_what_cannot_be_checked_is_refused_in_words() -> None:
    outcomes = pd.DataFrame({"id": ["x"], "at": [DAY.tz_localize("Asia/Shanghai")], "told": ["2024"]})
    with pytest.raises(DataError, match="start has no time zone"):
        find_early_outcomes(outcomes, unit="id", outcome_at="at", start=DAY)
    with pytest.raises(DataError, match="told"):
        find_late_exposures(outcomes, unit="id", exposed_at="told", outcome_at="at")
    with pytest.raises(DataError) as caught:
        find_units_in_two_arms(outcomes, unit="unit", arm="arm")
    assert len(caught.value.problems) == 2
    with pytest.raises(DataError, match="1 arms"):
        check_missing_outcomes(make_missing([1], [2]), arm="arm", outcomes=["spend"])
