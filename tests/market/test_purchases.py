"""Payments by mobile wallet: as many as declared, a stream of their own, interests that can be found."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leadline.market.city import City, make_city
from leadline.market.folder import tabulate_market
from leadline.market.frames import tabulate_city
from leadline.market.leisure import INTERESTS, draw_wallets, reveal_interests
from leadline.market.market import Market, simulate
from leadline.market.parameters import MarketParameters
from leadline.market.purchases import CATEGORIES
from leadline.plain_yaml import read_yaml
from leadline.target.views import find_interests, parse_interests

PLAN = Path(__file__).parents[2] / "reports" / "plans" / "interests.yml"
SAMPLE = 11, 100_000


@pytest.fixture(scope="module")
def sample() -> Market:
    return simulate(MarketParameters(), *SAMPLE)


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    return read_purchases(make_city(MarketParameters(), SAMPLE[0], 0, SAMPLE[1]))


def read_purchases(city: City) -> pd.DataFrame:
    table = dict(tabulate_city(city))["purchases"]
    frame = table.to_pandas(date_as_object=False)
    return frame.astype({"customer_id": "str", "category": "str"})


def write_whole(parameters: MarketParameters) -> dict[str, list[pa.Table]]:
    pieces: dict[str, list[pa.Table]] = {}
    for name, rows in tabulate_market(parameters, 5, 4_000):
        pieces.setdefault(name, []).append(rows)
    return pieces


def test_other_payments_change_no_other_table() -> None:
    usual = write_whole(MarketParameters(city_size=2_000))
    other = write_whole(MarketParameters(city_size=2_000, wallet_base=0.0, golf_base=0.0, amount_sd=1.0))
    assert not usual["purchases"][0].equals(other["purchases"][0])
    for name in usual.keys() - {"purchases"}:
        assert all(one.equals(two) for one, two in zip(usual[name], other[name], strict=True)), name


def test_as_many_pay_so_as_declared(sample: Market, purchases: pd.DataFrame) -> None:
    pays = np.isin(sample.truth.customer_id, reveal_interests(sample)["customer_id"].astype(int))
    assert pays.mean() == pytest.approx(0.12, abs=0.01)
    assert pays[sample.truth.is_holder].mean() == pytest.approx(0.35, abs=0.03)
    assert 95_000 < len(purchases) < 130_000
    assert sample.truth.mobile_affinity[pays].mean() > 0.4
    assert sample.truth.income[pays].mean() > 0.2
    assert purchases["customer_id"].isin(sample.truth.customer_id[pays].astype(str)).all()


def test_payments_precede_the_list_and_cost_something(purchases: pd.DataFrame) -> None:
    assert purchases["bought_on"].min() == pd.Timestamp("2025-04-01")
    assert purchases["bought_on"].max() == pd.Timestamp("2025-06-30")
    assert (purchases["amount_cny"] >= 0.01).all()
    assert set(purchases["category"]) == set(CATEGORIES)


def test_the_plan_names_categories_of_the_market() -> None:
    named = parse_interests(read_yaml(PLAN))
    assert set(named) < set(CATEGORIES)
    assert set(named.values()) == set(INTERESTS) - {"none"}


def test_the_interests_are_found_again(sample: Market, purchases: pd.DataFrame) -> None:
    truth = reveal_interests(sample)
    customers = pd.DataFrame(
        {
            "customer_id": sample.observed.customer_id.astype(str),
            "assets_cny": sample.observed.assets_cny,
            "tenure_months": sample.observed.tenure_months,
        }
    )
    measures = {"assets_cny": "assets", "tenure_months": "tenure"}
    found = find_interests(purchases, customers, parse_interests(read_yaml(PLAN)), measures=measures)
    both = found.labels.merge(truth, on="customer_id", suffixes=("", "_true"))
    is_right = both["interest"] == both["interest_true"]
    assert len(both) == len(found.labels) > 2_000
    assert is_right.groupby(both["interest"]).mean().min() >= 0.9
    assert is_right.sum() / (truth["interest"] != "none").sum() > 0.55
    assert "assets is highest with golf" in found.summary
    assert "tenure is highest with football" in found.summary


def test_golfers_trade_most_and_football_fans_stay_longest(sample: Market) -> None:
    people = pd.DataFrame(
        {
            "customer_id": sample.truth.customer_id.astype(str),
            "trades": sample.truth.trades_per_month,
            "income": sample.truth.income,
            "tenure": sample.observed.tenure_months,
        }
    )
    means = (
        reveal_interests(sample).merge(people, on="customer_id").groupby("interest").mean(numeric_only=True)
    )
    assert set(means.index) == set(INTERESTS)
    assert (means["trades"].idxmax(), means["income"].idxmax(), means["tenure"].idxmax()) == (
        "golf",
        "golf",
        "football",
    )
    assert means.loc["golf", "trades"] > 2 * means.loc["none", "trades"]


def test_the_interests_are_those_of_the_cities(market: Market) -> None:
    of_cities = []
    for number, size in enumerate((20_000, 20_000, 10_000)):
        city = make_city(market.parameters, market.seed, number, size)
        wallets = draw_wallets(city.parameters, city.truth, city.observed.tenure_months, city.streams)
        names = [INTERESTS[code] for code in wallets.interest]
        of_cities += list(zip(city.truth.customer_id[wallets.row].astype(str), names, strict=True))
    revealed = reveal_interests(market)
    assert list(zip(revealed["customer_id"], revealed["interest"], strict=True)) == of_cities


def test_nobody_need_pay_so() -> None:
    none = dict(tabulate_city(make_city(MarketParameters(wallet_base=-20), 1, 0, 2_000)))["purchases"]
    assert none.num_rows == 0
    assert none.schema.names == ["customer_id", "bought_on", "category", "amount_cny"]
