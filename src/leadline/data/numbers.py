"""Which columns are numbers, and what in them is none: slips, words for "missing", codes."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.levels import Mask, TextColumn, take_values
from leadline.data.missing import report_missing_words
from leadline.data.raw import Findings
from leadline.data.written import PLAIN, Written, parse_written
from leadline.language import _, plural

_PLAIN = re.compile(PLAIN)
_ANY_DIGIT = r".*[\d０-９].*"  # RE2 takes ASCII digits alone for \d
_DECIMAL_COMMA = r"[+-]?(?:\d+,\d+|\d{1,3}(?:\.\d{3})+,\d+)"
_GROUPED_RE2 = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_BINS = r".*\d\s*(?:\+|-|–|~|至|to|以上|以下|及以上).*|(?:[<>≤≥]|under|over|less|more|up to).*\d.*"
_LOOKALIKES = str.maketrans("OoQlI|", "000111")
_TYPO_LETTERS = re.compile(r"[\d.,+\-OoQlI|\s;'`]{1,12}")
_MOSTLY, _FEW, _SOME = 0.5, 0.01, 0.05
_SAMPLE = 200
_ABOVE_OTHERS = 3
_CODES_ABOVE = (999, 9999, 99999, 999999, 9999999)
_CODES_BELOW = (-99, -999, -9999, -99999, -999999)


def infer_numbers(column: TextColumn, findings: Findings) -> pd.Series | None:
    """Read a column as numbers, None when it is text.

    Whole numbers without gaps are int64, others float64; per cents become shares (12.5% is 0.125). A few
    cells that are no numbers become missing, with a warning; many are a problem, as are several currencies.
    """
    if column.hardly_matches(_ANY_DIGIT):
        return None
    blank, plain = column.blank, column.matches(PLAIN)
    filled = column.count(~blank)
    if (plain | blank).all():
        return _convert(column, pc.if_else(pa.array(plain), column.levels, None), findings)
    other = ~plain & ~blank
    if _is_text_at_sight(column, plain, other, filled):
        return None
    if _has_decimal_comma(column, other):
        findings.problems.append(
            plural(
                "{name}: {count} value has a decimal comma ({examples}). Export the table with "
                "decimal points.",
                "{name}: {count} values have a decimal comma ({examples}). Export the table with "
                "decimal points.",
                column.count(other),
                name=column.name,
                examples=column.describe(other),
            )
        )
        return None
    written = {text: parse_written(text) for text in column.texts(other)}
    return _judge(column, plain, written, findings)


def _is_text_at_sight(column: TextColumn, plain: Mask, other: Mask, filled: int) -> bool:
    """Spare the reading of every text: a look at the first says that hardly any is a number."""
    first = column.texts(other & (np.cumsum(other) <= _SAMPLE))
    numbers = sum(parse_written(text) is not None for text in first)
    return numbers < _MOSTLY * len(first) and column.count(plain) < _MOSTLY * filled and len(first) == _SAMPLE


def _has_decimal_comma(column: TextColumn, other: Mask) -> bool:
    comma = column.matches(_DECIMAL_COMMA)
    grouped = column.matches(_GROUPED_RE2)
    return bool((comma & ~grouped).any() and column.count(comma) >= _MOSTLY * column.count(other))


def _judge(
    column: TextColumn, plain: Mask, written: dict[str, Written | None], findings: Findings
) -> pd.Series | None:
    """Decide between number, text and neither by the share of cells that are numbers."""
    texts = column.levels.to_pylist()
    dressed = np.array([written.get(text) is not None for text in texts])
    strange = ~column.blank & ~plain & ~dressed & ~column.marker
    typo = strange & np.array([_is_typo(text) for text in texts])
    number = plain | dressed
    filled, numbers = column.count(~column.blank & ~column.marker), column.count(number)
    if not numbers or numbers < _MOSTLY * filled:
        return None
    if (strange & ~typo).any() and not _accept_strange(column, strange, filled, findings):
        return None
    if typo.any() and column.count(typo) > max(_SOME * filled, 1):
        findings.problems.append(_mixed(column, typo))
        return None
    if strange.any():
        findings.warnings.append(
            _(
                "{column}: {count} of {total} values are not numbers and count as missing ({rows}).",
                column=column.name,
                count=f"{column.count(strange):,}",
                total=f"{filled:,}",
                rows=column.describe(strange),
            )
        )
    report_missing_words(column, findings)
    signs = [item for item in written.values() if item]
    if not _check_signs(column, plain, dressed, signs, findings):
        return None
    digits = [
        item.digits if (item := written.get(text)) else text if is_plain else None
        for text, is_plain in zip(texts, plain, strict=True)
    ]
    percent = any("percent" in item.signs for item in signs)
    return _convert(column, pa.array(digits, pa.string()), findings, share=percent)


def _accept_strange(column: TextColumn, strange: Mask, filled: int, findings: Findings) -> bool:
    """Say whether a few strange cells may be dropped; else the column is text (classes, codes) or mixed."""
    bins = column.matches(_BINS)
    if (bins & strange).any() and bins[strange].mean() >= _MOSTLY:
        findings.notes.append(
            _(
                "{column}: holds classes such as {text}; read as text.",
                column=column.name,
                text=column.texts(bins & strange)[0],
            )
        )
        return False
    if column.count(strange) <= _FEW * filled:
        return True
    coded = column.matches(r".*\d.*")
    if coded[strange].all():
        findings.notes.append(
            _(
                "{column}: holds codes such as {text}; read as text.",
                column=column.name,
                text=column.texts(strange)[0],
            )
        )
        return False
    findings.problems.append(_mixed(column, strange))
    return False


def _mixed(column: TextColumn, strange: Mask) -> str:
    return _(
        "{name}: numbers and text are mixed; {count} of {count_2} values are not numbers "
        "({examples}). Correct or empty these cells, or read the column as text "
        "(text_columns).",
        name=column.name,
        count=f"{column.count(strange):,}",
        count_2=f"{column.count(~column.blank):,}",
        examples=column.describe(strange),
    )


def _is_typo(text: str) -> bool:
    """Say whether a text is a number with a slip: O for 0, l for 1, a stray space or mark."""
    if not _TYPO_LETTERS.fullmatch(text):
        return False
    mended = re.sub(r"[\s;'`]", "", text.translate(_LOOKALIKES)).rstrip(".,")
    return _PLAIN.fullmatch(mended) is not None


def _check_signs(
    column: TextColumn, plain: Mask, dressed: Mask, signs: list[Written], findings: Findings
) -> bool:
    """Refuse several currencies and per cents beside plain numbers; note the rest."""
    currencies = sorted({item.currency for item in signs if item.currency})
    if len(currencies) > 1:
        findings.problems.append(
            _(
                "{name}: {count} currencies are mixed ({currencies}; {examples}). Convert them to "
                "one, or put the currency into a column of its own.",
                name=column.name,
                count=len(currencies),
                currencies=_(", ").join(currencies),
                examples=column.describe(dressed),
            )
        )
        return False
    with_percent = ["percent" in item.signs for item in signs]
    if any(with_percent) and not (all(with_percent) and not plain.any()):
        findings.problems.append(
            plural(
                "{name}: per cents and plain numbers are mixed ({count} value has no % sign; "
                "{examples}). Write all of them in one way.",
                "{name}: per cents and plain numbers are mixed ({count} values have no % sign; "
                "{examples}). Write all of them in one way.",
                column.count(plain),
                name=column.name,
                examples=column.describe(plain | dressed),
            )
        )
        return False
    names = {
        "thousands": _("thousands separators"),
        "currency": _("currency signs"),
        "percent": _("percent signs (12.5% became 0.125)"),
        "full-width": _("full-width digits"),
        "parentheses": _("parentheses for negative amounts"),
    }
    found = [names[sign] for sign in names if any(sign in item.signs for item in signs)]
    if found:
        findings.notes.append(
            _("{column}: read with {signs}.", column=column.name, signs=_(", ").join(found))
        )
    return True


def _convert(column: TextColumn, digits: pa.Array, findings: Findings, *, share: bool = False) -> pd.Series:
    """Turn digits, one text a level, into the column's numbers."""
    whole = pc.all(pc.match_substring_regex(digits, r"^[+-]?\d+$")).as_py()
    values = pc.cast(pc.utf8_ltrim(digits, "+"), pa.float64()).to_numpy(zero_copy_only=False)
    _warn_of_codes(column, values, findings)
    if share:
        values = values / 100
    rows = take_values(values, column)
    if whole and not share and not np.isnan(rows).any():
        return pd.Series(rows.astype(np.int64))
    return pd.Series(rows)


def _warn_of_codes(
    column: TextColumn, values: "np.ndarray[tuple[int], np.dtype[np.float64]]", findings: Findings
) -> None:
    """Warn of codes for "missing": −999 as the only negative value, 9999 far above all others."""
    known = values[~np.isnan(values)]
    below = [code for code in _CODES_BELOW if code in known and (known < 0).sum() == 1]
    others = known[known < known.max(initial=-np.inf)]
    above = [
        code
        for code in _CODES_ABOVE
        if code == known.max(initial=0) and others.size and code > _ABOVE_OTHERS * max(others.max(), 1)
    ]
    for code in below + above:
        count = column.count(values == code)
        findings.warnings.append(
            plural(
                "{column}: {count} value is {code}, probably a code for “missing”; it is kept as a number.",
                "{column}: {shown} values are {code}, probably a code for “missing”; they are kept as "
                "numbers.",
                count,
                shown=f"{count:,}",
                column=column.name,
                code=code,
            )
        )
