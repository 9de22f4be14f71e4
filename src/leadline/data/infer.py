"""What each column holds: an id, a number, a date, yes or no, or text; judged column by column, from text."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.dates import infer_dates, is_date_name
from leadline.data.levels import TextColumn, read_levels, take_values
from leadline.data.numbers import infer_numbers
from leadline.data.raw import Findings, RawTable, counted
from leadline.data.typed import read_typed
from leadline.language import _

_ID_NAME = re.compile(
    r"(^|.*[_\W])(id|ids|uuid|guid|openid|unionid|phone|mobile|tel|zip|postcode|zipcode|account_no|card_no)$"
    r"|.*[a-z](Id|ID)$"
    r"|.*(编号|手机|手机号|手机号码|电话|电话号码|身份证|身份证号|证件号|证件号码|账号|帐号|卡号|客户号|邮编|邮政编码|代码)$"
)
_PHONE = r"(?:\+?86[- ]?)?1[3-9]\d{9}"
_LEADING_ZERO = r"0\d+"
_LONG_NUMBER = r"[+-]?\d{16,}"
_EXCEL_POWER = r"\d(?:\.\d+)?E\+(?:1[1-9]|[2-9]\d)"
_ANY_POWER = r"\d(?:\.\d+)?[eE]\+?\d+"
_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_YES = frozenset(["y", "yes", "true", "t", "1", "是", "有", "对"])
_NO = frozenset(["n", "no", "false", "f", "0", "否", "无", "没有", "错"])
_ONE_SPELLING = 2


def infer_types(
    raw: RawTable, findings: Findings, *, aliases: Mapping[str, str], text_columns: Sequence[str]
) -> pd.DataFrame:
    """Turn a table of text into one of types.

    Parameters
    ----------
    raw
        One row a record, cells as text.
    findings
        Takes notes, warnings and problems.
    aliases
        The file's name of a column → the analyst's own, by which ids and dates are known too.
    text_columns
        Columns to be left as text, whatever they look like; names of the file or the analyst's.

    Returns
    -------
    DataFrame
        One row a record. Ids, phones and text are ``str``, whole numbers int64, others float64, dates
        datetime64[us]; empty cells are missing. Columns with problems are left as text.
    """
    columns = {}
    for name in raw.cells.column_names:
        alias, cells = aliases.get(name, name), raw.cells.column(name)
        keep = name in text_columns or alias in text_columns
        if not pa.types.is_string(cells.type):
            is_id = is_id_name(name) or is_id_name(alias)
            columns[name] = read_typed(name, cells, raw.rows, findings, is_id=is_id, as_text=keep)
            continue
        column = read_levels(name, cells, raw.rows)
        text = keep or raw.typed
        columns[name] = read_text(column, findings) if text else _infer(column, alias, findings)
    return pd.DataFrame(columns)


def _infer(column: TextColumn, alias: str, findings: Findings) -> pd.Series:
    if column.blank.all():
        return pd.Series(np.full(len(column.codes), np.nan))
    if _is_id(column, alias, findings):
        return read_text(column, findings)
    flags = _unify_flags(column, findings)
    if flags is not None:
        return flags
    dates = infer_dates(column, findings, named=is_date_name(column.name) or is_date_name(alias))
    if dates is not None:
        return dates
    problems = len(findings.problems)
    numbers = infer_numbers(column, findings) if len(findings.problems) == problems else None
    return read_text(column, findings) if numbers is None else numbers


def is_id_name(name: str) -> bool:
    """Say whether a column's name is that of an id, a phone number or another number nobody adds up."""
    return _ID_NAME.fullmatch(name) is not None or _ID_NAME.fullmatch(name.lower()) is not None


def read_text(column: TextColumn, findings: Findings) -> pd.Series:
    """Return a column as text; e-mail addresses in lower case, "NA" and "Null" as the words they are."""
    levels = column.levels
    if column.cleaned:
        findings.notes.append(
            _("{column}: invisible characters and decomposed letters were normalised.", column=column.name)
        )
    if not column.hardly_matches(_EMAIL) and (column.matches(_EMAIL) | column.blank).all():
        lowered = pc.utf8_lower(levels)
        if not lowered.equals(levels):
            findings.notes.append(_("{column}: e-mail addresses were put in lower case.", column=column.name))
        levels = lowered
    words = column.texts(column.marker)
    if words:
        findings.notes.append(
            _("{column}: {words} kept as text.", column=column.name, words=", ".join(sorted(words)))
        )
    known = pc.if_else(pa.array(column.blank), None, levels)
    return pd.Series(pc.take(known, pa.array(column.codes)).to_pandas(), dtype="str")


def _is_id(column: TextColumn, alias: str, findings: Findings) -> bool:
    """Say whether a column holds ids; powers of ten in place of digits are a problem."""
    blank, named = column.blank, is_id_name(column.name) or is_id_name(alias)
    if not named and column.hardly_matches(r"\+?\d.*"):
        return False
    powers = column.matches(_ANY_POWER if named else _EXCEL_POWER)
    if powers.any() and (named or (powers | blank | column.matches(r"\d+")).all()):
        findings.problems.append(
            f"{column.name}: {counted(column.count(powers), 'id lost', 'ids lost')} their digits to "
            "scientific notation "
            f"({column.describe(powers)}). Export again with the column formatted as text."
        )
        return True
    if named:
        if column.matches(r"\d+").any():
            findings.notes.append(_("{column}: numbers kept as text, for they are ids.", column=column.name))
        return True
    digits = column.matches(r"[+-]?\d+")
    looks = (
        (
            (column.matches(_LEADING_ZERO)).any(),
            _("{column}: kept as text, for values begin with 0.", column=column.name),
        ),
        (
            column.matches(_LONG_NUMBER).any(),
            _("{column}: kept as text, for numbers have more than 15 digits.", column=column.name),
        ),
        (
            (column.matches(_PHONE) | blank).all(),
            _("{column}: kept as text, for these are phone numbers.", column=column.name),
        ),
    )
    notes = [note for is_so, note in looks if is_so and digits.any()]
    findings.notes.extend(notes[:1])
    return bool(notes)


def _unify_flags(column: TextColumn, findings: Findings) -> pd.Series | None:
    """Read yes and no as true and false when they are spelt in several ways; one pair stays as it is."""
    if len(column.levels) > len(_YES | _NO) * 3:
        return None
    texts = [text.casefold() for text in column.levels.to_pylist()]
    filled = [text for text in column.levels.to_pylist() if text]
    if not all(text in _YES | _NO or not text for text in texts) or all(text in "01" for text in filled):
        return None
    words = {text.casefold() for text in filled}
    if words <= {"true", "false"} or len(set(filled)) > _ONE_SPELLING:
        findings.notes.append(
            _(
                "{column}: {words} read as true or false.",
                column=column.name,
                words=", ".join(sorted(set(filled))),
            )
        )
        values = [True if text in _YES else False if text else None for text in texts]
        kind = "boolean" if None in values else "bool"
        return pd.Series(take_values(np.array(values, dtype=object), column), dtype=kind)
    return None
