import datetime as dt

import pytest

from leadline.run.schedule.dates import NAMES, fill_dates, has_dates

SUNDAY = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("expression", "day"),
    [
        ("today", "2026-03-01"),
        ("yesterday", "2026-02-28"),
        ("week_start", "2026-02-23"),
        ("last_week_start", "2026-02-16"),
        ("last_week_end", "2026-02-22"),
        ("month_start", "2026-03-01"),
        ("last_month_start", "2026-02-01"),
        ("last_month_end", "2026-02-28"),
        ("today - 7 days", "2026-02-22"),
        ("month_start+1 day", "2026-03-02"),
    ],
)
def test_an_expression_is_a_day(expression: str, day: str) -> None:
    assert fill_dates(f"{{{{ {expression} }}}}", SUNDAY) == day


def test_expressions_stand_within_text_and_lists() -> None:
    filled = fill_dates(["a_{{ today }}_{{yesterday}}.csv", {"b": "{{ today }}"}, None, "plain"], SUNDAY)
    assert filled == ["a_2026-03-01_2026-02-28.csv", {"b": "2026-03-01"}, None, "plain"]
    assert has_dates({"a": ["{{ today }}"]})
    assert not has_dates(["{ today }", None])


@pytest.mark.parametrize(
    "text",
    [
        "{{ now }}",
        "{{ today",
        "{{ today - 7 }}",
        "{{ today.year }}",
        "{{ ''.__class__ }}",
        "{{ today - 99999 days }} {{",
        "{{ today - 99999999 days }}",
        "{{}}",
    ],
)
def test_any_other_expression_is_refused_with_the_list(text: str) -> None:
    with pytest.raises(ValueError, match=", ".join(NAMES)):
        fill_dates(text, SUNDAY)


def test_a_day_before_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="is no date"):
        fill_dates("{{ today - 99999 days }}", dt.date(100, 1, 1))
