"""Points tables: parsed with all problems at once, and the same points in Python, in SQL and by file."""

import math
import os
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import DataError, ParameterError
from leadline.features import usage_features
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml
from leadline.target.points import Cut, LevelPoints, NumberPoints, PointsTable
from leadline.target.points_file import parse_points, write_points
from leadline.target.points_python import write_python
from leadline.target.points_sql import write_sql
from tests.features import reference
from tests.features.engine import run
from tests.features.samples import AS_OF

CASE = parse_points(read_yaml(PLANS / "case_points.yml"))


@pytest.mark.parametrize(
    ("streak", "traffic", "sessions", "points"),
    [
        (1, 0.99, 5, 4 + 2 + 2),
        (2, 1.0, 6, 6 + 4 + 4),
        (3, 10.0, 10, 8 + 4 + 4),
        (9, 10.01, 11, 8 + 6 + 6),
        (0, math.nan, math.nan, 0),
    ],
)
def test_the_case_gives_the_published_points(
    streak: int, traffic: float, sessions: float, points: int
) -> None:
    frame = pd.DataFrame({"use_level": [streak], "traffic_mb_mean": [traffic], "sessions_mean": [sessions]})
    assert CASE.score(frame).tolist() == [points]
    assert CASE.split_score(frame).sum(axis=1).tolist() == [points]


@pytest.mark.parametrize(
    ("column", "value", "points"),
    [
        ("use_level", 0, 0),
        ("use_level", 1, 4),
        ("use_level", 2, 6),
        ("use_level", 3, 8),
        ("traffic_mb_mean", 0.0, 2),
        ("traffic_mb_mean", 0.999999, 2),
        ("traffic_mb_mean", 1.0, 4),
        ("traffic_mb_mean", 10.0, 4),
        ("traffic_mb_mean", 10.000001, 6),
        ("sessions_mean", 5.0, 2),
        ("sessions_mean", 5.5, 4),
        ("sessions_mean", 10.0, 4),
        ("sessions_mean", 11.0, 6),
    ],
)
def test_every_bound_of_the_case_is_the_published_one(column: str, value: float, points: int) -> None:
    rows = pd.DataFrame([{"use_level": 0, "traffic_mb_mean": 0.0, "sessions_mean": 0.0} | {column: value}])
    assert CASE.split_score(rows)[column].tolist() == [points]


def test_the_case_s_points_follow_from_months() -> None:
    """Used long ago 4, in the last two months 6, in the last three 8; averages over just those months."""
    months = pd.to_datetime(
        ["2025-02-01", "2025-05-01", "2025-06-01", "2025-04-01", "2025-05-01", "2025-06-01"]
    )
    rows = pd.DataFrame(
        {"customer_id": [1, 2, 2, 3, 3, 3], "month": months, "traffic_mb": [50.0, 0.5, 1.5, 3.0, 9.0, 19.0]}
    ).assign(sessions=[9, 5, 6, 11, 11, 11], spend_cny=1.0, **dict.fromkeys(reference.SUMMED, 0))
    points = CASE.split_score(run(partial(usage_features, as_of=AS_OF), rows))
    assert points["use_level"].tolist() == [4, 6, 8]
    assert points["traffic_mb_mean"].tolist() == [2, 4, 6]
    assert points["sessions_mean"].tolist() == [2, 4, 6]


def test_the_case_s_sql_is_as_it_was() -> None:
    """Renew with LEADLINE_RENEW_GOLDEN=1 and read the difference."""
    path = Path(__file__).parents[1] / "golden" / "case_points.sql"
    sql = f"SELECT {write_sql(CASE)} AS points\n"
    if os.environ.get("LEADLINE_RENEW_GOLDEN"):
        path.write_text(sql, "utf-8")
    assert sql == path.read_text("utf-8")


def test_the_table_says_each_rule_in_words() -> None:
    rules = CASE.table[CASE.table["column"] == "traffic_mb_mean"]
    assert rules["rule"].tolist() == ["under 1", "1 to 10", "over 10", "missing"]
    assert rules["points"].tolist() == [2, 4, 6, 0]
    assert CASE.range == (0, 20)


def document(*rules: dict, **more: object) -> dict:
    return {"name": "x", "attributes": [{"column": "a", "rules": list(rules), **more}]}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (document({"under": 1, "points": 1}, {"over": 1, "points": 2}), "a gap at 1."),
        (document({"under": 1, "points": 1}, {"at_least": 3, "points": 2}), "a gap from 1 to 3."),
        (document({"at_most": 1, "points": 1}, {"at_least": 1, "points": 2}), "overlap at 1."),
        (document({"under": 5, "points": 1}, {"at_least": 1, "points": 2}), "overlap at 1."),
        (document({"at_least": 0, "points": 1}), "a gap below 0."),
        (document({"at_most": 9, "points": 1}), "a gap above 9."),
        (document({"over": 4, "under": 4, "points": 1}), "no number keeps the rule"),
        (document({"at_most": "ten", "points": 1}), "at_most == 'ten', must be a number."),
        (document({"at_most": 1, "under": 2, "points": 1}), "needs one lower bound"),
        (document({"at_least": 1, "points": "many"}), "points == 'many', must be a whole number."),
        (document({"at_leest": 1, "points": 1}), "needs bounds of a number or 'equals'"),
        (document({"equals": "yes", "points": 1}), "otherwise == None, must be a whole number."),
        (
            document({"equals": "yes", "points": 1}, {"equals": ["no", "yes"], "points": 2}, otherwise=0),
            "overlap at 'yes'",
        ),
        (document({"at_least": 0, "points": 1}, otherwise=3), "take 'otherwise' out"),
        ({"name": "x", "attributes": []}, "names no attributes"),
        ({"nmae": "x", "attributes": [{"column": "a"}]}, "unknown key 'nmae'. Did you mean 'name'?"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(wrong: dict, problem: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_points(wrong)
    assert any(problem in text for text in caught.value.problems), caught.value.problems


def test_all_problems_come_at_once_and_columns_are_checked() -> None:
    two = {"column": "traffic", "rules": [{"at_least": 0, "points": "x"}]}
    with pytest.raises(ParameterError) as caught:
        parse_points(
            {
                "attributes": [
                    two,
                    {"column": "sesions", "rules": [{"equals": 1, "points": 1}], "otherwise": 0},
                ]
            },
            columns=["sessions", "traffic"],
        )
    assert len(caught.value.problems) == 2
    assert "Did you mean 'sessions'?" in str(caught.value)


def test_a_table_that_does_not_fit_is_refused_with_every_column() -> None:
    with pytest.raises(DataError) as caught:
        CASE.score(pd.DataFrame({"use_level": ["1"], "traffic_mb_mean": [1.0]}))
    assert [text.split(":")[0] for text in caught.value.problems] == ["sessions_mean", "use_level"]


NUMBERS = st.one_of(
    st.integers(-3, 13).map(float),
    st.floats(allow_nan=True, allow_infinity=True, width=64),
    st.sampled_from([0.1, 0.1 + 2**-55, 1 / 3, 5e-324, -0.0, 1e300]),
)
LEVELS = st.sampled_from(["A", "O'Neill", '"} + \\', "上海", "", "true", "1", "0", "-2", "2.5"])
WORDS = st.one_of(LEVELS, st.sampled_from(["1.0", "-0.0", "01", "01.0", "nan", "NaN", "None", "a"]))


def score_by_python(table: PointsTable, frame: pd.DataFrame) -> list[int]:
    """Score rows with the exported function, as plain Python holds them and as pandas does."""
    module: dict[str, Any] = {}
    exec(compile(write_python(table), "score.py", "exec"), module)
    plain = [module["score"](row) for row in pa.Table.from_pandas(frame).to_pylist()]
    assert [module["score"](row) for _place, row in frame.iterrows()] == plain
    return plain


def score_by_sql(table: PointsTable, rows: pd.DataFrame | pa.Table) -> list[int]:
    with duckdb.connect() as connection:
        connection.register("customers", rows)
        found = connection.sql(f"SELECT {write_sql(table)} AS points FROM customers").fetchall()
    return [points for (points,) in found]


@st.composite
def tables(draw: st.DrawFn) -> PointsTable:
    cuts = sorted(draw(st.sets(NUMBERS.filter(math.isfinite), max_size=5)))
    numbers = NumberPoints(
        column='traffic "mb"',
        label="traffic",
        cuts=tuple(Cut(value=cut, closed=draw(st.booleans())) for cut in cuts),
        points=tuple(draw(st.lists(st.integers(-99, 99), min_size=len(cuts) + 1, max_size=len(cuts) + 1))),
        missing=draw(st.integers(-9, 9)),
    )
    levels = LevelPoints(
        column="city",
        label="city",
        levels=draw(st.dictionaries(LEVELS, st.integers(-99, 99), min_size=1, max_size=4)),
        otherwise=draw(st.integers(-9, 9)),
        missing=draw(st.integers(-9, 9)),
    )
    return PointsTable(name="t", attributes=(numbers, levels), base=draw(st.integers(-50, 50)))


def test_a_bound_that_is_written_with_an_exponent_is_one_number() -> None:
    bins = NumberPoints(
        column="x",
        label="x",
        cuts=(Cut(value=-1.801439850948198e16, closed=False),),
        points=(3, 5),
        missing=0,
    )
    table = PointsTable(name="t", attributes=(bins,))
    frame = pd.DataFrame({"x": [-2e16, -1e16]})
    assert score_by_sql(table, frame) == table.score(frame).tolist() == [3, 5]


@settings(max_examples=60, deadline=None)
@given(tables(), st.lists(st.tuples(NUMBERS, st.one_of(st.none(), WORDS)), min_size=1, max_size=20))
def test_python_sql_and_the_file_agree_on_every_row(
    table: PointsTable, rows: list[tuple[float, str | None]]
) -> None:
    cuts = [cut.value for cut in table.attributes[0].cuts]  # type: ignore[union-attr]
    rows += [
        (value, "A")
        for cut in cuts
        for end in (-math.inf, math.inf)
        for value in (cut, math.nextafter(cut, end))
    ]
    frame = pd.DataFrame(rows, columns=['traffic "mb"', "city"]).astype({"city": "str"})
    scored = table.score(frame)
    assert score_by_sql(table, frame) == scored.tolist()
    assert score_by_python(table, frame) == scored.tolist()
    pd.testing.assert_series_equal(parse_points(write_points(table)).score(frame), scored)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([0.0, -0.0, 1.0, -2.0, 2.5, 7.0, math.nan], dtype="float64"),
        pd.Series([0.0, 1.0, 2.5, math.nan], dtype="float32"),
        pd.Series([0, 1, None, -2], dtype="Int64"),
        pd.Series([True, False, None], dtype="boolean"),
        pd.Series([True, False]),
        pd.Series(["1", "true", None], dtype="category"),
        pd.Series(["1.0", "0", None, ""], dtype="str"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_levels_agree_in_columns_of_every_type(column: pd.Series) -> None:
    levels = {"0": 1, "1": 2, "-2": 4, "2.5": 8, "true": 16, "false": 32}
    table = PointsTable(
        name="t",
        attributes=(LevelPoints(column="a", label="a", levels=levels, otherwise=64, missing=128),),
    )
    frame = pd.DataFrame({"a": column})
    scored = table.score(frame).tolist()
    assert score_by_sql(table, pa.Table.from_pandas(frame)) == scored
    assert score_by_python(table, frame) == scored
    if column.dtype.kind == "f":  # as a database holds what a program other than pandas wrote
        assert score_by_sql(table, pa.table({"a": pa.array(column.to_numpy(), from_pandas=False)})) == scored


def test_batches_give_the_same_points_into_the_room_that_is_given() -> None:
    frame = pd.DataFrame(
        {
            "use_level": np.arange(100_000) % 5,
            "traffic_mb_mean": np.arange(100_000) % 23,
            "sessions_mean": 7.0,
        }
    )
    room = np.full(100_000, -1, dtype=np.int16)
    CASE.score_into(frame, room)
    assert room.tolist() == CASE.split_score(frame).sum(axis=1).tolist()
    assert CASE.score(frame).dtype == np.int32
    with pytest.raises(ValueError, match="do not fit into int8"):
        PointsTable(name="t", attributes=CASE.attributes, base=120).score_into(
            frame, np.empty(100_000, np.int8)
        )


def test_points_that_a_sum_cannot_hold_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"points == 3,000,000,000, must be at most 1,000,000 in size"):
        parse_points(document({"equals": "a", "points": 3_000_000_000}, otherwise=0))


def test_flags_and_whole_numbers_are_levels_too() -> None:
    table = parse_points(
        {
            "attributes": [
                {"column": "staff", "rules": [{"equals": "true", "points": -5}], "otherwise": 0},
                {
                    "column": "risk",
                    "rules": [{"equals": ["4", "5"], "points": 3}],
                    "otherwise": 1,
                    "missing": 2,
                },
            ]
        }
    )
    frame = pd.DataFrame({"staff": [True, False, False], "risk": [5.0, 1.0, None]})
    assert table.score(frame).tolist() == [-2, 1, 2]
    assert score_by_sql(table, frame) == [-2, 1, 2]
