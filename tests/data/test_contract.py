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
        ColumnRule(
            name="customer_id", kind="text", meaning="customer", unique=True, personal_data="pseudonym"
        ),
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


CONTACTS = Contract(
    name="contacts",
    grain="a contact",
    key=("campaign_id", "customer_id"),
    columns=(
        ColumnRule(name="campaign_id", kind="id", meaning="campaign"),
        ColumnRule(name="customer_id", kind="id", meaning="customer"),
        ColumnRule(name="note", kind="text", meaning="a note", allowed=("a",), required=False),
        ColumnRule(name="is_reached", kind="flag", meaning="reached", nullable=True),
    ),
)
CONTACT_ROWS = pd.DataFrame(
    {
        "campaign_id": ["c1", "c1", "c2"],
        "customer_id": [1, 2, 1],
        "is_reached": pd.Series([True, None, False], dtype="boolean"),
    }
)


def contact_problems(**columns: object) -> tuple[str, ...]:
    with pytest.raises(DataError) as caught:
        check_table(CONTACT_ROWS.assign(**columns), CONTACTS, "c.csv")
    return caught.value.problems


def test_ids_are_text_or_whole_numbers_and_nothing_else() -> None:
    check_table(CONTACT_ROWS, CONTACTS, "c.csv")
    check_table(CONTACT_ROWS.assign(customer_id=["01", "1", "2"]), CONTACTS, "c.csv")
    for wrong in ([1.0, 2.0, 3.0], pd.to_datetime(["2026-01-01"] * 3), [True, False, True]):
        assert contact_problems(customer_id=wrong)[0].startswith("customer_id: holds ")
    assert (
        "customer_id: 1 of 3 values are missing (row 3)" in contact_problems(customer_id=["1", None, "1"])[0]
    )


def test_a_column_that_may_be_absent_keeps_its_rule_where_it_is_there() -> None:
    check_table(CONTACT_ROWS.assign(note="a"), CONTACTS, "c.csv")
    assert contact_problems(note=["a", "b", "a"]) == (
        "note: 1 value is not allowed (row 3: 'b'). Allowed are a.",
    )


def test_no_two_rows_share_the_key_though_each_column_repeats() -> None:
    (found,) = contact_problems(campaign_id=["c1", "c1", "c1"])
    assert found.startswith("campaign_id + customer_id: 1 row repeats an earlier one (row 4).")


def test_a_key_that_is_absent_is_one_problem() -> None:
    with pytest.raises(DataError) as caught:
        check_table(CONTACT_ROWS.drop(columns="campaign_id"), CONTACTS, "c.csv")
    assert [problem.split(" (")[0] for problem in caught.value.problems] == [
        "campaign_id: the column is absent"
    ]


def test_what_is_neither_yes_nor_no_is_named() -> None:
    (found,) = contact_problems(is_reached=["是", "maybe", "否"])
    assert "must be flag (row 3: 'maybe')" in found


def test_a_fraction_among_whole_numbers_is_named() -> None:
    assert "must be whole number (row 2: 1.5)" in problems(SOUND.assign(age_years=[1.5, 2, 3, 4]))[0]
