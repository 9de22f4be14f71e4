"""The truth beside the stages: the evaluator's own figures, bounds that hold, and what is said of them."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.market.assignment import Assignment, Terms
from leadline.market.evaluate import evaluate_assignment
from leadline.market.market import Market
from leadline.market.policies import POLICIES
from leadline.market.stage_truth import StageTruthResult, judge_lists
from leadline.market.truth import ARMS
from leadline.results import Result

STAGES = ("telecom", "partner", "channels")
SIZE = 250


def to_frame(market: Market, made: Assignment) -> pd.DataFrame:
    ids = market.observed.customer_id[made.row].astype(str)
    return pd.DataFrame({"customer_id": ids, "channel": [ARMS[code] for code in made.channel]})


def choose(market: Market, *, keep_consent: bool = True) -> dict[str, Assignment]:
    capacity = market.parameters.capacity(market.customers)
    terms = Terms(list_size=SIZE, capacity=capacity, keep_consent=keep_consent)
    return {name: POLICIES[name](market.observed, terms, np.random.default_rng(1)) for name in STAGES}


def frames(market: Market, *, keep_consent: bool = True) -> dict[str, pd.DataFrame]:
    return {name: to_frame(market, made) for name, made in choose(market, keep_consent=keep_consent).items()}


@pytest.fixture(scope="module")
def judged(market: Market) -> StageTruthResult:
    return judge_lists(market, frames(market), unasked=frames(market, keep_consent=False))


def test_each_list_is_what_the_evaluator_says(market: Market, judged: StageTruthResult) -> None:
    rows = judged.lists.set_index("list")
    for name, made in choose(market).items():
        found = evaluate_assignment(market, made.row, made.channel)
        assert rows.loc[name, "expected_precision"] == found.expected_precision
        assert rows.loc[name, "profit_cny"] == found.profit_cny
        assert rows.loc[name, "uplift"] == pytest.approx(found.expected_precision - found.organic_rate)
    assert isinstance(judged, Result)


def test_the_best_lists_bound_what_calls_can_reach(judged: StageTruthResult) -> None:
    rows = judged.lists.set_index("list")
    called = rows.loc[["telecom", "partner"]]
    assert (rows.loc["oracle by chance", "expected_precision"] > called["expected_precision"]).all()
    assert (rows.loc["oracle by uplift", "uplift"] >= rows["uplift"].drop("channels")).all()
    assert (
        rows.loc["oracle by chance", "expected_precision"]
        >= rows.loc["oracle by uplift", "expected_precision"]
    )


def test_the_best_lists_come_from_those_who_could_be_chosen(market: Market) -> None:
    lists = frames(market)
    listed = pd.concat(lists.values())["customer_id"].unique()
    inside = judge_lists(market, lists, among=listed).lists.set_index("list")
    outside = judge_lists(market, lists).lists.set_index("list")
    best = "oracle by chance"
    assert inside.loc[best, "expected_precision"] < outside.loc[best, "expected_precision"]
    assert inside.loc[best, "listed"] == SIZE


def test_consent_costs_what_the_unasked_list_has_more(market: Market, judged: StageTruthResult) -> None:
    rows = judged.lists.set_index("list")
    free = choose(market, keep_consent=False)["partner"]
    asked = rows.loc["partner", "expected_precision"]
    unasked = evaluate_assignment(market, free.row, free.channel).expected_precision
    assert rows.loc["partner", "consent_cost"] == pytest.approx(unasked - asked)
    assert rows.loc["oracle by chance", "consent_cost"] > 0
    alone = judge_lists(market, frames(market)).lists.set_index("list")["consent_cost"]
    assert alone[list(STAGES)].isna().all()
    assert alone["oracle by chance"] == rows.loc["oracle by chance", "consent_cost"]


def test_a_pool_made_with_consent_does_not_tell_what_consent_costs(market: Market) -> None:
    seen = market.observed
    ids = seen.customer_id.astype(str)
    pool = ids[seen.permitted & (np.arange(market.customers) % 2 == 0)]
    lists = {"telecom": frames(market)["telecom"]}
    untold = judge_lists(market, lists, among=pool)
    assert untold.lists["consent_cost"].isna().all()
    assert "consent" not in untold._repr_html_()
    wider = ids[np.arange(market.customers) % 2 == 0]
    told = judge_lists(market, lists, among=pool, unasked_among=wider).lists.set_index("list")
    assert 0 < told.loc["oracle by chance", "consent_cost"] < 0.2


def test_precision_is_told_apart_from_effect(market: Market, judged: StageTruthResult) -> None:
    last = judged.lists.set_index("list").loc["channels"]
    assert judged.summary.startswith("Precision is not effect")
    assert f"{last['expected_precision']:.1%} can be expected" in judged.summary
    assert f"{last['organic_rate']:.1%} would without any contact" in judged.summary
    assert "would subscribe anyway" in [
        text.get_text() for text in judged.figure().axes[0].get_legend().texts
    ]
    json.dumps(judged.to_dict(), allow_nan=False)
    assert "oracle" not in judged._repr_html_()


def test_pairs_that_effect_ranks_otherwise_are_named(market: Market) -> None:
    """Those likeliest to come by themselves hold more subscribers than others whom a call wins."""
    seen, chance = market.observed, market.truth.chance
    lift = chance[:, ARMS.index("call")] - chance[:, 0]
    sure = np.argsort(-np.where(seen.permitted, chance[:, 0], -1))[:SIZE]
    won = np.setdiff1d(np.argsort(-np.where(seen.permitted, lift, -1))[: 5 * SIZE], sure)
    call = ARMS.index("call")
    weaker = won[np.argsort(chance[won, call])[SIZE : 2 * SIZE]]
    lists = {
        name: to_frame(market, Assignment(row=row, channel=np.full(SIZE, arm, np.int8)))
        for name, row, arm in (("sure", sure, ARMS.index("sms")), ("won", weaker, call))
    }
    result = judge_lists(market, lists)
    rows = result.lists.set_index("list")
    assert rows.loc["sure", "expected_precision"] > rows.loc["won", "expected_precision"]
    assert rows.loc["sure", "uplift"] < rows.loc["won", "uplift"]
    assert "“sure” holds more subscribers than “won”" in result.sentences[0]
    assert "contacts win fewer" in result.sentences[0]


def test_lists_of_two_lengths_and_of_nobody_are_refused(market: Market) -> None:
    lists = frames(market)
    with pytest.raises(DataError, match="'telecom' 250, 'partner' 249"):
        judge_lists(market, lists | {"partner": lists["partner"].iloc[1:]})
    with pytest.raises(DataError, match="found: none"):
        judge_lists(market, {})


def test_a_list_of_the_barred_is_refused_by_name(market: Market) -> None:
    barred = frames(market, keep_consent=False)
    with pytest.raises(DataError, match="the list of 'telecom' cannot be scored"):
        judge_lists(market, barred)
