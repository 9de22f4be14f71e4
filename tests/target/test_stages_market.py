"""The case, on a small simulated market and with the plan that is shipped for it."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from leadline.channels import CHANNELS
from leadline.data import read_beside
from leadline.engage import JudgedCustomers, choose_judged, gate_customers, parse_policy
from leadline.errors import ParameterError
from leadline.features import read_customers
from leadline.market.parameters import MarketParameters
from leadline.market.period import AS_OF
from leadline.market.reveal import reveal_outcomes
from leadline.market.sample import find_truth, write_market
from leadline.market.stage_truth import judge_lists
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml, read_yaml_beside
from leadline.target import StagesResult, parse_plan, stage_models
from leadline.target.checks import find_group
from leadline.target.plan import StagePlan
from leadline.target.unasked import list_unasked

PLAN = PLANS / "market.yml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made") / "market"
    write_market(place, MarketParameters(), 5, 30_000)
    return place


@pytest.fixture(scope="module")
def known(folder: Path) -> pd.DataFrame:
    table = read_customers(folder, as_of=AS_OF.item())
    return table.frame.merge(reveal_outcomes(find_truth(folder)), on="customer_id", validate="one_to_one")


@pytest.fixture(scope="module")
def asked(folder: Path) -> dict[str, Any]:
    return {
        "policy": parse_policy(read_yaml(PLANS / "contact_policy.yml")),
        "as_of": AS_OF.item(),
        "holdings": read_beside(folder, "holdings").frame,
        "contact_history": read_beside(folder, "contacts").frame,
    }


@pytest.fixture(scope="module")
def plan(known: pd.DataFrame) -> StagePlan:
    hidden = [name for name in known if name.startswith(("subscribes_", "chance_", "value_"))]
    return parse_plan(
        read_yaml(PLAN), known.columns, reserved=hidden, read_rules=partial(read_yaml_beside, PLAN)
    )


@pytest.fixture(scope="module")
def permitted(folder: Path, known, asked, plan) -> JudgedCustomers:
    products = read_beside(folder, "products").frame
    return choose_judged(known, group=find_group(known, plan), products=products, **asked)


@pytest.fixture(scope="module")
def result(permitted: JudgedCustomers, plan: StagePlan) -> StagesResult:
    return stage_models(
        permitted.frame,
        plan,
        target="subscribes_call",
        list_size=100,
        holdout_share=0.6,
        repeats=1,
        channel_outcomes={name: f"subscribes_{name}" for name in CHANNELS},
        rng=np.random.default_rng(7),
    )


def test_whom_the_policy_bars_from_the_list_is_judged_on_none(permitted, known, asked) -> None:
    gate = gate_customers(known, among="is_matched", product_id="1", product_risk=3, **asked)
    judged = permitted.frame.loc[permitted.frame["is_matched"], "customer_id"]
    assert set(judged) == set(gate.permitted["customer_id"])
    assert not permitted.frame["is_matched"].all()
    assert permitted.frame["consent"].all()
    assert set(permitted.left_out.query("customers > 0")["rule"]) >= {"staff", "suitability", "quiet_period"}
    assert permitted.not_asked == ()
    assert not (permitted.unasked["consent"] & ~permitted.unasked["do_not_contact"]).any()


def test_the_partners_data_bring_most_and_it_is_proven(result) -> None:
    own, partner, *_others = result.stages["precision"]
    assert own < 0.12
    assert partner > own + 0.08
    assert result.steps["verdict"].iloc[0] == "better"
    parts = result.gain_split.parts.set_index("ingredient")["part"]
    assert parts.idxmax() == "Partner's data"
    assert result.gain_split.unformed == ()


def test_the_last_stage_contacts_as_the_plan_says(result, permitted) -> None:
    last = result.lists[result.lists["stage"] == "Tiers and channels"]
    rows = permitted.frame.iloc[last["position"]]
    meets = (rows["branch_distance_km"].to_numpy() < 2) | rows["hall_orders"].fillna(False).to_numpy(bool)
    assert ((last["channel"] == "branch") == (meets & last["tier"].isin(["A", "B"]))).all()
    assert set(last["channel"]) == {"branch", "trial", "call"}


def test_the_truth_agrees_with_what_was_judged(result, permitted, folder) -> None:
    unasked = list_unasked(result, permitted.unasked, rng=np.random.default_rng(1))
    asked = result.name_customers(permitted.frame["customer_id"])
    pool = {"among": unasked.among, "unasked_among": unasked.among}
    truth = judge_lists(find_truth(folder), asked, unasked=unasked.lists, **pool)
    lists = truth.lists.set_index("list")
    for row in result.stages.to_dict("records"):
        assert lists.loc[row["name"], "precision"] == pytest.approx(row["precision"])
    assert lists.loc["oracle by chance", "expected_precision"] > lists["expected_precision"].iloc[3]
    assert lists["consent_cost"].notna().all()


def test_without_the_partners_list_the_plan_says_what_to_do(permitted) -> None:
    partner = ["trades_3m", "assets_cny", "is_matched", "is_staff", "pc_share", "work_hours_share"]
    partner += ["phone_orders", "hall_orders", "risk_level"]
    with pytest.raises(ParameterError, match="leadline partner join"):
        parse_plan(
            read_yaml(PLAN),
            permitted.frame.drop(columns=partner).columns,
            read_rules=partial(read_yaml_beside, PLAN),
        )
