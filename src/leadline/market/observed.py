"""What a marketing desk may know of each customer on the day of the list: one row a customer, no truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from leadline.market.broker import Accounts
from leadline.market.months import Month
from leadline.market.truth import Codes, Counts, Flags, Floats, Ids

#: Codes of `Observed.data_service`, as in the customers table.
DATA_SERVICES = ("none", "some", "all")

FIRST_CUSTOMER_ID = 10_000_001
_SUMS = (
    "traffic_mb",
    "sessions",
    "bank_calls",
    "broker_calls",
    "fund_calls",
    "branch_days",
    "pushes_answered",
)
_JOINED = (
    "trades_3m",
    "assets_cny",
    "pc_share",
    "work_hours_share",
    "phone_orders",
    "hall_orders",
    "risk_level",
)
_FIRST_PHONE = 13_000_000_000
_PHONES = 1_000_000_000
_FIRST_OTHER_PHONE = 15_000_000_000
_PHONE_STEP = 3**18  # no factor in common with the count of numbers, so that none occurs twice


@dataclass(frozen=True, eq=False, kw_only=True)
class Observed:
    """Every field has shape (customers,), in the order of ``customer_id``.

    ``data_months`` counts months with mobile data among the twelve before; the rest of the usage is the sum
    over the last three (``spend_cny`` their mean). The partner's facts are 0 where ``matched`` is false;
    ``risk_level`` is 0 where it is not known. ``recently_contacted`` are the pilot's customers, its
    hold-out included.
    """

    customer_id: Ids
    phone: Ids
    age_years: Codes
    tenure_months: Counts
    handset_supports: Flags
    data_service: Codes
    broadband: Flags
    key_account: Flags
    branch_distance_km: Floats
    consent: Flags
    do_not_contact: Flags
    subscribed_before: Flags
    recently_contacted: Flags
    data_months: Floats
    traffic_mb: Floats
    sessions: Floats
    spend_cny: Floats
    bank_calls: Floats
    broker_calls: Floats
    fund_calls: Floats
    branch_days: Floats
    pushes_answered: Floats
    matched: Flags
    staff: Flags
    trades_3m: Floats
    assets_cny: Floats
    pc_share: Floats
    work_hours_share: Floats
    phone_orders: Flags
    hall_orders: Flags
    risk_level: Codes

    @property
    def permitted(self) -> Flags:
        """Whom a desk may contact: consent, no opt-out, not subscribed, not contacted recently."""
        return self.consent & ~self.do_not_contact & ~self.subscribed_before & ~self.recently_contacted


def number_customers(seed: int, first_row: int, size: int) -> tuple[Ids, Ids]:
    """Give ``size`` customers their ids, in order, and their telephone numbers, in none."""
    row = np.arange(first_row, first_row + size, dtype=np.int64)
    return FIRST_CUSTOMER_ID + row, _FIRST_PHONE + _scatter(seed, row)


def draw_other_phones(seed: int, first_row: int, size: int, count: int, rng: np.random.Generator) -> Ids:
    """Draw ``count`` (at most ``size``) numbers of another operator: none in two cities, none ours."""
    return _FIRST_OTHER_PHONE + _scatter(seed, first_row + rng.choice(size, count, replace=False))


def _scatter(seed: int, row: Ids) -> Ids:
    """Send each row to a place of its own among the numbers."""
    return ((row + seed % _PHONES) * _PHONE_STEP) % _PHONES


def summarise_months(uses: Mapping[int, Flags], months: Mapping[int, Month]) -> dict[str, Any]:
    """Add up the months as `Observed` has them: months of use in a year, the rest over three months."""

    def total(name: str) -> Floats:
        values = [getattr(month, name) for month in months.values()]
        return np.asarray(np.sum(values, axis=0), np.float32)

    return {
        "data_months": np.sum(list(uses.values()), axis=0, dtype=np.float32),
        "spend_cny": total("spend_cny") / np.float32(len(months)),
        **{name: total(name) for name in _SUMS},
    }


def join_accounts(accounts: Accounts, size: int) -> dict[str, Any]:
    """Spread the partner's facts over ``size`` customers: what a join on the telephone number brings."""
    at = accounts.row[accounts.is_matched]

    def spread(values: Any) -> Any:
        joined = np.zeros(size, values.dtype)
        joined[at] = values[accounts.is_matched]
        return joined

    return {
        "matched": spread(accounts.is_matched),
        "staff": spread(accounts.is_staff),
        **{name: spread(getattr(accounts, name)) for name in _JOINED},
    }
