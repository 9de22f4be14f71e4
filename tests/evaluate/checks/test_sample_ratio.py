"""Sample ratios: published p-values, the parts where it sits, false alarms, refusals."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.evaluate.checks.sample_ratio import SampleRatio, check_ratio, check_sample_ratio

HALVES = {"control": 0.5, "mail": 0.5}


def is_mismatch(told: SampleRatio) -> bool:
    return told.overall.p_value < told.level or bool(told.parts["is_mismatch"].any())


def test_planned_half_and_found_48_to_52_is_a_mismatch() -> None:
    units = pd.DataFrame({"arm": ["control", "mail"], "n": [9_600, 10_400]})
    told = check_sample_ratio(units, arm="arm", shares=HALVES, count="n")
    assert is_mismatch(told)
    assert told.overall.p_value == pytest.approx(1.54e-8, rel=0.01)  # chi-square 32, one degree of freedom
    assert told.arms["found_share"].tolist() == [0.48, 0.52]


def test_the_scorecard_of_kohavi_tang_and_xu() -> None:
    """Kohavi, Tang & Xu 2020, Trustworthy Online Controlled Experiments, ch. 21, scenario 1: p = 1.8e-6."""
    assert check_ratio([821_588, 815_482], [0.5, 0.5]).p_value == pytest.approx(1.8e-6, abs=5e-8)


def test_mendels_peas() -> None:
    """Mendel 1866, round or wrinkled and yellow or green, 9:3:3:1: chi-square 0.470, p 0.925 in textbooks."""
    told = check_ratio([315, 108, 101, 32], [9 / 16, 3 / 16, 3 / 16, 1 / 16])
    assert told == (pytest.approx(0.9254, abs=5e-5), "chi-square")


def test_the_exact_multinomial_of_the_r_package_emt() -> None:
    """R package EMT, example of multinomial.test: counts 5, 2, 1 against 1/4, 1/2, 1/4."""
    assert check_ratio([5, 2, 1], [0.25, 0.5, 0.25]) == (pytest.approx(0.0767, abs=5e-5), "exact")


def test_few_units_in_two_arms_are_tested_exactly() -> None:
    """Eight of eight heads: 2 / 2⁸; the two outcomes that are as unlikely."""
    assert check_ratio([8, 0], [0.5, 0.5]) == (pytest.approx(2 / 256), "exact")


def test_a_simulated_p_value_is_near_the_exact_one(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, plan = [30, 1, 2], [0.8, 0.1, 0.1]
    exact = check_ratio(counts, plan)
    monkeypatch.setattr("leadline.evaluate.checks.sample_ratio._MOST_OUTCOMES", 1)
    told = check_ratio(counts, plan, seed=4)
    assert (exact.method, told.method) == ("exact", "simulated")
    assert told.p_value == pytest.approx(exact.p_value, abs=0.006)


def make_units(lost: float) -> pd.DataFrame:
    """40,000 units; of the mail arm in the app this share is lost from the tenth day on."""
    rng = np.random.default_rng(9)
    units = pd.DataFrame(
        {
            "arm": rng.choice(["control", "mail"], 40_000),
            "place": rng.choice(["app", "web", None], 40_000, p=[0.3, 0.6, 0.1]),
            "at": pd.Timestamp("2024-05-01")
            + pd.to_timedelta(rng.integers(0, 20 * 86_400, 40_000), unit="s"),
        }
    )
    is_lost = (units["arm"] == "mail") & (units["place"] == "app") & (units["at"] >= "2024-05-10")
    return units[~(is_lost & (rng.random(40_000) < lost))]


def test_a_loss_is_found_where_it_sits() -> None:
    told = check_sample_ratio(make_units(0.4), arm="arm", shares=HALVES, segments=["place"], day="at")
    wrong = told.parts[told.parts["is_mismatch"]]
    assert is_mismatch(told)
    assert wrong.loc[wrong["column"] == "place", "part"].tolist() == ["app"]
    assert (wrong.loc[wrong["column"] == "at", "part"] >= "2024-05-10").all()
    assert set(told.parts.loc[told.parts["column"] == "place", "part"]) == {"(missing)", "app", "web"}
    assert (told.parts["column"] == "at").sum() == 20
    assert (told.parts["p_adjusted"] >= told.parts["p_value"]).all()


def test_a_fair_split_is_let_pass_and_many_parts_raise_few_alarms() -> None:
    fair = check_sample_ratio(make_units(0), arm="arm", shares=HALVES, segments=["place"], day="at")
    assert not is_mismatch(fair)
    rng, alarms, plain = np.random.default_rng(5), 0, 0
    for _run in range(40):
        counts = rng.binomial(400, 0.5, 100)
        units = pd.DataFrame(
            {
                "arm": ["control"] * 100 + ["mail"] * 100,
                "n": np.concatenate([counts, 400 - counts]),
                "s": list(range(100)) * 2,
            }
        )
        told = check_sample_ratio(
            units, arm="arm", shares=HALVES, segments=["s"], count="n", level=0.05
        ).parts
        alarms += told["is_mismatch"].any()
        plain += (told["p_value"] < 0.05).any()
    assert alarms <= 8  # of 40 at 5%: more come once in 8,000 times
    assert plain > 35


def test_a_table_of_counts_is_the_table_of_units() -> None:
    units = make_units(0.1).fillna({"place": "none"})
    grouped = units.groupby(["arm", "place"]).size().rename("n").reset_index()
    left = check_sample_ratio(units, arm="arm", shares=HALVES, segments=["place"])
    right = check_sample_ratio(grouped, arm="arm", shares=HALVES, segments=["place"], count="n")
    assert left.overall == right.overall
    pd.testing.assert_frame_equal(left.parts, right.parts)


def test_parts_are_corrected_by_holm() -> None:
    """By hand: the smallest of three p-values times 3, the next times 2, the last as it is."""
    counts = [430, 450, 490]
    units = pd.DataFrame({"arm": ["control"] * 3 + ["mail"] * 3, "s": list("abc") * 2})
    units["n"] = [*counts, *(1_000 - number for number in counts)]
    told = check_sample_ratio(units, arm="arm", shares=HALVES, segments=["s"], count="n").parts
    assert (told["p_adjusted"] / told["p_value"]).tolist() == pytest.approx([3, 2, 1])
    assert told["is_mismatch"].tolist() == [True, False, False]


def test_an_arm_that_nobody_entered_is_a_mismatch() -> None:
    units = pd.DataFrame({"arm": ["control"] * 50})
    told = check_sample_ratio(units, arm="arm", shares=HALVES)
    assert is_mismatch(told)
    assert told.parts.empty


def test_every_problem_is_named_at_once() -> None:
    units = pd.DataFrame({"arm": ["control", "fax", None], "n": [1.5, 2, -1]})
    with pytest.raises(DataError) as caught:
        check_sample_ratio(units, arm="arm", shares={"control": 0.5, "mail": 0.6}, day="at", count="n")
    assert len(caught.value.problems) == 5
    with pytest.raises(DataError, match="no unit"):
        check_ratio([0, 0], [0.5, 0.5])
