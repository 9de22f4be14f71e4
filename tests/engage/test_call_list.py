import json

import numpy as np
import pandas as pd
import pytest

from leadline.engage import ListOrder, build_list, draw_holdout, gate_customers
from leadline.errors import DataError


def order(**wanted):
    return ListOrder(**({"base_rate": 0.03, "salt": "s"} | wanted))


@pytest.fixture
def scored(rng):
    score = np.round(rng.random(1_000), 2)
    tier = np.select([score > 0.9, score > 0.6], ["A", "B"], "C")
    return pd.DataFrame({"customer_id": rng.permutation(1_000), "score": score, "tier": tier})


def test_the_hold_out_is_random_by_tier_and_the_same_for_any_order(scored, rng) -> None:
    held = scored.assign(held_out=draw_holdout(scored, share=0.1, salt="march"))
    assert held["held_out"].sum() == 100
    by_tier = held.groupby("tier")["held_out"].agg(["sum", "size"])
    assert ((by_tier["sum"] - by_tier["size"] / 10).abs() < 1).all()
    shuffled = scored.sample(frac=1, random_state=rng).astype({"customer_id": str})
    again = shuffled.assign(held_out=draw_holdout(shuffled, share=0.1, salt="march"))
    ids = set(again.loc[again["held_out"], "customer_id"])
    assert ids == set(held.loc[held["held_out"], "customer_id"].astype(str))
    other = draw_holdout(scored, share=0.1, salt="april")
    assert 0 < (other & held["held_out"]).sum() < 30


def test_every_customer_is_as_likely_to_be_held_out(scored) -> None:
    """A hold-out that followed id or score would differ from the others in them."""
    small = scored.head(60)
    draws = np.mean([draw_holdout(small, share=0.5, salt=f"s{number}") for number in range(300)], axis=0)
    assert draws.std() == pytest.approx(np.sqrt(0.25 / 300), rel=0.35)
    assert abs(np.corrcoef(draws, small["score"])[0, 1]) < 0.35


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"size": 1_000}, "leaves nobody of a list of 1,000"),
        ({"size": 2_000}, "leaves nobody"),
        ({"size": 0}, "must be a whole number of 1 or more"),
        ({"share": 0.0}, "must be above 0 and below 1"),
        ({"share": 1.5}, "must be above 0 and below 1"),
        ({"share": 0.0001}, "holds out nobody or all"),
        ({"salt": " "}, "salt is empty"),
    ],
)
def test_an_impossible_hold_out_is_refused(scored, wanted, words) -> None:
    with pytest.raises(DataError, match=words):
        draw_holdout(scored, **({"salt": "s"} | wanted))


def test_the_list_takes_the_best_permitted(customers, tables, strict) -> None:
    gate = gate_customers(
        customers, strict, **(tables | {"contact_history": tables["contact_history"].assign(channel="none")})
    )
    scored = pd.DataFrame({"customer_id": range(12), "score": np.arange(12.0), "tier": "A"})
    result = build_list(scored, gate, order(holdout_size=1))
    assert list(result.rows["customer_id"]) == ["8", "0"]
    assert list(result.rows["rank"]) == [1, 2]
    assert (result.scored, result.permitted_scored, result.strangers) == (12, 2, 2)
    assert "2 customers scored are not in the table of customers and were left out." in result.warnings


@pytest.mark.covers("exports", "held_out_not_handed_on")
def test_held_out_customers_have_no_channel_and_are_not_handed_on(scored, open_gate) -> None:
    channels = scored[["customer_id"]].assign(channel="sms")[:600]
    result = build_list(scored, open_gate(scored), order(size=500), channels=channels)
    is_held_out = result.rows["arm"] == "held_out"
    assert is_held_out.sum() == 50
    assert set(result.rows.loc[is_held_out, "channel"]) == {"none"}
    assert set(result.rows["planned_channel"]) == {"sms"}
    assert len(result.to_contact) == 450
    assert set(result.to_contact["channel"]) == {"sms"}
    assert (result.permitted_scored, result.reachable) == (1_000, 600)
    assert set(result.rows["customer_id"]) <= set(channels["customer_id"].astype(str))
    assert result.rows["score"].is_monotonic_decreasing


def test_ties_in_the_score_go_by_id(scored, open_gate, rng) -> None:
    flat = scored.assign(score=1.0, tier="A")
    gate = open_gate(flat)
    for frame in (flat, flat.sample(frac=1, random_state=rng)):
        rows = build_list(frame, gate, order(size=100)).rows
        assert list(rows["customer_id"]) == [str(number) for number in range(100)]


def test_a_list_without_anybody_or_without_scores_is_refused(scored, customers, tables, strict) -> None:
    gate = gate_customers(customers, strict, **tables)
    with pytest.raises(DataError, match="none of the 2 customers scored is among the 1 permitted"):
        build_list(scored[:2].assign(customer_id=[5, 6]), gate, order(holdout_size=1))
    with pytest.raises(DataError, match=r"score: 1,000 values[\s\S]*'none' is kept for the hold-out"):
        build_list(
            scored.assign(score=np.nan),
            gate,
            order(),
            channels=scored[["customer_id"]].assign(channel="none"),
        )


def test_a_tie_at_the_cut_is_said(scored, open_gate) -> None:
    flat = scored.assign(score=np.where(scored["customer_id"] < 40, 9.0, 7.0))
    result = build_list(flat, open_gate(flat), order(size=100))
    assert (result.tied_listed, result.tied_unlisted) == (60, 900)
    said = "The list ends inside a tie: 960 customers have the score 7, and 60 of them are listed."
    assert any(text.startswith(said) for text in result.warnings)
    assert result.to_dict()["tied_at_cut"] == 960
    whole = build_list(flat, open_gate(flat), order(size=40))
    assert whole.tied_unlisted == 0
    assert not any("tie" in text for text in whole.warnings)


def test_tiers_are_shares_of_the_list_whatever_the_scores_name(scored, open_gate) -> None:
    rows = build_list(
        scored.assign(tier="A"), open_gate(scored), order(size=200, tier_shares=(0.1, 0.4, 0.5))
    ).rows
    assert rows["tier"].value_counts().to_dict() == {"C": 100, "B": 80, "A": 20}
    assert rows.groupby("tier")["rank"].max().tolist() == [20, 100, 200]
    assert rows.loc[rows["arm"] == "held_out", "tier"].value_counts().to_dict() == {"C": 10, "B": 8, "A": 2}


def test_what_is_handed_on_holds_no_number_unless_asked_and_nobody_held_out(scored, open_gate) -> None:
    people = scored[["customer_id"]].assign(phone="013" + scored["customer_id"].astype(str), salary=1)
    channels = scored[["customer_id"]].assign(channel="sms")
    result = build_list(scored, open_gate(scored), order(size=500), channels=channels)
    plain = result.for_callers(people)
    assert list(plain.columns) == ["rank", "customer_id", "tier", "channel", "reasons"]
    assert not set(plain["customer_id"]) & set(result.held_out_rows["customer_id"])
    assert len(plain) + len(result.held_out_rows) == 500
    phones = result.for_callers(people, ["phone"])
    assert list(phones["phone"]) == ["013" + number for number in plain["customer_id"]]
    assert pd.api.types.is_string_dtype(phones["customer_id"])
    with pytest.raises(
        DataError, match="phones: the customers table has no such column. Did you mean 'phone'"
    ):
        result.for_callers(people, ["phones"])


def test_no_customer_stands_in_a_repr(scored, open_gate) -> None:
    named = scored.assign(customer_id="C77" + scored["customer_id"].astype(str))
    result = build_list(named, open_gate(named), order(size=500))
    for text in (repr(result), repr(result.gate), json.dumps(result.to_dict()), result._repr_html_()):
        assert "C77" not in text


def test_the_result_tells_the_power_and_draws(scored, open_gate) -> None:
    people = scored.assign(age_years=40)
    result = build_list(people, open_gate(people), order(size=500, effect=0.001))
    assert result.summary.startswith("500 of 1,000 permitted customers are listed; 450 are contacted")
    assert any("cannot be proven with this list" in text for text in result.warnings)
    assert "of these contacted 450" in result.figure().get_label()
    assert "this list holds out 10.0%" in result.power_figure().get_label()
    assert result.table["listed"].sum() == 500
    assert result.to_dict()["held_out"] == 50
    assert "<table" in result._repr_html_()
