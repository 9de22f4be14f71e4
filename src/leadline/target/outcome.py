"""Who is a buyer: the target column read as yes or no."""

from difflib import get_close_matches

import numpy as np
import pandas as pd

from leadline.language import _, format_value
from leadline.target.metrics import BoolArray
from leadline.target.plan_words import list_some

_YES = frozenset({"yes", "true", "1", "1.0", "y", "是"})
_NO = frozenset({"no", "false", "0", "0.0", "n", "否"})
_TWO = 2
#: Rows are named as those of the file, whose row 1 is the header.
FILE_ROW_OF_FIRST = 2


def read_outcome(
    frame: pd.DataFrame, target: str, positive: str | float | None, problems: list[str]
) -> BoolArray | None:
    """Return who buys, or None after adding to ``problems`` what stands in the way.

    Parameters
    ----------
    frame
        One row a customer.
    target
        Column of the outcome.
    positive
        The value that marks a buyer; every other value marks a customer who does not buy. None will do when
        the two values are plainly yes and no (yes/no, true/false, 1/0, 是/否).
    problems
        Problems found are added here, so that a caller can raise them with its own.
    """
    if target not in frame.columns:
        near = get_close_matches(target, [str(column) for column in frame.columns], n=1, cutoff=0.5)
        hint = (
            _("Did you mean {near}?", near=repr(near[0]))
            if near
            else _("Columns: {columns}.", columns=list_some(list(frame.columns)))
        )
        problems.append(
            _("the target column {target} is not in the table. {hint}", target=repr(target), hint=hint)
        )
        return None
    missing = frame[target].isna().to_numpy()
    if missing.any():
        first = np.flatnonzero(missing)[0] + FILE_ROW_OF_FIRST
        problems.append(
            _(
                "{target}: {count} of {count_2} values are missing (first: row {first}). Leave out "
                "customers whose outcome is not known.",
                target=target,
                count=f"{missing.sum():,}",
                count_2=f"{len(frame):,}",
                first=f"{first:,}",
            )
        )
        return None
    values = frame[target].map(_as_text)
    known = sorted(values.unique())
    if len(known) < _TWO:
        problems.append(
            _(
                "{target}: all {count} values are {known}, so there is nothing to learn.",
                target=target,
                count=f"{len(frame):,}",
                known=repr(known[0]),
            )
        )
        return None
    wanted = _as_text(positive) if positive is not None else _guess_positive(known)
    if wanted in known:
        return (values == wanted).to_numpy(dtype=bool)
    problems.append(_explain_positive(target, positive, wanted, known))
    return None


def name_others(values: pd.Series, positive: str | float | None) -> str:
    """Say which other values count as not buying; empty where there is only one."""
    counts = values.map(_as_text).value_counts()
    others = counts.drop(_as_text(positive), errors="ignore") if positive is not None else counts[:0]
    if len(others) < _TWO:
        return ""
    named = [f"“{value}” ({format_value(int(rows), 'count')})" for value, rows in others.items()]
    return _(
        "{column}: {count} values count as not buying: {values}.",
        column=values.name,
        count=len(others),
        values=list_some(named),
    )


def _guess_positive(known: list[str]) -> str | None:
    lowered = {value.lower(): value for value in known}
    yes = [value for low, value in lowered.items() if low in _YES]
    return yes[0] if len(known) == _TWO and len(yes) == 1 and lowered.keys() & _NO else None


def _explain_positive(target: str, positive: str | float | None, wanted: str | None, known: list[str]) -> str:
    if positive is None:
        return _(
            "{target}: it has {count} values ({known}) and none is plainly the buyers'. Say "
            "which with the parameter positive.",
            target=target,
            count=len(known),
            known=list_some(known),
        )
    near = get_close_matches(str(wanted).lower(), [value.lower() for value in known], n=1, cutoff=0.5)
    hint = (
        (" " + _("Did you mean {known}?", known=repr(next((v for v in known if v.lower() == near[0])))))
        if near
        else ""
    )
    return f"{target}: no value equals positive == {positive!r}. Values: {list_some(known)}.{hint}"


def _as_text(value: object) -> str:
    """Write 1, 1.0 and "1" alike."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()
