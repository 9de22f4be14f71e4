"""Yes and no as people write them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.language import _

YES = frozenset(["y", "yes", "true", "t", "1", "是", "有", "对"])
NO = frozenset(["n", "no", "false", "f", "0", "否", "无", "没有", "错"])

#: Rows are named as those of a file, whose row 1 is the header.
_FILE_ROW_OF_FIRST = 2


def read_flag(values: pd.Series) -> pd.Series | None:
    """Return yes and no as true and false; None if a value is missing or neither."""
    words = values.astype(object).map(lambda value: str(value).strip().casefold())
    if not words.isin(YES | NO).all():
        return None
    return words.isin(YES)


def read_yes(column: pd.Series, problems: list[str]) -> npt.NDArray[np.bool_]:
    """Return who says yes; a missing answer is no. What is neither is added to ``problems``."""
    known = column.notna().to_numpy()
    words = column.astype(object).map(lambda value: str(value).strip().casefold().removesuffix(".0"))
    neither = known & ~words.isin(YES | NO).to_numpy()
    if neither.any():
        first = int(np.flatnonzero(neither)[0])
        problems.append(
            _(
                "{name}: {count} values are neither yes nor no (first: {iloc}, row {first}), and "
                "only a plain yes permits. Write yes or no.",
                name=column.name,
                count=f"{int(neither.sum()):,}",
                iloc=repr(words.iloc[first]),
                first=f"{first + _FILE_ROW_OF_FIRST:,}",
            )
        )
    found: npt.NDArray[np.bool_] = words.isin(YES).to_numpy(dtype=bool)
    return found
