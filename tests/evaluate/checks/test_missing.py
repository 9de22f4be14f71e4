"""Missing outcomes by arm: published tests, refusals."""

import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.evaluate.checks.missing import compare_missing


def count_missing(missing: list[int], units: list[int], outcome: str = "spend") -> pd.DataFrame:
    arms = [f"arm {number}" for number in range(len(units))]
    return pd.DataFrame({"outcome": outcome, "arm": arms, "units": units, "missing": missing})


SMOKERS = count_missing([3, 3, 7, 12], [86, 93, 136, 82])


def test_many_as_in_the_example_of_r_prop_test() -> None:
    """R documentation, stats::prop.test: smokers in four groups of patients (Fleiss 1981)."""
    told = compare_missing(SMOKERS)
    assert told["p_value"].tolist() == pytest.approx([0.005585] * 4, abs=5e-7)
    assert told["missing_share"].tolist() == pytest.approx([3 / 86, 3 / 93, 7 / 136, 12 / 82])
    assert told["is_uneven"].all()


def test_few_as_in_the_example_of_r_fisher_test() -> None:
    """R documentation, stats::fisher.test: the lady tasting tea (Fisher 1935), two-sided p 0.4857."""
    assert compare_missing(count_missing([1, 3], [4, 4]))["p_value"][0] == pytest.approx(0.4857, abs=5e-5)


def test_few_in_three_arms_by_hand() -> None:
    """All 3 missing in one of three arms of 3: 3 of C(9, 3) = 84 ways, and none is less likely."""
    told = compare_missing(count_missing([3, 0, 0], [3, 3, 3]), seed=2)
    assert told["p_value"][0] == pytest.approx(3 / 84, abs=0.006)


def test_outcomes_are_judged_together_and_complete_ones_pass() -> None:
    visits = count_missing([0] * 4, [86, 93, 136, 82], "visit")
    told = compare_missing(pd.concat([visits, SMOKERS], ignore_index=True))
    assert told["p_value"].tolist()[:4] == [1.0] * 4
    assert told["p_adjusted"].tolist()[4:] == pytest.approx([2 * 0.005585] * 4, abs=1e-6)
    assert not told["is_uneven"].any()


def test_what_cannot_be_compared_is_refused_in_words() -> None:
    with pytest.raises(DataError, match="1 arms"):
        compare_missing(count_missing([1], [2]))
    with pytest.raises(DataError, match="1 rows are negative or above"):
        compare_missing(count_missing([1, 5], [2, 4]))
    with pytest.raises(DataError, match="units"):
        compare_missing(SMOKERS.drop(columns="units"))
