"""What the standing views ask of a table of customers."""

from collections.abc import Iterable

import pandas as pd

from leadline.data import check_columns

SOURCE = "the table of customers"


def check_numbers(frame: pd.DataFrame, columns: Iterable[str], source_name: str = SOURCE) -> list[str]:
    """Return the problems of columns that must be known numbers everywhere."""
    problems = [] if len(frame) else [f"{source_name} has no rows. Hand in at least one."]
    for name in dict.fromkeys(columns):
        found = check_columns(frame, [name], source_name)
        if not found and not is_number(frame[name]):
            found = [f"{name}: holds {frame[name].dtype}, must be numbers."]
        elif not found and (missing := int(frame[name].isna().sum())):
            left = f"{missing:,} of {len(frame):,} values are missing"
            found = [f"{name}: {left}. Fill them in, or leave these rows out."]
        problems += found
    return problems


def check_ids(frame: pd.DataFrame, column: str, source_name: str = SOURCE) -> list[str]:
    """Return the problems of a column that must name each row once."""
    if column not in frame.columns:
        return check_columns(frame, [column], source_name)
    ids = frame[column]
    problems = []
    if missing := int(ids.isna().sum()):
        problems.append(f"{column}: {missing:,} ids are missing. Give every row its id.")
    if repeated := int(ids.dropna().duplicated().sum()):
        first = ids[ids.duplicated()].iloc[0]
        problems.append(
            f"{column}: {repeated:,} ids occur more than once (first: {first}). Give one row a customer."
        )
    return problems


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers, not yes or no."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
