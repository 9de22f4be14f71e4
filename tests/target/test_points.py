"""Points tables: parsed with all problems at once, and the same points in Python, in SQL and by file."""

import math

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.errors import DataError, ParameterError
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml
from leadline.target.points import Cut, LevelPoints, NumberPoints, PointsTable
from leadline.target.points_file import parse_points, write_points
from leadline.target.points_sql import write_sql

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
LEVELS = st.sampled_from(["A", "O'Neill", "上海", "", "true", "1"])


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


@settings(max_examples=150, deadline=None)
@given(tables(), st.lists(st.tuples(NUMBERS, st.one_of(st.none(), LEVELS)), min_size=1, max_size=20))
def test_python_sql_and_the_file_agree_on_every_row(
    table: PointsTable, rows: list[tuple[float, str | None]]
) -> None:
    cuts = [cut.value for cut in table.attributes[0].cuts]  # type: ignore[union-attr]
    rows += [
        (value, "A") for cut in cuts for value in (cut, np.nextafter(cut, np.inf), np.nextafter(cut, -np.inf))
    ]
    frame = pd.DataFrame(rows, columns=['traffic "mb"', "city"]).astype({"city": "str"})
    scored = table.score(frame)
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        found = connection.sql(f"SELECT {write_sql(table)} AS points FROM frame").fetchall()
    assert scored.tolist() == [points for (points,) in found]
    pd.testing.assert_series_equal(parse_points(write_points(table)).score(frame), scored)


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
    with duckdb.connect() as connection:
        connection.register("frame", frame.astype({"risk": "Int64"}))
        assert [row[0] for row in connection.sql(f"SELECT {write_sql(table)} FROM frame").fetchall()] == [
            -2,
            1,
            2,
        ]
