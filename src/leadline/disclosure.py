"""No cell of a published table speaks of a few people, also not by subtraction."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.language import plural

#: Fewest customers of whom a published cell speaks; one count for the house.
MINIMUM = 10


def hide_small(
    cells: pd.DataFrame, *, minimum: int, keys: Sequence[str], within: Sequence[str] = ()
) -> pd.DataFrame:
    """Empty the cells of fewer than ``minimum`` customers, and those that would give them away.

    Where the cells that are hidden hold together fewer than ``minimum``, or one alone is hidden, subtraction
    from the total would recover them: the next smallest is hidden too (complementary suppression; Hundepool
    et al. 2012, *Statistical Disclosure Control*, ch. 4). An empty cell speaks of nobody and stays.

    Parameters
    ----------
    cells
        One row a cell: ``customers`` and whatever else is told of it.
    minimum
        Fewest customers of a cell that is shown.
    keys
        Columns that name the cell and stay.
    within
        Columns whose values part the cells into groups that add up to a published total; by default all do.

    Returns
    -------
    DataFrame
        The cells with ``is_hidden``; every other column but ``keys`` of a hidden one is missing.
    """
    groups = [cells] if not within else [group for _key, group in cells.groupby(list(within), sort=False)]
    hidden = [label for group in groups for label in _find_hidden(group["customers"], minimum)]
    return _empty(cells, cells.index.isin(hidden), keys)


def hide_small_crossed(
    cells: pd.DataFrame, *, minimum: int, keys: Sequence[str], sides: Sequence[str]
) -> pd.DataFrame:
    """Empty the small cells of a cross-table whose sums along each of ``sides`` are known.

    As `hide_small` along one side and then the other, until no line is left from which a hidden cell could
    be found by subtraction. See there for the other parameters and what is returned.
    """
    is_hidden = cells["customers"].between(1, minimum - 1)
    lines = [line for side in sides for _key, line in cells.groupby(side, sort=False)["customers"]]
    is_settled = False
    while not is_settled:
        covered = is_hidden.copy()
        for line in lines:
            covered |= covered.index.isin(_cover(line, covered[line.index], minimum))
        is_settled, is_hidden = bool((covered == is_hidden).all()), covered
    return _empty(cells, is_hidden.to_numpy(dtype=bool), keys)


def hide_small_overlapping(cells: pd.DataFrame, *, minimum: int, keys: Sequence[str]) -> pd.DataFrame:
    """Empty small cells of groups that may overlap, whose last row is of those in no group.

    Without that row nobody knows how many are in any group, so a hidden one cannot be found by subtraction:
    the row is hidden as soon as another is. See `hide_small` for the parameters and what is returned.
    """
    is_hidden = cells["customers"].between(1, minimum - 1).to_numpy(copy=True)
    is_hidden[-1] = is_hidden.any()
    return _empty(cells, is_hidden, keys)


def join_small(groups: pd.Series, *, minimum: int = MINIMUM) -> pd.Series:
    """Return the group of each customer, small groups joined into one that speaks of ``minimum`` at least.

    The joined group bears all its names. One small group takes in the next smallest, as subtraction from the
    total would otherwise recover it.

    Parameters
    ----------
    groups
        One row a customer: the name of the group, never missing. The names are printed: none may be free
        text that a customer or a clerk wrote.
    """
    small = sorted(map(str, _find_hidden(groups.value_counts(), minimum)))
    return groups.mask(groups.isin(small), " + ".join(small))


def tell_hidden(cells: pd.DataFrame, minimum: int) -> list[str]:
    """Say how many cells are hidden; nothing if none is."""
    count = int(cells["is_hidden"].sum())
    if not count:
        return []
    return [
        plural(
            "{count} row is not shown: it speaks of fewer than {minimum} customers, or would give such a row "
            "away by subtraction.",
            "{count} rows are not shown: they speak of fewer than {minimum} customers, or would give such a "
            "row away by subtraction.",
            count,
            minimum=minimum,
        )
    ]


def _find_hidden(customers: pd.Series, minimum: int) -> list[object]:
    filled = customers[customers > 0].sort_values(kind="stable")
    count = int((filled < minimum).sum())
    if count == 0:
        return []
    while count < len(filled) and (count == 1 or filled.iloc[:count].sum() < minimum):
        count += 1
    return list(filled.index[:count])


def _cover(line: pd.Series, is_hidden: pd.Series, minimum: int) -> list[object]:
    """Name the cells that must be hidden besides, so that those hidden are several and hold enough."""
    hidden, added = line[is_hidden], []
    count, total = len(hidden), float(hidden.sum())
    for label, size in line[~is_hidden & (line > 0)].sort_values(kind="stable").items():
        if not count or (count > 1 and total >= minimum):
            break
        added.append(label)
        count, total = count + 1, total + float(size)
    return added


def _empty(cells: pd.DataFrame, is_hidden: npt.NDArray[np.bool_], keys: Sequence[str]) -> pd.DataFrame:
    shown = [name for name in cells.columns if name not in keys]
    numbers = [name for name in shown if pd.api.types.is_numeric_dtype(cells[name])]
    emptied = cells.astype(dict.fromkeys(numbers, "float64"))
    emptied.loc[is_hidden, shown] = None
    return emptied.assign(is_hidden=is_hidden)
