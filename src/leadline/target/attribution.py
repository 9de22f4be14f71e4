"""Which part of a gain each ingredient brought, whatever the order in which they were added."""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from leadline.errors import DataError
from leadline.language import _
from leadline.target.metrics import FloatArray

#: A set of ingredients → bootstrap draws of the measure that they reach together, shape (draws,); the first
#: entry is the estimate itself.
Draws = Mapping[frozenset[str], FloatArray]


def split_gain(draws: Draws, ingredients: Sequence[str]) -> pd.DataFrame:
    """Split the gain from no ingredient to all of them fairly among them.

    An ingredient's part is what it adds, averaged over all orders in which the ingredients could have come
    (Shapley 1953, *A value for n-person games*); the parts add up to the whole gain.

    Parameters
    ----------
    draws
        For every set of ingredients, the empty one too, the measure reached (precision, profit): the estimate
        first, then paired bootstrap draws.
    ingredients
        Their names.

    Returns
    -------
    pandas.DataFrame
        One row an ingredient: ``ingredient``, ``part`` with ``part_ci_lower`` and ``part_ci_upper`` (95%,
        percentiles), ``part_alone`` (added first) and ``part_last`` (added last).

    Raises
    ------
    DataError
        If a set of ingredients has no measure.
    """
    missing = [one for one in _subsets(ingredients) if one not in draws]
    if missing:
        names = [" + ".join(sorted(one)) or _("none of them") for one in missing]
        raise DataError.of(
            _("The gain cannot be split"), _("no measure is known for: {names}.", names=_(", ").join(names))
        )
    rows = []
    for name in ingredients:
        part = sum(
            _order_weight(len(one), len(ingredients)) * (draws[one | {name}] - draws[one])
            for one in _subsets([other for other in ingredients if other != name])
        )
        lower, upper = (
            np.quantile(np.asarray(part)[1:], (0.025, 0.975)) if np.size(part) > 1 else (np.nan,) * 2
        )
        everything = frozenset(ingredients)
        rows.append(
            {
                "ingredient": name,
                "part": float(np.asarray(part)[0]),
                "part_ci_lower": float(lower),
                "part_ci_upper": float(upper),
                "part_alone": float(draws[frozenset({name})][0] - draws[frozenset()][0]),
                "part_last": float(draws[everything][0] - draws[everything - {name}][0]),
            }
        )
    return pd.DataFrame(rows)


def _subsets(names: Collection[str]) -> list[frozenset[str]]:
    return [frozenset(some) for size in range(len(names) + 1) for some in combinations(names, size)]


def _order_weight(before: int, number: int) -> float:
    """Share of all orders in which exactly the given ``before`` ingredients come first."""
    return factorial(before) * factorial(number - before - 1) / factorial(number)
