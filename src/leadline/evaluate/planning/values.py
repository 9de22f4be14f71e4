"""The columns of a history as numbers: metrics, denominators, covariates."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data.flags import read_flag
from leadline.features.experiment import Metric
from leadline.language import _

FloatArray = npt.NDArray[np.float64]
_FEWEST = 2


def read_values(
    history: pd.DataFrame,
    metric: Metric,
    problems: list[str],
    *,
    base: npt.NDArray[np.bool_] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return value and denominator (1 without one) of each unit, NaN where either is missing.

    Values are winsorised as the metric asks. What is wrong with a column, or with the value of the units of
    ``base`` (by default all), is added to ``problems``.
    """
    found: list[str] = []
    is_flag = metric.kind == "conversion"
    columns = [read_numbers(history[name], found, is_flag=is_flag) for name in metric.columns]
    value, below = columns[0], columns[1] if metric.denominator else np.ones(len(history))
    gap = np.isnan(value) | np.isnan(below)
    value, below = np.where(gap, np.nan, value), np.where(gap, np.nan, below)
    if not found and metric.winsorise is not None and not gap.all():
        value = np.minimum(value, np.quantile(value[~gap], metric.winsorise))
    inside = ~gap if base is None else ~gap & base
    problems += found or _check_values(metric, value[inside], below[inside])
    return value, below


def _check_values(metric: Metric, value: FloatArray, below: FloatArray) -> list[str]:
    if len(value) < _FEWEST:
        return [
            _(
                "{key}: {count} units of the history have it; a spread needs 2 or more.",
                key=metric.key,
                count=f"{len(value):,}",
            )
        ]
    if below.sum() == 0:
        return [
            _(
                "{denominator}: is 0 on average, so there is no ratio. Name another one.",
                denominator=metric.denominator,
            )
        ]
    middle = float(value.sum() / below.sum())
    if np.ptp(value - middle * below) < 1e-12 * max(1.0, float(np.abs(value).max())):
        return [
            _("{key}: is the same for every unit; nothing can move it. Name another metric.", key=metric.key)
        ]
    if middle <= 0:
        problem = _(
            "{key}: is {middle} on average; a relative effect is one of something above 0.",
            key=metric.key,
            middle=f"{middle:g}",
        )
        return [_("{problem} Name another metric.", problem=problem)]
    return []


def read_covariates(history: pd.DataFrame, covariates: Sequence[str], problems: list[str]) -> FloatArray:
    """Return the covariates, shape (units, measures): gaps at the mean, followed by a flag of gaps."""
    columns = []
    for name in covariates:
        values = read_numbers(history[name], problems, is_flag=False)
        gap = np.isnan(values)
        columns.append(np.where(gap, values[~gap].mean() if not gap.all() else 0.0, values))
        if gap.any() and not gap.all():
            columns.append(gap.astype(np.float64))
    return np.column_stack(columns) if columns else np.empty((len(history), 0))


def linearise(value: FloatArray, below: FloatArray) -> FloatArray:
    """Return the part of each unit in a mean or ratio, around its value: their mean is 0."""
    centre = np.nanmean(below)
    return np.asarray((value - np.nanmean(value) / centre * below) / centre)


def read_numbers(column: pd.Series, problems: list[str], *, is_flag: bool) -> FloatArray:
    """Return a column as numbers, NaN where missing; of yes and no as 1 and 0."""
    none = np.full(len(column), np.nan)
    if is_flag and not pd.api.types.is_bool_dtype(column):
        told = read_flag(column.dropna().astype(object).map(_spell))
        if told is None:
            problems.append(
                _(
                    "{name}: a share is asked of yes and no (1 and 0), and it holds other values.",
                    name=column.name,
                )
            )
            return none
        none[column.notna().to_numpy()] = told.to_numpy(dtype=np.float64)
        return none
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        problems.append(_("{name}: holds {dtype}, must be numbers.", name=column.name, dtype=column.dtype))
        return none
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(values).any():
        problems.append(
            _(
                "{name}: {count} values are infinite. Correct them.",
                name=column.name,
                count=f"{int(np.isinf(values).sum()):,}",
            )
        )
    return np.asarray(values)


def _spell(value: object) -> object:
    return str(value).removesuffix(".0")
