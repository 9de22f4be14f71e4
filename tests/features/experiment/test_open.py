"""A test by an analyst's parameters, however it lies."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from leadline.data.loop.ledger import LoopLedger
from leadline.errors import DataError, ParameterError
from leadline.features.experiment.open import open_experiment


@pytest.fixture
def campaign_folder(tmp_path: Path) -> Path:
    """Two hundred customers of one campaign; half were called."""
    ids = [str(number) for number in range(1, 201)]
    arms = ["none", "call"] * 100
    started = pd.Timestamp("2025-07-01")
    bought = [number % 5 == 0 for number in range(200)]
    pd.DataFrame(
        {
            "campaign_id": ["7"] * 200,
            "customer_id": ids,
            "channel": arms,
            "contacted_on": [started + pd.Timedelta(days=number % 10) for number in range(200)],
            "is_reached": [arm == "call" or None for arm in arms],
            "cost_cny": [3.5 if arm == "call" else 0.0 for arm in arms],
        }
    ).to_parquet(tmp_path / "contacts.parquet")
    pd.DataFrame(
        {
            "campaign_id": ["7"] * 200,
            "customer_id": ids,
            "is_subscribed": bought,
            "subscribed_on": [started + pd.Timedelta(days=20) if one else pd.NaT for one in bought],
            "revenue_cny": [50.0 if one else None for one in bought],
        }
    ).to_parquet(tmp_path / "outcomes.parquet")
    pd.DataFrame(
        {
            "campaign_id": ["7"],
            "name": ["Summer"],
            "product_id": ["1"],
            "started_on": [started],
            "ended_on": [pd.Timestamp("2025-09-30")],
            "design": ["at random"],
        }
    ).to_parquet(tmp_path / "campaigns.parquet")
    return tmp_path


def test_a_campaign_brings_its_own_design(campaign_folder: Path) -> None:
    experiment = open_experiment(campaign_folder, campaign="Summer")
    assert experiment.campaign_id == "7"
    assert experiment.scan.arms == ("held out", "call")
    assert [metric.key for metric in experiment.scan.design.metrics] == ["is_subscribed", "revenue_cny"]
    assert experiment.contact_costs == {"call": 3.5}
    assert experiment.contacts is None
    # It is over with the last customer to enter, though outcomes count until September.
    assert str(experiment.scan.design.end) == "2025-07-10"
    assert "held out 100; call 100" in experiment._repr_html_()


def test_revenue_that_only_those_have_who_bought_nothing_is_no_metric(campaign_folder: Path) -> None:
    early = open_experiment(campaign_folder, as_of=pd.Timestamp("2025-07-25").date())
    assert [metric.key for metric in early.scan.design.metrics] == ["is_subscribed"]
    assert str(early.scan.design.end) == "2025-09-30"
    assert not early.is_ripe
    assert open_experiment(campaign_folder).is_ripe
    with pytest.raises(DataError, match="revenue_cny: what some buyers bring is not known"):
        open_experiment(
            campaign_folder, as_of=pd.Timestamp("2025-07-25").date(), metrics=["revenue_cny: mean, CNY"]
        )


def test_what_belongs_to_another_kind_of_table_is_refused(campaign_folder: Path) -> None:
    with pytest.raises(ParameterError, match="only: chooses rows of one table"):
        open_experiment(campaign_folder, only=["arm = call"])
    with pytest.raises(ParameterError, match="is_cumulative: is for rows=aggregates"):
        open_experiment(campaign_folder, is_cumulative=True)


def test_what_an_analyst_names_goes_before_a_campaigns_own(campaign_folder: Path) -> None:
    asked = open_experiment(
        campaign_folder,
        control="call",
        metrics=["revenue_cny: mean, CNY"],
        end=pd.Timestamp("2025-07-05").date(),
    )
    assert asked.scan.arms == ("call", "held out")
    assert [metric.key for metric in asked.scan.design.metrics] == ["revenue_cny"]
    assert str(asked.scan.design.end) == "2025-07-05"


def test_who_talks_across_arms_is_counted_where_calls_are_known(campaign_folder: Path) -> None:
    calls = pd.DataFrame(
        {
            "caller_id": ["1", "3", "2", "900"],
            "callee_id": ["2", "5", "1", "1"],
            "called_on": pd.Timestamp("2025-07-02"),
            "duration_s": 60,
        }
    )
    calls.to_parquet(campaign_folder / "calls.parquet")
    told = open_experiment(campaign_folder).contacts
    assert told is not None
    assert told.set_index("arm")["touched"].to_dict() == {"held out": 1, "call": 1}


def test_a_table_must_be_told_its_arm_control_and_metrics(tmp_path: Path) -> None:
    pd.DataFrame({"group": ["a", "b"] * 50, "sold": [0, 1, 1, 0] * 25}).to_csv(
        tmp_path / "test.csv", index=False
    )
    with pytest.raises(ParameterError) as caught:
        open_experiment(tmp_path / "test.csv")
    assert all(name in str(caught.value) for name in ("arm:", "control:", "metrics:"))
    named = open_experiment(tmp_path / "test.csv", arm="group", control="a", metrics=["sold: conversion"])
    assert named.scan.arms == ("a", "b")


def test_aggregates_are_told_their_last_day_alone(tmp_path: Path) -> None:
    rows = [
        {"arm": arm, "day": day, "metric": "visit", "count": 100 * day, "mean": 0.2, "variance": 0.16}
        for arm in ("a", "b")
        for day in (1, 2)
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "told.csv", index=False)
    experiment = open_experiment(
        tmp_path / "told.csv", rows="aggregates", control="a", day="day", is_cumulative=True
    )
    assert "a 200; b 200" in experiment._repr_html_()
    with pytest.raises(ParameterError, match="covariates"):
        open_experiment(tmp_path / "told.csv", rows="aggregates", control="a", covariates=["x"])


def test_a_table_is_not_seen_after_the_day_of_the_analysis(tmp_path: Path) -> None:
    days = pd.date_range("2025-07-01", periods=50)
    units = pd.DataFrame({"group": ["a", "b"] * 50, "sold": [0, 0] * 25 + [0, 1] * 25, "on": days.repeat(2)})
    units.to_csv(tmp_path / "test.csv", index=False)
    asked = {"arm": "group", "control": "a", "metrics": ["sold: conversion"]}
    early = open_experiment(tmp_path / "test.csv", day="on", as_of=days[29].date(), **asked)
    assert early.scan.units["units"].sum() == 60
    with pytest.raises(ParameterError, match="day"):
        open_experiment(tmp_path / "test.csv", as_of=days[24].date(), **asked)


def test_of_a_ledgers_list_whom_nobody_contacted_has_cost_nothing(tmp_path: Path) -> None:
    ids = [str(number) for number in range(200)]
    treated = [number % 2 == 0 for number in range(200)]
    listed = pd.DataFrame(
        {
            "customer_id": ids,
            "rank": range(1, 201),
            "score": 0.5,
            "tier": "A",
            "channel": ["call" if one else "none" for one in treated],
            "arm": ["treated" if one else "held_out" for one in treated],
        }
    )
    ledger = LoopLedger(tmp_path)
    ledger.open_round("r1", name="r1", product_id="1", model="m", as_of=dt.date(2025, 6, 30))
    permission = pd.DataFrame({"customer_id": ids, "consent": True, "do_not_contact": False})
    ledger.add_list(listed, round_id="r1", campaign_id="c1", permission=permission, made_by="Li")
    made = pd.DataFrame({"campaign_id": "c1", "customer_id": ids[::4], "channel": "call"})
    made = made.assign(contacted_on=pd.Timestamp("2025-07-01"), is_reached=True, cost_cny=10.0)
    ledger.add_contacts(made, round_id="r1")
    known = pd.DataFrame({"campaign_id": "c1", "customer_id": ids})
    known["is_subscribed"] = [number % 5 == 0 for number in range(200)]
    known["subscribed_on"] = pd.Series(pd.Timestamp("2025-07-20"), index=known.index).where(
        known["is_subscribed"]
    )
    known["revenue_cny"] = known["is_subscribed"] * 30.0
    ledger.add_outcomes(known, round_id="r1", observed_until=dt.date(2025, 9, 30))
    # Fifty of the hundred listed were called at 10 CNY: the list cost 5 a customer.
    assert open_experiment(tmp_path, ledger=str(tmp_path)).contact_costs == {"treated": 5.0}
