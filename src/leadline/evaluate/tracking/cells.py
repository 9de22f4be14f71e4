"""What a round taught, group by group: response, increment, reach (V8)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.disclosure import MINIMUM, hide_small
from leadline.evaluate.judging.interaction import find_errors, shrink_effects
from leadline.intervals import LEVEL, wilson_interval

FloatArray = npt.NDArray[np.float64]
#: Columns that name a cell and stay when it is too small to be shown.
KEYS = ("kind", "group", "label")


def count_cells(units: pd.DataFrame, kinds: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Count each arm, and each class of other columns, and hold the contacted against those held out.

    An arm is held against all who were held out, a class against those held out of it. Increments are drawn
    to their mean as far as they differ no more than chance makes them
    (`leadline.evaluate.judging.interaction.shrink_effects`); arms share their hold-out, so their shares are
    drawn, and its error is added afterwards (square-and-add: Zou & Donner 2008, Statistics in Medicine
    27:1693-1702); their intervals hold for all arms together (Bonferroni).

    Parameters
    ----------
    units
        One row a customer with an outcome: ``arm``, ``is_control``, ``yes`` (bool), ``is_reached``
        (boolean), and the classes.
    kinds
        Column and label of the classes, ``arm`` among them.

    Returns
    -------
    pandas.DataFrame
        One row a cell: ``kind``, ``group``, ``label``; ``treated_units``, ``treated_yes``, ``treated`` with
        ``_lower`` and ``_upper``; ``control_units``, ``control_yes``, ``control``; ``increment`` (drawn to
        the mean, shares) with ``_lower`` and ``_upper``; ``contacts`` (whose reach is known), ``reached``,
        ``reach`` with ``_lower`` and ``_upper``; ``is_hidden`` (a side holds fewer than 10 customers).
    """
    parts = [_count_kind(units, column, label) for column, label in kinds]
    return pd.concat(parts, ignore_index=True)


def _count_kind(units: pd.DataFrame, column: str, label: str) -> pd.DataFrame:
    """Count the cells of one column, hide the small ones, and draw the others to their mean."""
    named = units.assign(group=units[column].astype("string"))
    is_ordered = isinstance(units[column].dtype, pd.CategoricalDtype)
    order = units[column].cat.categories if is_ordered else sorted(named["group"].dropna().unique())
    rows = []
    for group in map(str, order):
        own = named[~named["is_control"] & (named["group"] == group)]
        if own.empty:
            continue
        beside = (
            units[units["is_control"]]
            if column == "arm"
            else named[named["is_control"] & (named["group"] == group)]
        )
        known = own["is_reached"].dropna()
        rows.append(
            {
                "kind": column,
                "group": str(group),
                "label": label,
                "treated_units": len(own),
                "treated_yes": int(own["yes"].sum()),
                "control_units": len(beside),
                "control_yes": int(beside["yes"].sum()),
                "contacts": len(known),
                "reached": int(known.sum()),
                "customers": min(len(own), len(beside)),
            }
        )
    columns = ["kind", "group", "label", "treated_units", "treated_yes", "control_units", "control_yes"]
    cells = pd.DataFrame(rows, columns=[*columns, "contacts", "reached", "customers"])
    for name, some, every in (
        ("treated", "treated_yes", "treated_units"),
        ("control", "control_yes", "control_units"),
        ("reach", "reached", "contacts"),
    ):
        told = [wilson_interval(yes, size) for yes, size in zip(cells[some], cells[every], strict=True)]
        ends = pd.DataFrame(told, columns=[name, f"{name}_lower", f"{name}_upper"], index=cells.index)
        cells = cells.join(ends)
    hidden = hide_small(cells, minimum=MINIMUM, keys=KEYS)
    shown = cells[~hidden["is_hidden"] & (cells["customers"] >= MINIMUM)]
    increments = _draw_arms(shown) if column == "arm" else _draw_classes(shown)
    return hidden.join(increments)


def _draw_classes(cells: pd.DataFrame) -> pd.DataFrame:
    shares = cells[["treated", "control"]].to_numpy(dtype=np.float64)
    units = cells[["treated_units", "control_units"]].to_numpy(dtype=np.float64)
    raw = shares[:, 0] - shares[:, 1]
    if not len(cells):
        return _frame(cells, raw, raw, raw)
    errors = find_errors(shares * (1 - shares), units)
    if not (errors > 0).all():
        return _frame(cells, raw, np.full(len(raw), np.nan), np.full(len(raw), np.nan))
    told = shrink_effects(raw, errors)
    return _frame(cells, told.value, told.lower, told.upper)


def _draw_arms(cells: pd.DataFrame) -> pd.DataFrame:
    share = cells["treated"].to_numpy(dtype=np.float64)
    if not len(cells):
        return _frame(cells, share, share, share)
    size = cells["treated_units"].to_numpy(dtype=np.float64)
    near = (share * size + 1) / (size + 2)  # nobody so far is not nobody for certain
    level = 1 - (1 - LEVEL) / len(cells)
    told = shrink_effects(share, near * (1 - near) / size, level=level)
    beside = cells.iloc[0]
    control, low, high = wilson_interval(float(beside["control_yes"]), float(beside["control_units"]), level)
    value = told.value - control
    lower = value - np.hypot(told.value - told.lower, high - control)
    upper = value + np.hypot(told.upper - told.value, control - low)
    return _frame(cells, value, lower, upper)


def _frame(cells: pd.DataFrame, value: FloatArray, lower: FloatArray, upper: FloatArray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "increment": value,
            "increment_lower": np.maximum(lower, -1),
            "increment_upper": np.minimum(upper, 1),
        },
        index=cells.index,
    )
