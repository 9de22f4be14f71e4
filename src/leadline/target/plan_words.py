"""What files that analysts write have in common: unknown names with the nearest, patterns, labels."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from leadline.language import N_, _

_SHOWN = 8
#: Kinds that `name_unknown` is asked about, marked for the catalogue.
_KINDS = (
    *(N_("key"), N_("column"), N_("method"), N_("channel")),
    *(N_("attribute"), N_("kind"), N_("group"), N_("figure")),
)
_WILDCARDS = frozenset("*?[")


def name_unknown(kind: str, given: object, known: Sequence[str], *, everything: bool = False) -> str:
    """Say that a name is not known, and the nearest one, or those that are (all with ``everything``)."""
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(str(given).lower(), by_lower, n=1, cutoff=0.5)
    if near:
        return _(
            "unknown {kind} {given}. Did you mean {near}?",
            kind=_(kind),
            given=repr(given),
            near=repr(by_lower[near[0]]),
        )
    shown = len(known) if everything else _SHOWN
    return _(
        "unknown {kind} {given}. Known: {known}.",
        kind=_(kind),
        given=repr(given),
        known=list_some(known, shown),
    )


def list_some(names: Sequence[str], shown: int = _SHOWN) -> str:
    """List the first names, and how many more there are."""
    first = _(", ").join(map(str, names[:shown]))
    more = len(names) - shown
    return _("{names} and {more} more", names=first, more=more) if more > 0 else first


def is_pattern(name: str) -> bool:
    """Tell whether a name stands for all columns that it matches, such as ``M*``."""
    return bool(_WILDCARDS & set(name))


def expand_pattern(pattern: str, columns: Collection[str], problems: list[str]) -> list[str]:
    """Return the columns that a name or a pattern stands for; none is a problem."""
    if pattern in columns:
        return [pattern]
    if not is_pattern(pattern):
        problems.append(name_unknown("column", pattern, list(columns)))
        return []
    matches = [column for column in columns if fnmatchcase(column, pattern)]
    if not matches:
        problems.append(_("no column matches the pattern {pattern}.", pattern=repr(pattern)))
    return matches


def parse_labels(document: Any, columns: Collection[str], problems: list[str]) -> dict[str, str]:
    """Read the key ``labels``: column → what a reader calls it; columns that the table lacks are left out."""
    labels = document.get("labels") if isinstance(document, Mapping) else None
    if labels is None:
        return {}
    if not isinstance(labels, Mapping) or not all(isinstance(text, str) for text in labels.values()):
        problems.append(_("labels is not a mapping of columns to words."))
        return {}
    return {column: text for column, text in labels.items() if column in columns}
