"""Quantiles of metrics: what winsorising cuts at, and what an arm's quantile is (V1)."""

from collections.abc import Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy import stats

from leadline.features.experiment.findings import read_first
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.rows import name_measure
from leadline.features.experiment.scan import ARM, ExperimentDesign

_LEVEL = 0.95
_TAIL = (1 - _LEVEL) / 2


def find_cuts(kept: ir.Table, design: ExperimentDesign) -> dict[str, float]:
    """Return `Metric.key` → value at which a winsorised metric is cut: its quantile in all arms together.

    The quantile is that of Hyndman & Fan (1996, The American Statistician 50:361-365), type 7, as in NumPy
    and spreadsheets; NaN if no unit has the metric.
    """
    metrics = [metric for metric in design.metrics if metric.winsorise is not None]
    if not metrics:
        return {}
    known = {metric.key: _known(kept[name_measure(metric, design.metrics)]) for metric in metrics}
    row = read_first(kept.aggregate(**{m.key: known[m.key].quantile(m.winsorise) for m in metrics}))
    return {key: float("nan") if value is None else float(value) for key, value in row.items()}


def count_cut(kept: ir.Table, design: ExperimentDesign, cuts: dict[str, float]) -> pd.DataFrame:
    """Count by metric and arm the units that a cut touches: ``metric``, ``arm``, ``cut``, ``cut_units``."""
    names = ["metric", "arm", "cut", "cut_units"]
    if not cuts:
        return pd.DataFrame(columns=names)
    measures = {m.key: name_measure(m, design.metrics) for m in design.metrics if m.key in cuts}
    above = {key: (_known(kept[name]) > cuts[key]).sum().fill_null(0) for key, name in measures.items()}
    rows = kept.group_by(ARM).aggregate(**above).to_pyarrow().to_pandas().sort_values(ARM)
    parts = [
        pd.DataFrame({"metric": key, "arm": rows[ARM], "cut": cut, "cut_units": rows[key].astype("int64")})
        for key, cut in cuts.items()
    ]
    return pd.concat(parts, ignore_index=True)[names]


def find_quantiles(kept: ir.Table, design: ExperimentDesign, arms: Sequence[str]) -> pd.DataFrame:
    """Estimate quantile metrics by arm, without any assumption on their distribution.

    The interval runs between two order statistics (David & Nagaraja 2003, *Order Statistics*, 7.1): those
    ranks whose binomial probability of embracing the quantile is at least 95%, with at most 2.5% on either
    side. The variance of the estimate, which a comparison of arms needs, comes from the width of that
    interval over the normal one of the same coverage: Price & Bonett (2001, Journal of Statistical
    Computation and Simulation 68:295-305) for medians; so too Deng, Knoblich & Lu (2018, KDD, 233-242)
    for any quantile.

    Returns
    -------
    pandas.DataFrame
        One row a quantile metric and arm: ``metric``, ``arm``, ``units``, ``value`` (Hyndman & Fan type 7),
        ``lower``, ``upper``, ``variance``. Where an arm has too few units for an interval its ends and
        variance are missing.
    """
    names = ["metric", "arm", "units", "value", "lower", "upper", "variance"]
    rows = [
        (metric.key, *row)
        for metric in design.metrics
        if metric.kind == "quantile"
        for row in _estimate(kept, metric, design, arms)
    ]
    return pd.DataFrame(rows, columns=names)


def choose_ranks(units: int, quantile: float) -> tuple[int, int] | None:
    """Choose the ranks (from 1) of the order statistics that embrace a quantile at 95%; None if too few."""
    lower = int(stats.binom.ppf(_TAIL, units, quantile))
    upper = int(stats.binom.isf(_TAIL, units, quantile)) + 1
    return (lower, upper) if lower >= 1 and upper <= units else None


def _estimate(
    kept: ir.Table, metric: Metric, design: ExperimentDesign, arms: Sequence[str]
) -> list[tuple[str, int, float, float, float, float]]:
    """Arm, units, value, ends of the interval and variance, an arm at a time; two queries for all arms."""
    share = float(metric.quantile or 0)
    values = _known(kept[name_measure(metric, design.metrics)])
    within = {place: kept[ARM] == arm for place, arm in enumerate(arms)}
    sizes = read_first(kept.aggregate(**{f"{n}": values.count(where=those) for n, those in within.items()}))
    ranks = {place: choose_ranks(int(sizes[f"{place}"]), share) for place in within}
    asked = {}
    for place, those in within.items():
        asked[f"{place} value"] = values.quantile(share, where=those)
        # The order statistic of a rank: at (rank - 1) / (n - 1) a quantile of type 7 is just that one.
        for what, rank in zip(("lower", "upper"), ranks[place] or (), strict=False):
            asked[f"{place} {what}"] = values.quantile((rank - 1) / (sizes[f"{place}"] - 1), where=those)
    row = read_first(kept.aggregate(**asked))
    told = []
    for place, arm in enumerate(arms):
        value, lower, upper = (_number(row.get(f"{place} {what}")) for what in ("value", "lower", "upper"))
        units, variance = int(sizes[f"{place}"]), float("nan")
        if (chosen := ranks[place]) is not None:
            below = stats.binom(units, share)
            coverage = below.cdf(chosen[1] - 1) - below.cdf(chosen[0] - 1)
            variance = float(np.square((upper - lower) / (2 * stats.norm.isf((1 - coverage) / 2))))
        told.append((arm, units, value, lower, upper, variance))
    return told


def _number(value: object) -> float:
    return float("nan") if value is None else float(value)  # type: ignore[arg-type]  # a number of the engine


def _known(column: ir.Column) -> ir.Column:
    value = column.cast("float64")
    return value.isnan().ifelse(None, value)
