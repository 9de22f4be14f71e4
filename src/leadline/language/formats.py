"""Numbers, money and dates as a reader of the language in use expects them."""

import datetime as dt
import math
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Literal

from leadline.language.messages import _, current_language, current_locale

#: What a figure measures, and so how it is written. ``share`` is 0 to 1 (written as per cent), ``points`` a
#: difference of two shares (0.21 is "+21.0 points"), ``ratio`` a multiple ("3.9×"), ``index`` a plain figure
#: with three decimals such as AUC, ``price_cny`` money of one contact or customer, to the fen.
Unit = Literal[
    "share",
    "points",
    "count",
    "ratio",
    "index",
    "number",
    "p_value",
    "money_cny",
    "price_cny",
    "date",
    "text",
]

MISSING = "–"


def format_value(value: object, unit: Unit = "text") -> str:
    """Write ``value`` in the language in use; a missing value becomes an en dash.

    Parameters
    ----------
    value
        A number, date or text; None and NaN count as missing.
    unit
        What the value measures.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, dt.date):
        from babel.dates import format_date  # noqa: PLC0415 (Babel takes longer to load than a refused run may)

        return str(format_date(value, format="medium", locale=current_locale()))
    if unit in ("text", "date") or not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    return _format_number(float(value), unit)


def format_exactly(value: float) -> str:
    """Write a number with all its digits, for a limit that is to be applied: 12,345.6."""
    decimals = max(0, -int(Decimal(repr(float(value))).normalize().as_tuple().exponent))
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    return _write_decimal(value, pattern)


def format_interval(lower: float | None, upper: float | None, unit: Unit) -> str:
    """Write an interval, "21.4% to 25.8%" or "+1.1 to +6.4"; empty when it is not known."""
    if lower is None or upper is None or math.isnan(lower) or math.isnan(upper):
        return ""
    write = _format_points if unit == "points" else partial(format_value, unit=unit)
    return _("{lower} to {upper}", lower=write(lower), upper=write(upper))


def join_sentences(sentences: Iterable[str]) -> str:
    """Write sentences one after the other: with a space between, where the language has one."""
    return ("" if current_language() == "zh" else " ").join(sentences)


_PATTERNS = {"count": "#,##0", "ratio": "#,##0.0×", "index": "0.000", "p_value": "0.000"}
_MONEY = {"money_cny": "¤#,##0", "price_cny": "¤#,##0.00"}
_SMALLEST_P_VALUE = 0.001


def _format_number(value: float, unit: Unit) -> str:
    locale = current_locale()
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    from babel.numbers import format_currency, format_percent  # noqa: PLC0415 (as above)

    if unit == "share":
        return str(format_percent(value, format="#,##0.0%", locale=locale))
    if unit == "points":
        return _("{points} points", points=_format_points(value))
    if unit in _MONEY:
        return str(format_currency(value, "CNY", format=_MONEY[unit], locale=locale, currency_digits=False))
    if unit == "p_value" and value < _SMALLEST_P_VALUE:
        return _("below 0.001")
    return _write_decimal(value, _PATTERNS.get(unit) or _four_digits(value))


def _format_points(value: float) -> str:
    return _write_decimal(100 * value, "+#,##0.0;-#,##0.0")


def _write_decimal(value: float, pattern: str) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415 (as above)

    return str(format_decimal(value, format=pattern, locale=current_locale()))


def _four_digits(value: float) -> str:
    """Pattern for about four significant digits: 0.01235, 12.35, 12,346."""
    decimals = max(0, min(6, 3 - math.floor(math.log10(abs(value))))) if value else 0
    return "#,##0." + "#" * decimals if decimals else "#,##0"
