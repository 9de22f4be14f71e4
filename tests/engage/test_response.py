import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from leadline.engage import compare_assignments, estimate_chances
from leadline.engage.channels import ALONE
from leadline.engage.history import join_history
from leadline.errors import DataError

TERMS = pd.DataFrame(
    {
        "channel": ["sms", "call", "trial"],
        "reach": [0.9, 0.5, 0.5],
        "cost_cny": [0.1, 4.0, 6.0],
        "capacity": [900, 200, 100],
    }
)
LEVEL = {"sms": -2.2, "call": -0.6, "none": -3.0}


def make_campaign(rng, size, *, by_score=False):
    """Customers 0 to size - 1 were in a campaign of calls, messages and a hold-out; all others were not."""
    score = rng.normal(size=2_000 + size)
    known = pd.DataFrame({"customer_id": range(len(score)), "score": 50 + 10 * score})
    channel = rng.choice(["sms", "call", "none"], size)
    if by_score:
        channel = np.where(score[:size] > 0.5, "call", channel)
    reached = rng.random(size) < np.select([channel == "sms", channel == "call"], [0.9, 0.5], 0)
    effective = np.where(reached, channel, "none")
    chance = expit(np.array([LEVEL[name] for name in effective]) + 0.8 * score[:size])
    history = pd.DataFrame(
        {
            "customer_id": [str(number) for number in range(size)],
            "channel": channel,
            "is_reached": pd.array(np.where(channel == "none", None, reached), dtype="boolean"),
            "is_subscribed": rng.random(size) < chance,
        }
    )
    return known, known[size:].reset_index(drop=True), history


def test_a_long_history_shows_the_chances(rng) -> None:
    known, people, history = make_campaign(rng, 6_000)
    result = estimate_chances(people, history, TERMS, learned_from=known, rng=rng)
    score = (people["score"].to_numpy() - 50) / 10
    for channel, level in LEVEL.items():
        assert result.chances[f"chance_{channel}"].to_numpy() == pytest.approx(
            expit(level + 0.8 * score), abs=0.08
        )
    learned = result.channels.set_index("channel")
    assert learned.loc["call", "is_highest"] == 1.0
    assert learned.loc["trial", "source"] == "none"
    assert list(result.terms["channel"]) == ["sms", "call"]
    assert learned["reach"][:2].tolist() == pytest.approx([0.9, 0.5], abs=0.03)
    assert "cannot yet tell" not in result.summary
    assert result.check.holds


def test_intervals_hold_the_true_average_chance(rng) -> None:
    """Small campaigns: 95% intervals of the average chance hold it nearly always, never much less."""
    inside = []
    for _round in range(25):
        known, people, history = make_campaign(rng, 240)
        result = estimate_chances(people, history, TERMS[:2], learned_from=known, rng=rng)
        score = (people["score"].to_numpy() - 50) / 10
        rows = result.channels.set_index("channel")
        for channel in ("sms", "call"):
            true = expit(LEVEL[channel] + 0.8 * score).mean()
            row = rows.loc[channel]
            inside.append(row["chance_ci_lower"] <= true <= row["chance_ci_upper"])
    assert np.mean(inside) >= 0.88


def test_a_small_history_draws_the_channels_together(rng) -> None:
    known, people, history = make_campaign(rng, 120)
    rows = estimate_chances(people, history, TERMS[:2], learned_from=known, rng=rng).channels
    raw, pooled = rows["raw_chance"], rows["chance"]
    assert pooled.max() - pooled.min() < raw.max() - raw.min()


def test_what_is_handed_in_or_stated_is_taken(rng) -> None:
    known, people, history = make_campaign(rng, 600)
    stated = TERMS.assign(response=[np.nan, np.nan, 0.2])
    result = estimate_chances(people.assign(chance_sms=0.07), history, stated, learned_from=known, rng=rng)
    assert list(result.channels["source"]) == ["given", "history", "stated"]
    assert (result.chances["chance_sms"] == 0.07).all()
    trial = result.chances["chance_trial"]
    assert trial.mean() == pytest.approx(0.2)
    assert np.corrcoef(trial, people["score"])[0, 1] > 0.9
    assert result.terms["reach"].iloc[0] == 0.9
    assert "response" not in result.terms
    alone = estimate_chances(people, None, stated[2:], rng=rng)
    assert (alone.chances["chance_trial"] == 0.2).all()
    assert "no history was learned from" in alone.summary
    assert "friend" not in alone._repr_html_()


def test_channels_given_to_the_best_are_named(rng) -> None:
    known, people, history = make_campaign(rng, 800, by_score=True)
    result = estimate_chances(people, history, TERMS, learned_from=known, rng=rng)
    assert any("were not assigned at random" in text for text in result.warnings)
    known, people, history = make_campaign(rng, 800)
    fair = estimate_chances(people, history, TERMS, learned_from=known, rng=rng)
    assert not any("were not assigned at random" in text for text in fair.warnings)


def test_the_answer_does_not_depend_on_the_order_of_rows(rng) -> None:
    known, people, history = make_campaign(rng, 400)
    first = estimate_chances(people, history, TERMS, learned_from=known, rng=np.random.default_rng(1))
    mixed = people.sample(frac=1, random_state=3)
    again = estimate_chances(mixed, history, TERMS, learned_from=known, rng=np.random.default_rng(1))
    assert list(again.chances["customer_id"]) == list(mixed["customer_id"].astype(str))
    sorted_again = again.chances.set_index("customer_id").loc[first.chances["customer_id"]]
    assert sorted_again["chance_call"].to_numpy() == pytest.approx(first.chances["chance_call"].to_numpy())
    pd.testing.assert_frame_equal(first.channels, again.channels)


def test_all_problems_come_at_once(rng) -> None:
    known, people, history = make_campaign(rng, 40)
    with pytest.raises(DataError) as caught:
        estimate_chances(
            people.drop(columns="score").assign(chance_sms=1.5),
            history,
            TERMS.assign(reach=[2, 0.5, 0.5]),
            learned_from=known,
            rng=rng,
        )
    for part in ("reach: sms has 2", "score: the customers table", "chance_sms: 2,000 values"):
        assert part in str(caught.value)
    with pytest.raises(DataError, match="no channel has a chance"):
        estimate_chances(people, history.assign(is_subscribed=False), TERMS, learned_from=known, rng=rng)


def test_the_result_draws_and_records(rng) -> None:
    known, people, history = make_campaign(rng, 400)
    people["tier"] = np.where(people["score"] > 55, "A", "B")
    result = estimate_chances(people, history, TERMS, learned_from=known, rng=rng)
    assert "call" in result.figure().get_label()
    assert "Tier A, left alone" in result.tiers_figure().get_label()
    tiers = result.tiers.set_index(["tier", "channel"])["chance"]
    assert tiers["A", "call"] > tiers["B", "call"] > tiers["B", "none"]
    assert "customer_id" not in str(result.to_dict())
    assert "<table" in result._repr_html_()


def test_a_plan_earns_nothing_by_who_buys_unasked() -> None:
    people = pd.DataFrame({"customer_id": [1, 2], "score": [2.0, 1.0], "tier": "A"})
    people = people.assign(chance_call=[0.9, 0.5], **{ALONE: [0.88, 0.0]})
    terms = TERMS[1:2]
    rule = {"A": ("call",)}
    plan = compare_assignments(people, terms, value_cny=100.0, contacts=1, tier_rule=rule)
    assert plan.chosen["customer_id"].tolist() == ["2"]
    row = plan.plans.set_index("plan").loc[
        "tier_rule"
    ]  # the best score: reached at half, buys at 0.88 if not
    assert row["precision"] == pytest.approx(0.5 * 0.9 + 0.5 * 0.88)
    assert row["profit_cny"] == pytest.approx(100 * 0.5 * 0.02 - 4)
    every = compare_assignments(
        people.drop(columns=ALONE), terms, value_cny=100.0, contacts=1, tier_rule=rule
    )
    assert every.chosen["customer_id"].tolist() == ["1"]
    assert any("the true profit is lower" in text for text in every.warnings)


def test_an_empty_join_teaches_nothing(rng) -> None:
    _known, people, history = make_campaign(rng, 60)
    contacts = history.assign(contacted_on="2025-09-01")
    joined = join_history(contacts, history, as_of="2025-06-30")
    assert joined.empty
    stated = TERMS.assign(response=0.1)
    assert (estimate_chances(people, joined, stated, rng=rng).channels["source"] == "stated").all()
