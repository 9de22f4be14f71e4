"""Channels, capacity and tiers of a stage as an analyst writes them: one plan out, or all problems."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from leadline.channels import CHANNELS
from leadline.language import _
from leadline.target.channel_rules import TIER_NAMES, ChannelRule, Condition, ContactPlan
from leadline.target.plan_words import name_unknown

_RULE_KEYS = ("channel", "where", "tiers", "share")
_BOUNDS = ("under", "at_most", "over", "at_least")
_SHARES = ("lowest", "highest")
_CONDITION_KEYS = ("column", "equals", *_BOUNDS, *_SHARES)
_ROUNDING = 1e-6


def parse_contacts(
    channels: Any, capacity: Any, tiers: Any, columns: Sequence[str], problems: list[str]
) -> ContactPlan | None:
    """Turn the keys ``channels``, ``capacity`` and ``tiers`` of a stage into a `ContactPlan`.

    Parameters
    ----------
    channels
        One channel for all; or tier → channel or channels in order of preference; or a list of rules
        ``{"channel", "where", "tiers", "share"}``, the last one a channel alone. ``where`` is one condition
        ``{"column", "under" | "at_most" | "over" | "at_least" | "equals" | "lowest" | "highest"}`` or a
        list of them, all of which must hold.
    capacity
        Channel → the largest share of the list that it can carry.
    tiers
        Shares of the list, best customers first; they sum to 1.
    columns
        Columns that a rule may ask for.
    problems
        Problems found are added here.

    Returns
    -------
    ContactPlan or None
        None where nothing is given, or something is wrong.
    """
    if channels is None and capacity is None and tiers is None:
        return None
    count = len(problems)
    shares = _read_tiers(tiers, problems)
    names = TIER_NAMES[: len(shares)]
    limits = _read_capacity(capacity, problems)
    rules = _read_channels(channels, names, columns, problems) if channels is not None else []
    if capacity is not None and channels is None:
        problems.append(_("capacity limits channels, and the stage has none. Add channels, or take it out."))
    if len(problems) == count and rules:
        problems += _find_ends(channels, rules, limits)
    if len(problems) > count:
        return None
    return ContactPlan(rules=tuple(rules), capacity=MappingProxyType(limits), tiers=shares)


def _read_tiers(tiers: Any, problems: list[str]) -> tuple[float, ...]:
    if tiers is None:
        return ()
    if not isinstance(tiers, list) or not 1 < len(tiers) <= len(TIER_NAMES):
        problems.append(
            _(
                "tiers == {tiers}, must be a list of 2 to {count} shares such as [0.2, 0.4, 0.4].",
                tiers=repr(tiers),
                count=len(TIER_NAMES),
            )
        )
        return ()
    shares = tuple(_read_share(share) for share in tiers)
    if any(share is None for share in shares) or abs(sum(share or 0 for share in shares) - 1) > _ROUNDING:
        problems.append(_("tiers == {tiers}, must be shares above 0 that sum to 1.", tiers=repr(tiers)))
        return ()
    return tuple(share for share in shares if share is not None)


def _read_capacity(capacity: Any, problems: list[str]) -> dict[str, float]:
    if capacity is None:
        return {}
    if not isinstance(capacity, Mapping):
        problems.append(
            _("capacity == {capacity}, must map a channel to a share of the list.", capacity=repr(capacity))
        )
        return {}
    limits = {}
    for name, given in capacity.items():
        share = _read_share(given)
        problems += _find_unknown_channel(name)
        if share is None:
            problems.append(
                _(
                    "capacity of {name} == {given}, must be a share of the list, above 0 and at most 1.",
                    name=name,
                    given=repr(given),
                )
            )
        else:
            limits[str(name)] = share
    return limits


def _read_channels(
    channels: Any, names: str, columns: Sequence[str], problems: list[str]
) -> list[ChannelRule]:
    if isinstance(channels, str):
        problems += _find_unknown_channel(channels)
        return [ChannelRule(channel=channels)]
    if isinstance(channels, Mapping):
        return _read_tier_rule(channels, names, problems)
    if not isinstance(channels, list) or not channels:
        problems.append(
            _(
                "channels == {channels}, must be a channel, tiers with their channels, or a list of rules.",
                channels=repr(channels),
            )
        )
        return []
    return [
        _read_rule(entry, number, names, columns, problems) for number, entry in enumerate(channels, start=1)
    ]


def _read_tier_rule(channels: Mapping[Any, Any], names: str, problems: list[str]) -> list[ChannelRule]:
    problems += _find_unknown_tiers(list(channels), names)
    problems += [
        _("channels: tier {name} has none. Say how it is contacted.", name=name)
        for name in names
        if name not in channels
    ]
    rules = []
    for tier, given in channels.items():
        preferred = given if isinstance(given, list | tuple) else [given]
        if not preferred:
            problems.append(_("channels: tier {tier} has none. Say how it is contacted.", tier=tier))
        for channel in preferred:
            problems += _find_unknown_channel(channel)
            rules.append(ChannelRule(channel=str(channel), tiers=(str(tier),)))
    return rules


def _read_rule(
    entry: Any, number: int, names: str, columns: Sequence[str], problems: list[str]
) -> ChannelRule:
    where = _("channels, rule {number}", number=number)
    if not isinstance(entry, Mapping) or "channel" not in entry:
        problems.append(_("{where}: it is not a mapping with 'channel'.", where=where))
        return ChannelRule(channel="")
    problems += [f"{where}: {name_unknown('key', key, _RULE_KEYS)}" for key in entry if key not in _RULE_KEYS]
    problems += [f"{where}: {text}" for text in _find_unknown_channel(entry["channel"])]
    tiers = entry.get("tiers") or []
    tiers = [tiers] if isinstance(tiers, str) else tiers
    if isinstance(tiers, list):
        problems += [f"{where}: {text}" for text in _find_unknown_tiers(tiers, names)]
    else:
        problems.append(
            _("{where}: tiers == {tiers}, must be a list such as [A, B].", where=where, tiers=repr(tiers))
        )
        tiers = []
    share = _read_share(entry["share"]) if "share" in entry else None
    if "share" in entry and share is None:
        problems.append(
            _(
                "{where}: share == {entry}, must be a share of the list, above 0 and at most 1.",
                where=where,
                entry=repr(entry["share"]),
            )
        )
    given = entry.get("where") or []
    conditions = [
        _read_condition(one, where, columns, problems)
        for one in (given if isinstance(given, list) else [given])
    ]
    return ChannelRule(
        channel=str(entry["channel"]),
        where=tuple(one for one in conditions if one),
        tiers=tuple(map(str, tiers)),
        share=share,
    )


def _read_condition(given: Any, where: str, columns: Sequence[str], problems: list[str]) -> Condition | None:
    if not isinstance(given, Mapping) or not isinstance(given.get("column"), str):
        problems.append(
            _(
                "{where}: the condition {given} is not a mapping with 'column' and a bound.",
                where=where,
                given=repr(given),
            )
        )
        return None
    column, count = given["column"], len(problems)
    problems += [
        f"{where}: {name_unknown('key', key, _CONDITION_KEYS)}" for key in given if key not in _CONDITION_KEYS
    ]
    if column not in columns:
        problems.append(f"{where}: {name_unknown('column', column, columns)}")
    tests = {key: given[key] for key in given if key in _CONDITION_KEYS[1:]}
    if not tests or ("equals" in tests and len(tests) > 1):
        problems.append(
            _(
                "{where}: {column} needs bounds (under, at_most, over, at_least), lowest, highest, "
                "or equals.",
                where=where,
                column=column,
            )
        )
        return None
    values: dict[str, Any] = {}
    for key, text in tests.items():
        if key == "equals":
            levels = text if isinstance(text, list) else [text]
            values[key] = tuple(_write_level(level) for level in levels)
        else:
            values[key] = _read_share(text) if key in _SHARES else _read_number(text)
            if values[key] is None:
                kind = _("a share above 0 and at most 1") if key in _SHARES else _("a number")
                problems.append(
                    _(
                        "{where}: {column}: {key} == {text}, must be {kind}.",
                        where=where,
                        column=column,
                        key=key,
                        text=repr(text),
                        kind=kind,
                    )
                )
    return Condition(column=column, **values) if len(problems) == count else None


def _find_ends(channels: Any, rules: list[ChannelRule], limits: Mapping[str, float]) -> list[str]:
    """List what would leave a customer without a channel."""
    if isinstance(channels, Mapping):
        last = {rule.tiers[0]: rule.channel for rule in rules}
        return [
            _(
                "channels: tier {tier} ends with {channel}, which has a capacity. End with one that "
                "has none.",
                tier=tier,
                channel=channel,
            )
            for tier, channel in last.items()
            if channel in limits
        ]
    end = rules[-1]
    if end.where or end.tiers or end.share is not None or end.channel in limits:
        return [_("channels: the last rule must take whoever is left: a channel alone, without capacity.")]
    return []


def _find_unknown_channel(name: Any) -> list[str]:
    return [] if name in CHANNELS else [name_unknown("channel", name, CHANNELS, everything=True)]


def _find_unknown_tiers(tiers: Sequence[Any], names: str) -> list[str]:
    if tiers and not names:
        return [
            _("channels go by tier, and the stage has no tiers. Add them, such as tiers: [0.2, 0.4, 0.4].")
        ]
    return [
        _("unknown tier {tier}. Tiers: {names}.", tier=repr(tier), names=_(", ").join(names))
        for tier in tiers
        if str(tier) not in list(names)
    ]


def _write_level(level: Any) -> str:
    return str(level).lower() if isinstance(level, bool) else str(level)


def _read_number(text: Any) -> float | None:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _read_share(text: Any) -> float | None:
    number = _read_number(text)
    return number if number is not None and 0 < number <= 1 else None
