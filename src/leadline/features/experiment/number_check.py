"""What the numbers of a test make impossible: arms and metrics that cannot be compared (V1)."""

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy import stats

from leadline.data.flags import NO, YES
from leadline.data.raw import suggest
from leadline.disclosure import MINIMUM
from leadline.errors import DataError
from leadline.features.experiment.findings import read_first
from leadline.features.experiment.fold import fold_moments
from leadline.features.experiment.moments import name_covariance
from leadline.features.experiment.rows import is_absent, name_covariate
from leadline.features.experiment.scan import ARM, ExperimentDesign, MetricMoments
from leadline.language import N_, _, plural

#: Covariates whose means differ between arms below this p-value were not known before the start.
AFTER_START = 1e-4
_FEWEST = 2
_MOST_ARMS = 50
_MOST_CELLS = 1_000_000
_HEADLINE = N_("The test cannot be evaluated")


def check_values(units: ir.Table, design: ExperimentDesign) -> None:
    """Refuse conversions that are neither yes nor no, and covariates in words that are neither.

    Raises
    ------
    DataError
        With every column, how many values are wrong and an example.
    """
    asked = [metric.value for metric in design.metrics if metric.kind == "conversion"]
    asked += [name for name in design.covariates if units[name].type().is_string()]
    wrong = {
        name: _is_no_flag(units[name]) for name in dict.fromkeys(asked) if not units[name].type().is_boolean()
    }
    if not wrong:
        return
    counts = read_first(units.aggregate(**{name: value.sum() for name, value in wrong.items()}))
    problems = []
    for name, value in wrong.items():
        if counts[name]:
            example = read_first(units.filter(value).aggregate(value=units.filter(value)[name].min()))[
                "value"
            ]
            problems.append(
                _(
                    "{name}: {count} values are neither yes nor no, 1 nor 0 (such as {example}). "
                    "Correct them; of a number name the mean, not the conversion.",
                    name=name,
                    count=f"{counts[name]:,}",
                    example=repr(example),
                )
            )
    if problems:
        raise DataError(_(_HEADLINE), problems)


def check_arms(units: pd.DataFrame, design: ExperimentDesign) -> tuple[str, ...]:
    """Return the arms, the control first, the others sorted.

    Parameters
    ----------
    units
        One row a cell, with `ARM` and ``units``.
    design
        Which is the control.

    Raises
    ------
    DataError
        If the control is not there, it is the only arm, an arm has fewer than `MINIMUM` units, or cells
        are too many.
    """
    sizes = units.groupby(ARM)["units"].sum()
    names = sorted(sizes.index)
    listed = _(", ").join(names[:10]) + (" …" if len(names) > 10 else "")  # noqa: PLR2004
    problems = []
    if design.control not in sizes:
        told = {"arm": design.arm, "control": repr(design.control), "hint": suggest(design.control, names)}
        problems.append(
            _("{arm}: no arm is called {control}; the arms are {listed}.{hint}", listed=listed, **told)
            if names
            else _("{arm}: no arm is called {control}; no unit that is left has an arm.{hint}", **told)
        )
    elif len(names) == 1:
        problems.append(
            _(
                "{arm}: {control} is the only arm; a comparison needs another.",
                arm=design.arm,
                control=design.control,
            )
        )
    if len(names) > _MOST_ARMS:
        problems.append(
            _(
                "{arm}: {count} arms; more than {most_arms} look like an id. Name another column.",
                arm=design.arm,
                count=f"{len(names):,}",
                most_arms=_MOST_ARMS,
            )
        )
    else:
        problems += tell_small(sizes, design.arm)
    if len(units) > _MOST_CELLS:
        problems.append(
            _(
                "{segments}: arms, segments and days make {count} cells, at most {most_cells} can be "
                "handled. Name coarser segments, or no day.",
                segments=_(", ").join(design.segments),
                count=f"{len(units):,}",
                most_cells=f"{_MOST_CELLS:,}",
            )
        )
    if problems:
        raise DataError(_(_HEADLINE), problems)
    return (design.control, *(name for name in names if name != design.control))


def tell_small(sizes: pd.Series, arm: str) -> list[str]:
    """Refuse arms of fewer units than a report may speak of.

    Parameters
    ----------
    sizes
        Arm → units.
    arm
        The column of the arm.
    """
    return [
        plural(
            "{arm}: {name} has {units} unit; a report speaks of {minimum} or more. Leave the arm "
            "out (only: {arm} != {name}), or join it to another.",
            "{arm}: {name} has {units} units; a report speaks of {minimum} or more. Leave the "
            "arm out (only: {arm} != {name}), or join it to another.",
            units,
            arm=arm,
            name=name,
            units=int(units),
            minimum=MINIMUM,
        )
        for name, units in sizes.sort_index().items()
        if units < MINIMUM
    ]


def check_numbers(
    moments: Mapping[str, MetricMoments], kept: ir.Table, design: ExperimentDesign, arms: Sequence[str]
) -> None:
    """Refuse metrics without a value, spread or denominator, infinite ones, and late covariates.

    Raises
    ------
    DataError
        With every problem.
    """
    problems: list[str] = []
    infinite = _find_infinite(kept, _list_doubtful(moments, design))
    problems += [
        _(
            "{name}: {count} values are infinite. Look for a division by zero where the column is made.",
            name=name,
            count=f"{count:,}",
        )
        for name, count in infinite.items()
    ]
    late: dict[str, float] = {}
    labels = {metric.key: metric for metric in design.metrics}
    for key, told in moments.items():
        if set(infinite) & {labels[key].value, labels[key].denominator, *told.columns}:
            continue
        frame = fold_moments(told.frame, by=[ARM], columns=told.columns).set_index(ARM).reindex(list(arms))
        problems += _check_metric(key, told, frame)
        late |= {name: p for name in told.covariates if (p := _compare(frame, name)) < AFTER_START}
    named = {name_covariate(name, design): name for name in design.covariates}
    problems += [
        _(
            "{named}: its means differ between the arms far beyond chance (p = {p}), as what is "
            "known before the start cannot. Was it measured after the start? Take it out of the "
            "covariates.",
            named=named[name],
            p=f"{p:.1g}",
        )
        for name, p in late.items()
        if name in named
    ]
    if problems:
        raise DataError(_(_HEADLINE), problems)


def _check_metric(key: str, told: MetricMoments, frame: pd.DataFrame) -> list[str]:
    count = frame["count"].fillna(0)
    if count.sum() == 0:
        return [_("{key}: all values are missing. Leave it out, or export it again.", key=key)]
    few = count[count < _FEWEST]
    if len(few):
        return [
            _(
                "{key}: known of {units} units of {arm}; an arm needs two or more.",
                key=key,
                units=int(units),
                arm=arm,
            )
            for arm, units in few.items()
        ]
    problems: list[str] = []
    if told.denominator:
        empty = frame.index[frame[f"{told.denominator}_mean"] == 0]
        problems += [
            _(
                "{denominator}: is 0 on average in {arm}; no ratio can be made of it.",
                denominator=told.denominator,
                arm=arm,
            )
            for arm in empty
        ]
    if problems:
        return problems
    names = [told.value, told.denominator] if told.denominator else [told.value]
    variances = frame[[name_covariance(name, name) for name in names]].to_numpy()
    means = frame[[f"{name}_mean" for name in names]].to_numpy()
    if not variances.any() and not np.ptp(means, axis=0).any():
        told_as = _(", ").join(f"{mean:g}" for mean in means[0])
        return [
            _(
                "{key}: is {told_as} for every unit; nothing can be compared. Leave it out.",
                key=key,
                told_as=told_as,
            )
        ]
    return []


def _compare(frame: pd.DataFrame, name: str) -> float:
    """P-value of equal means over arms: one-way analysis of variance (Fisher 1925)."""
    count, means = frame["count"].to_numpy(dtype=float), frame[f"{name}_mean"].to_numpy(dtype=float)
    within = float((count * frame[name_covariance(name, name)].to_numpy(dtype=float)).sum())
    between = float((count * (means - np.average(means, weights=count)) ** 2).sum())
    groups, units = len(count), float(count.sum())
    if units <= groups or between <= 1e-24 * within or between == 0:
        return 1.0
    if within == 0:
        return 0.0
    return float(stats.f.sf(between / (groups - 1) / (within / (units - groups)), groups - 1, units - groups))


def _list_doubtful(moments: Mapping[str, MetricMoments], design: ExperimentDesign) -> list[str]:
    """List the columns that may hold infinite values: those that made a moment infinite, and of quantiles."""
    names = [metric.value for metric in design.metrics if metric.kind == "quantile"]
    for told in moments.values():
        known = told.frame[told.frame["count"] > 0].drop(columns=[ARM])
        if not np.isfinite(known.select_dtypes("number").to_numpy(dtype=float)).all():
            names += told.columns
    return list(dict.fromkeys(names))


def _find_infinite(kept: ir.Table, names: Sequence[str]) -> dict[str, int]:
    """Count infinite values by column."""
    asked = {name: kept[name].isinf().sum() for name in names if kept[name].type().is_floating()}
    if not asked:
        return {}
    return {name: int(count) for name, count in read_first(kept.aggregate(**asked)).items() if count}


def _is_no_flag(column: ir.Column) -> ir.BooleanValue:
    if column.type().is_string():
        word = column.strip().lower()
        return word.notin(sorted(YES | NO)) & (word != "")
    known = ~column.isnan() if column.type().is_floating() else ~is_absent(column)
    return known & (column != 0) & (column != 1)
