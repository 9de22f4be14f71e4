"""Moments of metrics by cell: read from a table of aggregates, checked, merged, combined (V1).

Every estimate works from these alone; the rows of the units are seen once, by
`leadline.features.experiment.moments.moment_features`, or never, when the user has aggregates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.errors import DataError, ParameterError
from leadline.features.experiment.moments import name_covariance
from leadline.language import N_, _, plural

FloatArray = npt.NDArray[np.float64]
_HEADLINE = N_("The table of moments cannot be used")
#: Rounding may leave a variance this far below 0, in squared means, and a correlation that far above 1.
_SLACK = 1e-12
_CORRELATION_SLACK = 1e-9
_SHOWN = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Moments:
    """Counts, means and centred co-moments of the same measures in several cells.

    Attributes
    ----------
    cells
        One row a cell: what it is called (arm, segment, day …), sorted; no cell twice.
    columns
        The measures.
    count
        Units of each cell, shape (cells,).
    means
        Shape (cells, measures); 0 where ``count`` is 0.
    comoments
        Sums of products of deviations from the cell's means, shape (cells, measures, measures).
    """

    cells: pd.DataFrame
    columns: tuple[str, ...]
    count: FloatArray
    means: FloatArray
    comoments: FloatArray

    def merge(self, by: Sequence[str]) -> "Moments":
        """Put together the cells that share their ``by``; ``[]`` gives one cell of all.

        The pairwise formula of Chan, Golub & LeVeque (1983, The American Statistician 37:242-247), for all
        cells of a group at once. The result does not depend on their order beyond rounding (1e-12).

        Raises
        ------
        ParameterError
            If a name of ``by`` is not one of the cells' columns.
        """
        unknown = [
            _("“{name}” does not name the cells.", name=name) for name in by if name not in self.cells.columns
        ]
        if unknown:
            raise ParameterError(_("The cells cannot be merged"), unknown)
        return _gather(self.cells[list(by)], self.columns, self.count, self.means, self.comoments)

    def combine(self, combinations: Mapping[str, Mapping[str, float]]) -> "Moments":
        """Moments of weighted sums of the measures: ``{"profit": {"spend": 0.2, "contacts": -1.0}}``.

        Raises
        ------
        ParameterError
            If a combination uses a measure that is not here.
        """
        unknown = sorted({name for parts in combinations.values() for name in parts} - set(self.columns))
        if unknown:
            raise ParameterError(
                _("The measures cannot be combined"),
                [_("“{name}” has no moments.", name=name) for name in unknown],
            )
        weights = np.array(
            [[parts.get(name, 0.0) for name in self.columns] for parts in combinations.values()],
            dtype=float,
        )
        return Moments(
            cells=self.cells,
            columns=tuple(combinations),
            count=self.count,
            means=self.means @ weights.T,
            comoments=weights @ self.comoments @ weights.T,
        )

    def only(self, **cell: object) -> "Moments":
        """Keep the cells that are called so: ``moments.only(arm="control")``.

        Raises
        ------
        DataError
            If there is none.
        ParameterError
            If a name is not one of the cells' columns.
        """
        unknown = [
            _("“{name}” does not name the cells.", name=name)
            for name in cell
            if name not in self.cells.columns
        ]
        if unknown:
            raise ParameterError(_("A cell cannot be chosen"), unknown)
        chosen = np.ones(len(self.cells), dtype=bool)
        for name, value in cell.items():
            chosen &= (self.cells[name] == value).to_numpy(dtype=bool, na_value=False)
        if not chosen.any():
            wanted = _(", ").join(f"{name} {value}" for name, value in cell.items())
            raise DataError(_("A cell is not in the data"), [_("No unit with {wanted}.", wanted=wanted)])
        return self.take(chosen)

    def take(self, rows: npt.NDArray[Any] | slice) -> "Moments":
        """Keep the cells at these places."""
        return Moments(
            cells=self.cells.iloc[rows].reset_index(drop=True),
            columns=self.columns,
            count=self.count[rows],
            means=self.means[rows],
            comoments=self.comoments[rows],
        )

    def place(self, column: str) -> int:
        """Place of a measure among the columns.

        Raises
        ------
        ParameterError
            If it is not there.
        """
        if column not in self.columns:
            raise ParameterError(
                _("A measure is not in the moments"),
                [
                    _(
                        "“{column}” has none; there are: {columns}.",
                        column=column,
                        columns=_(", ").join(self.columns),
                    )
                ],
            )
        return self.columns.index(column)


def read_moments(frame: pd.DataFrame, *, by: Sequence[str], columns: Sequence[str], ddof: int = 0) -> Moments:
    """Read moments from a table of aggregates, by the names of its columns.

    Parameters
    ----------
    frame
        One row a cell, as `leadline.features.experiment.moments.moment_features` gives: ``by``, ``count``,
        ``<c>_mean``, ``<a>__<b>_cov`` (``a`` not after ``b`` in ``columns``). Rows of one cell (of several
        files, say) are merged.
    by
        Columns that name the cells.
    columns
        The measures.
    ddof
        What was taken from ``count`` to divide by: 0 for population covariances, 1 for sample ones.

    Raises
    ------
    DataError
        With all that is wrong: absent columns; counts that are missing, negative or broken; means or
        covariances missing or infinite where there are units; a negative variance; a covariance above what
        its two variances allow.
    """
    pairs = list(combinations_with_replacement(columns, 2))
    wanted = [*by, "count", *(f"{c}_mean" for c in columns), *(name_covariance(a, b) for a, b in pairs)]
    absent = [_("There is no column “{name}”.", name=name) for name in wanted if name not in frame.columns]
    if absent:
        raise DataError(_(_HEADLINE), absent)
    count = frame["count"].to_numpy(dtype=float, na_value=np.nan)
    means = _numbers(frame, [f"{c}_mean" for c in columns])
    spread = np.empty((len(frame), len(columns), len(columns)))
    for (a, b), values in zip(
        pairs, _numbers(frame, [name_covariance(a, b) for a, b in pairs]).T, strict=True
    ):
        spread[:, columns.index(a), columns.index(b)] = values
        spread[:, columns.index(b), columns.index(a)] = values
    _check(columns, count, means, spread)
    filled = count > 0
    means = np.where(filled[:, None], means, 0.0)
    comoments = np.where((count > ddof)[:, None, None], spread, 0.0)
    comoments = comoments * np.maximum(count - ddof, 0.0)[:, None, None]
    return _gather(frame[list(by)], tuple(columns), count, means, comoments)


def _gather(
    names: pd.DataFrame, columns: tuple[str, ...], count: FloatArray, means: FloatArray, comoments: FloatArray
) -> Moments:
    """Merge rows of one name: Chan, Golub & LeVeque for any number of parts, about a common origin."""
    if len(names.columns):
        grouped = names.groupby(list(names.columns), dropna=False, sort=True, observed=True)
        group = grouped.ngroup().to_numpy()
        cells = names.assign(group=group).drop_duplicates("group").sort_values("group")
        cells = cells[list(names.columns)].reset_index(drop=True)
    else:
        group = np.zeros(len(names), dtype=int)
        cells = pd.DataFrame(index=range(1))
    total = np.zeros(len(cells))
    np.add.at(total, group, count)
    share = np.divide(count, total[group], out=np.zeros_like(count), where=count > 0)
    # A mean of the group, any: sums of deviations from it keep the digits that a common offset would eat.
    origin = np.zeros((len(cells), len(columns)))
    filled = count > 0
    origin[group[filled]] = means[filled]
    shift = np.where(filled[:, None], means - origin[group], 0.0)
    centre = np.zeros_like(origin)
    np.add.at(centre, group, share[:, None] * shift)
    apart = shift - centre[group]
    merged = np.zeros((len(cells), len(columns), len(columns)))
    between = count[:, None, None] * apart[:, :, None] * apart[:, None, :]
    np.add.at(merged, group, comoments + between)
    return Moments(cells=cells, columns=columns, count=total, means=origin + centre, comoments=merged)


def _numbers(frame: pd.DataFrame, names: Sequence[str]) -> FloatArray:
    return frame[list(names)].to_numpy(dtype=float, na_value=np.nan)


def _check(columns: Sequence[str], count: FloatArray, means: FloatArray, spread: FloatArray) -> None:
    broken = ~(np.isfinite(count) & (count >= 0) & (np.round(count) == count))
    problems = _tell(broken, _("“count” must be a whole number of units, 0 or more"))
    filled = ~broken & (count > 0)
    variances = np.diagonal(spread, axis1=1, axis2=2)
    for place, name in enumerate(columns):
        loose = filled & ~np.isfinite(means[:, place])
        problems += _tell(
            loose, _("the mean of “{name}” is missing or infinite where there are units", name=name)
        )
        low = filled & (variances[:, place] < -_SLACK * means[:, place] ** 2)
        problems += _tell(
            low, _("the variance of “{name}” is negative: it cannot have been computed so", name=name)
        )
    for a, b in combinations_with_replacement(range(len(columns)), 2):
        pair = f"“{name_covariance(columns[a], columns[b])}”"
        value = spread[:, a, b]
        # One unit has no sample variance: a gap there is none to mend.
        loose = filled & (count > 1) & ~np.isfinite(value)
        problems += _tell(loose, _("{pair} is missing or infinite where there are units", pair=pair))
        room = np.sqrt(np.clip(variances[:, a], 0, None) * np.clip(variances[:, b], 0, None))
        over = (
            filled
            & (a != b)
            & (np.abs(value) > room * (1 + _CORRELATION_SLACK) + _SLACK * np.abs(means[:, a] * means[:, b]))
        )
        problems += _tell(over, _("{pair} is larger than the two variances allow", pair=pair))
    if problems:
        raise DataError(_(_HEADLINE), problems)


def _tell(wrong: npt.NDArray[np.bool_], what: str) -> list[str]:
    places = np.flatnonzero(wrong)
    if not len(places):
        return []
    rows = _(", ").join(str(place + 1) for place in places[:_SHOWN])
    return [
        plural(
            "In {count} row (first: {rows}) {what}.",
            "In {count} rows (first: {rows}) {what}.",
            len(places),
            rows=rows,
            what=what,
        )
    ]
