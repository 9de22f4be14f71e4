import pandas as pd
import pytest

from leadline.intervals import Estimate
from leadline.target.story import tell_luck, tell_lucky_split, tell_method, tell_steps, tell_summary

BASE = Estimate(0.06, 0.05, 0.07)


def stages(*precisions):
    return pd.DataFrame(
        [
            {
                "name": f"S{place}",
                "list_size": 1_000,
                "buyers_listed": round(1_000 * precision),
                "precision": precision,
                "precision_ci_lower": precision - 0.02,
                "precision_ci_upper": precision + 0.02,
                "lift": precision / BASE.value,
                "lift_ci_lower": (precision - 0.02) / BASE.value,
                "lift_ci_upper": (precision + 0.02) / BASE.value,
            }
            for place, precision in enumerate(precisions, start=1)
        ]
    )


def steps(*gains):
    return pd.DataFrame(
        [
            {
                "stage": f"S{place + 1}",
                "against": f"S{place}",
                "gain": gain,
                "gain_ci_lower": lower,
                "gain_ci_upper": upper,
                "verdict": "better" if lower > 0 else "worse" if upper < 0 else "open",
                "splits": 10,
                "splits_helped": 7,
            }
            for place, (gain, lower, upper) in enumerate(gains, start=1)
        ],
        columns=[
            "stage",
            "against",
            "gain",
            "gain_ci_lower",
            "gain_ci_upper",
            "verdict",
            "splits",
            "splits_helped",
        ],
    )


def splits(*precisions):
    return pd.DataFrame(
        [
            {"split": number, "stage": "S1", "precision": precision}
            for number, precision in enumerate(precisions, 1)
        ]
    )


HEAD = (
    "Of 1,000 customers listed, 140 buy (14.0%, 95% CI 12.0% to 16.0%): "
    "2.3 times (95% CI 2.0 to 2.7) the 6.0% of a random list"
)


@pytest.mark.parametrize(
    ("gains", "ending"),
    [
        ([(0.05, 0.02, 0.08)], "; “S2” brings most of it (+5.0 points, 95% CI 2.0 to 8.0)."),
        ([(0.03, 0.01, 0.05)], "; the largest proven step is “S2” (+3.0 points, 95% CI 1.0 to 5.0)."),
        ([(0.03, -0.01, 0.05)], "; no stage is yet distinguishable from the one before it."),
        (
            [(0.05, 0.02, 0.08), (0.0, -0.01, 0.01)],
            (
                "; “S2” brings most of it (+5.0 points, 95% CI 2.0 to 8.0)"
                "; what “S3” adds is not yet distinguishable from nothing."
            ),
        ),
        (
            [(0.05, 0.02, 0.08), (-0.03, -0.05, -0.01)],
            (
                "; “S2” brings most of it (+5.0 points, 95% CI 2.0 to 8.0); "
                "“S3” makes the list worse (-3.0 points, 95% CI -5.0 to -1.0)."
            ),
        ),
        ([(-0.2, -0.3, -0.1)], "; “S2” makes the list worse (-20.0 points, 95% CI -30.0 to -10.0)."),
        ([], "."),
    ],
)
def test_summary_says_what_is_proven_and_what_is_not(gains, ending):
    assert tell_summary(stages(0.09, 0.14), steps(*gains), BASE) == HEAD + ending


def test_a_larger_step_that_is_not_proven_takes_no_credit():
    text = tell_summary(stages(0.06, 0.14), steps((0.05, -0.01, 0.11), (0.03, 0.01, 0.05)), BASE)
    assert "“S3” (+3.0 points" in text
    assert "“S2”" not in text


@pytest.mark.parametrize(("last", "gain"), [(0.04, 0.02), (0.14, 0.10)])
def test_a_step_brings_most_only_of_what_the_list_has_over_a_random_one(last, gain):
    text = tell_summary(stages(0.02, last), steps((gain, 0.01, gain + 0.01)), BASE)
    assert "brings most" not in text
    assert "the largest proven step is “S2”" in text


def test_each_step_gets_its_sentence():
    told = tell_steps(
        stages(0.09, 0.14, 0.15), steps((0.05, 0.02, 0.08), (0.01, -0.01, 0.03)), BASE, "random"
    )
    assert told[0] == "“S1” lists 9.0% buyers where a random list holds 6.0%."
    assert told[1] == "“S2” adds to “S1”: +5.0 points, 95% CI 2.0 to 8.0; better in 7 of 10 splits."
    assert told[2].startswith("“S3” is not yet distinguishable from “S2”: +1.0 points")


def test_luck_is_told_for_each_kind_of_hold_out():
    one = splits(0.10, 0.12, 0.14)
    assert "over 3 random splits the last list holds 10.0% to 14.0% buyers (median 12.0%)" in tell_luck(
        one, stages(0.1), "random"
    )
    told = tell_luck(one, stages(0.1), "time")
    assert "training customers drawn anew 2 times the last list holds 12.0% to 14.0% buyers" in told
    assert "split" not in told
    assert "Judged once only" in tell_luck(splits(0.1), stages(0.1), "random")


@pytest.mark.parametrize("holdout", ["time", "column"])
def test_a_given_hold_out_has_draws_of_training_customers_and_no_splits(holdout):
    told = tell_steps(stages(0.09, 0.14), steps((0.05, 0.02, 0.08)), BASE, holdout)
    assert told[1].endswith("; better in 7 of 10 draws of the training customers.")
    assert tell_lucky_split(splits(0.20, *[0.12] * 9), stages(0.2), holdout) == ""


def test_a_flattering_split_is_confessed():
    flattering = tell_lucky_split(splits(0.20, *[0.12] * 9), stages(0.2), "random")
    assert flattering == "This split flatters: 20.0% here, 12.0% in the median of 9 other splits."
    assert tell_lucky_split(splits(0.12, *[0.12] * 9), stages(0.2), "random") == ""
    assert tell_lucky_split(splits(0.20, 0.12), stages(0.2), "random") == ""


def test_how_it_was_judged():
    assert "earlier customers" in tell_method("time", 900, 600, 120)
    assert "held out at random" in tell_method("random", 900, 600, 120)
    assert "marks as held out" in tell_method("column", 900, 600, 120)
