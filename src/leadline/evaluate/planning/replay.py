"""A/A replay: does the test keep its word on this data? History split at random, over and over (V1)."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.data import check_columns
from leadline.errors import DataError, ParameterError
from leadline.evaluate.planning.plan_order import PlanOrder, refuse
from leadline.evaluate.planning.replay_result import KEEPS, TOO_FEW, TOO_MANY, ReplayResult
from leadline.evaluate.planning.values import linearise, read_covariates, read_values
from leadline.features.experiment import Metric
from leadline.intervals import LEVEL, wilson_interval
from leadline.language import N_, _

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]
_HEADLINE = N_("The history cannot be replayed")
_FEWEST_RUNS, _FEWEST_UNITS = 1_000, 20
#: A verdict is one of several: it needs more than the interval that is shown.
_SURE = 0.995
#: Numbers of a block of splits that are held at once: 64 MB.
_BLOCK = 16_000_000
#: Share of the values above 0 that winsorising would cut, where a mean's own quantile is not named.
CUT_SHARE = 0.01


class Split(NamedTuple):
    """Of each split: the difference of two arms that differ by chance alone, its error, its p-value."""

    difference: FloatArray
    error: FloatArray
    p_value: FloatArray


def replay_aa(
    history: pd.DataFrame,
    metrics: Sequence[Metric],
    order: PlanOrder,
    *,
    covariates: Sequence[str] = (),
    seed: int,
    runs: int = 2_000,
    units: int | None = None,
) -> ReplayResult:
    """Split history into arms at random many times, and count how often they "differ".

    Nothing was done to either arm, so a test at ``alpha`` should find a difference in ``alpha`` of the
    splits, and its p-values should be uniform (Kohavi, Tang & Xu 2020, *Trustworthy Online Controlled
    Experiments*, ch. 19). Each split compares the control with the smallest other arm: Welch's t on means,
    on linearised ratios (delta method) and on 0 and 1, after CUPED with slopes of that split.

    Parameters
    ----------
    history
        One row a unit.
    metrics
        Columns of the history; quantiles are passed over.
    order
        Shares of the arms, and the error.
    covariates
        Known before (CUPED).
    seed
        Of the splits.
    runs
        Splits, 1,000 or more.
    units
        Units of all arms in a split, as many as the test will hold; by default, and at most, all.

    Raises
    ------
    ParameterError
        With all problems of the order at once, or if there are too few runs.
    DataError
        As `leadline.evaluate.planning.baseline.measure_baselines`, or if a split would hold too few units.
    """
    refuse(order.find_problems())
    if runs < _FEWEST_RUNS:
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "runs == {runs}, must be {fewest_runs} or more.",
                runs=f"{runs:,}",
                fewest_runs=f"{_FEWEST_RUNS:,}",
            ),
        )
    asked = [metric for metric in metrics if metric.kind != "quantile"]
    wanted = dict.fromkeys([*(name for one in asked for name in one.columns), *covariates])
    problems = check_columns(history, list(wanted), _("the history"))
    problems += [] if asked else [_("no metric can be replayed: name a share, a mean or a ratio.")]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    known = read_covariates(history, covariates, problems)
    read = [(metric, True, *read_values(history, metric, problems)) for metric in asked]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    read += [
        other for metric, _is_asked, value, _below in read for other in _read_varied(history, metric, value)
    ]
    shares = _take_shares(order, units, len(history))
    if min(shares) * len(history) < _FEWEST_UNITS:
        raise DataError.of(
            _(_HEADLINE),
            _(
                "{count} units are too few: the smallest arm would hold {shares} in a split, and "
                "{fewest_units} are the fewest. Take a longer history.",
                count=f"{len(history):,}",
                shares=f"{min(shares) * len(history):.0f}",
                fewest_units=_FEWEST_UNITS,
            ),
        )
    laid = [
        lay_out(value, below, known if metric.is_adjusted else known[:, :0])
        for metric, _is_asked, value, below in read
    ]
    rows, p_values = [], {}
    for (metric, is_asked, value, below), splits in zip(
        read, split_often(laid, shares, runs=runs, seed=seed), strict=True
    ):
        name = metric.key if is_asked else f"{metric.key} ({metric.winsorise or 'raw'})"
        p_values[name] = splits.p_value
        rows.append(
            {
                "row": name,
                "metric": metric.key,
                "label": metric.label,
                "winsorise": metric.winsorise if metric.winsorise is not None else np.nan,
                "is_asked": is_asked,
                "units": round(sum(shares) * int((~np.isnan(value)).sum())),
                "base": float(np.nanmean(value) / np.nanmean(below)),
                "standard_error": float(splits.error.mean()),
                **_judge(splits.p_value, order.alpha),
            }
        )
    return ReplayResult(
        rows=pd.DataFrame(rows),
        p_values=pd.DataFrame(p_values),
        metrics=tuple(metrics),
        alpha=order.alpha,
        runs=runs,
        has_covariates=bool(covariates),
    )


class Laid(NamedTuple):
    """One metric as the columns whose sums over an arm tell its moments, shape (units, columns)."""

    columns: Float32Array
    """1, the standardised measures, their products; all 0 for a unit that lacks the metric."""
    width: int
    """Measures: the metric, and the covariates."""
    unit: float
    """What the metric was divided by."""

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The measures whose products are there, in order."""
        return list(combinations_with_replacement(range(self.width), 2))


def lay_out(value: FloatArray, below: FloatArray, known: FloatArray) -> Laid:
    """Lay out a metric (NaN where a unit lacks it), its denominator and the covariates."""
    there = ~np.isnan(value)
    parts = linearise(value[there], below[there])
    scale = known[there].std(axis=0)
    covariates = ((known[there] - known[there].mean(axis=0)) / np.where(scale > 0, scale, 1.0))[:, scale > 0]
    measures = np.column_stack([parts / parts.std(), covariates])
    width = measures.shape[1]
    products = [measures[:, a] * measures[:, b] for a, b in combinations_with_replacement(range(width), 2)]
    columns = np.zeros((len(value), 1 + width + len(products)), dtype=np.float32)
    columns[there] = np.column_stack([np.ones(len(parts)), measures, *products])
    return Laid(columns, width, float(parts.std()))


def split_often(laid: Sequence[Laid], shares: tuple[float, float], *, runs: int, seed: int) -> list[Split]:
    """Split units into two arms (and a rest) at random, ``runs`` times; test every metric in each split.

    Sums over an arm are products of its membership with the columns, so a block of splits is one product of
    matrices. Single precision is enough for standardised columns (p-values to about 1e-4) and twice as fast.

    Parameters
    ----------
    laid
        The metrics, of the same units.
    shares
        Of control and treated arm among the units.
    """
    rng = np.random.default_rng(seed)
    columns = np.column_stack([one.columns for one in laid])
    total, is_whole = columns.sum(axis=0, dtype=np.float64), abs(sum(shares) - 1) < 1e-9  # noqa: PLR2004
    block = max(1, _BLOCK // len(columns))
    sums: list[tuple[FloatArray, FloatArray]] = []
    for start in range(0, runs, block):
        drawn = rng.random((min(block, runs - start), len(columns)), dtype=np.float32)
        control = ((drawn < shares[0]).astype(np.float32) @ columns).astype(np.float64)
        rest = (drawn >= 1 - shares[1]).astype(np.float32) @ columns if not is_whole else total - control
        sums.append((control, rest.astype(np.float64)))
    control, treated = (np.concatenate(arm) for arm in zip(*sums, strict=True))
    ends = np.cumsum([one.columns.shape[1] for one in laid])
    return [
        _test(control[:, end - one.columns.shape[1] : end], treated[:, end - one.columns.shape[1] : end], one)
        for one, end in zip(laid, ends, strict=True)
    ]


def _test(control: FloatArray, treated: FloatArray, laid: Laid) -> Split:
    """Compare the arms of each split: CUPED with the slopes of that split, then Welch."""
    width = laid.width
    arms = [_describe(arm, laid) for arm in (control, treated)]
    within = arms[0][2] + arms[1][2]
    weights = np.zeros((len(control), width))
    weights[:, 0] = 1.0
    if width > 1:
        inverse = np.linalg.pinv(within[:, 1:, 1:], hermitian=True)
        weights[:, 1:] = -np.einsum("rij,rj->ri", inverse, within[:, 1:, 0])
    told = [
        (
            count,
            np.einsum("ri,ri->r", weights, means),
            np.einsum("ri,rij,rj->r", weights, comoments, weights) / (count - 1) / count,
        )
        for count, means, comoments in arms
    ]
    (first, base, spread), (second, other, other_spread) = told
    total = spread + other_spread
    with np.errstate(invalid="ignore"):
        freedom = total**2 / (spread**2 / (first - 1) + other_spread**2 / (second - 1))
    error, gap = np.sqrt(total), np.abs(other - base)
    # A split in which nobody did it has no error and no difference: no alarm.
    z = np.divide(gap, error, out=np.where(gap > 0, np.inf, 0.0), where=error > 0)
    p_values = 2 * stats.t.sf(z, np.where(error > 0, freedom, 1.0))
    return Split((other - base) * laid.unit, error * laid.unit, p_values)


def _describe(sums: FloatArray, laid: Laid) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Count, means and co-moments of an arm, each with one row a split."""
    width = laid.width
    count = sums[:, 0]
    means = sums[:, 1 : 1 + width] / count[:, None]
    comoments = np.empty((len(sums), width, width))
    for place, (first, second) in enumerate(laid.pairs):
        told = sums[:, 1 + width + place] - count * means[:, first] * means[:, second]
        comoments[:, first, second] = comoments[:, second, first] = told
    return count, means, comoments


def _read_varied(
    history: pd.DataFrame, metric: Metric, value: FloatArray
) -> list[tuple[Metric, bool, FloatArray, FloatArray]]:
    """Read a mean cut or uncut, the other way than asked, if that changes anything and leaves a spread."""
    other, problems = _vary(metric, value), list[str]()
    if other is None:
        return []
    varied, below = read_values(history, other, problems)
    is_same = np.array_equal(varied, value, equal_nan=True)
    return [] if problems or is_same else [(other, False, varied, below)]


def _vary(metric: Metric, value: FloatArray) -> Metric | None:
    """Return a mean without its winsorising, or with one that cuts a hundredth of the values above 0."""
    if metric.kind != "mean":
        return None
    if metric.winsorise is not None:
        return replace(metric, winsorise=None)
    above = float((value[~np.isnan(value)] > 0).mean())
    return replace(metric, winsorise=1 - CUT_SHARE * above) if above > 0 else None


def _take_shares(order: PlanOrder, units: int | None, there: int) -> tuple[float, float]:
    taken = min(1.0, units / there) if units else 1.0
    first, *others = order.shares.values()
    return first * taken, min(others) * taken


def _judge(p_values: FloatArray, alpha: float) -> dict[str, object]:
    """How often chance "finds" something, and whether that is what the test promises."""
    alarms = float((p_values < alpha).sum())
    share, sure = wilson_interval(alarms, len(p_values), LEVEL), wilson_interval(alarms, len(p_values), _SURE)
    if sure.lower > alpha:
        verdict = TOO_MANY
    elif sure.upper < alpha:
        verdict = TOO_FEW
    else:
        verdict = KEEPS
    return {
        "alarms": share.value,
        "alarms_ci_lower": share.lower,
        "alarms_ci_upper": share.upper,
        "uniform_p_value": float(stats.kstest(p_values, "uniform").pvalue),
        "verdict": verdict,
    }
