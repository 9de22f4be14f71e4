"""The observed tables of a city, as declared in `leadline.data.tables`; the truth is in none of them."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from leadline.market.account_rows import AccountRows, draw_account_rows
from leadline.market.calls import draw_calls
from leadline.market.city import City
from leadline.market.leisure import draw_wallets
from leadline.market.months import draw_months, draw_uses
from leadline.market.observed import DATA_SERVICES, draw_other_phones
from leadline.market.period import MONTHS
from leadline.market.purchases import CATEGORIES, draw_purchases
from leadline.market.streams import Purpose
from leadline.market.trades import PLACES, draw_trades
from leadline.market.truth import Codes, Ids

FIRST_BRANCH_ID = 101
FIRST_ACCOUNT_ID = 500_000_001
_WRITING, _OTHER_PHONES = 1, 2  # the streams beside the one that draws the accounts
_PAYING = 1  # the stream beside the one that draws who pays by wallet


def tabulate_city(city: City) -> Iterator[tuple[str, pa.Table]]:
    """Yield the city's rows of each table: name and rows, one table in memory at a time.

    Customers, branches, monthly_usage (24 months, oldest first), calls, partner_accounts, transactions,
    purchases.
    """
    yield "customers", _customers(city)
    yield "branches", _branches(city)
    yield "monthly_usage", _monthly_usage(city)
    yield "calls", _calls(city)
    rows = draw_account_rows(
        city.parameters,
        city.accounts,
        leave_phones(city, city.streams.open(Purpose.PARTNER, _OTHER_PHONES)),
        city.observed.key_account[city.accounts.row],
        city.streams.open(Purpose.PARTNER, _WRITING),
    )
    account_id = FIRST_ACCOUNT_ID + 2 * _first_row(city) + np.arange(len(rows.account))
    yield "partner_accounts", _partner_accounts(city, rows, account_id)
    yield "transactions", _transactions(city, rows, account_id)
    yield "purchases", _purchases(city)


def name_city(number: int) -> str:
    """Return the name of city ``number`` (from 0)."""
    return f"City {number + 1:03d}"


def branch_ids(city: City) -> Ids:
    """Return the ids of the city's branches, which follow on from those of the city before."""
    most = max(1, round(city.parameters.city_size / city.parameters.people_per_branch))
    return FIRST_BRANCH_ID + 2 * most * city.streams.city + np.arange(len(city.places.branch_km))


def leave_phones(city: City, rng: np.random.Generator) -> Ids:
    """Return the number that each client left with the broker: the operator's own, or another operator's."""
    accounts = city.accounts
    others = draw_other_phones(city.streams.seed, _first_row(city), city.size, len(accounts.row), rng)
    return np.where(accounts.is_matched, city.observed.phone[accounts.row], others)


def _first_row(city: City) -> int:
    return city.streams.city * city.parameters.city_size


def _customers(city: City) -> pa.Table:
    seen = city.observed
    return pa.table(
        {
            "customer_id": seen.customer_id,
            "phone": pa.array(seen.phone).cast(pa.string()),
            "age_years": seen.age_years,
            "city": _repeat(name_city(city.streams.city), city.size),
            "tenure_months": seen.tenure_months,
            "handset_supports": seen.handset_supports,
            "data_service": _decode(seen.data_service, DATA_SERVICES),
            "broadband": seen.broadband,
            "key_account": seen.key_account,
            "branch_distance_km": np.round(seen.branch_distance_km, 2),
            "branch_id": branch_ids(city)[city.places.nearest],
            "consent": seen.consent,
            "do_not_contact": seen.do_not_contact,
        }
    )


def _branches(city: City) -> pa.Table:
    place = np.round(city.places.branch_km, 2)
    name = _repeat(name_city(city.streams.city), len(place))
    return pa.table({"branch_id": branch_ids(city), "city": name, "x_km": place[:, 0], "y_km": place[:, 1]})


def _monthly_usage(city: City) -> pa.Table:
    uses = draw_uses(city.parameters, city.rates, city.streams)
    customer_id = pa.array(city.observed.customer_id)
    months = {
        position: pa.table(
            {
                "customer_id": customer_id,
                "month": pa.repeat(pa.scalar(MONTHS[position].astype("datetime64[D]").item()), city.size),
                **vars(month),
            }
        )
        for position, month in draw_months(city.parameters, city.rates, uses, city.streams)
    }
    return pa.concat_tables([months[position] for position in sorted(months)])


def _calls(city: City) -> pa.Table:
    calls = draw_calls(city.parameters, city.ties, city.streams.open(Purpose.CALLS))
    return pa.table(
        {
            "caller_id": city.observed.customer_id[calls.caller],
            "callee_id": city.observed.customer_id[calls.callee],
            "called_on": calls.called_on,
            "duration_s": calls.duration_s,
        }
    )


def _partner_accounts(city: City, rows: AccountRows, account_id: Ids) -> pa.Table:
    accounts, at = city.accounts, rows.account
    return pa.table(
        {
            "account_id": account_id,
            "phone": pa.array(rows.phone, pa.string()),
            "is_staff": accounts.is_staff[at],
            "key_account": rows.key_account,
            "opened_on": rows.opened_on,
            "trades_3m": accounts.trades_3m[at].astype(np.int32),
            "assets_cny": accounts.assets_cny[at],
            "pc_share": np.round(accounts.pc_share[at], 3),
            "work_hours_share": np.round(accounts.work_hours_share[at], 3),
            "phone_orders": accounts.phone_orders[at],
            "hall_orders": accounts.hall_orders[at],
            "age_years": rows.age_years,
            "risk_level": pa.array(rows.risk_level, mask=rows.risk_level == 0),
        }
    )


def _transactions(city: City, rows: AccountRows, account_id: Ids) -> pa.Table:
    trades = draw_trades(city.accounts, city.streams.open(Purpose.TRANSACTIONS))
    first_id = np.empty(len(city.accounts.row), np.int64)
    first_id[rows.account[rows.is_first]] = account_id[rows.is_first]
    return pa.table(
        {
            "account_id": first_id[trades.account],
            "traded_on": trades.traded_on,
            "channel": _decode(trades.channel, PLACES),
            "amount_cny": trades.amount_cny,
        }
    )


def _purchases(city: City) -> pa.Table:
    wallets = draw_wallets(city.parameters, city.truth, city.observed.tenure_months, city.streams)
    rng = city.streams.open(Purpose.PURCHASES, _PAYING)
    purchases = draw_purchases(city.parameters, wallets, city.truth.income, rng)
    return pa.table(
        {
            "customer_id": city.observed.customer_id[purchases.row],
            "bought_on": purchases.bought_on,
            "category": _decode(purchases.category, CATEGORIES),
            "amount_cny": purchases.amount_cny,
        }
    )


def _repeat(text: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(np.zeros(count, np.int8), [text])


def _decode(codes: Codes, names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(codes, list(names))
