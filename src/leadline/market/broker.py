"""What the partner broker knows of its clients, and what of it can be joined to the operator's customers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.market.parameters import MarketParameters
from leadline.market.persons import Persons
from leadline.market.truth import Codes, Flags, Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Accounts:
    """The partner's clients among the customers; shape (accounts,), in the order of ``row``.

    ``row`` is the client's row in the city, ``is_matched`` whether the number left with the broker is the
    operator's. ``risk_level`` is 0 where it is not known.
    """

    row: NDArray[np.int64]
    is_matched: Flags
    is_staff: Flags
    trades_3m: Floats
    assets_cny: Floats
    pc_share: Floats
    work_hours_share: Floats
    phone_orders: Flags
    hall_orders: Flags
    age_years: Codes
    risk_level: Codes


def draw_accounts(
    parameters: MarketParameters,
    persons: Persons,
    rng: np.random.Generator,
) -> Accounts:
    """Draw the facts of every client from the person behind the account."""
    people, investors = persons.people, persons.investors
    row = np.flatnonzero(investors.has_partner_account)
    size, age, trades = len(row), people.age[row], investors.trades_per_month[row]
    draws = rng.random((3, size), dtype=np.float32)
    normal = rng.standard_normal((4, size), dtype=np.float32)
    active = np.log1p(trades)
    risk = np.clip(np.round(3 + 0.5 * active - 0.3 * age + 0.8 * normal[0]), 1, 5)
    assets = np.exp(
        parameters.assets_log_mean
        + parameters.assets_income * people.income[row]
        + parameters.assets_trades * active
        + parameters.assets_sd * normal[1]
    )
    on_pc = (
        parameters.pc_share_without
        + parameters.pc_share_with * persons.obstacles.has_pc_substitute[row]
        + parameters.pc_share_sd * normal[2]
    )
    return Accounts(
        row=row,
        is_matched=draws[0] < parameters.phone_match,
        is_staff=investors.is_staff[row] & (draws[1] < parameters.staff_flag_rate),
        trades_3m=rng.poisson(3 * trades).astype(np.float32),
        assets_cny=np.round(assets),
        pc_share=np.clip(on_pc, 0, 1).astype(np.float32),
        work_hours_share=np.clip(0.5 + 0.1 * age + 0.2 * normal[3], 0, 1).astype(np.float32),
        phone_orders=investors.trades_by_phone[row],
        hall_orders=investors.trades_in_hall[row],
        age_years=people.age_years[row].astype(np.int8),
        risk_level=np.where(draws[2] < parameters.risk_missing_rate, 0, risk).astype(np.int8),
    )
