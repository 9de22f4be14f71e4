"""What may be a base, how it is read, and that every problem is named at once."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.target.profiles.columns import check_frame
from leadline.target.segments import read_bases


@pytest.fixture
def table():
    rng = np.random.default_rng(6)
    return pd.DataFrame(
        {
            "age": rng.integers(20, 70, 400),
            "income": rng.choice(["1000-1999", "2000-2999", "3000-3999"], 400),
            "city": rng.choice(["上海", "北京", "成都"], 400),
            "likes_risk": rng.choice(["Yes", "No"], 400),
            "rating": pd.Categorical(
                rng.choice(["low", "mid", "high"], 400), categories=["low", "mid", "high"], ordered=True
            ),
            "w": rng.uniform(1, 9, 400),
        }
    )


def test_kinds_are_read_from_the_values(table) -> None:
    bases = read_bases(table, ["age", "income", "city", "likes_risk", "rating"])
    assert [basis.kind for basis in bases.columns] == [
        "numeric",
        "ordinal",
        "categorical",
        "binary",
        "ordinal",
    ]
    assert bases.columns[3].levels == ("No", "Yes")
    assert bases.columns[4].levels == ("low", "mid", "high")
    assert set(bases.features[2:5]) == {"city = 上海", "city = 北京", "city = 成都"}
    assert len(bases.features) == bases.matrix.shape[1] == 7


def test_every_column_counts_the_same(table) -> None:
    bases = read_bases(table, ["age", "city", "likes_risk"])
    variance = bases.matrix.var(axis=0)
    np.testing.assert_allclose([variance[0], variance[1:4].sum(), variance[4]], 1, atol=1e-9)


def test_yes_and_no_alone_stay_0_and_1() -> None:
    frame = pd.DataFrame({"a": ["Yes", "No"] * 50, "b": [1.0, 1.0, 0.0, 0.0] * 25})
    bases = read_bases(frame, ["a", "b"])
    assert not bases.is_scaled
    np.testing.assert_array_equal(bases.matrix[:4], [[1, 1], [0, 1], [1, 0], [0, 0]])


def test_missing_values_count_as_the_weighted_mean(table) -> None:
    table.loc[:9, "age"] = np.nan
    bases = read_bases(table, ["age", "city"], weight="w")
    np.testing.assert_array_equal(bases.matrix[:10, 0], 0)
    assert np.average(bases.matrix[:, 0], weights=bases.weights) == pytest.approx(0, abs=1e-9)
    assert np.isnan(bases.readings[:10, 0]).all()
    assert any("2.5% of values are missing" in note for note in bases.warnings)


def test_values_never_seen_count_as_missing(table) -> None:
    basis = read_bases(table, ["city", "age"]).columns[0]
    assert np.isnan(basis.read(pd.Series(["拉萨", "上海"]))).tolist() == [True, False]


def test_logged_amounts_and_given_orders(table) -> None:
    bases = read_bases(
        table,
        ["age", "city"],
        kinds={"age": "logged"},
        orders={"city": ["成都", "上海", "北京"]},
    )
    np.testing.assert_allclose(bases.readings[:, 0], np.log1p(table["age"]))
    assert bases.columns[1].kind == "ordinal"
    assert bases.readings[:, 1].tolist() == [["成都", "上海", "北京"].index(city) for city in table["city"]]


def test_all_problems_come_at_once(table) -> None:
    rng = np.random.default_rng(7)
    bad = table.assign(
        customer_id=np.arange(400),
        opened=pd.Timestamp("2024-01-01"),
        opened_text="2024-05-06",
        opened_china="2024年5月6日",
        opened_number=20240500 + rng.integers(1, 31, 400),
        waited=pd.to_timedelta(rng.integers(1, 50, 400), unit="D"),
        note=[f"a long remark about customer number {place} of them" for place in range(400)],
        running=np.arange(400)[::-1] + 7,
        constant=3,
        empty=np.nan,
        endless=np.where(np.arange(400) == 5, np.inf, 1.0),
        years=table["age"] * 2 + 3,
        youth=100 - table["age"],
        negative=rng.normal(size=400),
        many=[f"shop {place % 90}" for place in range(400)],
        w=np.where(np.arange(400) < 2, [0.0], 1.0),
    )
    columns = [*bad.columns.drop(["w", "income", "rating"]), "absent"]
    with pytest.raises(DataError) as caught:
        read_bases(bad, columns, kinds={"negative": "logged"}, weight="w")
    message = str(caught.value)
    for words in (
        "customer_id: is the name of an id",
        "opened: holds dates",
        "opened_text: holds dates",
        "opened_china: holds dates",
        "opened_number: holds dates",
        "waited: holds dates",
        "note: is free text",
        "running: every row has a whole number of its own",
        "constant: all values are 3",
        "empty: all 400 values are missing",
        "endless: 1 value is infinite (row 7)",
        "years: repeats age",
        "youth: repeats age",
        "below 0",
        "many: has 90 categories",
        "absent: the table has no such column",
        "w: 2 weights are missing, zero or negative (rows 2 and 3)",
        "(17 problems)",
    ):
        assert words in message


def test_a_category_of_nearly_all_and_too_few_rows_are_warned_of(table) -> None:
    big = pd.concat([table] * 5, ignore_index=True).assign(vip="no")
    big.loc[0, "vip"] = "yes"
    bases = read_bases(big, ["age", "vip"])
    assert any(note.startswith("vip: 99.9% of customers") for note in bases.warnings)  # 99.95%: some differ
    few = read_bases(table.head(100), ["age", "city"])
    assert any("100 rows for 2 columns" in note for note in few.warnings)
    assert not any("rows for" in note for note in read_bases(table, ["age", "city"]).warnings)


def test_one_row_and_wrong_names_are_refused(table) -> None:
    with pytest.raises(DataError, match="has 1 row"):
        read_bases(table.head(1), ["age"])
    with pytest.raises(ParameterError, match="kind == 'big'") as caught:
        read_bases(table, ["age", "age"], kinds={"age": "big", "city": "binary"})
    assert "named more than once" in str(caught.value)
    assert "city: has a kind" in str(caught.value)


def test_a_day_counted_as_a_measure_is_taken_if_its_kind_says_so(table) -> None:
    days = table.assign(code=20240500 + np.arange(400) % 30 + 1)
    with pytest.raises(DataError, match="code: holds dates"):
        read_bases(days, ["age", "code"])
    assert read_bases(days, ["age", "code"], kinds={"code": "numeric"}).columns[1].kind == "numeric"
    assert (
        read_bases(days.assign(code=days["code"] + 70), ["age", "code"]).customers == 400
    )  # no month 5 has 99 days


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_values_of_any_size_come_to_one_spread(table, size) -> None:
    bases = read_bases(table.assign(big=np.random.default_rng(1).normal(size=400) * size), ["age", "big"])
    np.testing.assert_allclose(bases.matrix.std(axis=0), 1, rtol=1e-9)


def test_inputs_stay_as_they_are(table) -> None:
    before = table.copy()
    read_bases(table, ["age", "city"], weight="w")
    pd.testing.assert_frame_equal(table, before)


def test_long_tails_are_told_once_and_not_where_the_logarithm_counts() -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.lognormal(0, 2, (300, 3)), columns=["a", "b", "c"])
    told = read_bases(frame, ["a", "b", "c"], kinds={"c": "logged"}).warnings
    assert [text for text in told if "large values" in text] == [
        "A few very large values of a, b decide over the segments; consider the kind “logged”."
    ]


@pytest.mark.parametrize("kind", [None, "categorical", "ordinal"])
def test_texts_that_no_profile_could_describe_are_refused_at_once(kind) -> None:
    """The same most levels here and in `profile_segments`, which runs after all the evidence."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"a": [f"shop {place % 31:02}" for place in range(620)], "b": rng.normal(size=620)})
    with pytest.raises(DataError, match="a: has 31 categories, at most 30"):
        read_bases(frame, ["a", "b"], kinds={"a": kind} if kind else None)
    most = frame.replace("shop 30", "shop 29")
    assert len(read_bases(most, ["a", "b"]).columns[0].levels) == 30
    assert not check_frame(most, pd.Series(["x", "y"] * 310), "the table")
