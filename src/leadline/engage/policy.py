"""The contact policy: whom nobody may contact, whatever the score (system E8)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from leadline.data.raw import suggest
from leadline.errors import ParameterError
from leadline.language import _

Unknown = Literal["barred", "allowed"]
_KEYS = (
    "consent",
    "do_not_contact",
    "staff",
    "minimum_age_years",
    "suitability",
    "holders",
    "quiet_period_days",
    "frequency_cap",
    "unknown",
)


@dataclass(frozen=True, kw_only=True)
class ContactPolicy:
    """What bars a customer from every list. An opt-out always does; a missing permission is none.

    Attributes
    ----------
    consent_required
        Only customers who plainly agreed are contacted.
    staff_barred, holders_barred
        Employees, and those who hold the product already, are left out.
    minimum_age_years
        Youngest age; None asks for no age.
    suitability_required
        The product's risk level must not exceed the customer's.
    unknown_age, unknown_staff, unknown_risk_level
        What an unknown value means for its own rule: barred or allowed.
    quiet_period_days
        Days that must have passed since the last contact; None for no such rule.
    most_contacts, window_days
        Most contacts in so many days; None for no cap.
    """

    consent_required: bool = True
    staff_barred: bool = True
    minimum_age_years: int | None = 18
    suitability_required: bool = True
    holders_barred: bool = True
    quiet_period_days: int | None = None
    most_contacts: int | None = None
    window_days: int | None = None
    unknown_age: Unknown = "barred"
    unknown_staff: Unknown = "barred"
    unknown_risk_level: Unknown = "barred"

    @property
    def digest(self) -> str:
        """SHA-256 of the policy, for the audit line: the same rules give the same digest."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def parse_policy(document: Any) -> ContactPolicy:
    """Turn a policy document (YAML, read) into a `ContactPolicy`.

    Parameters
    ----------
    document
        A mapping; every key may be left out and then keeps its strict default::

            consent: required          # or not_required
            do_not_contact: barred     # cannot be changed
            staff: barred              # or allowed
            minimum_age_years: 18      # or null
            suitability: required      # or not_required
            holders: barred            # or allowed
            quiet_period_days: 14      # null or left out: no such rule
            frequency_cap: {contacts: 3, days: 90}
            unknown: {age: barred, staff: allowed, risk_level: barred}

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    problems: list[str] = []
    if not isinstance(document, Mapping):
        raise ParameterError.of(_("The contact policy cannot be used"), _("it is not a mapping of rules."))
    problems += [_unknown_key(key, _KEYS) for key in document if key not in _KEYS]
    cap = _submapping(document, "frequency_cap", ("contacts", "days"), problems)
    unknown = _submapping(document, "unknown", ("age", "staff", "risk_level"), problems)
    if cap and set(cap) != {"contacts", "days"}:
        problems.append(_("frequency_cap: needs both, contacts and days. Write {contacts: 3, days: 90}."))
    if document.get("do_not_contact", "barred") != "barred":
        problems.append(_("do_not_contact: an opt-out always bars. Take the key out, or write barred."))
    choose = _chooser(problems)
    whole = _counter(problems)
    policy = ContactPolicy(
        consent_required=choose(document, "consent", "required", "not_required"),
        staff_barred=choose(document, "staff", "barred", "allowed"),
        minimum_age_years=whole(document, "minimum_age_years", 18, 120),
        suitability_required=choose(document, "suitability", "required", "not_required"),
        holders_barred=choose(document, "holders", "barred", "allowed"),
        quiet_period_days=whole(document, "quiet_period_days", None, 3_660),
        most_contacts=whole(cap, "contacts", None, 1_000),
        window_days=whole(cap, "days", None, 3_660),
        unknown_age="barred" if choose(unknown, "age", "barred", "allowed") else "allowed",
        unknown_staff="barred" if choose(unknown, "staff", "barred", "allowed") else "allowed",
        unknown_risk_level="barred" if choose(unknown, "risk_level", "barred", "allowed") else "allowed",
    )
    if problems:
        raise ParameterError(_("The contact policy cannot be used"), problems)
    return policy


def _submapping(
    document: Mapping[str, Any], key: str, known: tuple[str, ...], problems: list[str]
) -> Mapping[str, Any]:
    part = document.get(key)
    if part is None:
        return {}
    if not isinstance(part, Mapping):
        problems.append(
            _(
                "{key} == {part}, must be a mapping of {known}.",
                key=key,
                part=repr(part),
                known=_(" and ").join(known),
            )
        )
        return {}
    problems += [f"{key}: {_unknown_key(name, known)}" for name in part if name not in known]
    return part


def _chooser(problems: list[str]) -> Callable[[Mapping[str, Any], str, str, str], bool]:
    def choose(document: Mapping[str, Any], key: str, strict: str, loose: str) -> bool:
        """Return whether the strict word stands there, or nothing does."""
        word = str(document.get(key, strict))
        if word not in (strict, loose):
            problems.append(
                _(
                    "{key} == {word}, must be {strict} or {loose}.",
                    key=key,
                    word=repr(word),
                    strict=strict,
                    loose=loose,
                )
            )
        return word != loose

    return choose


def _counter(problems: list[str]) -> Callable[[Mapping[str, Any], str, int | None, int], int | None]:
    def whole(document: Mapping[str, Any], key: str, default: int | None, most: int) -> int | None:
        value = document.get(key, default)
        if value is None:
            return None
        text = str(value).strip()
        if isinstance(value, bool) or not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
            problems.append(
                _(
                    "{key} == {value}, must be a whole number from 1 to {most}, or null.",
                    key=key,
                    value=repr(value),
                    most=f"{most:,}",
                )
            )
            return None
        return int(text)

    return whole


def _unknown_key(key: object, known: tuple[str, ...]) -> str:
    listed = " " + _("Known: {known}.", known=_(", ").join(known))
    return _("unknown key {key}.{hint}", key=repr(key), hint=suggest(str(key), known) or listed)
