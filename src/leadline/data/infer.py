"""What each column holds: an id, a number, a date, yes or no, or text; judged column by column, from text."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.dates import infer_dates
from leadline.data.flags import NO, YES
from leadline.data.levels import Mask, TextColumn, read_levels, take_values
from leadline.data.numbers import infer_numbers
from leadline.data.raw import Findings, RawTable
from leadline.data.typed import read_typed
from leadline.language import _, plural

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
_BITS = {"0", "1"}
_ONE_SPELLING = 2
#: Letters of several pairs are codes or grades, not yes and no.
_LETTER_PAIRS = ({"y", "n"}, {"t", "f"})
_SOME = 0.05


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
        if keep:
            columns[name] = read_text(column, findings)
        else:
            columns[name] = (_infer_typed if raw.typed else _infer)(column, alias, findings)
    return pd.DataFrame(columns)


def _infer_typed(column: TextColumn, alias: str, findings: Findings) -> pd.Series:
    """Text of a source that knows its types is text, save dates, which are often written as text."""
    dates = infer_dates(column, findings, names=(column.name, alias))
    return read_text(column, findings) if dates is None else dates


def _infer(column: TextColumn, alias: str, findings: Findings) -> pd.Series:
    names = (column.name, alias)
    if column.blank.all():
        return pd.Series(np.full(len(column.codes), np.nan))
    if any(map(is_id_name, names)) and set(column.texts(~column.blank & ~column.marker)) != _BITS:
        return _read_ids(column, findings)
    problems = len(findings.problems)
    found = infer_dates(column, findings, names=names)
    if found is None and len(findings.problems) == problems and not _resembles_ids(column, findings):
        found = _unify_flags(column, findings)
        if found is None:
            found = _read_numbers(column, findings)
    return read_text(column, findings) if found is None else found


def _read_numbers(column: TextColumn, findings: Findings) -> pd.Series | None:
    numbers, zeros = infer_numbers(column, findings), column.matches(_LEADING_ZERO)
    if numbers is not None and zeros.any():
        findings.warnings.append(
            plural(
                "{column}: {count} value begins with 0 and was read as a number like the others ({rows}).",
                "{column}: {shown} values begin with 0 and were read as numbers like the others ({rows}).",
                column.count(zeros),
                shown=f"{column.count(zeros):,}",
                column=column.name,
                rows=column.describe(zeros),
            )
        )
    return numbers


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
            _("{column}: {words} kept as text.", column=column.name, words=_(", ").join(sorted(words)))
        )
    known = pc.if_else(pa.array(column.blank), None, levels)
    return pd.Series(pc.take(known, pa.array(column.codes)).to_pandas(), dtype="str")


def _read_ids(column: TextColumn, findings: Findings) -> pd.Series:
    if not _refuse_powers(column, column.matches(_ANY_POWER), findings) and column.matches(r"\d+").any():
        findings.notes.append(_("{column}: numbers kept as text, for they are ids.", column=column.name))
    return read_text(column, findings)


def _refuse_powers(column: TextColumn, powers: Mask, findings: Findings) -> bool:
    """Say whether there are ids with powers of ten in place of digits, a problem."""
    if not powers.any():
        return False
    findings.problems.append(
        plural(
            "{name}: {count} id lost their digits to scientific notation ({examples}). Export "
            "again with the column formatted as text.",
            "{name}: {count} ids lost their digits to scientific notation ({examples}). Export "
            "again with the column formatted as text.",
            column.count(powers),
            name=column.name,
            examples=column.describe(powers),
        )
    )
    return True


def _resembles_ids(column: TextColumn, findings: Findings) -> bool:
    """Say whether values without a telling name are ids nevertheless, and note by what."""
    if column.hardly_matches(r"\+?\d.*"):
        return False
    blank, digits, powers = column.blank, column.matches(r"\d+"), column.matches(_EXCEL_POWER)
    if (powers | blank | digits).all() and _refuse_powers(column, powers, findings):
        return True
    looks = (
        (_keeps_zeros(column), _("{column}: kept as text, for values begin with 0.", column=column.name)),
        (
            column.matches(_LONG_NUMBER).any(),
            _("{column}: kept as text, for numbers have more than 15 digits.", column=column.name),
        ),
        (
            (column.matches(_PHONE) | blank).all(),
            _("{column}: kept as text, for these are phone numbers.", column=column.name),
        ),
    )
    notes = [note for is_so, note in looks if is_so and column.matches(r"[+-]?\d+").any()]
    findings.notes.extend(notes[:1])
    return bool(notes)


def _keeps_zeros(column: TextColumn) -> bool:
    """Say whether zeros at the head mean something: all numbers are of one length, or many begin with 0."""
    zeros, digits = column.matches(_LEADING_ZERO), column.matches(r"\d+")
    if not zeros.any():
        return False
    widths = pc.utf8_length(column.levels.filter(pa.array(digits)))
    return len(widths.unique()) == 1 or column.count(zeros) > _SOME * column.count(~column.blank)


def _unify_flags(column: TextColumn, findings: Findings) -> pd.Series | None:
    """Read yes and no as true and false when they are spelt in several ways; one pair stays as it is."""
    if len(column.levels) > len(YES | NO) * 3:
        return None
    texts = [text.casefold() for text in column.levels.to_pylist()]
    filled = [text for text in column.levels.to_pylist() if text]
    if not all(text in YES | NO or not text for text in texts) or all(text in "01" for text in filled):
        return None
    words = {text.casefold() for text in filled}
    if all(words & pair for pair in _LETTER_PAIRS):
        return None
    if words <= {"true", "false"} or len(set(filled)) > _ONE_SPELLING:
        findings.notes.append(
            _(
                "{column}: {words} read as true or false.",
                column=column.name,
                words=_(", ").join(sorted(set(filled))),
            )
        )
        values = [True if text in YES else False if text else None for text in texts]
        kind = "boolean" if None in values else "bool"
        return pd.Series(take_values(np.array(values, dtype=object), column), dtype=kind)
    return None
