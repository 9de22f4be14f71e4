"""What an analysis asks of the columns that it uses."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.language import _, plural

CATEGORY_LIMIT = 100_000
_CATEGORY_SHARE = 0.5


def check_columns(frame: pd.DataFrame, columns: Iterable[str], source_name: str) -> list[str]:
    """Return the problems of the columns that an analysis is to use, empty when there are none.

    Parameters
    ----------
    frame
        One row a record, labelled as `read_table` did.
    columns
        Names of the columns in use.
    source_name
        What the table is called in messages.

    Returns
    -------
    list of str
        Columns that are absent (the nearest is suggested), all missing, infinite, or text of so many values
        that they are ids rather than classes. Rows are those of the file (row 1 is the header).
    """
    problems: list[str] = []
    for name in dict.fromkeys(columns):
        if name not in frame.columns:
            problems.append(
                _(
                    "{name}: {source_name} has no such column.{hint}",
                    name=name,
                    source_name=source_name,
                    hint=suggest(name, frame.columns),
                )
            )
        else:
            problems.extend(_check_values(frame[name]))
    return problems


def _check_values(values: pd.Series) -> list[str]:
    if values.isna().all():
        return [
            _(
                "{name}: all {count} values are missing. Leave it out, or export it again.",
                name=values.name,
                count=f"{len(values):,}",
            )
        ]
    if pd.api.types.is_float_dtype(values):
        infinite = find_file_rows(
            pd.Series(np.isinf(values.to_numpy(dtype=float, na_value=np.nan)), index=values.index)
        )
        if infinite:
            return [
                plural(
                    "{name}: {count} value is infinite ({rows}). Look for a division by zero where the "
                    "column is made, or empty these cells.",
                    "{name}: {count} values are infinite ({rows}). Look for a division by zero where the "
                    "column is made, or empty these cells.",
                    len(infinite),
                    name=values.name,
                    rows=name_rows(infinite),
                )
            ]
    is_text = not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values))
    if is_text and (levels := values.nunique()) >= CATEGORY_LIMIT:
        return [
            _(
                "{name}: {levels} different texts, too many for classes; it looks like an id. Leave "
                "the column out, or group its values.",
                name=values.name,
                levels=f"{levels:,}",
            )
        ]
    return []
