"""Which columns may cross between partners, for which purpose: minimum data (E8)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.partner.phones import SEPARATORS
from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.data.tables import MARKET_TABLES
from leadline.errors import DataError
from leadline.language import _, plural
from leadline.plain_yaml import read_yaml

#: Purpose → the columns that may cross for it.
AllowList = Mapping[str, Sequence[str]]

#: Columns that reach a person; they never cross, whatever an allow-list says.
_IDENTIFIERS = frozenset(
    rule.name for table in MARKET_TABLES for rule in table.columns if rule.personal_data == "identifier"
)
#: A mobile number that stands by itself; grouped 3-4-4, as people write it, beside other figures, too.
_MOBILE_INSIDE = (
    rf"(?:^|[^0-9])(?:0?0?86)?0?1[3-9][0-9]{SEPARATORS}*[0-9]{{4}}{SEPARATORS}*[0-9]{{4}}(?:[^0-9]|$)"
)
_LONG_INSIDE = r"[0-9]{10}"
_LONG = 1e9
_SOME, _MOSTLY = 0.01, 0.5
_NUMBER_OBJECTS = frozenset(["integer", "floating", "mixed-integer-float", "decimal"])


def read_purposes(path: str | Path) -> dict[str, tuple[str, ...]]:
    """Read an allow-list: a YAML file with one ``purpose: [column, column]`` a line.

    Raises
    ------
    DataError
        If it is not such a file.
    """
    document = read_yaml(path)
    if not isinstance(document, dict) or not document:
        raise DataError.of(
            _("{path} is no allow-list", path=path), _("write one 'purpose: [column, column]' a line.")
        )
    problems = [
        _("{purpose}: must be a list of column names in square brackets.", purpose=purpose)
        for purpose, columns in document.items()
        if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns)
    ]
    if problems:
        raise DataError(_("{path} is no allow-list", path=path), problems)
    return {purpose: tuple(columns) for purpose, columns in document.items()}


def choose_columns(
    frame: pd.DataFrame,
    *,
    allow: AllowList,
    purpose: str,
    columns: Sequence[str] | None,
    set_apart: Sequence[str],
) -> list[str]:
    """Return the columns of ``frame`` that cross for ``purpose``: those asked for, or all that are allowed.

    Parameters
    ----------
    frame
        One row a record of the partner's.
    allow, purpose
        What may cross for which purpose.
    columns
        What is asked for; None for every allowed column that is there.
    set_apart
        Columns that hold the list together and are no facts (the keyed identifier).

    Raises
    ------
    DataError
        With every column that is not allowed, is absent, or holds telephone numbers; or if the purpose is
        unknown.
    """
    if purpose not in allow:
        known = _(", ").join(allow) or _("none")
        raise DataError.of(
            _("{purpose} is not a purpose of the allow-list", purpose=repr(purpose)),
            _("its purposes are {known}.{hint}", known=known, hint=suggest(purpose, allow)),
        )
    allowed = [name for name in dict.fromkeys(allow[purpose]) if name not in set_apart]
    chosen = [name for name in allowed if name in frame] if columns is None else list(dict.fromkeys(columns))
    outside = [name for name in chosen if name not in allowed]
    absent = [name for name in chosen if name in allowed and name not in frame]
    problems = []
    if outside:
        problems.append(
            _(
                "{outside}: not in the allow-list for {purpose} (it holds {value}). Leave it out, or "
                "have the allow-list changed by whoever answers for it.",
                outside=_(", ").join(outside),
                purpose=repr(purpose),
                value=_(", ").join(allowed) or _("no column"),
            )
        )
    problems += [
        _("{name}: the table has no such column.{hint}", name=name, hint=suggest(name, frame.columns))
        for name in absent
    ]
    problems += [
        problem
        for name in chosen
        if name in allowed and name in frame and (problem := find_numbers_of_people(frame[name]))
    ]
    if problems:
        raise DataError(_("These columns cannot cross for {purpose}", purpose=repr(purpose)), problems)
    return chosen


def find_numbers_of_people(values: pd.Series, *, is_id: bool = False) -> str:
    """Say what is wrong if a column would carry telephone numbers across; empty if nothing is.

    In text one number is enough. Figures and ids may look like one by chance. But amounts and ids as long as
    that (10 digits or more) lie on both sides of the mobile numbers' range, 1.3 to 2.0 × 10¹⁰: evenly spread
    ids of 11 digits have 8% in it, long-tailed amounts less. So they are telephone numbers if at least 1% of
    the values look like one, and most of the long values do.
    """
    name = values.name
    if name in _IDENTIFIERS:
        return _("{name}: reaches a person and never crosses. Take it out of the allow-list.", name=name)
    kind = values.dtype
    if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind):
        return ""
    is_figure = pd.api.types.is_numeric_dtype(kind) or pd.api.types.infer_dtype(values) in _NUMBER_OBJECTS
    is_phone, is_long = _match_figures(values) if is_figure else _match_text(values)
    rows = find_file_rows(is_phone)
    needs_many = is_id or is_figure
    if not rows or (needs_many and not _are_many(len(rows), int(is_long.sum()), int(values.notna().sum()))):
        return ""
    return plural(
        "{name}: {count} value holds a telephone number ({rows}). Take the numbers out, or "
        "leave the column out.",
        "{name}: {count} values hold a telephone number ({rows}). Take the numbers out, or "
        "leave the column out.",
        len(rows),
        name=name,
        rows=name_rows(rows),
    )


def _are_many(phones: int, long: int, known: int) -> bool:
    return phones >= _SOME * known and phones > _MOSTLY * long


def _match_figures(values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Tell which figures read as mobile numbers (with 86 or without), and which are as long as one or so."""
    figures = values.astype(object).where(values.notna()).astype("float64")
    local = figures.where(figures < 86e11, figures - 86e11)  # noqa: PLR2004 # the country code, 86
    return local.between(13e9, 20e9, inclusive="left") & (figures % 1 == 0), figures.abs() >= _LONG


def _match_text(values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Tell which texts hold a mobile number, and which hold a figure as long as one or so."""
    text = values.astype(object).where(values.notna()).map(str, na_action="ignore")
    narrow = pc.utf8_normalize(pa.array(text, pa.string(), from_pandas=True), form="NFKC")
    plain = pc.replace_substring_regex(narrow, SEPARATORS, "")

    def match(pattern: str) -> pd.Series:
        either = pc.or_(*(pc.match_substring_regex(form, pattern) for form in (narrow, plain)))
        return pd.Series(pc.fill_null(either, False).to_numpy(zero_copy_only=False), values.index)  # noqa: FBT003

    return match(_MOBILE_INSIDE), match(_LONG_INSIDE)
