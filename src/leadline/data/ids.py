"""One spelling of customers' ids, for whole numbers and text alike."""

import re

import numpy as np
import pandas as pd
from pandas.api import types

#: What makes 7.0 of 7, where a program took ids for decimal numbers.
_WHOLE_AS_DECIMAL = re.compile(r"^(\d+)\.0+$")


def spell_ids(ids: pd.Series) -> pd.Series:
    """Return ids as text: 7, 7.0, "7.0" and " 7" are "7"; leading zeros stay; missing stays missing."""
    if types.is_integer_dtype(ids.dtype):
        return ids.astype("string")
    if types.infer_dtype(ids, skipna=True) != "string":
        return ids.astype(object).map(_spell).astype("string")
    texts = ids.astype("string").str.strip()
    is_odd = (texts.eq("") | texts.str.contains(".0", regex=False)).fillna(value=False).to_numpy(dtype=bool)
    if is_odd.any():
        odd = np.flatnonzero(is_odd)
        texts.iloc[odd] = texts.iloc[odd].map(_spell).array
    return texts


def _spell(value: object) -> object:
    if pd.isna(value):  # type: ignore[call-overload]  # one cell, of any kind
        return pd.NA
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    text = str(value).strip()
    return _WHOLE_AS_DECIMAL.sub(r"\1", text) if text else pd.NA
