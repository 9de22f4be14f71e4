"""Do the segments differ in what did not make them: tests, corrected, with effect sizes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.errors import DataError
from leadline.holm import correct_holm
from leadline.intervals import Estimate
from leadline.language import _
from leadline.target.profiles.columns import check_frame, order_segments
from leadline.target.profiles.descriptors_result import DescriptorsResult
from leadline.target.profiles.effect_sizes import estimate_cramers_v, estimate_eta_square
from leadline.target.views.groups import spread

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_FEWEST_EXPECTED = 5
_SKEWED = 2.0
_CLASSES = 2  # a number of two values is a yes or no
_UNKNOWN = Estimate(np.nan, np.nan, np.nan)


class _Test(NamedTuple):
    """Name, statistic, degrees of freedom, p-value, effect size of the sample and of the population."""

    name: str
    statistic: float
    freedom: str
    p_value: float
    measure: str
    effect: float
    population: Estimate


def compare_descriptors(
    descriptors: pd.DataFrame,
    segments: pd.Series,
    *,
    rng: np.random.Generator,
    labels: Mapping[str, str] | None = None,
    by_rank: Sequence[str] = (),
    draws: int = 2_000,
) -> DescriptorsResult:
    """Test each descriptor for a difference between segments (Dolnicar, Grün & Leisch 2018, ch. 9).

    Classes, yes and no: Pearson's chi-square with Cramér's V; where an expected count is below 5, the p-value
    is that of ``draws`` random orders of the segments. Numbers: analysis of variance with eta²; those in
    ``by_rank``, and those of skewness beyond ±2: Kruskal-Wallis with the eta² of ranks. All p-values are
    corrected together (Holm 1979).

    Parameters
    ----------
    descriptors
        One row a customer: classes, yes and no, or numbers; missing values are left out of their test.
    segments
        Label of each customer, same index, however it was made.
    rng
        Draws the random orders.
    labels
        Column → what a reader calls it.
    by_rank
        Columns of numbers whose order alone means something, such as grades.
    draws
        Random orders of a test with small expected counts.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = check_frame(descriptors, segments, _("the table of descriptors"))
    problems += [
        _("by_rank: {name} is no column of numbers.", name=name)
        for name in by_rank
        if not _is_number(descriptors, name)
    ]
    problems += [] if draws >= 100 else [_("draws == {draws}, must be at least 100.", draws=draws)]  # noqa: PLR2004 (p to 0.01)
    if problems:
        raise DataError(_("The descriptors cannot be tested"), problems)
    codes = pd.Categorical(segments, categories=order_segments(segments)).codes.astype(np.int64)
    rows = []
    for column in descriptors.columns:
        known = descriptors[column].notna().to_numpy()
        test = _run(descriptors.loc[known, column], codes[known], str(column) in by_rank, draws, rng)
        rows.append(
            {
                "descriptor": str(column),
                "label": (labels or {}).get(str(column), str(column)),
                "test": test.name,
                "statistic": test.statistic,
                "freedom": test.freedom,
                "p_value": test.p_value,
                "measure": test.measure,
                "effect_sample": test.effect,
                **spread("effect", test.population),
                "customers": int(known.sum()),
                "missing": int((~known).sum()),
            }
        )
    frame = pd.DataFrame(rows)
    adjusted = correct_holm(frame["p_value"].to_numpy(dtype=np.float64))
    return DescriptorsResult(tests=frame.assign(p_value_holm=adjusted), draws=draws)


def _run(values: pd.Series, codes: IntArray, by_rank: bool, draws: int, rng: np.random.Generator) -> _Test:  # noqa: FBT001 (a cell of the table)
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if is_number and values.nunique() > _CLASSES:
        numbers = values.to_numpy(dtype=np.float64)
        if by_rank or abs(float(stats.skew(numbers))) > _SKEWED:
            return _compare_ranks(numbers, codes)
        return _compare_means(numbers, codes)
    return _cross(pd.factorize(values, sort=True)[0].astype(np.int64), codes, draws, rng)


def _cross(levels: IntArray, codes: IntArray, draws: int, rng: np.random.Generator) -> _Test:
    table = _count(levels, codes)
    name, measure = "chi-square", "V"
    if min(table.shape) < 2:  # noqa: PLR2004 (a comparison needs two)
        return _Test(name, np.nan, "", np.nan, measure, np.nan, _UNKNOWN)
    found = stats.chi2_contingency(table, correction=False)
    statistic, freedom, p_value = float(found.statistic), int(found.dof), float(found.pvalue)
    if found.expected_freq.min() < _FEWEST_EXPECTED:
        name = "chi-square, random orders"
        drawn = [
            _find_statistic(levels, rng.permutation(codes), found.expected_freq, table) for _ in range(draws)
        ]
        p_value = (1 + sum(one >= statistic - 1e-9 for one in drawn)) / (1 + draws)
    count, side = int(table.sum()), min(table.shape)
    effect = float(np.sqrt(statistic / (count * (side - 1))))
    return _Test(
        name,
        statistic,
        str(freedom),
        p_value,
        measure,
        effect,
        estimate_cramers_v(statistic, freedom, count, side),
    )


def _find_statistic(levels: IntArray, codes: IntArray, expected: FloatArray, table: FloatArray) -> float:
    drawn = _count(levels, codes, shape=table.shape)
    return float(((drawn - expected) ** 2 / expected).sum())


def _count(levels: IntArray, codes: IntArray, shape: tuple[int, ...] | None = None) -> FloatArray:
    """Cross-table without its empty rows and columns, which no order of the codes can fill."""
    used, codes = np.unique(codes, return_inverse=True)
    rows, columns = shape or (int(levels.max()) + 1, len(used))
    cells = np.bincount(levels * columns + codes, minlength=rows * columns)
    return cells.reshape(rows, columns).astype(np.float64)


def _compare_means(values: FloatArray, codes: IntArray) -> _Test:
    groups = [values[codes == code] for code in np.unique(codes)]
    if len(groups) < 2 or len(values) <= len(groups):  # noqa: PLR2004 (a comparison needs two)
        return _Test("ANOVA", np.nan, "", np.nan, "eta²", np.nan, _UNKNOWN)
    found = stats.f_oneway(*groups)
    return _finish("ANOVA", float(found.statistic), float(found.statistic), float(found.pvalue), groups)


def _compare_ranks(values: FloatArray, codes: IntArray) -> _Test:
    """Kruskal and Wallis; its effect is that of an analysis of variance of the ranks."""
    groups = [values[codes == code] for code in np.unique(codes)]
    if len(groups) < 2 or len(values) <= len(groups) or len(np.unique(values)) < 2:  # noqa: PLR2004 (a comparison needs two)
        return _Test("Kruskal-Wallis", np.nan, "", np.nan, "eta² of ranks", np.nan, _UNKNOWN)
    found = stats.kruskal(*groups)
    ranks = stats.rankdata(values)
    ratio = float(stats.f_oneway(*[ranks[codes == code] for code in np.unique(codes)]).statistic)
    return _finish("Kruskal-Wallis", float(found.statistic), ratio, float(found.pvalue), groups)


def _finish(name: str, statistic: float, ratio: float, p_value: float, groups: Sequence[FloatArray]) -> _Test:
    between, within = len(groups) - 1, sum(len(group) for group in groups) - len(groups)
    is_rank = name != "ANOVA"
    measure = "eta² of ranks" if is_rank else "eta²"
    if not np.isfinite(ratio):
        return _Test(name, statistic, f"{between}", p_value, measure, np.nan, _UNKNOWN)
    effect = between * ratio / (between * ratio + within)
    freedom = f"{between}" if is_rank else f"{between}, {within}"
    return _Test(
        name, statistic, freedom, p_value, measure, effect, estimate_eta_square(ratio, (between, within))
    )


def _is_number(frame: pd.DataFrame, name: str) -> bool:
    return name in frame.columns and pd.api.types.is_numeric_dtype(frame[name])
