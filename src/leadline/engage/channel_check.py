"""Whether the customers table holds what a channel plan reads from it."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.language import _, plural

#: Column of the customers' chance to buy unasked, where it is known.
ALONE = "chance_none"


def check_customers(
    customers: pd.DataFrame,
    names: Sequence[str],
    value_cny: float | str,
    *,
    tiers: Sequence[str],
    flags: Sequence[str],
) -> list[str]:
    """List what is wrong with the columns of the customers that a channel plan reads.

    Parameters
    ----------
    names
        The channels, each with its chance in a column.
    value_cny
        What a buyer is worth, or the column that says it.
    tiers
        Tiers for which there is a rule.
    flags
        Columns that must say yes.
    """
    chances = [f"chance_{name}" for name in names] + ([ALONE] if ALONE in customers.columns else [])
    numbers = {"score": (-np.inf, np.inf)} | dict.fromkeys(chances, (0.0, 1.0))
    problems = []
    if isinstance(value_cny, str):
        numbers[value_cny] = (-np.inf, np.inf)
    elif not np.isfinite(value_cny):
        problems.append(_("value_cny == {value_cny}, must be a number.", value_cny=repr(value_cny)))
    wanted = ("tier", *flags)
    problems += [_absent(name, customers.columns) for name in wanted if name not in customers.columns]
    for column, (lowest, highest) in numbers.items():
        if column not in customers.columns:
            problems.append(_absent(column, customers.columns))
        else:
            problems += check_numbers(customers[column], lowest, highest)
    if "tier" in customers.columns:
        given = customers["tier"].astype("string")
        problems += [
            _("tier {tier} has no channels in the tier rule. Name some, or an empty list.", tier=repr(tier))
            for tier in sorted(set(given.dropna().unique()) - set(tiers))
        ]
        if rows := find_file_rows(given.isna()):
            problems.append(
                plural(
                    "tier: {count} value is missing ({rows}).",
                    "tier: {count} values are missing ({rows}).",
                    len(rows),
                    rows=name_rows(rows),
                )
            )
    return problems


def check_numbers(values: pd.Series, lowest: float, highest: float) -> list[str]:
    """List what is wrong with a column of the customers that must hold numbers within these limits."""
    if not types.is_numeric_dtype(values) or types.is_bool_dtype(values):
        return [
            _(
                "{name}: the customers table holds {dtype} there, must be numbers.",
                name=values.name,
                dtype=values.dtype,
            )
        ]
    found = values.to_numpy(dtype=np.float64, na_value=np.nan)
    problems = []
    if rows := find_file_rows(pd.Series(~np.isfinite(found), index=values.index)):
        problems.append(
            plural(
                "{name}: {count} value is missing or infinite ({rows}). Score these customers, or "
                "leave them out.",
                "{name}: {count} values are missing or infinite ({rows}). Score these customers, or "
                "leave them out.",
                len(rows),
                name=values.name,
                rows=name_rows(rows),
            )
        )
    if rows := find_file_rows(pd.Series((found < lowest) | (found > highest), index=values.index)):
        problems.append(
            plural(
                "{name}: {count} value is no chance from {lowest} to {highest} ({rows}). Calibrate "
                "the model.",
                "{name}: {count} values are no chance from {lowest} to {highest} ({rows}). Calibrate "
                "the model.",
                len(rows),
                name=values.name,
                lowest=f"{lowest:g}",
                highest=f"{highest:g}",
                rows=name_rows(rows),
            )
        )
    return problems


def _absent(column: str, columns: Iterable[object]) -> str:
    return _(
        "{column}: the customers table has no such column.{hint}",
        column=column,
        hint=suggest(column, map(str, columns)),
    )
