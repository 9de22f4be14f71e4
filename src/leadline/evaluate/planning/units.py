"""How the value of a metric is written."""

from leadline.features.experiment import Metric
from leadline.language import _, format_value
from leadline.language.formats import Unit

#: Below this a share needs two decimals for its effects to be seen, and an amount is told to the fen.
_SMALL_SHARE, _SMALL_AMOUNT = 0.02, 100


def unit_of(metric: Metric, value: float) -> Unit:
    """Return the unit in which a reader sees a metric of this size."""
    if metric.kind == "conversion":
        return "share"
    if metric.is_money:
        return "price_cny" if abs(value) < _SMALL_AMOUNT else "money_cny"
    return "number"


def tell_value(metric: Metric, value: float) -> str:
    """Write a metric's value; a small share with two decimals, so that 0.57% and 0.69% differ as they do."""
    if metric.kind == "conversion" and value < _SMALL_SHARE:
        return _("{number}%", number=format_value(round(100 * value, 2), "number"))
    return format_value(value, unit_of(metric, value))
