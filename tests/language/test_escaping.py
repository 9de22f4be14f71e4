"""Text for spreadsheets: formulas are guarded, numbers and plain text stay."""

import pytest

from leadline.language.escaping import guard_cell

FORMULAS = ["=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1"]
FORMULAS += ["\n 5", "\u3000=1", "＝1", "＋1", "－1", "+86 138", "-"]
PLAIN = ["-1", "-5", "+3.5", "-1,204.5", "−3.2%", "1e-5", "-1.5E+10", "a=b", "", "Zhang", "13800138000"]
PLAIN += ["2026-01-01", "e-mail"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_guarded(text: str) -> None:
    assert guard_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_numbers_and_plain_text_are_left_alone(text: str) -> None:
    assert guard_cell(text) == text
