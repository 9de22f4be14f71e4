"""Whether value is more concentrated in one group of customers than in another (system D3)."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from leadline.disclosure import MINIMUM, hide_small
from leadline.discover.concentration import check_values
from leadline.discover.concentration_by_result import ConcentrationByResult
from leadline.discover.lorenz import FloatArray, Lorenz
from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate
from leadline.language import _

_FEWEST_PERMUTATIONS, _MOST_DRAWN = 39, 20_000_000
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
    permutations: int = 199,
    seed: int = 7,
) -> ConcentrationByResult:
    """Measure concentration in each group by itself, and test whether the groups differ.

    Each group's figures are those of `leadline.discover.measure_concentration`. Whether the Gini
    coefficients differ is told by Cochran's statistic of homogeneity on the logit scale (Cochran 1954,
    Biometrics 10:101-129). Its p-value is by permutation: customers, each relative to the mean of the own
    group, change groups at random; as the statistic is studentised, that holds up where only Gini is the same
    (Chung & Romano 2013, Annals of Statistics 41:484-507), and against a few giants better than chi-squared.

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
    permutations, seed
        How often customers change groups (of many customers fewer times, at least 39), and what starts the
        random numbers.

    Raises
    ------
    DataError
        With all problems at once, as `leadline.discover.measure_concentration`; or if ``top`` is not above 0
        and below 1.
    """
    problems = [*check_values(customers, value, weight)]
    problems += [] if 0 < top < 1 else [_("top == {top}, must be above 0 and below 1.", top=f"{top:g}")]
    if problems:
        raise DataError(_("Concentration cannot be compared"), problems)
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
        p_value=_compare(
            (customers[value], weights, customers[by]),
            groups,
            permutations=permutations,
            seed=seed,
        ),
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


def _compare(
    columns: tuple[pd.Series, pd.Series, pd.Series], groups: pd.DataFrame, *, permutations: int, seed: int
) -> float:
    """Return the p-value of one Gini in all groups told; missing where fewer than two are."""
    told = groups.loc[~groups["is_hidden"] & groups["gini"].notna(), "group"]
    if len(told) < 2:  # noqa: PLR2004 (one cannot differ)
        return float("nan")
    values, weights, by = columns
    is_told = by.isin(told).to_numpy()
    place, _names = pd.factorize(by[is_told])
    weight = weights.to_numpy(dtype=np.float64)[is_told]
    value = values.to_numpy(dtype=np.float64)[is_told]
    relative = value / (np.bincount(place, weight * value) / np.bincount(place, weight))[place]
    order = np.argsort(relative, kind="stable")  # what is nearly sorted is sorted faster, again and again
    relative, weight, place = relative[order], weight[order], place[order]
    rng = np.random.default_rng(seed)
    found = _find_spread(relative, weight, place)
    permutations = min(permutations, max(_FEWEST_PERMUTATIONS, _MOST_DRAWN // len(value)))
    drawn = [_find_spread(relative, weight, rng.permutation(place)) for _number in range(permutations)]
    return (1 + sum(one >= found for one in drawn)) / (1 + permutations)


def _find_spread(values: FloatArray, weights: FloatArray, place: npt.NDArray[np.intp]) -> float:
    """Cochran's statistic: squared distances of logit Gini from the groups' mean, in standard errors."""
    curves = [Lorenz(values[place == one], weights[place == one]) for one in range(int(place.max()) + 1)]
    ends = np.array([curve.find_gini() for curve in curves if curve.mean > 0])
    ends = ends[(ends[:, 1] < ends[:, 2]) & (ends[:, 1] > 0) & (ends[:, 2] < 1)]
    if not len(ends):
        return 0.0
    logit = special.logit(ends)
    precision = (2 * special.ndtri(0.5 + LEVEL / 2) / (logit[:, 2] - logit[:, 1])) ** 2
    centre = (precision * logit[:, 0]).sum() / precision.sum()
    return float((precision * (logit[:, 0] - centre) ** 2).sum())
