"""Text for spreadsheets: formulas are guarded, numbers and plain text stay."""

import pytest

from leadline.language.escaping import guard_cell

FORMULAS = ["=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1"]
FORMULAS += ["\n 5", "\u3000=1", "＝1", "＋1", "－1", "+86 138", "-"]
#: Behind what nobody sees: NUL, escape, zero-width space and joiner, byte order mark, override, soft hyphen,
#: Hangul filler, blank Braille, a variation selector, a loose accent, an unassigned and a private character.
UNSEEN = ["\x00", "\x1b", "\x7f", "\x85", "\u200b", "\u200d", "\ufeff", "\u202e", "\u00ad", "\u3164"]
UNSEEN += ["\u2800", "\ufe0f", "\u0301", "\U000e0fff", "\ue000"]
FORMULAS += [f"{unseen}=1+1" for unseen in UNSEEN] + [
    "\x00\u200b \x1f@SUM(A1)",
    "\u200b\t5",
    "\x00-5",
    "﹦1",
    "﹢1",
    "⁺1",
]
PLAIN = ["-1", "-5", "+3.5", "-1,204.5", "−3.2%", "1e-5", "-1.5E+10", "a=b", "", "Zhang", "13800138000"]
PLAIN += ["2026-01-01", "e-mail", "\u200bZhang", "\x00", " ", "\u200b5", "客户=甲"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_guarded(text: str) -> None:
    assert guard_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_numbers_and_plain_text_are_left_alone(text: str) -> None:
    assert guard_cell(text) == text
