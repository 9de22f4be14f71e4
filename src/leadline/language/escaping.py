"""Text for spreadsheets: shown, never run."""

import re

_NUMBER = re.compile(r"[+\-−]?[¥$€£]?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?%?")
#: A text that begins with one of these is a formula to a spreadsheet; so is one with spaces before it.
_FORMULA_START = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: These end the cell before them, in some spreadsheets.
_CELL_START = ("\t", "\r", "\n")


def guard_cell(text: str) -> str:
    """Return text that a spreadsheet shows rather than runs: an apostrophe goes before a formula.

    Examples
    --------
    >>> guard_cell("=1+1"), guard_cell("-1,204.5"), guard_cell("Zhang")
    ("'=1+1", '-1,204.5', 'Zhang')
    """
    is_formula = text.startswith(_CELL_START) or text.lstrip().startswith(_FORMULA_START)
    return f"'{text}" if is_formula and not _NUMBER.fullmatch(text) else text
