"""Groups of customers as rows of a table: how many, how much each brings, how much of all."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from leadline.intervals import LEVEL, Estimate, wilson_interval

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def describe_groups(
    masks: Mapping[str, BoolArray],
    measures: Mapping[str, FloatArray],
    *,
    of_all: Sequence[str] = (),
) -> pd.DataFrame:
    """Describe groups of customers, which may overlap.

    Intervals answer how far another base of this size, drawn from the same kind of customers, would differ.

    Parameters
    ----------
    masks
        Name of a group → which customers belong to it.
    measures
        Name of a measure (with its unit) → the value of each customer; missing ones are left out of a mean.
    of_all
        Measures of which to tell a group's share of the sum, if that is above 0.

    Returns
    -------
    DataFrame
        One row a group: ``group``, ``customers``, ``share`` of all customers (Wilson), for each measure the
        mean under its own name (Student's t) and, if wanted, ``<measure>_share`` (linearised), each with
        ``_ci_lower`` and ``_ci_upper`` (95%).
    """
    rows = []
    for name, inside in masks.items():
        row: dict[str, object] = {"group": name, "customers": int(inside.sum())}
        row |= spread("share", wilson_interval(int(inside.sum()), len(inside)))
        for measure, values in measures.items():
            row |= spread(measure, estimate_mean(values[inside]))
            if measure in of_all:
                row |= spread(f"{measure}_share", estimate_part(values, inside))
        rows.append(row)
    return pd.DataFrame(rows)


def estimate_mean(values: FloatArray) -> Estimate:
    """Mean of the known values with Student's interval; of one value without."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Estimate(np.nan, np.nan, np.nan)
    mean = float(known.mean())
    if len(known) == 1:
        return Estimate(mean, np.nan, np.nan)
    reach = float(special.stdtrit(len(known) - 1, 0.5 + LEVEL / 2) * known.std(ddof=1) / np.sqrt(len(known)))
    return Estimate(mean, mean - reach, mean + reach)


def estimate_part(values: FloatArray, inside: BoolArray) -> Estimate:
    """Share of the sum that a group brings: a ratio, its variance linearised (Cochran 1977, ch. 6)."""
    known = np.nan_to_num(values)
    total = float(known.sum())
    if total <= 0:
        return Estimate(np.nan, np.nan, np.nan)
    part = float(known[inside].sum()) / total
    residuals = known * (inside - part)
    error = float(np.sqrt(len(known)) * residuals.std(ddof=1) / total) if len(known) > 1 else np.nan
    reach = float(special.ndtri(0.5 + LEVEL / 2)) * error
    return Estimate(part, part - reach, part + reach)


def spread(name: str, estimate: Estimate) -> dict[str, float]:
    """Write an estimate as the three columns that every table has for it."""
    value, lower, upper = estimate
    return {name: value, f"{name}_ci_lower": lower, f"{name}_ci_upper": upper}


def to_records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return rows as plain JSON, what is missing as None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]
