"""Whether value is more concentrated in one group of customers than in another (system D3)."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from leadline.disclosure import MINIMUM, hide_small
from leadline.discover.concentration import check_values
from leadline.discover.concentration_by_result import ConcentrationByResult
from leadline.discover.lorenz import Lorenz
from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate

_NONE = Estimate(float("nan"), float("nan"), float("nan"))


def compare_concentration(
    customers: pd.DataFrame,
    *,
    value: str,
    by: str,
    label: str,
    by_label: str,
    weight: str | None = None,
    top: float = 0.20,
    minimum: int = MINIMUM,
) -> ConcentrationByResult:
    """Measure concentration in each group by itself, and test whether the groups differ.

    Each group's figures are those of `leadline.discover.measure_concentration`. Whether the Gini
    coefficients differ is told by Cochran's test of homogeneity on the logit scale (Cochran 1954, Biometrics
    10:101-129), each group weighted by the inverse of its variance.

    Parameters
    ----------
    customers
        One row a customer, as `leadline.discover.choose_base` returns them.
    value, weight
        Columns of what each brings, and of the customers a row stands for (by default 1).
    by
        Column of the group, text, never missing.
    label, by_label
        What is brought, and what the groups are, in words.
    top
        Share of a group's customers of whom to say what they bring.
    minimum
        Fewest customers of whom a figure may speak: a group is told if its top share are so many.

    Raises
    ------
    DataError
        With all problems at once, as `leadline.discover.measure_concentration`; or if ``top`` is not above 0
        and below 1.
    """
    problems = [*check_values(customers, value, weight)]
    problems += [] if 0 < top < 1 else [f"top == {top:g}, must be above 0 and below 1."]
    if problems:
        raise DataError("Concentration cannot be compared", problems)
    weights = pd.Series(1.0, index=customers.index) if weight is None else customers[weight]
    rows = [
        {"group": str(name), "customers": len(group)} | _describe(group[value], weights[group.index], top)
        for name, group in customers.groupby(by, sort=True)
    ]
    groups = hide_small(pd.DataFrame(rows), minimum=math.ceil(minimum / top), keys=["group"])
    if weight is not None:
        stands_for = weights.groupby(customers[by]).sum()
        groups["customers"] = groups["group"].map(stands_for).where(~groups["is_hidden"])
    return ConcentrationByResult(
        groups=groups,
        top=top,
        whole=_draw_curve(customers[value], weights).find_share(top),
        p_value=_compare(groups),
        label=label,
        by_label=by_label,
        minimum=math.ceil(minimum / top),
    )


def _draw_curve(values: pd.Series, weights: pd.Series) -> Lorenz:
    return Lorenz(values.to_numpy(dtype=np.float64), weights.to_numpy(dtype=np.float64))


def _describe(values: pd.Series, weights: pd.Series, top: float) -> dict[str, float]:
    """Figures of one group; missing where its sum is not above 0, for a share of it means nothing."""
    share = gini = _NONE
    if len(values) > 1 and float((values * weights).sum()) > 0:
        curve = _draw_curve(values, weights)
        share, gini = curve.find_share(top), curve.find_gini()
    return {
        f"{name}{end}": number
        for name, estimate in (("value_share", share), ("gini", gini))
        for end, number in zip(("", "_ci_lower", "_ci_upper"), estimate, strict=True)
    }


def _compare(groups: pd.DataFrame) -> float:
    """Return the p-value of Cochran's test; missing where fewer than two groups have an interval."""
    ends: npt.NDArray[np.float64] = groups[["gini", "gini_ci_lower", "gini_ci_upper"]].to_numpy(np.float64)
    ends = ends[(ends[:, 1] < ends[:, 2]) & (ends[:, 1] > 0) & (ends[:, 2] < 1)]
    if len(ends) < 2:  # noqa: PLR2004 (one cannot differ)
        return float("nan")
    logit = special.logit(ends)
    error = (logit[:, 2] - logit[:, 1]) / (2 * special.ndtri(0.5 + LEVEL / 2))
    weight = 1 / error**2
    centre = (weight * logit[:, 0]).sum() / weight.sum()
    return float(special.chdtrc(len(ends) - 1, (weight * (logit[:, 0] - centre) ** 2).sum()))
