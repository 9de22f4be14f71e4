"""A table read for a contract: what the contract knows of a column, its values need not show."""

import unicodedata
from typing import Any

import pandas as pd

from leadline.data.contract import ColumnRule, Contract, Kind
from leadline.data.flags import read_flag
from leadline.data.infer import is_id_name

_EMPTY: dict[Kind, Any] = {
    "id": "str",
    "text": "str",
    "number": "float64",
    "whole_number": "float64",
    "date": "datetime64[us]",
    "flag": "boolean",
}


def find_text_columns(contract: Contract) -> list[str]:
    """Return the columns that are text whatever they look like; ids known by name are read as ids anyway."""
    return [
        rule.name for rule in contract.columns if rule.kind in ("id", "text") and not is_id_name(rule.name)
    ]


def fit_columns(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return the frame as the contract writes it.

    Yes and no in flags are true and false, "SMS" is the "sms" that the contract allows, and each empty column
    has its type.

    A column that holds anything else stays as it is, for `check_table` to refuse.
    """
    columns = {rule.name: _fit(frame[rule.name], rule) for rule in contract.columns if rule.name in frame}
    return frame.assign(**columns)


def _fit(values: pd.Series, rule: ColumnRule) -> pd.Series:
    if values.isna().all():
        return values.astype(object).astype(_EMPTY[rule.kind])
    if rule.kind == "text" and rule.allowed:
        return _spell_allowed(values, {str(word).casefold(): str(word) for word in rule.allowed})
    if rule.kind != "flag" or pd.api.types.is_bool_dtype(values):
        return values
    known = values.dropna()
    if pd.api.types.is_numeric_dtype(known) and known.isin([0, 1]).all():
        known = known.astype("int64")
    flags = read_flag(known)
    if flags is None:
        return values
    return flags if len(flags) == len(values) else flags.astype("boolean").reindex(values.index)


def _spell_allowed(values: pd.Series, allowed: dict[str, str]) -> pd.Series:
    """Write words that differ from an allowed one only in case, width or spaces about them as it is."""
    words = {word: _fold(word) for word in values.dropna().unique() if isinstance(word, str)}
    other = {word: allowed[key] for word, key in words.items() if allowed.get(key, word) != word}
    return values.replace(other) if other else values


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()
