"""Beyond asset tiers: large, medium and small split by preference, style and contribution (system T8)."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data import check_columns
from leadline.disclosure import MINIMUM, hide_small
from leadline.errors import DataError
from leadline.holm import correct_holm
from leadline.intervals import wilson_interval
from leadline.language import _, format_value
from leadline.target.views.asset_tiers_result import TIERS, UNKNOWN, TiersSplitResult
from leadline.target.views.border import Measure, check_measure, find_side
from leadline.target.views.checks import SOURCE, check_ids, check_numbers, is_number
from leadline.target.views.explained import explain, number_cells
from leadline.target.views.groups import describe_groups, spread

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_MOST_LEVELS = 12
_THIRDS = (1 / 3, 2 / 3)


def split_tiers(
    customers: pd.DataFrame,
    *,
    assets: str,
    large_from: float,
    medium_from: float,
    contribution: Measure,
    splits: Mapping[str, str],
    customer: str = "customer_id",
    minimum: int = MINIMUM,
) -> TiersSplitResult:
    """Split asset tiers by what each customer contributes, prefers and does.

    A customer is *core* if the contribution is at or above its threshold, *non-core* if below. What the tier
    explains of the differences in contribution, and what each split adds within tiers, are adjusted R²
    (Ezekiel 1930) with a nested F test, Holm-corrected over the splits.

    Parameters
    ----------
    customers
        One row a customer.
    assets
        Column of assets (CNY).
    large_from, medium_from
        Assets from which a customer is large, and medium.
    contribution
        Column with the threshold of core customers, and how far either could be wrong.
    splits
        Column → what a reader calls it: risk preference, return expected, trading style, cost to serve. A
        number of more than 12 values is cut into thirds; a missing value is a level of its own.
    customer
        Column of the customer's id.
    minimum
        Fewest customers of whom a row of a table may speak.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [
        *check_ids(customers, customer),
        *check_numbers(customers, [assets]),
        *check_measure(customers, contribution),
        *_check_splits(customers, splits, contribution.column),
    ]
    if not 0 < medium_from < large_from < np.inf:
        problems.append(
            _(
                "medium_from == {medium_from} and large_from == {large_from} must be above 0 and in "
                "that order.",
                medium_from=f"{medium_from:g}",
                large_from=f"{large_from:g}",
            )
        )
    problems += [] if minimum >= 1 else [_("minimum == {minimum}, must be at least 1.", minimum=minimum)]
    if problems:
        raise DataError(_("The tiers cannot be split"), problems)
    held = customers[assets].to_numpy(dtype=np.float64)
    values = customers[contribution.column].to_numpy(dtype=np.float64)
    tier = np.select([held >= large_from, held >= medium_from], TIERS[:2], default=TIERS[2])
    side = find_side(customers, contribution)
    levels = {column: _cut(customers[column]) for column in splits}
    return TiersSplitResult(
        tiers=_describe_tiers(tier, side.above, held, values, minimum),
        splits=_describe_splits(tier, side.above, levels, values, minimum),
        explained=_explain(tier, levels, values),
        assignments=pd.DataFrame(
            {
                "customer_id": customers[customer].to_numpy(),
                "tier": tier,
                "is_core": side.above,
                "is_unsure": side.is_unsure,
            }
        ),
        unsure=wilson_interval(int(side.is_unsure.sum()), len(customers)),
        contribution=contribution,
        labels=dict(splits),
        minimum=minimum,
    )


def _describe_tiers(
    tier: npt.NDArray[np.str_], core: BoolArray, assets: FloatArray, values: FloatArray, minimum: int
) -> pd.DataFrame:
    cells = [(name, is_core) for name in TIERS for is_core in (True, False)]
    masks = {f"{name}{is_core}": (tier == name) & (core == is_core) for name, is_core in cells}
    frame = describe_groups(
        masks, {"contribution": values, "assets": assets}, of_all=["contribution", "assets"]
    )
    frame.insert(0, "tier", [name for name, _core in cells])
    frame.insert(1, "is_core", [is_core for _name, is_core in cells])
    return hide_small(frame.drop(columns="group"), minimum=minimum, keys=["tier", "is_core"])


def _describe_splits(
    tier: npt.NDArray[np.str_],
    core: BoolArray,
    levels: Mapping[str, pd.Series],
    values: FloatArray,
    minimum: int,
) -> pd.DataFrame:
    """One row a tier, split and level: share of the tier, contribution, share of core customers."""
    rows = []
    for name in TIERS:
        of_tier = tier == name
        for column, level in levels.items():
            for one in level.cat.categories:
                inside = (level == one).to_numpy()[of_tier]
                told = describe_groups({one: inside}, {"contribution": values[of_tier]})
                found = wilson_interval(int((inside & core[of_tier]).sum()), int(inside.sum()))
                rows.append(told.assign(tier=name, split=column, **spread("core", found)))
    frame = pd.concat(rows, ignore_index=True).rename(columns={"group": "level"})
    return hide_small(frame, minimum=minimum, keys=["tier", "split", "level"], within=["tier", "split"])


def _explain(tier: npt.NDArray[np.str_], levels: Mapping[str, pd.Series], values: FloatArray) -> pd.DataFrame:
    """One row for the tier alone (``split`` empty), and one for each split within tiers."""
    tiers = pd.Series(tier)
    coarse = number_cells(tiers)
    estimate, p_value = explain(values, np.zeros(len(values), dtype=np.int64), coarse)
    rows = [{"split": "", **spread("explains", estimate), "p_value": p_value}]
    for column, level in levels.items():
        estimate, p_value = explain(values, coarse, number_cells(tiers, level.reset_index(drop=True)))
        rows.append({"split": column, **spread("explains", estimate), "p_value": p_value})
    frame = pd.DataFrame(rows)
    return frame.assign(p_value_holm=correct_holm(frame["p_value"].to_numpy(dtype=np.float64)))


def _cut(values: pd.Series) -> pd.Series:
    """Levels in order as categories of text; a number of many values in thirds; unknown ones come last."""
    if is_number(values) and values.nunique() > _MOST_LEVELS:
        low, high = values.quantile(list(_THIRDS))
        told = [_tell_cut(str(values.name), cut) for cut in (low, high)]
        names = [f"≤ {told[0]}", f"{told[0]}–{told[1]}", f"> {told[1]}"]
        thirds = np.select([values <= low, values <= high, values > high], names, default=UNKNOWN)
        levels = pd.Series(thirds, index=values.index)
    else:
        names = [_tell_level(one) for one in sorted(values.dropna().unique())]
        levels = values.astype(object).where(values.notna(), None).map(_tell_level)
    order = dict.fromkeys(name for name in [*names, UNKNOWN] if levels.eq(name).any())
    return levels.astype(pd.CategoricalDtype(list(order), ordered=True))


def _tell_cut(column: str, cut: float) -> str:
    return format_value(float(cut), "share" if column.endswith("_share") else "number")


def _tell_level(one: object) -> str:
    """Write a level as text: 3.0 is "3", for missing values made it a decimal number."""
    if one is None:
        return UNKNOWN
    return str(int(one)) if isinstance(one, float) and one.is_integer() else str(one)


def _check_splits(customers: pd.DataFrame, splits: Mapping[str, str], contribution: str) -> list[str]:
    problems = check_columns(customers, splits, SOURCE)
    problems += [] if splits else [_("splits names no column. Name at least one.")]
    if problems:
        return problems
    if contribution in splits:
        problems.append(
            _(
                "{contribution}: is the contribution itself, which would explain all of it. Take it out.",
                contribution=contribution,
            )
        )
    return problems + [
        _(
            "{column}: {nunique} different values, too many for classes. Group them first.",
            column=column,
            nunique=f"{customers[column].nunique():,}",
        )
        for column in splits
        if not is_number(customers[column]) and customers[column].nunique() > _MOST_LEVELS
    ]
