"""How a reader sees the values and the differences of a metric."""

from typing import NamedTuple

from leadline.features.experiment.metric import Metric
from leadline.language.formats import Unit


class Units(NamedTuple):
    """Unit of an arm's value, and of a difference of two."""

    value: Unit
    difference: Unit


def find_units(metric: Metric) -> Units:
    """Return the units: a share and points, money to the fen, or plain numbers."""
    if metric.kind == "conversion":
        return Units("share", "points")
    return Units("price_cny", "price_cny") if metric.is_money else Units("number", "number")
