"""Reference policies keep to their terms, know no truth, and rank as the case's stages do."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leadline.data import tables
from leadline.data.contract import check_table
from leadline.market.assignment import Assignment, Terms
from leadline.market.city import make_city
from leadline.market.composite import score_composite
from leadline.market.frames import tabulate_city
from leadline.market.market import Market, simulate
from leadline.market.oracles import choose_by_chance, choose_by_uplift
from leadline.market.parameters import MarketParameters
from leadline.market.policies import POLICIES
from leadline.market.truth import ARMS, Truth

TERMS = Terms(list_size=250, capacity=(25_000, 3_000, 40, 60, 250))

CONTRACTS = {contract.name: contract for contract in tables.MARKET_TABLES}


def to_frame(table: pa.Table) -> pd.DataFrame:
    frame = table.to_pandas(date_as_object=False)
    return frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))


def choose(market: Market, name: str, terms: Terms = TERMS) -> Assignment:
    return POLICIES[name](market.observed, terms, np.random.default_rng(1))


def chance(market: Market, made: Assignment) -> float:
    return float(market.truth.chance[made.row, made.channel].mean())


@pytest.mark.parametrize("name", POLICIES)
def test_lists_hold_permitted_customers_once(market: Market, name: str) -> None:
    made = choose(market, name)
    assert len(made.row) == len(np.unique(made.row)) == 250
    assert market.observed.permitted[made.row].all()
    if name in ("partner", "rules", "channels"):
        assert market.observed.matched[made.row].all()
    if name in ("rules", "channels"):
        assert not market.observed.staff[made.row].any()


@pytest.mark.parametrize("name", POLICIES)
def test_no_list_depends_on_the_truth(market: Market, name: str) -> None:
    rng = np.random.default_rng(9)
    scrambled = {
        declared.name: rng.permutation(getattr(market.truth, declared.name)) for declared in fields(Truth)
    }
    blind = replace(market, truth=Truth(**scrambled))
    before, after = choose(market, name), choose(blind, name)
    assert np.array_equal(before.row, after.row)
    assert np.array_equal(before.channel, after.channel)


def test_channels_keep_within_capacity(market: Market) -> None:
    counts = np.bincount(choose(market, "channels").channel, minlength=len(ARMS))
    assert counts[0] == 0
    assert (counts[1:] <= np.array(TERMS.capacity)).all()
    assert counts[ARMS.index("branch")] == 40
    assert counts[ARMS.index("trial")] == 60
    assert (np.unique(choose(market, "rules").channel) == [ARMS.index("call")]).all()


def test_a_list_without_consent_still_leaves_users_and_the_pilot_in_peace(market: Market) -> None:
    made = choose(market, "channels", replace(TERMS, keep_consent=False))
    assert not market.observed.permitted[made.row].all()
    assert not market.observed.subscribed_before[made.row].any()
    assert not market.observed.recently_contacted[made.row].any()


def test_a_list_longer_than_its_candidates_is_as_long_as_they_are(market: Market) -> None:
    made = choose(market, "partner", replace(TERMS, list_size=50_000))
    assert len(made.row) == (market.observed.permitted & market.observed.matched).sum()


def test_the_oracle_is_a_bound(market: Market) -> None:
    best = chance(market, choose_by_chance(market, TERMS))
    partner = chance(market, choose_by_chance(market, TERMS, among=market.observed.matched))
    assert best > partner > chance(market, choose(market, "rules"))
    lift = market.truth.chance[:, ARMS.index("call")] - market.truth.chance[:, 0]
    made = {name: choose(market, name).row for name in POLICIES}
    assert all(lift[choose_by_uplift(market, TERMS).row].mean() >= lift[row].mean() for row in made.values())


@pytest.mark.covers("reference_numbers", "case_market")
def test_the_stages_rank_as_in_the_case() -> None:
    terms = Terms(list_size=500, capacity=MarketParameters().capacity(100_000))
    found = {name: [] for name in POLICIES}
    for seed in (1, 2, 3):
        market = simulate(MarketParameters(), seed, 100_000)
        for name in POLICIES:
            found[name].append(100 * chance(market, choose(market, name, terms)))
    mean = {name: np.mean(values) for name, values in found.items()}
    assert mean["random"] < mean["telecom"] < mean["partner"] < mean["rules"]
    assert mean["partner"] < mean["channels"]
    assert [mean["telecom"], mean["partner"], mean["channels"]] == pytest.approx([2.6, 23.5, 27.3], abs=1.5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "extreme",
    [
        {"partner_share": 0.0},
        {"holder_rate": 0.001},
        {"consent_rate": 0.0},
        {"staff_share": 1.0},
        {"early_shift": 20.0},
        {"signal": 1.0, "order_calls_trade": 1.0, "trades_log_mean": 4.0, "trades_log_sd": 3.0},
        {"bank_calls_log_mean": 2.0, "calls_income": 2.0, "sessions_log_mean": 5.0, "sessions_sd": 2.0},
    ],
    ids=lambda extreme: next(iter(extreme)),
)
def test_extreme_markets_still_give_tables_and_lists(extreme: dict[str, float]) -> None:
    extreme_market = simulate(MarketParameters(**extreme), 1, 2_000)
    for part in (extreme_market.observed, extreme_market.truth):
        assert all(np.isfinite(getattr(part, declared.name)).all() for declared in fields(part))
    for name in POLICIES:
        made = choose(extreme_market, name)
        assert len(made.row) == len(made.channel) <= 250
    for name, table in tabulate_city(make_city(MarketParameters(**extreme), 1, 0, 2_000)):
        check_table(to_frame(table), CONTRACTS[name], name)


def test_the_composite_is_the_common_factor() -> None:
    rng = np.random.default_rng(2)
    factor = rng.standard_normal(5_000)
    columns = [np.exp(factor + 0.5 * rng.standard_normal(5_000)) for _ in range(4)]
    score = score_composite([*columns, np.ones(5_000)])
    assert np.corrcoef(score, factor)[0, 1] > 0.9
