"""How each person uses the telephone: rates that the months are drawn from, and what the contract says."""

from dataclasses import dataclass

import numpy as np

from leadline.market.investors import Investors
from leadline.market.logit import to_chance
from leadline.market.parameters import MarketParameters
from leadline.market.people import YOUNGEST_YEARS
from leadline.market.persons import Persons
from leadline.market.truth import Codes, Counts, Flags, Floats

_LONGEST_TENURE_MONTHS = 300


@dataclass(frozen=True, eq=False, kw_only=True)
class Contract:
    """What the operator's files say of a customer; shape (customers,)."""

    tenure_months: Counts
    handset_supports: Flags
    data_service: Codes
    key_account: Flags


@dataclass(frozen=True, eq=False, kw_only=True)
class Rates:
    """What a month of each person's behaviour is drawn from; shape (customers,), before the season.

    ``data_use`` and ``answers`` are chances, ``traffic`` and ``spend`` log levels, the rest means of counts.
    """

    data_use: Floats
    traffic: Floats
    sessions: Floats
    spend: Floats
    bank_calls: Floats
    broker_calls: Floats
    fund_calls: Floats
    branch_days: Floats
    answers: Floats
    may_be_pushed: Flags


def draw_contract(parameters: MarketParameters, persons: Persons, rng: np.random.Generator) -> Contract:
    """Draw plan, handset and tenure from affinity and age; financial firms' people hold accounts more."""
    people, investors = persons.people, persons.investors
    size = len(people.income)
    taste = people.affinity + np.float32(0.5) * rng.standard_normal(size, dtype=np.float32)
    steps = np.array([parameters.no_plan_affinity, parameters.full_plan_affinity], np.float32)
    tenure = np.exp(
        parameters.tenure_log_months
        + np.float32(0.3) * people.age
        + np.float32(0.7) * rng.standard_normal(size, dtype=np.float32)
    )
    longest = np.minimum((people.age_years - YOUNGEST_YEARS + 3) * 12, _LONGEST_TENURE_MONTHS)
    draws = rng.random((2, size), dtype=np.float32)
    works_there = parameters.key_account_share * (1 + 2 * investors.is_holder + 20 * investors.is_staff)
    return Contract(
        tenure_months=np.minimum(tenure, longest).astype(np.int16),
        handset_supports=draws[0] < to_chance(parameters.handset_logit + people.affinity),
        data_service=np.searchsorted(steps, taste).astype(np.int8),
        key_account=draws[1] < works_there,
    )


def draw_rates(
    parameters: MarketParameters,
    persons: Persons,
    has_plan: Flags,
    may_be_pushed: Flags,
    rng: np.random.Generator,
) -> Rates:
    """Draw every person's rates; investing shows in them only as far as ``signal`` lets it."""
    people, investors, size = persons.people, persons.investors, len(has_plan)
    affinity, income = people.affinity, people.income
    shown = np.float32(parameters.signal) * investors.is_holder

    def scatter(spread: float) -> Floats:
        return rng.standard_normal(size, dtype=np.float32) * np.float32(spread)

    data_use = to_chance(
        parameters.data_use_logit + parameters.data_use_affinity * affinity + scatter(parameters.data_use_sd)
    )
    return Rates(
        data_use=data_use * has_plan,
        traffic=parameters.traffic_log_mean
        + parameters.traffic_affinity * affinity
        + scatter(parameters.traffic_sd),
        sessions=np.exp(
            parameters.sessions_log_mean
            + parameters.sessions_affinity * affinity
            + scatter(parameters.sessions_sd)
        ),
        spend=parameters.spend_log_mean
        + parameters.spend_income * income
        + parameters.spend_affinity * affinity
        + scatter(parameters.spend_sd),
        bank_calls=np.exp(
            parameters.bank_calls_log_mean
            + parameters.calls_income * income
            + parameters.bank_calls_holder * shown
            + scatter(parameters.bank_calls_sd)
        ),
        broker_calls=_find_order_calls(parameters, investors, rng),
        fund_calls=np.exp(
            parameters.fund_calls_log_mean
            + parameters.calls_income * income
            + parameters.fund_calls_holder * shown
            + scatter(parameters.fund_calls_sd)
        ),
        branch_days=_find_branch_days(parameters, investors, persons.places.distance_km, rng),
        answers=to_chance(
            parameters.answer_logit
            + parameters.answer_affinity * affinity
            + parameters.answer_holder * shown
            + scatter(parameters.answer_sd)
        ),
        may_be_pushed=may_be_pushed,
    )


def _find_order_calls(parameters: MarketParameters, investors: Investors, rng: np.random.Generator) -> Floats:
    wrong = rng.random(len(investors.is_holder), dtype=np.float32) < parameters.wrong_caller_share
    of_orders = parameters.order_calls_base + parameters.order_calls_trade * investors.trades_per_month
    of_holders = investors.is_holder * parameters.order_calls_holder + investors.trades_by_phone * of_orders
    wrongly = parameters.wrong_callers_calls * wrong
    of_staff = parameters.order_calls_staff * investors.is_staff
    return np.asarray(parameters.signal * of_holders + wrongly + of_staff, np.float32)


def _find_branch_days(
    parameters: MarketParameters, investors: Investors, distance_km: Floats, rng: np.random.Generator
) -> Floats:
    works_near = rng.random(len(distance_km), dtype=np.float32) < parameters.branch_worker_share
    passing = np.exp(parameters.branch_days_log_mean + parameters.branch_days_distance * distance_km)
    in_hall = parameters.signal * parameters.branch_days_hall * investors.trades_in_hall
    at_work = parameters.branch_worker_days * works_near + parameters.branch_days_staff * investors.is_staff
    return np.asarray(passing + in_hall + at_work, np.float32)
