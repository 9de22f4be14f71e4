"""Text for spreadsheets: shown, never run."""

import re
import unicodedata

_NUMBER = re.compile(r"[+\-−]?[¥$€£]?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?%?")
#: A text that begins with one of these is a formula to a spreadsheet, in full and in half width.
_FORMULA_START = ("=", "+", "-", "@")
#: These end the cell before them, in some spreadsheets.
_CELL_ENDS = frozenset("\t\r\n")
#: Letters and signs without ink, which are no control, format, space or mark to Unicode.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def guard_cell(text: str) -> str:
    """Return text that a spreadsheet shows rather than runs: an apostrophe goes before a formula.

    What nobody sees (spaces, control characters such as NUL, zero-width ones, loose accents) is looked
    through: a program that drops it would run what stands behind.

    Examples
    --------
    >>> guard_cell("=1+1"), guard_cell("-1,204.5"), guard_cell("Zhang")
    ("'=1+1", '-1,204.5', 'Zhang')
    """
    if text[:1].isalnum() and text[0] not in _BLANK:  # most texts, told apart at once
        return text
    seen = next((place for place, char in enumerate(text) if not _is_unseen(char)), len(text))
    begins = unicodedata.normalize("NFKC", text[seen : seen + 1])
    is_formula = begins.startswith(_FORMULA_START) or not _CELL_ENDS.isdisjoint(text[:seen])
    return f"'{text}" if is_formula and not _NUMBER.fullmatch(text) else text


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char)[0] in "CZM" or char in _BLANK
