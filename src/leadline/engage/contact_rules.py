"""Which channels are for whom, as an analyst writes it down: the tier rule, and whom a channel may reach."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from leadline.channels import CHANNELS
from leadline.data.raw import suggest
from leadline.engage.channels import CASE_TIER_RULE, ContactRules
from leadline.errors import ParameterError
from leadline.language import _

_KEYS = ("tier_rule", "open_to_tier", "needs_yes")


class ChannelRules(NamedTuple):
    """``tier_rule``: tier, best first → channels in order of preference; ``contact``: whom each may reach."""

    tier_rule: Mapping[str, Sequence[str]]
    contact: ContactRules

    def among(self, channels: Sequence[str]) -> "ChannelRules":
        """Return the rules of these channels alone: what is left out of a plan has no rule."""
        known = set(channels)
        return ChannelRules(
            tier_rule=_keep(self.tier_rule, known),
            contact=ContactRules(
                by_tier=_keep(self.contact.by_tier, known),
                by_flag={name: flag for name, flag in self.contact.by_flag.items() if name in known},
            ),
        )


#: The case's rule, and no rule on whom a channel may reach.
CASE_RULES = ChannelRules(tier_rule=CASE_TIER_RULE, contact=ContactRules())


def parse_channel_rules(document: Any) -> ChannelRules:
    """Turn a document (YAML, read) into `ChannelRules`.

    Parameters
    ----------
    document
        A mapping; every key may be left out::

            tier_rule: {A: [call, branch], B: [call, sms], C: [sms]}  # in order of preference
            open_to_tier: {C: [sms, trial]}       # a tier not named here may have all channels
            needs_yes: {branch: near_a_branch}    # channel: yes/no column of the customers; missing is no

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    headline = _("The channel rules cannot be used")
    if not isinstance(document, Mapping):
        raise ParameterError.of(headline, _("they are no mapping of rules."))
    problems = [
        _(
            "unknown key {key}.{value}",
            key=repr(key),
            value=suggest(str(key), _KEYS) or " " + _("Known: {list}.", list=_list(_KEYS)),
        )
        for key in document
        if key not in _KEYS
    ]
    rule = _read_lists(document, "tier_rule", problems)
    by_tier = _read_lists(document, "open_to_tier", problems)
    flags = document.get("needs_yes") or {}
    if not isinstance(flags, Mapping):
        problems.append(_("needs_yes == {flags}, must map a channel to a column.", flags=repr(flags)))
        flags = {}
    used = {"tier_rule": _names(rule), "open_to_tier": _names(by_tier), "needs_yes": list(map(str, flags))}
    problems += [
        _(
            "{key}: unknown channel {name}.{value}",
            key=key,
            name=repr(name),
            value=suggest(name, CHANNELS) or " " + _("Known: {list}.", list=_list(CHANNELS)),
        )
        for key, names in used.items()
        for name in names
        if name not in CHANNELS
    ]
    if problems:
        raise ParameterError(headline, problems)
    return ChannelRules(
        tier_rule=rule or CASE_TIER_RULE,
        contact=ContactRules(
            by_tier=by_tier, by_flag={str(channel): str(flag) for channel, flag in flags.items()}
        ),
    )


def _read_lists(document: Mapping[str, Any], key: str, problems: list[str]) -> dict[str, list[str]]:
    given = document.get(key)
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        problems.append(
            _("{key} == {given}, must map a tier to a list of channels.", key=key, given=repr(given))
        )
        return {}
    wrong = [tier for tier, names in given.items() if not isinstance(names, list)]
    problems += [
        _(
            "{key}: {tier} has {given}, must be a list such as [call, sms].",
            key=key,
            tier=tier,
            given=repr(given[tier]),
        )
        for tier in wrong
    ]
    return {str(tier): [str(name) for name in names] for tier, names in given.items() if tier not in wrong}


def _keep(lists: Mapping[str, Sequence[str]], known: set[str]) -> dict[str, list[str]]:
    return {tier: [name for name in names if name in known] for tier, names in lists.items()}


def _names(lists: Mapping[str, Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(name for names in lists.values() for name in names))


def _list(names: Sequence[str]) -> str:
    return _(", ").join(names)
