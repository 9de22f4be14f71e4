"""Answers as plain JSON: encoded among the student's objects, decoded where no student code runs.

`encode_value` may meet objects made to harm: it runs in the student's process, so that they harm only that.
`decode_value` meets nothing but what `json.loads` gives.
"""

import datetime as dt
import decimal
import fractions
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

_DEEPEST = 20
_LONGEST_NAME = 100


class _UnreadableError(Exception):
    """The value holds something that is no plain value; the message is that thing's type."""


def encode_value(value: object) -> Any:
    """Return a value as JSON for `decode_value`; ``{"unreadable": type}`` where it is not plain."""
    try:
        return _encode(value, 0)
    except _UnreadableError as error:
        return {"unreadable": str(error)[:_LONGEST_NAME]}
    except Exception:  # noqa: BLE001 (whatever a hostile object raises)
        return {"unreadable": type(value).__name__[:_LONGEST_NAME]}


def decode_value(plain: Any) -> Any:
    """Return the value that was encoded.

    Raises
    ------
    ValueError, TypeError, KeyError, RecursionError
        If it was not made by `encode_value`.
    """
    if isinstance(plain, list):
        return [decode_value(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    ((kind, content),) = plain.items()
    match kind:
        case "dict":
            return {_decode_label(key): decode_value(value) for key, value in content}
        case "series":
            return pd.Series(
                _decode_column(content["values"]),
                index=_decode_index(content["index"]),
                name=_decode_label(content["name"]),
            )
        case "frame":
            frame = pd.DataFrame(
                dict(enumerate(map(_decode_column, content["values"]))), index=_decode_index(content["index"])
            )
            frame.columns = _decode_index(content["columns"])
            return frame
        case "unreadable":
            return {"unreadable": str(content)}
    raise ValueError(kind)


def _encode(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise _UnreadableError("nested too deeply")
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    for kinds, encode in _ENCODERS:
        if isinstance(value, kinds):
            return encode(value, depth + 1)
    raise _UnreadableError(type(value).__name__)


def _encode_items(items: Iterable[Any], depth: int) -> list[Any]:
    return [_encode(item, depth) for item in items]


def _encode_set(items: Iterable[Any], depth: int) -> list[Any]:
    return sorted(_encode_items(items, depth), key=lambda item: (str(type(item)), item))


def _encode_dict(items: dict[Any, Any], depth: int) -> dict[str, Any]:
    return {"dict": [_encode_items(pair, depth) for pair in items.items()]}


def _encode_series(series: "pd.Series[Any]", depth: int) -> dict[str, Any]:
    plain = {"values": _encode_column(series), "index": _encode_index(series.index)}
    return {"series": plain | {"name": _encode(series.name, depth)}}


def _encode_frame(frame: pd.DataFrame, _depth: int) -> dict[str, Any]:
    columns = [_encode_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    plain = {"columns": _encode_index(frame.columns), "values": columns}
    return {"frame": plain | {"index": _encode_index(frame.index)}}


def _encode_column(column: Any) -> dict[str, Any]:
    """Encode one column or level: its values, and whether they are times, which JSON has not."""
    is_time = pd.api.types.is_datetime64_any_dtype(column.dtype)
    return {"is_time": bool(is_time), "items": [_encode(item, 1) for item in column.tolist()]}


def _decode_column(plain: dict[str, Any]) -> Any:
    items = [decode_value(item) for item in plain["items"]]
    return (
        pd.to_datetime(pd.Series(items, dtype="str"), format="ISO8601").array if plain["is_time"] else items
    )


def _encode_index(index: pd.Index) -> dict[str, Any]:
    return _encode_column(index) | {"names": [_encode(name, 1) for name in index.names]}


def _decode_index(plain: dict[str, Any]) -> Any:
    names = [_decode_label(name) for name in plain["names"]]
    if len(names) > 1:
        levels = [tuple(decode_value(item)) for item in plain["items"]]
        return pd.MultiIndex.from_tuples(levels, names=names)
    return pd.Index(_decode_column(plain), name=names[0])


def _decode_label(plain: Any) -> Any:
    """Decode a name or key; what was a tuple is one again, so that it can be a key."""
    value = decode_value(plain)
    return tuple(value) if isinstance(value, list) else value


#: The first kind that fits counts: True is an int too, and a Timestamp a date.
_ENCODERS: tuple[tuple[Any, Callable[[Any, int], Any]], ...] = (
    (bool | np.bool_, lambda value, _depth: bool(value)),
    (int | np.integer, lambda value, _depth: int(value)),
    (float | np.floating | decimal.Decimal | fractions.Fraction, lambda value, _depth: float(value)),
    (str, lambda value, _depth: str(value)),
    (dt.date | dt.time, lambda value, _depth: value.isoformat()),
    (
        np.datetime64 | np.timedelta64 | dt.timedelta | pd.Period | pd.Interval,
        lambda value, _depth: str(value),
    ),
    (pd.Series, _encode_series),
    (pd.DataFrame, _encode_frame),
    (dict, _encode_dict),
    (set | frozenset, _encode_set),
    (list | tuple | range | type({}.keys()) | type({}.values()), _encode_items),
    (
        np.ndarray | pd.Index | pd.api.extensions.ExtensionArray,
        lambda value, depth: _encode_items(value.tolist(), depth),
    ),
)
