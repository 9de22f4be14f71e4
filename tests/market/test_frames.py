"""The observed tables keep their contracts and hold what a partnership meets."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leadline.data import tables
from leadline.data.contract import check_table
from leadline.data.partner.phones import normalise_phone
from leadline.market.city import City, make_city
from leadline.market.frames import leave_phones, tabulate_city
from leadline.market.parameters import MarketParameters
from leadline.market.period import AS_OF

CONTRACTS = {contract.name: contract for contract in tables.MARKET_TABLES}


def to_frame(table: pa.Table) -> pd.DataFrame:
    frame = table.to_pandas(date_as_object=False)
    return frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))


@pytest.fixture(scope="module")
def frames(city: City) -> dict[str, pd.DataFrame]:
    return {name: to_frame(table) for name, table in tabulate_city(city)}


@pytest.mark.parametrize(
    "name",
    ["customers", "branches", "monthly_usage", "calls", "partner_accounts", "transactions", "purchases"],
)
def test_the_tables_keep_their_contracts(frames: dict[str, pd.DataFrame], name: str) -> None:
    frame = frames[name]
    assert len(frame) > 0
    assert check_table(frame, CONTRACTS[name], name) is not None
    assert list(frame) == [column.name for column in CONTRACTS[name].columns]


def test_no_column_tells_the_truth(frames: dict[str, pd.DataFrame]) -> None:
    columns = {column for frame in frames.values() for column in frame}
    assert not columns & {
        "is_holder",
        "income",
        "difficulty",
        "utility",
        "chance",
        "outcome",
        "value_cny",
        "interest",
    }


def test_numbers_are_mobile_and_nobody_shares_one(frames: dict[str, pd.DataFrame]) -> None:
    phone = frames["customers"]["phone"]
    assert phone.str.fullmatch(r"1[3-9]\d{9}").all()
    assert phone.is_unique


def test_the_months_are_as_long_as_the_city(frames: dict[str, pd.DataFrame], city: City) -> None:
    usage = frames["monthly_usage"]
    assert usage.groupby("month").size().eq(city.size).all()
    assert usage["month"].is_monotonic_increasing
    assert usage["month"].min() == pd.Timestamp("2024-07-01")
    assert usage["month"].max() == pd.Timestamp("2026-06-01")
    before = (
        usage[usage["month"].between("2025-04-01", "2025-06-01")].groupby("customer_id")["sessions"].sum()
    )
    assert np.array_equal(before.to_numpy(), city.observed.sessions)


def test_calls_follow_ties_and_precede_the_list(frames: dict[str, pd.DataFrame], city: City) -> None:
    calls = frames["calls"]
    assert len(calls) / city.size == pytest.approx(5, rel=0.05)
    assert (calls["caller_id"] != calls["callee_id"]).all()
    assert calls["called_on"].min() >= pd.Timestamp("2025-04-01")
    assert calls["called_on"].max() == pd.Timestamp("2025-06-30")
    assert calls["duration_s"].min() >= 1


def test_having_called_a_holder_is_informative(frames: dict[str, pd.DataFrame], city: City) -> None:
    calls, start = frames["calls"], city.truth.customer_id[0]
    holder = city.truth.is_holder
    called = np.zeros(city.size, bool)
    called[calls["caller_id"] - start] |= city.observed.matched[calls["callee_id"] - start]
    assert holder[called].mean() > 1.3 * holder[~called].mean()


def test_the_partners_numbers_join_as_often_as_declared(frames: dict[str, pd.DataFrame], city: City) -> None:
    accounts, customers = frames["partner_accounts"], frames["customers"]
    typed = accounts["phone"]
    assert 0.5 < typed.str.fullmatch(r"1\d{10}").mean() < 0.6
    plain = normalise_phone(typed)
    assert plain.notna().all()
    joined = plain.isin(customers["phone"])
    assert joined.mean() == pytest.approx(city.parameters.phone_match, abs=0.04)
    owner = customers.set_index("phone")["customer_id"].loc[plain[joined]]
    assert set(owner) == set(city.observed.customer_id[city.observed.matched])


def test_some_numbers_stand_on_two_rows_and_some_of_those_disagree() -> None:
    parameters = MarketParameters(duplicate_rate=0.2, conflict_rate=0.5, holder_rate=0.5, partner_share=0.5)
    tables_of = dict(tabulate_city(make_city(parameters, 3, 0, 10_000)))
    accounts = to_frame(tables_of["partner_accounts"])
    accounts["phone"] = normalise_phone(accounts["phone"])
    rows = accounts.groupby("phone")["age_years"].agg(["size", "nunique"])
    assert rows["size"].max() == 2
    assert (rows["size"] == 2).mean() == pytest.approx(0.2, abs=0.03)
    twice = accounts[accounts.duplicated("phone", keep=False)].drop(columns="account_id")
    pairs = twice.fillna(0).groupby("phone")
    differs = pairs.first() != pairs.last()
    assert differs["age_years"].mean() == pytest.approx(0.5, abs=0.07)
    at_odds = differs.any(axis="columns")
    assert at_odds.equals(differs["age_years"])
    assert set(differs.columns[differs.any()]) == {"age_years", "risk_level"}
    trades = to_frame(tables_of["transactions"])["account_id"].value_counts()
    first = accounts.set_index("account_id").loc[trades.index, "trades_3m"]
    assert not accounts.set_index("account_id").loc[trades.index, "phone"].duplicated().any()
    at_first = ~accounts.duplicated("phone")
    assert accounts.loc[at_first & (accounts["trades_3m"] > 0), "account_id"].isin(trades.index).all()
    assert (trades == first).all()
    assert trades.sum() == accounts.drop_duplicates("phone")["trades_3m"].sum()


def test_a_number_that_does_not_join_says_nothing_of_the_client_s() -> None:
    parameters = MarketParameters(city_size=20_000, phone_match=0.2, holder_rate=0.5, partner_share=0.9)
    cities = [make_city(parameters, 3, number, 20_000) for number in (0, 1)]
    left, own = [], []
    for city in cities:
        accounts = to_frame(dict(tabulate_city(city))["partner_accounts"])
        joins = city.observed.phone[city.accounts.row].astype(str)
        plain = normalise_phone(accounts["phone"])
        left.append(plain[~plain.isin(joins)].drop_duplicates())
        own.append(set(city.observed.phone.astype(str)))
        assert len(left[-1]) == (~city.accounts.is_matched).sum() > 5_000
    numbers = pd.concat(left)
    assert numbers.str.fullmatch(r"1[3-9]\d{9}").all()
    assert numbers.is_unique
    assert not numbers.isin(set.union(*own)).any()
    first, second = (leave_phones(cities[0], np.random.default_rng(seed)) for seed in (1, 2))
    is_matched = cities[0].accounts.is_matched
    np.testing.assert_array_equal(first[is_matched], second[is_matched])
    assert (first != second)[~is_matched].mean() > 0.99  # the same clients, other numbers


def test_orders_are_placed_where_the_owner_places_them(frames: dict[str, pd.DataFrame]) -> None:
    orders = frames["transactions"].merge(frames["partner_accounts"], on="account_id")
    assert orders["traded_on"].max() == pd.Timestamp(AS_OF)
    assert (orders["traded_on"] > orders["opened_on"]).all()
    assert np.is_busday(orders["traded_on"].to_numpy().astype("datetime64[D]")).all()
    assert orders.loc[~orders["hall_orders"], "channel"].ne("hall").all()
    assert orders.loc[~orders["phone_orders"], "channel"].ne("phone").all()
    assert (orders["channel"] == "pc").mean() == pytest.approx(orders["pc_share"].mean(), abs=0.04)
    assert (orders["amount_cny"] <= orders["assets_cny"]).all()


def test_cities_do_not_share_ids() -> None:
    whole = [dict(tabulate_city(make_city(MarketParameters(city_size=2_000), 1, k, 2_000))) for k in (0, 1)]
    for table, column in (
        ("customers", "customer_id"),
        ("customers", "phone"),
        ("branches", "branch_id"),
        ("partner_accounts", "account_id"),
    ):
        first, second = (set(tables_of[table][column].to_pylist()) for tables_of in whole)
        assert not first & second
    assert min(whole[1]["customers"]["customer_id"].to_pylist()) == 1 + max(
        whole[0]["customers"]["customer_id"].to_pylist()
    )
