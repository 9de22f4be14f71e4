from pathlib import Path

import pandas as pd
import pytest

from leadline.data.partner.purposes import choose_columns, read_purposes
from leadline.errors import DataError

ALLOW = {"list": ("is_staff", "trades_3m", "remark", "phone", "phone_key"), "other": ("assets_cny",)}
FRAME = pd.DataFrame(
    {
        "phone_key": ["a", "b", "c"],
        "is_staff": [True, False, False],
        "trades_3m": [1, 2, 3],
        "assets_cny": [1.0, 2.0, 3.0],
        "remark": ["calls on 2025-06-01", None, "number 12345678901234"],
    }
)


def choose(frame: pd.DataFrame = FRAME, purpose: str = "list", columns: list[str] | None = None) -> list[str]:
    return choose_columns(frame, allow=ALLOW, purpose=purpose, columns=columns, set_apart=("phone_key",))


def test_all_allowed_columns_cross_and_no_other() -> None:
    assert choose() == ["is_staff", "trades_3m", "remark"]
    assert choose(columns=["trades_3m", "trades_3m"]) == ["trades_3m"]
    assert choose(purpose="other") == ["assets_cny"]
    assert choose(columns=[]) == []


def test_all_columns_that_may_not_cross_are_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        choose(
            FRAME.assign(city="x").drop(columns="trades_3m"),
            columns=["assets_cny", "city", "trades_3m", "phone_key"],
        )
    problems = caught.value.problems
    assert problems[0].startswith("assets_cny, city, phone_key: not in the allow-list for 'list'")
    assert problems[1].startswith("trades_3m: the table has no such column")
    assert len(problems) == 2


def test_an_unknown_purpose_is_named() -> None:
    with pytest.raises(DataError, match=r"'lists' is not a purpose.*\n.*list, other. Did you mean 'list'"):
        choose(purpose="lists")


def test_a_number_never_crosses_whatever_the_allow_list_says() -> None:
    with pytest.raises(DataError, match=r"phone: reaches a person and never crosses"):
        choose(FRAME.assign(phone="13800138000"))


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "ring 138-0013-8000 after five",
        "电话１３８００１３８０００",
        "+86 138 0013 8000",
        "8613800138000",
        "a 13800138000, b 13900139000",
    ],
)
def test_a_number_in_text_is_found(text: str) -> None:
    with pytest.raises(DataError, match=r"remark: 1 value holds a telephone number \(row 3\)"):
        choose(FRAME.assign(remark=["fine", text, None]))


def test_whole_numbers_are_phones_only_when_most_are() -> None:
    assets = FRAME.assign(trades_3m=[13_800_138_000, 2, 3])
    assert "trades_3m" in choose(assets)
    with pytest.raises(DataError, match=r"trades_3m: 3 values hold a telephone number"):
        choose(FRAME.assign(trades_3m=[13_800_138_000, 13_900_139_000, 15_012_345_678]))


def test_purposes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "purposes.yml"
    path.write_text("account_holders: [is_staff, trades_3m]\n中文: [城市]\n", "utf-8")
    assert read_purposes(path) == {"account_holders": ("is_staff", "trades_3m"), "中文": ("城市",)}


@pytest.mark.parametrize("text", ["", "a: b", "a: {b: c}", "[a, b]", "a: [[b]]", "a:"])
def test_what_is_no_allow_list_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "purposes.yml"
    path.write_text(text)
    with pytest.raises(DataError, match=r"is no allow-list"):
        read_purposes(path)
