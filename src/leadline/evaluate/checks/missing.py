"""Whether outcomes are missing in the same share of every arm: if not, the units left are not alike."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.data import check_columns
from leadline.errors import DataError
from leadline.holm import correct_holm
from leadline.language import N_, _

#: Missing outcomes are called uneven below this p-value, after Holm's correction over outcomes.
LEVEL = 0.01
_HEADLINE = N_("Missing outcomes cannot be compared")
_FEWEST_EXPECTED = 5
_DRAWS = 9_999


def compare_missing(counts: pd.DataFrame, *, level: float = LEVEL, seed: int = 0) -> pd.DataFrame:
    """Test whether outcomes are missing in the same share of every arm.

    Pearson's chi-square of missing × arm; where fewer than 5 are expected in a cell, Fisher's exact test for
    two arms, and for more the Freeman-Halton test simulated with ``seed``.

    Parameters
    ----------
    counts
        One row an outcome and arm: ``outcome``, ``arm``, ``units`` and ``missing`` (those of them that lack
        the outcome).
    level
        A p-value below it, after Holm's correction over outcomes, is uneven.
    seed
        Of p-values that must be simulated.

    Returns
    -------
    pandas.DataFrame
        The rows with ``missing_share`` and, of the outcome, ``p_value``, ``p_adjusted``, ``is_uneven``.

    Raises
    ------
    DataError
        With every absent column, if there are fewer than two arms, or more units lack an outcome than are.
    """
    problems = check_columns(counts, ["outcome", "arm", "units", "missing"], _("the counts"))
    if not problems:
        arms = counts["arm"].nunique()
        problems += [] if arms > 1 else [_("arm: {arms} arms: compare two or more.", arms=arms)]
        wrong = int((~counts["missing"].between(0, counts["units"])).sum())
        problems += (
            [_("missing: {wrong} rows are negative or above the units.", wrong=f"{wrong:,}")] if wrong else []
        )
    if problems:
        raise DataError(_(_HEADLINE), problems)
    told = counts.assign(missing_share=counts["missing"] / counts["units"])
    p_values = {
        outcome: _test(group[["units", "missing"]].to_numpy(dtype=np.int64), seed)
        for outcome, group in told.groupby("outcome", sort=False)
    }
    adjusted = dict(zip(p_values, correct_holm(list(p_values.values())), strict=True))
    told["p_value"] = told["outcome"].map(p_values)
    told["p_adjusted"] = told["outcome"].map(adjusted)
    return told.assign(is_uneven=told["p_adjusted"] < level)


def _test(counts: npt.NDArray[np.int64], seed: int) -> float:
    table = np.column_stack([counts[:, 1], counts[:, 0] - counts[:, 1]])
    if (table.sum(axis=0) == 0).any():
        return 1.0
    expected = stats.contingency.expected_freq(table)
    if expected.min() >= _FEWEST_EXPECTED:
        return float(stats.chi2_contingency(table, correction=False).pvalue)
    if len(table) == 2:  # noqa: PLR2004
        return float(stats.fisher_exact(table).pvalue)
    draws = stats.random_table(table.sum(axis=1), table.sum(axis=0))
    chance = draws.rvs(_DRAWS, random_state=np.random.default_rng(seed))
    as_unlikely = draws.logpmf(chance) <= draws.logpmf(table) + 1e-7
    return float((1 + as_unlikely.sum()) / (1 + _DRAWS))
