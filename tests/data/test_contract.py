"""A contract lists every problem at once, with the rows of the file."""

import subprocess
import sys

import pandas as pd
import pytest

from leadline.data import ColumnRule, Contract, check_table
from leadline.errors import DataError

CUSTOMERS = Contract(
    name="customers",
    grain="a customer",
    columns=(
        ColumnRule(name="customer_id", kind="text", meaning="customer", unique=True, personal_data="pseudonym"),
        ColumnRule(name="assets_cny", kind="number", meaning="assets", unit="CNY", minimum=0, nullable=True),
        ColumnRule(
            name="age_years", kind="whole_number", meaning="age", unit="years", minimum=0, maximum=120
        ),
        ColumnRule(name="channel", kind="text", meaning="channel", allowed=("app", "branch")),
        ColumnRule(name="joined", kind="date", meaning="first account opened"),
    ),
)
SOUND = pd.DataFrame(
    {
        "customer_id": pd.Series(["a", "b", "c", "d"], dtype="str"),
        "assets_cny": [1.0, 2.0, None, 0.0],
        "age_years": [30, 40, 50, 60],
        "channel": pd.Series(["app", "app", "branch", "app"], dtype="str"),
        "joined": pd.to_datetime(["2024-01-01"] * 4),
        "other": [1, 2, 3, 4],
    }
)


def problems(frame: pd.DataFrame) -> tuple[str, ...]:
    before = frame.copy(deep=True)
    with pytest.raises(DataError) as caught:
        check_table(frame, CUSTOMERS, "c.csv")
    pd.testing.assert_frame_equal(frame, before)
    assert caught.value.headline == "c.csv is not a valid customers table"
    return caught.value.problems


def test_a_sound_table_passes_unchanged() -> None:
    assert check_table(SOUND, CUSTOMERS, "c.csv") is SOUND


def test_all_problems_come_at_once() -> None:
    frame = SOUND.assign(
        customer_id=["a", "b", "a", "b"],
        assets_cny=[1.0, -2.0, None, -5.0],
        age_years=[30, 121, 50, -1],
        channel=["app", "web", None, "app"],
    ).rename(columns={"joined": "joinned"})
    assert problems(frame.astype({"customer_id": "str", "channel": "str"})) == (
        (
            "joined: the column is absent (first account opened). Did you mean 'joinned'? "
            "Name your own column for it in a mapping file."
        ),
        (
            "customer_id: 2 values occur more than once (first: a in rows 2 and 4). "
            "Keep one row each, or choose a table with one row a record."
        ),
        (
            "assets_cny: 2 values are below 0 (rows 3 and 5: -2.0, -5.0). "
            "Correct or empty these cells (unit: CNY)."
        ),
        "age_years: 1 value is below 0 (row 5: -1). Correct or empty these cells (unit: years).",
        "age_years: 1 value is above 120 (row 3: 121). Correct or empty these cells (unit: years).",
        "channel: 1 of 4 values are missing (row 4). Fill them, or remove these rows.",
        "channel: 1 value is not allowed (row 3: 'web'). Allowed are app, branch.",
    )


def test_a_column_of_another_type_is_named() -> None:
    wrong = SOUND.assign(age_years=[1.5, 2, 3, 4], customer_id=[1, 2, 3, 4], joined="x")
    assert [problem.split(" (")[0].split(". ")[0] for problem in problems(wrong)] == [
        "customer_id: holds int64, must be text",
        "age_years: holds float64, must be whole number",
        "joined: holds str, must be date",
    ]


def test_rows_do_not_depend_on_the_index() -> None:
    frame = SOUND.assign(assets_cny=[1.0, -2.0, 3.0, 4.0]).set_index(pd.Index([9, 9, 9, 9]))
    assert "(row 3: -2.0)" in problems(frame)[0]


def test_a_null_key_is_refused() -> None:
    frame = SOUND.assign(customer_id=pd.Series(["a", None, None, "d"], dtype="str"))
    assert "customer_id: 2 of 4 values are missing (rows 3 and 4)" in problems(frame)[0]


def test_pandera_is_loaded_only_to_check() -> None:
    code = "import sys, leadline.data; print({'pandera', 'duckdb', 'openpyxl'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_rows_stay_those_of_the_file_when_others_are_taken_out() -> None:
    (found,) = problems(SOUND.assign(assets_cny=[1.0, 2.0, -5.0, 0.0])[1:])
    assert "assets_cny: 1 value is below 0 (row 4: -5.0)" in found
