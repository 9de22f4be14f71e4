"""Which columns may cross between partners, for which purpose: minimum data (E8)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.raw import counted, find_file_rows, name_rows, suggest
from leadline.data.tables import MARKET_TABLES
from leadline.errors import DataError
from leadline.plain_yaml import read_yaml

#: Purpose → the columns that may cross for it.
AllowList = Mapping[str, Sequence[str]]

#: Columns that reach a person; they never cross, whatever an allow-list says.
_IDENTIFIERS = frozenset(
    rule.name for table in MARKET_TABLES for rule in table.columns if rule.personal_data == "identifier"
)
#: A mobile number that stands by itself, in plain or in grouped digits.
_MOBILE_INSIDE = r"(?:^|[^0-9])(?:0?0?86)?0?1[3-9][0-9]{9}(?:[^0-9]|$)"
_GROUPING = r"[ \-‐-―−.]"
_MOSTLY = 0.5


def read_purposes(path: str | Path) -> dict[str, tuple[str, ...]]:
    """Read an allow-list: a YAML file with one ``purpose: [column, column]`` a line.

    Raises
    ------
    DataError
        If it is not such a file.
    """
    document = read_yaml(path)
    if not isinstance(document, dict) or not document:
        raise DataError.of(f"{path} is no allow-list", "write one 'purpose: [column, column]' a line.")
    problems = [
        f"{purpose}: must be a list of column names in square brackets."
        for purpose, columns in document.items()
        if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns)
    ]
    if problems:
        raise DataError(f"{path} is no allow-list", problems)
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
        known = ", ".join(allow) or "none"
        raise DataError.of(
            f"{purpose!r} is not a purpose of the allow-list",
            f"its purposes are {known}.{suggest(purpose, allow)}",
        )
    allowed = [name for name in dict.fromkeys(allow[purpose]) if name not in set_apart]
    chosen = [name for name in allowed if name in frame] if columns is None else list(dict.fromkeys(columns))
    outside = [name for name in chosen if name not in allowed]
    absent = [name for name in chosen if name in allowed and name not in frame]
    problems = []
    if outside:
        problems.append(
            f"{', '.join(outside)}: not in the allow-list for {purpose!r} (it holds "
            f"{', '.join(allowed) or 'no column'}). Leave it out, or have the allow-list changed by whoever "
            "answers for it."
        )
    problems += [f"{name}: the table has no such column.{suggest(name, frame.columns)}" for name in absent]
    problems += [
        problem
        for name in chosen
        if name in allowed and name in frame and (problem := find_numbers_of_people(frame[name]))
    ]
    if problems:
        raise DataError(f"These columns cannot cross for {purpose!r}", problems)
    return chosen


def find_numbers_of_people(values: pd.Series, *, is_id: bool = False) -> str:
    """Say what is wrong if a column would carry telephone numbers across; empty if nothing is.

    In text one number is enough; ids and whole numbers may look like one by chance, so most of them must.
    """
    name = values.name
    if name in _IDENTIFIERS:
        return f"{name}: reaches a person and never crosses. Take it out of the allow-list."
    is_text = pd.api.types.is_string_dtype(values) or pd.api.types.is_object_dtype(values)
    if not is_text and not pd.api.types.is_integer_dtype(values):
        return ""
    text = values.astype(object).where(values.notna()).map(str, na_action="ignore")
    narrow = pc.utf8_normalize(pa.array(text, pa.string(), from_pandas=True), form="NFKC")
    grouped = pc.replace_substring_regex(narrow, _GROUPING, "")
    found = pc.or_(*(pc.match_substring_regex(form, _MOBILE_INSIDE) for form in (narrow, grouped)))
    is_number = pd.Series(pc.fill_null(found, False).to_numpy(zero_copy_only=False), values.index)  # noqa: FBT003
    rows = find_file_rows(is_number)
    if not rows or ((is_id or not is_text) and len(rows) <= _MOSTLY * values.notna().sum()):
        return ""
    return (
        f"{name}: {counted(len(rows), 'value holds', 'values hold')} a telephone number ({name_rows(rows)}). "
        "Take the numbers out, or leave the column out."
    )
