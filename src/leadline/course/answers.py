"""Read what a student gave as an answer, however it is typed."""

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

_NUMBER = re.compile(r"\s*([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%?)\s*", re.IGNORECASE)


def is_missing(answer: Any) -> bool:
    """Tell whether nothing was answered: ``...``, None, an empty text or list."""
    if answer is Ellipsis or answer is None:
        return True
    if isinstance(answer, pd.DataFrame | pd.Series | np.ndarray):
        return not len(np.atleast_1d(np.asarray(answer)))
    return isinstance(answer, str | list | tuple | dict | set) and not answer


def read_number(answer: Any) -> float | None:
    """Return the number that was answered; None where it is none (true and false are none).

    One value in a list, array or Series counts, as do texts such as "12.3" and "12.3%" (12.3).
    """
    if isinstance(answer, pd.DataFrame | pd.Series | np.ndarray | list | tuple):
        values = np.asarray(answer, dtype=object).ravel()
        return read_number(values[0]) if len(values) == 1 else None
    if isinstance(answer, str):
        found = _NUMBER.fullmatch(answer.replace(",", ""))
        return float(found[1]) if found else None
    if isinstance(answer, bool | np.bool_) or not isinstance(answer, int | float | np.number):
        return None
    try:
        value = float(answer)
    except (OverflowError, TypeError):  # a whole number beyond 1e308, a complex one
        return None
    return value if math.isfinite(value) else None


def read_choice(answer: Any) -> str | None:
    """Return the option that was answered, without the blanks around it and in small letters."""
    return answer.strip().casefold() if isinstance(answer, str) else None


def read_ids(answer: Any) -> list[str] | None:
    """Return the customers that were listed, as text and in order; None where it is no list.

    A frame counts by its column ``customer_id``. 10000001.0, as a float column holds it, is 10000001.
    """
    if isinstance(answer, pd.DataFrame):
        if "customer_id" not in answer:
            return None
        answer = answer["customer_id"]
    if isinstance(answer, str | dict) or not isinstance(answer, Iterable):
        return None
    return [_write_id(value) for value in answer]


def _write_id(value: Any) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()
