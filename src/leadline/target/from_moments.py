"""Principal components and least squares from joint moments alone: exact, however many rows they came from.

One scan of `leadline.features.experiment.moments.whole_moments` (no ``by``, one set of columns) is all that
either needs: counts, means and covariances are sufficient for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from leadline.errors import DataError
from leadline.features.experiment.moments import name_covariance
from leadline.language import _
from leadline.target.components import find_components
from leadline.target.metrics import FloatArray

#: A covariance matrix whose reciprocal condition is below this has columns that say the same.
_SINGULAR = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True)
class JointMoments:
    """Moments of several columns over the same rows.

    ``means`` has shape (columns,), ``covariance`` shape (columns, columns), population form (divided by
    ``rows``).
    """

    columns: tuple[str, ...]
    rows: int
    means: FloatArray
    covariance: FloatArray

    def take(self, columns: Sequence[str]) -> "JointMoments":
        """Return the moments of some of the columns, in this order."""
        places = [self.columns.index(name) for name in columns]
        return JointMoments(
            columns=tuple(columns),
            rows=self.rows,
            means=self.means[places],
            covariance=self.covariance[np.ix_(places, places)],
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class PrincipalComponents:
    """Components, largest first; arrays over columns and components.

    Attributes
    ----------
    columns
        The columns.
    means, scales
        Shape (columns,): what a value is centred by and divided by before it is weighed; scales are 1 for
        components of the covariance matrix.
    variances
        Shape (components,): variance along each, divided by ``rows`` - 1.
    shares
        Shape (components,): its share of the whole variance.
    loadings
        Shape (columns, components): each column has length 1 and sums to 0 or more.
    """

    columns: tuple[str, ...]
    means: FloatArray
    scales: FloatArray
    variances: FloatArray
    shares: FloatArray
    loadings: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class LeastSquares:
    """An ordinary least-squares regression with an intercept.

    Attributes
    ----------
    table
        One row a term, ``intercept`` first: ``term``, ``estimate``, ``standard_error`` (equal variances),
        ``t``, ``p_value`` (two-sided, Student's t with ``degrees`` degrees of freedom).
    degrees
        Residual degrees of freedom.
    residual_variance
        Sum of squared residuals over ``degrees``.
    r_squared
        Share of the outcome's variance that the terms explain.
    """

    table: pd.DataFrame
    degrees: int
    residual_variance: float
    r_squared: float


def read_joint_moments(frame: pd.DataFrame, columns: Sequence[str]) -> JointMoments:
    """Read the one row that `whole_moments` gives for ``by=[]`` and ``sets=[columns]``.

    Raises
    ------
    DataError
        If a column lacks a value, holds infinity, or there are fewer than two rows.
    """
    row = frame.iloc[0]
    means = np.array([row[f"{name}_mean"] for name in columns], dtype=float)
    covariance = np.array(
        [[row[_find_pair(frame, one, other)] for other in columns] for one in columns], dtype=float
    )
    rows = int(row["rows"])
    problems = []
    for name, mean in zip(columns, means, strict=True):
        lacking = rows - int(row[f"{name}_count"])
        if lacking or not np.isfinite(mean):
            problems.append(
                _(
                    "{column}: {lacking} of {rows} values are missing, others may be infinite or not a "
                    "number. Fill them in, or leave these rows or the column out.",
                    column=name,
                    lacking=f"{lacking:,}",
                    rows=f"{rows:,}",
                )
            )
    if rows < 2:  # noqa: PLR2004
        problems = [_("the table holds {rows} rows, must hold 2 or more.", rows=rows)]
    if problems:
        raise DataError(_("The moments cannot be used"), problems)
    return JointMoments(columns=tuple(columns), rows=rows, means=means, covariance=covariance)


def find_principal_components(moments: JointMoments, *, is_scaled: bool = True) -> PrincipalComponents:
    """Find the principal components of the columns (Jolliffe 2002, *Principal Component Analysis*).

    Parameters
    ----------
    moments
        Of the columns.
    is_scaled
        Whether columns are divided by their standard deviation (correlation matrix).

    Raises
    ------
    DataError
        If a column is to be divided by a standard deviation of 0.
    """
    unbiased = moments.covariance * (moments.rows / (moments.rows - 1))
    scales = np.sqrt(np.diag(moments.covariance)) if is_scaled else np.ones(len(moments.columns))
    constant = [name for name, scale in zip(moments.columns, scales, strict=True) if scale == 0]
    if constant:
        raise DataError(
            _("The components cannot be found"),
            [_("{column}: holds one value only. Leave it out.", column=name) for name in constant],
        )
    found = find_components(unbiased / np.outer(scales, scales))
    return PrincipalComponents(
        columns=moments.columns,
        means=moments.means,
        scales=scales,
        variances=found.variances,
        shares=found.variances / found.variances.sum(),
        loadings=found.loadings,
    )


def fit_least_squares(moments: JointMoments, *, outcome: str, terms: Sequence[str]) -> LeastSquares:
    """Regress ``outcome`` on ``terms`` with an intercept.

    Covariances are brought to correlations first, so that columns of very different sizes lose no digits.

    Raises
    ------
    DataError
        If there are not more rows than coefficients, or terms follow from one another.
    """
    degrees = moments.rows - len(terms) - 1
    of_terms = moments.take(terms)
    scales = np.sqrt(np.diag(of_terms.covariance))
    scaled = of_terms.covariance / np.outer(scales, scales) if (scales > 0).all() else np.zeros((1, 1))
    if degrees < 1 or 1 / np.linalg.cond(scaled) < _SINGULAR:
        raise DataError.of(
            _("The regression cannot be fitted"),
            _(
                "{rows} rows and {terms} terms: either the rows are too few, or a term is constant or "
                "follows from the others. Leave terms out.",
                rows=f"{moments.rows:,}",
                terms=len(terms),
            ),
        )
    place = moments.columns.index(outcome)
    with_outcome = moments.covariance[[moments.columns.index(name) for name in terms], place] / scales
    slopes = np.linalg.solve(scaled, with_outcome)
    explained = float(slopes @ with_outcome)
    total = float(moments.covariance[place, place])
    variance = (total - explained) * moments.rows / degrees
    inverse = np.linalg.inv(scaled) / np.outer(scales, scales)
    errors = np.sqrt(variance * np.diag(inverse) / moments.rows)
    at_zero = np.sqrt(variance / moments.rows * (1 + of_terms.means @ inverse @ of_terms.means))
    estimates = np.array([moments.means[place] - slopes / scales @ of_terms.means, *(slopes / scales)])
    standard_errors = np.array([at_zero, *errors])
    t = estimates / standard_errors
    table = pd.DataFrame(
        {
            "term": ["intercept", *terms],
            "estimate": estimates,
            "standard_error": standard_errors,
            "t": t,
            "p_value": 2 * stats.t.sf(np.abs(t), degrees),
        }
    )
    return LeastSquares(table=table, degrees=degrees, residual_variance=variance, r_squared=explained / total)


def _find_pair(frame: pd.DataFrame, one: str, other: str) -> str:
    name = name_covariance(one, other)
    return name if name in frame.columns else name_covariance(other, one)
