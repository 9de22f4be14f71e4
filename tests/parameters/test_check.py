import datetime as dt
from typing import Any

import pytest

from leadline.errors import ParameterError
from leadline.parameters import (
    Choice,
    Column,
    Columns,
    Count,
    Dataset,
    Date,
    File,
    Flag,
    Money,
    Secret,
    Seed,
    Share,
    Text,
    Texts,
    check_parameters,
)
from leadline.parameters.check import check_value, check_values


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (Count, "00123", 123),
        (Count, "5_000", 5000),
        (Count, 5000.0, 5000),
        (Share, "20%", 0.2),
        (Share, "0.2", 0.2),
        (Share, 1, 1.0),
        (Money, "12.50", 12.5),
        (Money, "-3e2", -300.0),
        (Date, "2026-01-31", dt.date(2026, 1, 31)),
        (Text, "0123", "0123"),
        (Text, "True", "True"),
        (Text, "", ""),
        (Texts, '["a", "1"]', ["a", "1"]),
        (Flag, "是", True),
        (Flag, "No", False),
        (Flag, True, True),
        (Column, "客户号", "客户号"),
        (Columns, ["a", "b"], ["a", "b"]),
        (Seed, "4294967295", 4294967295),
        (Choice["random", "time"], "time", "time"),
        (Count | None, "null", None),
        (Count | None, "", None),
        (Text | None, "null", "null"),
        (Text | None, "", None),
        (Dataset, "coil2000", "coil2000"),
    ],
)
def test_text_becomes_the_declared_type(kind: Any, given: object, value: object) -> None:
    checked = check_value("p", kind, given)
    assert checked == value
    assert type(checked) is type(value)


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (Count, "１２", "p == '１２', must be a whole number, 0 or more."),
        (Count, "-1", "must be a whole number, 0 or more"),
        (Count, "1.5", "must be a whole number"),
        (Count, "1e400", "must be a whole number"),
        (Count, True, "must be a whole number"),
        (Count, None, "p is empty, must be a whole number"),
        (Share, "1.2", "p == '1.2', must be a share from 0 to 1, such as 0.2 or 20%."),
        (Share, "nan", "must be a share"),
        (Money, "inf", "must be an amount"),
        (Money, "1,200", "must be an amount"),
        (Money, 10**400, "must be an amount"),
        (Date, "31/01/2026", "must be a date written 2026-01-31"),
        (Date, "2026-02-30", "must be a date"),
        (Date, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "must be a date"),
        (Text, 3, "must be text"),
        (Text, "\ud800", "lone surrogate"),
        (Texts, "a,b", "must be a JSON list"),
        (Texts, '{"a": 1}', "must be a JSON list"),
        (Flag, "2", "must be true or false"),
        (Column, " ", "must be the name of a column"),
        (Seed, "4294967296", "must be a whole number from 0 to 4294967295"),
        (Choice["random", "time"], "tme", "must be one of random, time. Did you mean 'time'?"),
        (File, "no_such_file.csv", "does not exist"),
        (Dataset, "coil200", "Did you mean 'coil2000'?"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(kind: Any, given: object, said: str) -> None:
    with pytest.raises(ValueError, match="^p ") as caught:
        check_value("p", kind, given)
    assert said in str(caught.value)


def test_all_problems_come_at_once_with_the_nearest_name() -> None:
    declared = {"list_size": Count, "share": Share}
    with pytest.raises(ParameterError) as caught:
        check_values("stage_target_model", declared, {"list_sise": "1", "share": "7", "list_size": "x"})
    assert str(caught.value).startswith("stage_target_model cannot run with these parameters (3 problems):")
    assert "stage_target_model has no parameter 'list_sise'. Did you mean 'list_size'?" in str(caught.value)


def test_a_long_or_unprintable_value_is_shown_short_and_escaped() -> None:
    with pytest.raises(ValueError, match="must be") as caught:
        check_value("p", Count, "\x1b[31m" + "9x" * 500)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 120


def test_a_secret_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="never the secret") as caught:
        check_value("key", Secret, "hunter2hunter2")
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("BROKER_KEY", "hunter2")
    secret = check_value("key", Secret, "env:BROKER_KEY")
    assert secret.reveal() == "hunter2"
    assert "hunter2" not in repr(secret)
    with pytest.raises(ValueError, match="NOT_SET_HERE, which is not set"):
        check_value("key", Secret, "env:NOT_SET_HERE")


def test_set_up_replaces_values_by_typed_ones() -> None:
    namespace: dict[str, Any] = {
        "__annotations__": {"as_of": Date | None, "share": Share, "other": int},
        "as_of": "2026-01-31",
        "share": "20%",
        "other": "untouched",
    }
    check_parameters(namespace)
    assert namespace["as_of"] == dt.date(2026, 1, 31)
    assert namespace["share"] == 0.2
    assert namespace["other"] == "untouched"


def test_set_up_refuses_a_value_set_by_hand() -> None:
    with pytest.raises(ParameterError, match="share == 3"):
        check_parameters({"__annotations__": {"share": Share}, "share": 3})
