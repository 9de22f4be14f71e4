import datetime as dt
import math

import pytest

from leadline.language import format_value, use_language
from leadline.language.formats import format_interval


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (0.2354, "share", "23.5%"),
        (0.0, "share", "0.0%"),
        (0.21, "points", "+21.0 points"),
        (-0.004, "points", "-0.4 points"),
        (1234567, "count", "1,234,567"),
        (3.94, "ratio", "3.9×"),
        (0.7512, "index", "0.751"),
        (0.0123456789, "number", "0.01235"),
        (12.3456789, "number", "12.35"),
        (123456.7, "number", "123,457"),
        (0, "number", "0"),
        (0.00012, "p_value", "below 0.001"),
        (0.0493, "p_value", "0.049"),
        (1234.5, "money_cny", "CN¥1,234"),
        (3.1, "price_cny", "CN¥3.10"),
        (-0.456, "price_cny", "-CN¥0.46"),
        (dt.date(2026, 1, 31), "date", "Jan 31, 2026"),
        (None, "share", "–"),
        (math.nan, "count", "–"),
        (math.inf, "ratio", "∞"),
        ("<b>", "text", "<b>"),
        (True, "count", "True"),
    ],
)
def test_values_are_written_for_a_reader(value: object, unit: str, written: str) -> None:
    assert format_value(value, unit) == written


def test_an_interval_needs_both_ends() -> None:
    assert format_interval(0.214, 0.258, "share") == "21.4% to 25.8%"
    assert format_interval(0.214, None, "share") == ""
    assert format_interval(math.nan, 0.2, "share") == ""


def test_numbers_follow_the_language() -> None:
    use_language("zh")
    try:
        assert format_value(1234.5, "money_cny") == "¥1,234"
        assert format_value(dt.date(2026, 1, 31)) == "2026年1月31日"
    finally:
        use_language("en")
