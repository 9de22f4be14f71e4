"""How many segments, if any: all evidence side by side, and an answer that may be "none" (system T1)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.disclosure import MINIMUM, hide_small
from leadline.errors import DataError, ParameterError
from leadline.intervals import Estimate
from leadline.language import _
from leadline.target.segments.bases import Bases, FloatArray, IntArray
from leadline.target.segments.count_result import SegmentCountResult
from leadline.target.segments.evidence import bootstrap_ratio, measure_silhouette, weigh_fit
from leadline.target.segments.fit import METHODS, MODELS, Fit, Method, fit_segments
from leadline.target.segments.reference import Reference, measure_reference
from leadline.target.segments.stability import (
    draw_samples,
    match_segments,
    pair_agreement,
    segment_samples,
    trace_segments,
)
from leadline.target.views.explained import explain
from leadline.target.views.groups import spread

NUMBERS = tuple(range(2, 11))
_FEWEST_CLOUDS, _LEAST_PAIRS = 5, 2
_FEWEST_CUSTOMERS = 30
_BAND = (0.05, 0.95)


def choose_segments(
    bases: Bases,
    *,
    rng: np.random.Generator,
    method: Method = "kmeans",
    numbers: Sequence[int] = NUMBERS,
    pairs: int = 100,
    clouds: int = 20,
    cloud_pairs: int = 5,
    ratio_samples: int = 0,
    most_rows: int = 2_000,
    profit: FloatArray | pd.Series | None = None,
) -> SegmentCountResult:
    """Gather the evidence for each number of segments, and answer how many there are.

    k-means and trees: there is natural structure if the segments lie closer together than those of clouds
    with the same columns and correlations (see `Reference`). Models: the number of the smallest BIC, one
    segment included. Where nothing is natural, the number whose stability
    exceeds the reference most is suggested: segments then are cut, not found.

    Parameters
    ----------
    bases
        The customers, from `read_bases`.
    rng
        Source of chance.
    method
        ``kmeans``, ``gaussian``, ``latent_class``, ``mixed`` or ``tree``.
    numbers
        Numbers of segments to compare, from 2 upwards without a gap.
    pairs
        Bootstrap pairs for stability; the literature asks for 100.
    clouds, cloud_pairs
        Clouds without segments, and bootstrap pairs of each.
    ratio_samples
        Samples of the bootstrap likelihood-ratio test, 0 for none; models only.
    most_rows
        With more customers, the evidence rests on so many of them, drawn at random.
    profit
        What each customer brings, to show how far the segments of each number differ in it. It is no part of
        the answer. Numbers, in the order of the bases. Shape: (customers,).

    Raises
    ------
    ParameterError
        If a number is out of range, the method unknown, or a profit missing or no number.
    DataError
        If the method does not suit the columns, or there are fewer different rows than segments.
    """
    brought, wrong = _read_profit(bases, profit)
    _check(
        method=method,
        numbers=numbers,
        pairs=pairs,
        clouds=clouds,
        cloud_pairs=cloud_pairs,
        most_rows=most_rows,
        profit=wrong,
    )
    if bases.customers < _FEWEST_CUSTOMERS:
        raise DataError.of(
            _("{customers} customers are too few to look for segments", customers=f"{bases.customers:,}"),
            _(
                "bring at least {fewest_customers}, better 60 to 100 for each column.",
                fewest_customers=_FEWEST_CUSTOMERS,
            ),
        )
    sample = bases
    if bases.customers > most_rows:
        drawn = np.sort(rng.permutation(bases.customers)[:most_rows])
        sample, brought = bases.take(drawn), None if brought is None else brought[drawn]
    fits = [fit_segments(sample, method, k, rng) for k in (1, *numbers)]
    labels = {fit.k: _segment_pairs(sample, fit, pairs, rng) for fit in fits[1:]}
    clouds = max(_FEWEST_CLOUDS, clouds // 4) if method in MODELS else clouds
    reference = measure_reference(sample, method, numbers, clouds=clouds, pairs=cloud_pairs, rng=rng)
    ratios = _test_ratios(sample, fits, ratio_samples, rng)
    evidence = _gather_evidence(sample, fits=fits, labels=labels, reference=reference, ratios=ratios, rng=rng)
    if brought is not None:
        evidence = evidence.join(_part_profit(brought, fits))
    return SegmentCountResult(
        evidence=evidence,
        segments=_gather_segments(sample, fits, labels),
        method=method,
        natural=_find_natural(evidence, method, reference),
        suggested=_suggest(evidence),
        structure_p_value=np.nan if method in MODELS else reference.p_value,
        customers=bases.customers,
        rows=sample.customers,
        pairs=pairs,
        notes=bases.warnings,
    )


def _check(
    *,
    method: str,
    numbers: Sequence[int],
    pairs: int,
    clouds: int,
    cloud_pairs: int,
    most_rows: int,
    profit: Sequence[str],
) -> None:
    problems = (
        []
        if method in METHODS
        else [
            _(
                "method == {method}, must be one of {methods}.",
                method=repr(method),
                methods=_(", ").join(METHODS),
            )
        ]
    )
    if list(numbers) != list(range(2, len(numbers) + 2)) or len(numbers) < 2:  # noqa: PLR2004
        problems.append(
            _("numbers == {numbers}, must be 2, 3, … without a gap, at least up to 3.", numbers=list(numbers))
        )
    least = {"pairs": (pairs, _LEAST_PAIRS), "clouds": (clouds, _FEWEST_CLOUDS), "most_rows": (most_rows, 50)}
    least["cloud_pairs"] = (cloud_pairs, 1)
    problems += [
        _("{name} == {given}, must be at least {fewest}.", name=name, given=f"{given:,}", fewest=fewest)
        for name, (given, fewest) in least.items()
        if given < fewest
    ]
    problems += profit
    if problems:
        raise ParameterError(_("The number of segments cannot be chosen"), problems)


def _read_profit(bases: Bases, profit: FloatArray | pd.Series | None) -> tuple[FloatArray | None, list[str]]:
    """Read the profit of each customer as plain numbers, and say what is wrong with it."""
    if profit is None:
        return None, []
    name = str(profit.name) if isinstance(profit, pd.Series) and profit.name is not None else "profit"
    column = profit if isinstance(profit, pd.Series) else np.asarray(profit)
    if column.ndim != 1 or len(column) != bases.customers:
        return None, [
            _(
                "{name}: holds {size} values for {customers} customers.",
                name=name,
                size=f"{column.size:,}",
                customers=f"{bases.customers:,}",
            )
        ]
    column = pd.Series(column)
    if column.dtype == object and not column.map(lambda one: isinstance(one, str | bool)).any():
        column = column.infer_objects()
    if not types.is_numeric_dtype(column.dtype) or types.is_bool_dtype(column.dtype):
        return None, [
            _(
                "{name}: holds {dtype}, and profit is numbers. Read it as numbers.",
                name=name,
                dtype=column.dtype,
            )
        ]
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    unknown = int((~np.isfinite(values)).sum())
    told = _(
        "{name}: {unknown} values are missing or infinite. Leave these customers out, or fill them in.",
        name=name,
        unknown=f"{unknown:,}",
    )
    return values, [told] if unknown else []


def _part_profit(profit: FloatArray, fits: Sequence[Fit]) -> pd.DataFrame:
    """Share of the differences in profit that lie between the segments of each number, one row each."""
    nobody = np.zeros(len(profit), dtype=np.int64)
    unknown = Estimate(np.nan, np.nan, np.nan)
    parts = [explain(profit, nobody, fit.labels)[0] if fit.k > 1 else unknown for fit in fits]
    return pd.DataFrame([spread("profit_apart", part) for part in parts])


def _segment_pairs(sample: Bases, fit: Fit, pairs: int, rng: np.random.Generator) -> IntArray:
    counts = draw_samples(sample, 2 * pairs, rng)
    return segment_samples(sample, fit.method, fit.k, counts, rng)


def _test_ratios(sample: Bases, fits: Sequence[Fit], samples: int, rng: np.random.Generator) -> list[float]:
    if not samples or fits[0].method not in MODELS:
        return [np.nan] * len(fits)
    ratios = [
        bootstrap_ratio(sample, fewer, more, samples=samples, rng=rng).p_value
        for fewer, more in pairwise(fits)
    ]
    return [np.nan, *ratios]


def _gather_evidence(
    sample: Bases,
    *,
    fits: Sequence[Fit],
    labels: dict[int, IntArray],
    reference: Reference,
    ratios: Sequence[float],
    rng: np.random.Generator,
) -> pd.DataFrame:
    rows = []
    for place, (fit, ratio) in enumerate(zip(fits, ratios, strict=True)):
        share, is_few = _tell_smallest(sample, fit)
        row = {"segments": fit.k, "smallest_share": share, "smallest_is_few": is_few}
        row |= {"times_found": fit.times_found}
        row |= {"starts": fit.starts, **weigh_fit(fit, sample.customers)._asdict(), "ratio_p_value": ratio}
        if fit.k > 1:
            agreement = pair_agreement(labels[fit.k])
            half = 1.96 * agreement.std(ddof=1) / np.sqrt(len(agreement))
            lower, upper = np.quantile(reference.agreement[:, place - 1], _BAND)
            row |= {
                "agreement": agreement.mean(),
                "agreement_ci_lower": agreement.mean() - half,
                "agreement_ci_upper": min(1.0, agreement.mean() + half),
                "agreement_lowest": float(np.quantile(agreement, _BAND[0])),
                "reference": reference.agreement[:, place - 1].mean(),
                "reference_lower": lower,
                "reference_upper": upper,
                "gap": reference.gap[place - 1],
                "gap_error": reference.gap_error[place - 1],
                "silhouette": measure_silhouette(sample.matrix, fit.labels, rng),
                "within_lowest": match_segments(fit.labels, labels[fit.k], fit.k).mean(axis=0).min(),
            }
        rows.append(row)
    return pd.DataFrame(rows)


def _gather_segments(sample: Bases, fits: Sequence[Fit], labels: dict[int, IntArray]) -> pd.DataFrame:
    """One row a segment of each solution: its share, and its stability within and across solutions."""
    frames = []
    for fewer, fit in pairwise(fits):
        within = match_segments(fit.labels, labels[fit.k], fit.k)
        across = trace_segments(fewer.labels, fit.labels) if fewer.k > 1 else np.full(fit.k, np.nan)
        cells = pd.DataFrame({"customers": np.bincount(fit.labels, minlength=fit.k)})
        cells["share"] = _measure_shares(sample, fit)
        share = hide_small(cells, minimum=MINIMUM, keys=[])["share"].to_numpy()
        columns = {"segments": fit.k, "segment": np.arange(1, fit.k + 1), "share": share}
        columns |= {"within": within.mean(axis=0), "within_lowest": np.quantile(within, _BAND[0], axis=0)}
        frames.append(pd.DataFrame(columns | {"across": across}))
    return pd.concat(frames, ignore_index=True)


def _measure_shares(sample: Bases, fit: Fit) -> FloatArray:
    people = np.bincount(fit.labels, weights=sample.weights, minlength=fit.k).astype(np.float64)
    shares: FloatArray = people / people.sum()
    return shares


def _tell_smallest(sample: Bases, fit: Fit) -> tuple[float, bool]:
    """Return the smallest share, NaN where some segment holds a few customers, and whether one does."""
    counts = np.bincount(fit.labels, minlength=fit.k)
    is_few = bool(((counts > 0) & (counts < MINIMUM)).any())
    return (np.nan if is_few else float(_measure_shares(sample, fit).min())), is_few


def _find_natural(evidence: pd.DataFrame, method: Method, reference: Reference) -> int:
    """Return the number of natural segments; 1 says that there is no structure."""
    if method in MODELS:
        return int(evidence["segments"].to_numpy()[evidence["bic"].to_numpy().argmin()])
    return reference.natural


def _suggest(evidence: pd.DataFrame) -> int:
    excess = (evidence["agreement"] - evidence["reference"]).to_numpy(dtype=np.float64)
    return int(evidence["segments"].to_numpy()[np.nanargmax(excess)])
