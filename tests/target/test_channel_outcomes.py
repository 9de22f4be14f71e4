"""Lists judged by outcomes under the channel planned."""

import numpy as np
import pandas as pd
import pytest

from leadline.intervals import wilson_interval
from leadline.target.channel_outcomes import ChannelOutcomes, Reading, read_channel_outcomes


def test_precision_is_the_weighted_share_with_the_interval_of_the_effective_number() -> None:
    reading = Reading(weights=np.array([2.0, 2.0, 4.0, 0.0]), buys=np.array([True, False, True, True]))
    effective = 8**2 / 24
    assert reading.effective_contacts == pytest.approx(effective)
    assert reading.buyers == 2
    assert reading.precision == pytest.approx(wilson_interval(0.75 * effective, effective))
    assert not reading.is_equal


def test_equal_weights_are_counted_plainly() -> None:
    reading = Reading(weights=np.array([1.0, 1.0, 1.0, 0.0]), buys=np.array([True, False, False, False]))
    assert reading.precision == wilson_interval(1, 3)
    assert reading.is_equal


def test_nobody_who_counts_is_no_number() -> None:
    reading = Reading(weights=np.zeros(3), buys=np.ones(3, dtype=bool))
    assert np.isnan(reading.precision).all()


def trial_of(rng, customers=4_000):
    """A randomised campaign with unequal channels; effects differ by channel and customer."""
    chance = np.column_stack(
        [rng.beta(1, 6, customers), rng.beta(2, 4, customers), rng.beta(1, 3, customers)]
    )
    drawn = rng.choice(3, customers, p=[0.6, 0.3, 0.1])
    buys = rng.random(customers) < chance[np.arange(customers), drawn]
    names = np.array(["sms", "call", "branch"])
    frame = pd.DataFrame({"channel": names[drawn], "buys": buys})
    plan = rng.choice(3, customers)
    return frame, names[plan], chance[np.arange(customers), plan]


def test_weights_recover_the_precision_of_the_plan_and_the_interval_covers_it(rng) -> None:
    covered, found = [], []
    for _run in range(300):
        frame, planned, chance = trial_of(rng, 1_200)
        problems: list[str] = []
        outcomes = read_channel_outcomes(
            frame,
            ["sms", "call", "branch"],
            positive=None,
            outcomes=None,
            column="channel",
            shares=None,
            problems=problems,
        )
        assert outcomes is not None
        reading = outcomes.read(np.arange(1_200), planned, frame["buys"].to_numpy())
        value, lower, upper = reading.precision
        covered.append(lower <= chance.mean() <= upper)
        found.append(value - chance.mean())
    assert abs(np.mean(found)) < 0.004
    assert 0.93 < np.mean(covered) < 0.975


def test_without_weights_the_plan_would_be_judged_by_the_channels_that_were_cheap(rng) -> None:
    """A control: simply leaving out who was contacted otherwise is biased towards frequent channels."""
    frame, planned, chance = trial_of(rng, 200_000)
    same = frame["channel"].to_numpy() == planned
    naive = frame["buys"].to_numpy()[same].mean()
    outcomes = ChannelOutcomes(
        contacted_by=frame["channel"].to_numpy(dtype=str), shares={"sms": 0.6, "call": 0.3, "branch": 0.1}
    )
    reading = outcomes.read(np.arange(200_000), planned, frame["buys"].to_numpy())
    assert abs(reading.precision.value - chance.mean()) < 0.01
    assert abs(naive - chance.mean()) > 0.02


def test_known_outcomes_are_read_under_the_planned_channel() -> None:
    outcomes = ChannelOutcomes(
        by_channel={"call": np.array([True, True, False]), "sms": np.array([False, False, True])}
    )
    reading = outcomes.read(np.array([2, 0]), np.array(["sms", "sms"]), np.array([False, False]))
    assert reading.buys.tolist() == [True, False]
    assert reading.weights.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"column": "chanel"}, "the channel column 'chanel' is not in the table"),
        ({"column": "odd"}, "2 values are no channel ('fax'; first: row 2)"),
        ({"column": "channel", "outcomes": {"call": "buys"}}, "both given"),
        ({"outcomes": {"sms": "buys"}}, "channel_outcomes names no column for it"),
        ({"outcomes": {"call": "bys"}}, "Did you mean 'buys'?"),
        ({"column": "channel", "shares": {"sms": 0.5}}, "channel_shares names no share for call"),
        ({"column": "channel", "shares": {"call": 0.0}}, "channel_shares of call == 0"),
        ({"column": "channel", "shares": {"call": 0.8, "sms": 0.9}}, "sum to 1.7"),
        ({"column": "quiet"}, "nobody was contacted by call"),
    ],
)
def test_what_cannot_be_read_is_said(options, wanted) -> None:
    frame = pd.DataFrame(
        {
            "channel": ["call", "SMS", "none", "call"],
            "odd": ["fax", "fax", "call", "sms"],
            "quiet": ["none", "none", "sms", "sms"],
            "buys": ["yes", "no", "no", "yes"],
        }
    )
    problems: list[str] = []
    given = {"positive": None, "outcomes": None, "column": None, "shares": None} | options
    assert read_channel_outcomes(frame, ["call"], problems=problems, **given) is None
    assert wanted in "\n".join(problems)


def test_shares_are_those_among_the_contacted_and_none_is_no_channel() -> None:
    frame = pd.DataFrame({"channel": ["call", "SMS", "none", "call"], "buys": ["yes", "no", "no", "yes"]})
    problems: list[str] = []
    outcomes = read_channel_outcomes(
        frame, ["call"], positive=None, outcomes=None, column="channel", shares=None, problems=problems
    )
    assert problems == []
    assert outcomes is not None
    assert outcomes.shares == pytest.approx({"call": 2 / 3})
    assert outcomes.contacted_shares == pytest.approx({"call": 2 / 3, "sms": 1 / 3})
