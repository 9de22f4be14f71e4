"""No cell of a published table speaks of a few people, also not by subtraction."""

from collections.abc import Sequence

import pandas as pd

from leadline.language import plural

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
    is_hidden = cells.index.isin(hidden)
    shown = [name for name in cells.columns if name not in keys]
    numbers = [name for name in shown if pd.api.types.is_numeric_dtype(cells[name])]
    emptied = cells.astype(dict.fromkeys(numbers, "float64"))
    emptied.loc[is_hidden, shown] = None
    return emptied.assign(is_hidden=is_hidden)


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
