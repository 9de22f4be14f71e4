"""Yes and no as people write them."""

import pandas as pd

YES = frozenset(["y", "yes", "true", "t", "1", "是", "有", "对"])
NO = frozenset(["n", "no", "false", "f", "0", "否", "无", "没有", "错"])


def read_flag(values: pd.Series) -> pd.Series | None:
    """Return yes and no as true and false; None if a value is missing or neither."""
    words = values.astype(object).map(lambda value: str(value).strip().casefold())
    if not words.isin(YES | NO).all():
        return None
    return words.isin(YES)
