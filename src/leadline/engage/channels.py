"""What channels there are, whom each may reach, and what a contact by each is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.data.raw import suggest
from leadline.engage.cells import YES_ANSWER, BoolArray, read_answers
from leadline.engage.channel_check import ALONE, check_customers
from leadline.engage.ids import check_ids
from leadline.engage.problem import FloatArray
from leadline.errors import DataError
from leadline.language import _

_TERMS = ("channel", "reach", "cost_cny", "capacity")
#: Tier → channels in order of preference, as in the case: the best are called or met, the last texted.
CASE_TIER_RULE: Mapping[str, Sequence[str]] = MappingProxyType(
    {"A": ("call", "branch"), "B": ("call", "sms"), "C": ("sms",)}
)


@dataclass(frozen=True, kw_only=True)
class ContactRules:
    """Whom a channel may reach.

    Attributes
    ----------
    by_tier
        Tier → channels open to it; a tier not named here may have all.
    by_flag
        Channel → column of the customers that must say yes; a missing value is no.
    """

    by_tier: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    by_flag: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, eq=False, kw_only=True)
class ChannelCase:
    """Customers and channels as arrays, customers in the order handed in.

    ``chance`` is the chance that a contacted customer buys: reach × chance once reached, and ``alone``, the
    chance of buying unasked, where the contact does not get through; ``alone`` is 0 where it is not known.
    Shapes: ``names``, ``cost_cny``, ``capacity``: (channels,); ``chance``, ``is_allowed``: (channels,
    customers); ``alone``, ``score``, ``value_cny``, ``tier``: (customers,).
    """

    names: tuple[str, ...]
    cost_cny: FloatArray
    capacity: FloatArray
    chance: FloatArray
    alone: FloatArray
    is_allowed: BoolArray
    score: FloatArray
    value_cny: FloatArray
    tier: pd.Series

    @property
    def profit_cny(self) -> FloatArray:
        """Expected profit of each contact: who would buy unasked adds none. Shape: (channels, customers)."""
        profit: FloatArray = (self.chance - self.alone) * self.value_cny - self.cost_cny[:, None]
        return profit


def build_case(
    customers: pd.DataFrame,
    channels: pd.DataFrame,
    *,
    value_cny: float | str,
    tier_rule: Mapping[str, Sequence[str]],
    rules: ContactRules,
    budget_cny: float | None,
    contacts: int | None,
) -> ChannelCase:
    """Check customers and channels and return them as arrays.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [*check_terms(channels), *check_ids(customers, _("the customers table"))]
    if problems:
        raise DataError(_("The channels cannot be assigned"), problems)
    names = tuple(channels["channel"].astype(str))
    problems += _check_names(names, tier_rule, rules)
    problems += _check_limits(channels, budget_cny, contacts)
    problems += check_customers(
        customers.sort_index(), names, value_cny, tiers=list(tier_rule), flags=list(rules.by_flag.values())
    )
    if problems:
        raise DataError(_("The channels cannot be assigned"), problems)
    reach = channels["reach"].to_numpy(dtype=np.float64)
    chance = np.stack([customers[f"chance_{name}"].to_numpy(dtype=np.float64) for name in names])
    alone = customers[ALONE].to_numpy(dtype=np.float64) if ALONE in customers else np.zeros(len(customers))
    value = customers[value_cny] if isinstance(value_cny, str) else np.full(len(customers), value_cny)
    return ChannelCase(
        names=names,
        cost_cny=channels["cost_cny"].to_numpy(dtype=np.float64),
        capacity=channels["capacity"].to_numpy(dtype=np.float64),
        chance=chance * reach[:, None] + alone * (1 - reach[:, None]),
        alone=alone,
        is_allowed=_find_allowed(customers, names, rules),
        score=customers["score"].to_numpy(dtype=np.float64),
        value_cny=np.asarray(value, dtype=np.float64),
        tier=customers["tier"].astype("string"),
    )


def _find_allowed(customers: pd.DataFrame, names: Sequence[str], rules: ContactRules) -> BoolArray:
    allowed = np.ones((len(names), len(customers)), dtype=bool)
    tier = customers["tier"].astype("string")
    for name, open_channels in rules.by_tier.items():
        of_tier = (tier == name).to_numpy(dtype=bool)
        for place, channel in enumerate(names):
            if channel not in open_channels:
                allowed[place, of_tier] = False
    for channel, flag in rules.by_flag.items():
        allowed[names.index(channel)] &= read_answers(customers[flag]) == YES_ANSWER
    return allowed


def check_terms(channels: pd.DataFrame) -> list[str]:
    """List what is wrong with the table of channels."""
    absent = [name for name in _TERMS if name not in channels.columns]
    if absent:
        known = list(map(str, channels.columns))
        return [
            _("{name}: the channels table has no such column.{hint}", name=name, hint=suggest(name, known))
            for name in absent
        ]
    if channels.empty:
        return [_("the channels table holds no rows. Name at least one channel.")]
    problems = []
    if channels["channel"].isna().any() or channels["channel"].duplicated().any():
        problems.append(_("channel: names are missing or occur twice. Give each channel one row and a name."))
    for name in _TERMS[1:]:
        values = channels[name]
        if not types.is_numeric_dtype(values) or types.is_bool_dtype(values):
            problems.append(
                _(
                    "{name}: the channels table holds {dtype} there, must be numbers.",
                    name=name,
                    dtype=values.dtype,
                )
            )
            continue
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        top = 1.0 if name == "reach" else np.inf
        bad = ~(np.isfinite(numbers) & (numbers >= 0) & (numbers <= top))
        for channel, number in zip(channels["channel"][bad], numbers[bad], strict=True):
            told = {"name": name, "channel": channel, "value": f"{number:g}"}
            problems.append(
                _("{name}: {channel} has {value}, must be from 0 to 1.", **told)
                if name == "reach"
                else _("{name}: {channel} has {value}, must be 0 or more.", **told)
            )
        if name == "capacity" and not bad.any():
            if (numbers % 1 != 0).any():
                problems.append(_("capacity: must be whole numbers of contacts."))
            if not numbers.any():
                problems.append(
                    _("capacity: it is 0 in every channel, so nobody can be contacted. Raise one.")
                )
    return problems


def _check_names(
    names: Sequence[str], tier_rule: Mapping[str, Sequence[str]], rules: ContactRules
) -> list[str]:
    uses = {_("the rule of tier {tier}", tier=tier): chosen for tier, chosen in tier_rule.items()}
    uses |= {
        _("the channels open to tier {tier}", tier=tier): chosen for tier, chosen in rules.by_tier.items()
    }
    uses |= {_("the channels with a flag"): list(rules.by_flag)}
    known = " " + _("Known: {names}.", names=_(", ").join(names))
    return [
        _(
            "{where} names the unknown channel {name}.{hint}",
            where=where,
            name=repr(name),
            hint=suggest(name, names) or known,
        )
        for where, chosen in uses.items()
        for name in chosen
        if name not in names
    ]


def _check_limits(channels: pd.DataFrame, budget_cny: float | None, contacts: int | None) -> list[str]:
    problems = []
    if contacts is not None and not (isinstance(contacts, int | np.integer) and contacts >= 1):
        problems.append(
            _("contacts == {contacts}, must be a whole number of 1 or more.", contacts=repr(contacts))
        )
    if budget_cny is None:
        return problems
    usable = channels[channels["capacity"] > 0]
    cheapest = float(usable["cost_cny"].min())
    if not (np.isfinite(budget_cny) and budget_cny >= 0):
        problems.append(_("budget_cny == {budget_cny}, must be 0 or more.", budget_cny=repr(budget_cny)))
    elif budget_cny < cheapest:
        name = usable["channel"].iloc[int(usable["cost_cny"].argmin())]
        problems.append(
            _(
                "budget_cny == {budget_cny}, less than the cheapest contact costs ({name}: "
                "{cheapest}). Raise the budget.",
                budget_cny=f"{budget_cny:g}",
                name=name,
                cheapest=f"{cheapest:g}",
            )
        )
    return problems
