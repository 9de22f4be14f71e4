"""A list on its way into the ledger: gate, tiers, list, hold-out, and the seal on the line of audit."""

import dataclasses
import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from leadline.data.loop import LoopLedger
from leadline.engage import (
    ContactPolicy,
    ListOrder,
    assign_tiers,
    build_list,
    gate_customers,
    is_audit_line_signed,
    register_list,
    sign_audit_line,
)
from leadline.errors import DataError
from leadline.shared_key import SharedKey

KEY = SharedKey(b"k" * 32)
POLICY = ContactPolicy(
    staff_barred=False, minimum_age_years=None, suitability_required=False, holders_barred=False
)

JULY = ListOrder(base_rate=0.03, salt="july")


@pytest.fixture
def people(rng):
    size = 400
    return pd.DataFrame(
        {
            "customer_id": np.arange(size),
            "consent": rng.random(size) < 0.8,
            "do_not_contact": rng.random(size) < 0.2,
        }
    )


@pytest.fixture
def result(people, rng):
    gate = gate_customers(people, POLICY, as_of="2025-07-01")
    scores = pd.DataFrame({"customer_id": people["customer_id"], "score": rng.random(len(people))})
    scored = assign_tiers(scores, shares=(0.2, 0.3, 0.5)).assignments
    channels = people[["customer_id"]].assign(channel="sms")
    return build_list(scored, gate, JULY, channels=channels)


@pytest.fixture
def ledger(tmp_path):
    ledger = LoopLedger(tmp_path)
    ledger.open_round(
        "r1", name="July", product_id="p", model="m1", as_of=dt.date(2025, 7, 1), run_id="run 1"
    )
    return ledger


def add(ledger, rows, people):
    return ledger.add_list(rows, round_id="r1", campaign_id="c1", permission=people, made_by="li.wei")


def test_a_list_is_kept_with_its_hold_out_and_again_changes_nothing(ledger, result, people) -> None:
    kept = add(ledger, result.for_ledger(), people)
    assert (kept.added, kept.known, kept.ignored) == (len(result.rows), 0, ())
    rows = pd.concat(map(pd.read_parquet, ledger.parts("lists")))
    wanted = result.rows.set_index("customer_id")
    assert rows.set_index("customer_id")["arm"].to_dict() == wanted["arm"].to_dict()
    assert rows.set_index("customer_id")["channel"].to_dict() == wanted["channel"].to_dict()
    assert (rows["arm"] == "held_out").sum() == result.held_out == round(len(rows) / 10)
    assert set(rows.loc[rows["arm"] == "held_out", "channel"]) == {"none"}
    again = add(ledger, result.for_ledger(), people)
    assert (again.added, again.known, again.part) == (0, len(result.rows), None)
    assert len(ledger.list_audit()) == 1


@pytest.mark.covers("exports", "opted_out_ledger")
def test_who_opted_out_meanwhile_is_refused_held_out_or_not(ledger, result, people) -> None:
    for arm in ("treated", "held_out"):
        first = int(result.rows.loc[result.rows["arm"] == arm, "customer_id"].iloc[0])
        later = people.assign(do_not_contact=people["do_not_contact"] | (people["customer_id"] == first))
        with pytest.raises(DataError, match="1 customer with do_not_contact"):
            add(ledger, result.for_ledger(), later)
    assert ledger.parts("lists") == []


def test_a_list_without_channels_is_refused_with_the_remedy(result) -> None:
    scored = result.rows[["customer_id", "score", "tier"]]
    bare = build_list(scored, result.gate, JULY)
    with pytest.raises(DataError, match="channel: .* customers have none. Build the list with channels"):
        bare.for_ledger()


def test_the_ledger_s_line_is_signed_and_shows_tampering(ledger, result, people) -> None:
    add(ledger, result.for_ledger(), people)
    (line,) = ledger.list_audit()
    signed = json.loads(json.dumps(sign_audit_line(line, result, KEY)))
    assert line.items() <= signed.items()
    assert (signed["made_by"], signed["rows"], signed["population"]) == ("li.wei", len(result.rows), 400)
    assert (signed["policy_sha256"], signed["held_out"]) == (POLICY.digest, result.held_out)
    assert is_audit_line_signed(signed, KEY)
    for name in signed:
        assert not is_audit_line_signed({**signed, name: "客"}, KEY), name
    assert not is_audit_line_signed(signed, SharedKey(b"x" * 32))
    assert not is_audit_line_signed(line, KEY)
    with pytest.raises(DataError, match="tells of 1 customers"):
        sign_audit_line({**line, "rows": 1}, result, KEY)


REGISTERED = {"campaign": "july", "product_id": "p", "model": "points 1", "made_by": "li.wei"}


def test_the_circle_from_the_list_to_the_labels_of_both_arms(tmp_path, result, people, rng) -> None:
    """Whoever subscribes in the market's way is counted under the arm drawn, and nobody else is."""
    ledger = LoopLedger(tmp_path)
    made = register_list(result, ledger, customers=people, key=KEY, **REGISTERED)
    assert made.is_new
    assert is_audit_line_signed(made.line, KEY)
    assert made.summary.startswith("The list is registered as campaign july: ")
    called = result.for_callers()
    contacts = pd.DataFrame(
        {
            "campaign_id": "july",
            "customer_id": called["customer_id"],
            "channel": called["channel"],
            "contacted_on": pd.Timestamp("2025-07-02"),
            "is_reached": True,
            "cost_cny": 0.06,
        }
    )
    ledger.add_contacts(contacts, round_id="july")
    rows = result.rows
    subscribes = rng.random(len(rows)) < np.where(rows["arm"] == "treated", 0.4, 0.1)
    day = pd.Series(pd.Timestamp("2025-07-09"), rows.index).where(pd.Series(subscribes, rows.index))
    outcomes = pd.DataFrame(
        {
            "campaign_id": "july",
            "customer_id": rows["customer_id"],
            "is_subscribed": subscribes,
            "subscribed_on": day,
            "revenue_cny": np.nan,
        }
    )
    watched = dt.date(2025, 8, 31)
    ledger.add_outcomes(outcomes, round_id="july", observed_until=watched)
    labels = ledger.labels(as_of=watched, horizon_days=30, population="listed").frame
    found = labels.set_index("customer_id")["is_subscribed"].astype(bool)
    assert found.to_dict() == dict(zip(rows["customer_id"], subscribes, strict=True))
    by_arm = labels.groupby("arm")["is_subscribed"].agg(["size", "sum"])
    wanted = pd.Series(subscribes).groupby(rows["arm"].to_numpy()).sum()
    assert by_arm["size"].to_dict() == {"held_out": result.held_out, "treated": len(called)}
    assert by_arm["sum"].to_dict() == wanted.to_dict()
    assert set(labels["model"]) == {"points 1"}


def test_the_same_list_again_is_said_and_harmless_and_another_is_refused(tmp_path, result, people) -> None:
    ledger = LoopLedger(tmp_path)
    first = register_list(result, ledger, customers=people, **REGISTERED)
    again = register_list(result, ledger, customers=people, **REGISTERED)
    assert not again.is_new
    assert again.line == first.line
    assert "was registered as campaign july before" in again.summary
    assert len(ledger.list_audit()) == 1
    channels = people[["customer_id"]].assign(channel="sms")
    scored = result.rows[["customer_id", "score", "tier"]]
    shorter = build_list(scored[:100], result.gate, JULY, channels=channels)
    with pytest.raises(DataError, match="is another list than the campaign's"):
        register_list(shorter, ledger, customers=people, **REGISTERED)
    august = ListOrder(base_rate=0.03, salt="august")
    other = build_list(scored, result.gate, august, channels=channels)
    with pytest.raises(DataError, match="The list contradicts the ledger"):
        register_list(other, ledger, customers=people, **REGISTERED)
    with pytest.raises(DataError, match="model: 'points 2' is 'points 1' in the ledger"):
        register_list(result, ledger, customers=people, **(REGISTERED | {"model": "points 2"}))
    assert len(ledger.list_audit()) == 1


def test_a_list_without_a_ledger_is_said_and_a_missing_fact_refused(tmp_path, result, people) -> None:
    nowhere = register_list(result, None, customers=people, **REGISTERED)
    assert nowhere.summary == "The list is not registered in a ledger."
    assert "hold the contacted against those held out" in nowhere.warnings[0]
    assert nowhere.to_dict() == {"list_registered": False, "audit_line": None}
    assert "not registered" in nowhere.figure().get_label()
    assert "not registered" in nowhere._repr_html_()
    unsigned = register_list(result, LoopLedger(tmp_path), customers=people, **REGISTERED)
    assert "is not signed" in unsigned.warnings[0]
    assert "li.wei" in unsigned._repr_html_()
    with pytest.raises(DataError, match=r"made_by: it is empty[\s\S]*") as caught:
        register_list(
            result,
            LoopLedger(tmp_path),
            customers=people,
            **(REGISTERED | {"made_by": None, "campaign": " "}),
        )
    assert len(caught.value.problems) == 2


def test_the_ledger_asks_for_a_plain_yes_whatever_the_policy_asks(tmp_path, result, people) -> None:
    unsure = people.assign(consent=people["consent"].astype(object).where(people["consent"], "?"))
    assert register_list(result, LoopLedger(tmp_path), customers=unsure, **REGISTERED).is_new
    lax = gate_customers(people, dataclasses.replace(POLICY, consent_required=False), as_of="2025-07-01")
    scored = people[["customer_id"]].assign(score=1.0)
    everybody = build_list(scored, lax, JULY, channels=scored.assign(channel="sms"))
    with pytest.raises(DataError, match="customers without consent"):
        register_list(
            everybody, LoopLedger(tmp_path), customers=people, **(REGISTERED | {"campaign": "august"})
        )


def test_another_hold_out_is_another_line_of_the_same_list(ledger, result, people) -> None:
    add(ledger, result.for_ledger(), people)
    (line,) = ledger.list_audit()
    scored = result.rows[["customer_id", "score", "tier"]]
    other = build_list(scored, result.gate, ListOrder(base_rate=0.03, salt="august"))
    first, second = sign_audit_line(line, result, KEY), sign_audit_line(line, other, KEY)
    assert first["list_ids_sha256"] == second["list_ids_sha256"]
    assert first["held_out_ids_sha256"] != second["held_out_ids_sha256"]
