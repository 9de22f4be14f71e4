import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from leadline.data.loop.ledger import LoopLedger
from leadline.errors import DataError
from leadline.evaluate.tracking.registration import register_outcomes

START, SEEN = dt.date(2025, 7, 1), dt.date(2025, 9, 30)
Make = Callable[..., pd.DataFrame]


def register(units: pd.DataFrame, ledger: LoopLedger | None, **given: object):
    facts = {"campaign": "Launch", "product_id": "1", "model": "points", "started_on": START}
    return register_outcomes(units, ledger, **(facts | {"observed_until": SEEN} | given))


def test_a_run_twice_changes_nothing(make_units: Make, tmp_path: Path) -> None:
    units, ledger = make_units(300), LoopLedger(tmp_path)
    units.loc[0, ["is_subscribed", "subscribed_on"]] = [pd.NA, pd.NaT]
    units = units[~(units["subscribed_on"] > pd.Timestamp(SEEN))]
    first = register(units, ledger)
    assert first.rows.set_index("kind")["added"].to_dict() == {
        "contacts": len(units),
        "outcomes": len(units) - 1,
    }
    again = register(units, ledger)
    assert again.rows["added"].sum() == 0
    assert "nothing was changed" in again.summary
    labels = ledger.labels(as_of=SEEN, horizon_days=60, campaign="Launch").frame
    assert len(labels) == len(units) - 1
    assert ledger.rounds()[0]["as_of"] == "2025-06-30"


def test_later_outcomes_follow_up_and_contradictions_are_refused(make_units: Make, tmp_path: Path) -> None:
    units, ledger = make_units(300), LoopLedger(tmp_path)
    units = units[~(units["subscribed_on"] > pd.Timestamp(SEEN))]
    early = units["subscribed_on"] <= pd.Timestamp("2025-07-20")
    then = units.assign(
        is_subscribed=early, subscribed_on=units["subscribed_on"].where(early), revenue_cny=float("nan")
    )
    register(then, ledger, observed_until=dt.date(2025, 7, 20))
    told = register(units, ledger).rows.set_index("kind")
    assert told.loc["outcomes", ["added", "followed_up"]].tolist() == [0, len(units)]
    with pytest.raises(DataError, match="other values"):
        register(units.assign(contact_cost_cny=2.0), ledger)


def test_own_names_of_channels_are_translated(make_units: Make, tmp_path: Path) -> None:
    units = make_units(200).replace({"channel": {"call": "电话"}})
    units = units[~(units["subscribed_on"] > pd.Timestamp(SEEN))]
    with pytest.raises(DataError, match="does not know 电话"):
        register(units, LoopLedger(tmp_path))
    assert register(units, LoopLedger(tmp_path), channels={"电话": "call"}).campaign == "Launch"


def test_a_list_that_was_registered_keeps_its_round(make_units: Make, tmp_path: Path) -> None:
    units, ledger = make_units(200), LoopLedger(tmp_path)
    units = units[~(units["subscribed_on"] > pd.Timestamp(SEEN))]
    ledger.open_round("r7", name="r7", product_id="1", model="m", as_of=dt.date(2025, 6, 30))
    listed = pd.DataFrame(
        {
            "customer_id": units["customer_id"],
            "rank": range(1, len(units) + 1),
            "score": 0.5,
            "tier": "A",
            "channel": units["channel"],
            "arm": units["arm"].where(units["arm"] == "held_out", "treated"),
        }
    )
    permission = pd.DataFrame({"customer_id": units["customer_id"], "consent": True, "do_not_contact": False})
    ledger.add_list(listed, round_id="r7", campaign_id="Launch", permission=permission, made_by="Li")
    register(units, ledger)
    assert [row["round_id"] for row in ledger.rounds()] == ["r7"]
    assert ledger.rounds()[0]["outcomes"] == len(units)


def test_without_a_ledger_it_is_said(make_units: Make) -> None:
    told = register(make_units(100), None)
    assert told.warnings
    assert told.figure().get_label()
    assert told.to_dict() == {"ledger_campaign": None, "ledger_rows": []}


def test_facts_that_are_missing_are_named_at_once(make_units: Make, tmp_path: Path) -> None:
    units = make_units(100).assign(contact_cost_cny=float("nan"))
    with pytest.raises(DataError) as caught:
        register(units, LoopLedger(tmp_path), product_id="", observed_until=None)
    assert len(caught.value.problems) == 3
