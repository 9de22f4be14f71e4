"""The rules of a contact policy, each on its own: whom it bars, and where a value was unknown."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from leadline.data.loop.tables import NO_CONTACT
from leadline.data.raw import suggest
from leadline.engage.cells import (
    NO_ANSWER,
    UNKNOWN,
    YES_ANSWER,
    BoolArray,
    read_answers,
    read_days,
    read_numbers,
)
from leadline.engage.ids import ID, check_ids, check_lost_zeros, is_among, spell_ids
from leadline.engage.policy import ContactPolicy, Unknown
from leadline.language import _, format_value, plural

OLDEST_YEARS, HIGHEST_RISK = 120, 5


@dataclass(frozen=True, eq=False, kw_only=True)
class GateInput:
    """What the rules look at: the customers, the product, contacts and holdings, as of a day."""

    customers: pd.DataFrame
    policy: ContactPolicy
    product_id: object | None
    product_risk: int | None
    contact_history: pd.DataFrame | None
    holdings: pd.DataFrame | None
    as_of: pd.Timestamp

    @cached_property
    def ids(self) -> pd.Series:
        """The customers' ids as text."""
        return spell_ids(self.customers[ID])

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """The contacts made by ``as_of``, as `find_contacts` returns them."""
        history = self.contact_history
        return find_contacts(
            pd.DataFrame(columns=[ID, "contacted_on"]) if history is None else history, self.as_of
        )

    @property
    def uses_history(self) -> bool:
        """Whether a rule of the policy asks for earlier contacts."""
        return self.policy.quiet_period_days is not None or self.policy.most_contacts is not None


@dataclass(frozen=True, eq=False, kw_only=True)
class Verdict:
    """One rule's answer. ``bars`` and ``is_unknown`` have one row a customer; unknown ones may be allowed."""

    rule: str
    label: str
    bars: BoolArray
    is_unknown: BoolArray


def check_gate(given: GateInput) -> list[str]:
    """List everything that keeps a rule from being checked: a rule unchecked would let everyone pass."""
    policy, customers = given.policy, given.customers
    problems = check_ids(customers, _("the customers table"))
    wanted = {
        "do_not_contact": True,
        "consent": policy.consent_required,
        "is_staff": policy.staff_barred,
        "age_years": policy.minimum_age_years is not None,
        "risk_level": policy.suitability_required,
    }
    problems += [
        _(
            "{column}: the customers table has no such column, which the policy's rule "
            "needs.{hint} Join it, or change the rule in the policy.",
            column=column,
            hint=suggest(column, map(str, customers.columns)),
        )
        for column, is_wanted in wanted.items()
        if is_wanted and column not in customers.columns
    ]
    risk = given.product_risk
    is_level = isinstance(risk, int | np.integer) and not isinstance(risk, bool) and 1 <= risk <= HIGHEST_RISK
    if policy.suitability_required and not is_level:
        problems.append(
            _(
                "product_risk == {risk}, must be a whole number from 1 to {highest_risk}.",
                risk=repr(risk),
                highest_risk=HIGHEST_RISK,
            )
        )
    if policy.holders_barred and given.product_id is None:
        problems.append(
            _("product_id is not given, and the policy bars those who hold the product. Name it.")
        )
    problems += _check_table(given, given.holdings, "holdings", ("product_id",), needed=policy.holders_barred)
    return problems + _check_table(
        given, given.contact_history, "contact_history", ("contacted_on",), needed=given.uses_history
    )


def _check_table(
    given: GateInput, table: pd.DataFrame | None, name: str, columns: tuple[str, ...], *, needed: bool
) -> list[str]:
    if not needed:
        return []
    if table is None:
        return [
            _(
                "{name} is not given, and a rule of the policy needs it. Hand it in, or drop the rule.",
                name=name,
            )
        ]
    absent = [column for column in (ID, *columns) if column not in table.columns]
    problems = [
        _(
            "{column}: {name} has no such column.{hint}",
            column=column,
            name=name,
            hint=suggest(column, map(str, table.columns)),
        )
        for column in absent
    ]
    if ID in table.columns and ID in given.customers.columns:
        problems += check_lost_zeros(given.customers[ID], table[ID], name)
    return problems


def apply_rules(given: GateInput) -> Iterator[Verdict]:
    """Apply the rules of the policy in order, the gravest first."""
    policy, customers = given.policy, given.customers
    opted = read_answers(customers["do_not_contact"])
    yield _verdict("do_not_contact", _("Opted out"), opted != NO_ANSWER, opted == UNKNOWN)
    if policy.consent_required:
        consent = read_answers(customers["consent"])
        yield _verdict("consent", _("No consent"), consent != YES_ANSWER, consent == UNKNOWN)
    if policy.staff_barred:
        staff = read_answers(customers["is_staff"])
        yield _judge("staff", _("Staff"), staff == YES_ANSWER, staff == UNKNOWN, policy.unknown_staff)
    if policy.minimum_age_years is not None:
        age = read_numbers(customers["age_years"], 0, OLDEST_YEARS)
        label = _("Under {years} years", years=format_value(policy.minimum_age_years, "count"))
        yield _judge("age", label, age < policy.minimum_age_years, np.isnan(age), policy.unknown_age)
    if policy.suitability_required:
        level = read_numbers(customers["risk_level"], 1, HIGHEST_RISK)
        below = level < float(given.product_risk or 0)
        label = _("Product too risky for the customer")
        yield _judge("suitability", label, below, np.isnan(level), policy.unknown_risk_level)
    if policy.holders_barred and given.holdings is not None:
        yield _find_holders(given, given.holdings)
    if given.uses_history:
        yield from _judge_history(given)


def _find_holders(given: GateInput, holdings: pd.DataFrame) -> Verdict:
    """Holders as of the day; a holding whose dates cannot be read counts as held."""
    wanted = spell_ids(pd.Series([given.product_id], dtype=object)).iloc[0]
    is_held = (spell_ids(holdings["product_id"]) == wanted).fillna(value=False).to_numpy(dtype=bool)
    if "since" in holdings.columns:
        is_held &= ~(read_days(holdings["since"]) > given.as_of).to_numpy()
    if "until" in holdings.columns:
        is_held &= ~(read_days(holdings["until"]) <= given.as_of).to_numpy()
    holders = spell_ids(holdings[ID])[is_held]
    bars = is_among(given.ids, holders)
    return _verdict("holder", _("Holds the product already"), bars, np.zeros(len(bars), dtype=bool))


def _judge_history(given: GateInput) -> Iterator[Verdict]:
    """Judge quiet period and frequency cap; a contact whose day cannot be read counts as made today."""
    policy, made, ids = given.policy, given.contacts, given.ids
    if policy.quiet_period_days is not None:
        recent = made[made["days_ago"] < policy.quiet_period_days]
        label = plural(
            "Contacted less than {count} day ago",
            "Contacted less than {count} days ago",
            policy.quiet_period_days,
        )
        yield _find_listed("quiet_period", label, ids, recent)
    if policy.most_contacts is not None and policy.window_days is not None:
        recent = made[made["days_ago"] < policy.window_days]
        often = recent.groupby(ID)["days_ago"].transform("size") >= policy.most_contacts
        label = _(
            "Contacted {contacts} times in {days} days",
            contacts=format_value(policy.most_contacts, "count"),
            days=format_value(policy.window_days, "count"),
        )
        yield _find_listed("frequency_cap", label, ids, recent[often.to_numpy(dtype=bool)])


def find_contacts(history: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the contacts made by ``as_of``: ``customer_id``, ``days_ago``, ``is_undated`` (counts as today).

    Held-out customers were not contacted, and what is dated after ``as_of`` is not seen.
    """
    days = read_days(history["contacted_on"])
    days_ago = (as_of.normalize() - days).dt.days
    frame = pd.DataFrame(
        {ID: spell_ids(history[ID]), "days_ago": days_ago.fillna(0), "is_undated": days.isna()}
    )
    is_made = frame["days_ago"] >= 0
    if "channel" in history.columns:
        is_made &= ~history["channel"].astype("string").eq(NO_CONTACT).fillna(value=False)
    return frame.loc[is_made & frame[ID].notna()]


def _find_listed(rule: str, label: str, ids: pd.Series, contacts: pd.DataFrame) -> Verdict:
    is_undated = is_among(ids, contacts.loc[contacts["is_undated"], ID])
    return _verdict(rule, label, is_among(ids, contacts[ID]), is_undated)


def _judge(rule: str, label: str, bars: BoolArray, is_unknown: BoolArray, unknown: Unknown) -> Verdict:
    return _verdict(rule, label, bars | is_unknown if unknown == "barred" else bars, is_unknown)


def _verdict(rule: str, label: str, bars: BoolArray, is_unknown: BoolArray) -> Verdict:
    return Verdict(rule=rule, label=label, bars=bars, is_unknown=is_unknown)


def read_as_of(as_of: object) -> pd.Timestamp | None:
    """Return the day, or None when it is none."""
    if not isinstance(as_of, str | dt.date | np.datetime64):
        return None
    day = read_days(pd.Series([as_of], dtype=object)).iloc[0]
    return None if pd.isna(day) else day
