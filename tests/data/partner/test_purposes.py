from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.data.partner.purposes import choose_columns, find_numbers_of_people, read_purposes
from leadline.errors import DataError
from tests.data.partner.spellings import SPELLINGS

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


@pytest.mark.covers("exports", "personal_data_found")
@pytest.mark.parametrize(
    "text",
    [
        *SPELLINGS,
        "ring 138-0013-8000 after five",
        "电话１３８００１３８０００",
        "a 13800138000, b 13900139000",
        "room 5 138 0013 8000 floor 2",
    ],
)
def test_a_number_in_text_is_found(text: str) -> None:
    with pytest.raises(DataError, match=r"remark: 1 value holds a telephone number \(row 3\)") as caught:
        choose(FRAME.assign(remark=["fine", text, None]))
    assert text not in str(caught.value)
    with pytest.raises(DataError, match=r"remark: 1 value holds"):
        choose(FRAME.assign(remark=pd.Categorical(["fine", text, None])))


@pytest.mark.parametrize(
    "kind", ["int64", "uint64", "float64", "Int64", "Float64", "int64[pyarrow]", "double[pyarrow]", "object"]
)
@pytest.mark.parametrize("country", [0, 86 * 10**11])
def test_a_hundredth_of_numbers_among_figures_is_enough(kind: str, country: int) -> None:
    figures = pd.Series(range(300)).where(lambda place: place % 100 > 0, 13_800_138_000 + country)
    with pytest.raises(
        DataError, match=r"trades_3m: 3 values hold a telephone number \(rows 2, 102 and 202\)"
    ):
        choose(pd.DataFrame({"trades_3m": figures.astype(kind)}))


def test_numbers_with_gaps_or_as_decimals_are_found() -> None:
    for figures in ([13_800_138_000.0, None, 2.5], [Decimal(13_800_138_000), None, Decimal(2)]):
        with pytest.raises(DataError, match=r"trades_3m: 1 value holds a telephone number \(row 2\)"):
            choose(FRAME.assign(trades_3m=figures))


def test_amounts_and_ids_are_no_telephone_numbers() -> None:
    rng = np.random.default_rng(3)
    rows = 20_000
    columns = {
        "amounts": np.round(rng.lognormal(11, 2.5, rows), 2),
        "fen": rng.lognormal(20, 2.5, rows).astype("int64"),
        "revenue": (1e8 * (1 + rng.pareto(1, rows))).round(),
        "ids of 10 digits": rng.integers(10**9, 10**10, rows),
        "ids of 11 digits": rng.integers(10**10, 10**11, rows),
        "ids of 13 digits": rng.integers(10**12, 10**13, rows),
        "ids of 18 digits": rng.integers(10**17, 10**18, rows),
        "seconds": rng.integers(1_600_000_000, 1_800_000_000, rows),
        "milliseconds": rng.integers(1_600_000_000_000, 1_800_000_000_000, rows),
        "days": pd.Series(rng.integers(20_100_101, 20_251_231, rows)),
        "flags": rng.random(rows) < 0.5,
        "dates": pd.date_range("2025-01-01", periods=rows),
        "with fen": 13_800_138_000 + rng.integers(1, 100, rows) / 100,
    }
    for name, values in columns.items():
        assert find_numbers_of_people(pd.Series(values, name=name)) == ""
    ids = pd.Series(columns["ids of 11 digits"], name="customer_id")
    assert find_numbers_of_people(ids.astype(str), is_id=True) == ""


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
