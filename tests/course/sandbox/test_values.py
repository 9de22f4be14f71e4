"""What a student's values are after they went through JSON."""

import datetime as dt
import json
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from leadline.course.sandbox.values import decode_value, encode_value


def there_and_back(value: object) -> object:
    return decode_value(json.loads(json.dumps(encode_value(value))))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (np.bool_(False), False),
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (Decimal("1.5"), 1.5),
        (float("inf"), float("inf")),
        (pd.NA, None),
        ("名单", "名单"),
        (pd.Timestamp("2026-01-02 03:04"), "2026-01-02T03:04:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        ({3, 1, 2}, [1, 2, 3]),
        ((1, [2.0, "a"]), [1, [2.0, "a"]]),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        (pd.Index(["a", "b"]), ["a", "b"]),
        (pd.Categorical(["a", "b"]), ["a", "b"]),
        ({"series": 1, 2: {"x": None}, (1, "a"): 3}, {"series": 1, 2: {"x": None}, (1, "a"): 3}),
    ],
)
def test_plain_values_come_back(value: object, expected: object) -> None:
    found = there_and_back(value)
    assert found == expected
    assert type(found) is type(expected)


def test_not_a_number_comes_back() -> None:
    assert math.isnan(there_and_back(np.float64("nan")))


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([1.5, 2.5], index=["a", "b"], name="share"),
        pd.Series(pd.to_datetime(["2026-01-02", None]), name="day"),
        pd.Series([1, 2], index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"]), name="n"),
        pd.Series([1, 2], index=pd.to_datetime(["2026-01-02", "2026-01-03"])),
        pd.Series([], dtype="float64"),
    ],
)
def test_series_come_back(series: pd.Series) -> None:
    pd.testing.assert_series_equal(there_and_back(series), series, check_dtype=False, check_index_type=False)


def test_frames_come_back_with_columns_of_one_name() -> None:
    frame = pd.DataFrame([[1, "a", 0.5], [2, "b", None]], columns=["n", "n", "x"], index=[7, 9])
    pd.testing.assert_frame_equal(there_and_back(frame), frame, check_dtype=False)


class Loud:
    """Raises wherever it is asked."""

    def __repr__(self) -> str:
        raise KeyError

    __str__ = __len__ = __iter__ = __repr__


def test_other_objects_are_named_and_nothing_of_them_is_used() -> None:
    assert there_and_back(Loud()) == {"unreadable": "Loud"}
    assert there_and_back([1, Loud()]) == {"unreadable": "Loud"}
    assert there_and_back(1j) == {"unreadable": "complex"}
    assert there_and_back(print) == {"unreadable": "builtin_function_or_method"}


def test_a_list_in_itself_is_nested_too_deeply() -> None:
    inside: list = []
    inside.append(inside)
    assert there_and_back(inside) == {"unreadable": "nested too deeply"}
