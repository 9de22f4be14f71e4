"""Cells of a workbook: typed as a whole column, formatted by what they measure."""

import datetime as dt

import pytest

from leadline.data.sheets import Formatted
from leadline.language import speaking
from leadline.report.forms.cells import fit_text, form_of, format_columns, format_number


def column(*cells: object, name: str = "a", unit: str = "") -> list[object]:
    return format_columns([name], [cells], [unit])[0]


@pytest.mark.parametrize(
    ("texts", "cells"),
    [
        (("1", "-2", ""), [1, -2, None]),
        (("0.5", "1e-3", "NaN"), [0.5, 0.001, None]),
        (("007", "008"), ["007", "008"]),  # ids
        (("1", "02"), ["1", "02"]),
        (("12345678901234567", "1"), ["12345678901234567", "1"]),
        (("2026-11-01", ""), [dt.date(2026, 11, 1), None]),
        (("2026-11-01 14:03:22",), [dt.datetime.fromisoformat("2026-11-01T14:03:22")]),
        (("2026-02-30",), ["2026-02-30"]),
        (("True", "False"), [True, False]),
        (("=1+1", "@x"), ["'=1+1", "'@x"]),
        (("1", "x", "–"), ["1", "x", "–"]),
        (("１２", "1"), ["１２", "1"]),
        (("", ""), [None, None]),
    ],
)
def test_a_column_is_one_kind(texts: tuple[str, ...], cells: list[object]) -> None:
    assert column(*texts) == cells
    assert [type(cell) for cell in column(*texts)] == [type(cell) for cell in cells]


def test_an_id_is_text_even_where_all_its_values_are_numbers() -> None:
    assert column("13900000001", name="phone") == ["13900000001"]


def test_numbers_have_the_format_of_their_unit_and_texts_none() -> None:
    assert column("0.25", "", unit="share") == [Formatted(0.25, "0.0%"), None]
    assert column("hidden", unit="share") == ["hidden"]
    assert format_number(3, "count") == Formatted(3, "#,##0")
    assert format_number(None, "count") is None
    assert format_number(3.5, "text") == 3.5


def test_money_is_written_with_the_sign_of_the_language() -> None:
    assert form_of("money_cny").startswith('"CN¥"#,##0;')
    with speaking("zh"):
        assert form_of("price_cny").startswith('"¥"#,##0.00;')


def test_points_cannot_be_taken_for_per_cent_of_a_value() -> None:
    assert form_of("points").startswith('+0.0%" points";')


@pytest.mark.parametrize("letter", ["a", "客", "😀"])
def test_a_text_over_what_a_cell_holds_is_cut_and_says_so(letter: str) -> None:
    text = fit_text(letter * 40_000)
    assert isinstance(text, str)
    assert text.endswith("[cut: a cell holds 32,767 characters]")
    assert 32_700 < len(text.encode("utf-16-le")) // 2 <= 32_767
    assert fit_text(letter * 16_000) == letter * 16_000


def test_what_no_workbook_can_hold_is_replaced() -> None:
    assert fit_text("a\x00b\ud800\n") == "a\ufffdb\ufffd\n"
