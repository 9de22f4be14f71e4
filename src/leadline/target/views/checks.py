"""What the standing views ask of a table of customers."""

from collections.abc import Iterable

import pandas as pd

from leadline.data import check_columns
from leadline.language import N_, _

SOURCE = N_("the table of customers")


def check_numbers(frame: pd.DataFrame, columns: Iterable[str], source_name: str = "") -> list[str]:
    """Return the problems of columns that must be known numbers everywhere."""
    source_name = source_name or _(SOURCE)
    problems = (
        [] if len(frame) else [_("{source_name} has no rows. Hand in at least one.", source_name=source_name)]
    )
    for name in dict.fromkeys(columns):
        found = check_columns(frame, [name], source_name)
        if not found and not is_number(frame[name]):
            found = [_("{name}: holds {dtype}, must be numbers.", name=name, dtype=frame[name].dtype)]
        elif not found and (missing := int(frame[name].isna().sum())):
            found = [
                _(
                    "{name}: {missing} of {count} values are missing. Fill them in, or leave these rows out.",
                    name=name,
                    missing=f"{missing:,}",
                    count=f"{len(frame):,}",
                )
            ]
        problems += found
    return problems


def check_ids(frame: pd.DataFrame, column: str, source_name: str = "") -> list[str]:
    """Return the problems of a column that must name each row once."""
    source_name = source_name or _(SOURCE)
    if column not in frame.columns:
        return check_columns(frame, [column], source_name)
    ids = frame[column]
    problems = []
    if missing := int(ids.isna().sum()):
        problems.append(
            _(
                "{column}: {missing} ids are missing. Give every row its id.",
                column=column,
                missing=f"{missing:,}",
            )
        )
    if repeated := int(ids.dropna().duplicated().sum()):
        first = ids[ids.duplicated()].iloc[0]
        problems.append(
            _(
                "{column}: {repeated} ids occur more than once (first: {first}). Give one row a customer.",
                column=column,
                repeated=f"{repeated:,}",
                first=first,
            )
        )
    return problems


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers, not yes or no."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
