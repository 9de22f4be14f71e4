"""One segmentation, three ways to place a customer: the fit, the file read back, and SQL in DuckDB."""

import copy
import datetime as dt
import json
import math

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.errors import ParameterError
from leadline.target.segments import (
    Segmentation,
    fit_segments,
    make_segmentation,
    parse_segmentation,
    read_bases,
    write_segmentation,
    write_segmentation_sql,
)
from leadline.target.segments.questions import cut_in_double

KINDS = {"spend_cny": "logged", "score": "ordinal", "code": "categorical"}
ALL = ["age", "spend_cny", "score", "code", "band", "likes risk", "flag", "city"]
COLUMNS = {
    "kmeans": ALL,
    "tree": ALL,
    "mixed": ALL,
    "gaussian": ["age", "spend_cny", "score", "band"],
    "latent_class": ["score", "code", "band", "likes risk", "flag", "city"],
}
LEVELS = {
    "score": [1, 2, 3, 4],
    "code": [0.5, 7, 1_000_001],
    "band": ["1-5", "6-10", "11-20"],
    "likes risk": ["Yes", "No"],
    "flag": [True, False],
    "city": ["上海", "O'Higgins", 'say "hi"'],
}


def make_table(seed: int = 3, rows: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, rows)
    table = pd.DataFrame(
        {
            "age": rng.normal(40 + 12 * kind, 4),
            "spend_cny": np.exp(rng.normal(3 + kind, 0.5)),
            **{
                name: pd.Series([levels[place] for place in (kind + rng.integers(0, 2, rows)) % len(levels)])
                for name, levels in LEVELS.items()
            },
        }
    )
    table["flag"] = table["flag"].astype("boolean")
    for place, name in enumerate(table):
        table.loc[rng.choice(rows, 7 + place, replace=False), name] = None
    return table


def make(method: str):
    bases = read_bases(
        make_table(),
        COLUMNS[method],
        kinds={name: kind for name, kind in KINDS.items() if name in COLUMNS[method]},
    )
    fit = fit_segments(bases, method, 4 if method != "latent_class" else 3, np.random.default_rng(0))
    names = [f"Group'{place} 组" for place in range(len(set(fit.labels)))]
    return bases, fit, make_segmentation(bases, fit, names=names, as_of=dt.date(2026, 6, 30), made_from="a")


MADE = {method: make(method) for method in COLUMNS}


def place_in_sql(segmentation: Segmentation, frame: pd.DataFrame) -> pd.DataFrame:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("new customers", frame)
        return connection.sql(write_segmentation_sql(segmentation, table="new customers")).df()


def place_in_three_ways(method: str, frame: pd.DataFrame) -> None:
    bases, fit, made = MADE[method]
    back = parse_segmentation(json.loads(write_segmentation(made)))
    assert back == made
    readings = np.column_stack([basis.read(frame[basis.name]) for basis in back.columns])
    segments, costs = back.placement.place(readings)
    np.testing.assert_array_equal(segments, fit.place(bases.replace(readings)))
    placed = place_in_sql(back, frame)
    np.testing.assert_array_equal(placed["segment"], segments + 1)
    np.testing.assert_array_equal(placed["segment_name"], np.array(made.names)[segments])
    np.testing.assert_array_equal(placed["is_far"], back.find_far(segments, costs))


def edge_values(name: str) -> st.SearchStrategy:
    """Values of a number: any, those of customers, and those half-way between them, where costs tie."""
    known = make_table()[name].dropna().to_numpy()
    lowest = 0.0 if name == "spend_cny" else -1e99
    return st.one_of(
        st.none(),
        st.floats(lowest, 1e99, allow_nan=False),
        st.sampled_from(list(known)),
        st.tuples(st.sampled_from(list(known)), st.sampled_from(list(known))).map(lambda two: sum(two) / 2),
        st.sampled_from([0.0, -0.0, 5e-324, 1e-16, 1e16, math.nextafter(40, 50)]),
    )


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "age": edge_values("age"),
            "spend_cny": edge_values("spend_cny"),
            **{
                name: st.sampled_from(
                    [*levels, None, {bool: None, str: "never seen", int: 9, float: 9.5}[type(levels[0])]]
                )
                for name, levels in LEVELS.items()
            },
        }
    ),
    min_size=1,
    max_size=40,
)


@pytest.mark.parametrize("method", COLUMNS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_every_customer_gets_one_segment_in_all_three_ways(method: str, rows: list[dict]) -> None:
    frame = pd.DataFrame(rows).astype(
        dict.fromkeys(("age", "spend_cny", "score", "code"), "float64")
        | dict.fromkeys(("band", "likes risk", "city"), "str")
        | {"flag": "boolean"}
    )
    place_in_three_ways(method, frame)


@pytest.mark.parametrize("method", COLUMNS)
def test_its_own_customers_get_their_own_segments(method: str) -> None:
    bases, fit, made = MADE[method]
    place_in_three_ways(method, make_table())
    segments, costs = made.placement.place(bases.readings)
    np.testing.assert_array_equal(segments, fit.labels)
    np.testing.assert_allclose(made.shares, np.bincount(fit.labels) / 600)
    is_far = made.find_far(segments, costs)
    for one in range(len(made.names)):  # at most 1 of 100 is far, and one more would be too many
        own = costs[segments == one]
        assert (own > made.farthest[one]).mean() <= 0.01 < (own >= made.farthest[one]).mean()
    assert made.far_share == pytest.approx(is_far.mean())


def test_ties_go_to_the_first_in_both() -> None:
    """Yes and no alone: a customer of whom nothing is known is as near to one centre as to the other."""
    frame = pd.DataFrame({"a": ["Yes", "No"] * 50, "b": ["Yes", "No"] * 49 + ["No", "Yes"]})
    bases = read_bases(frame, ["a", "b"])
    fit = fit_segments(bases, "kmeans", 2, np.random.default_rng(0))
    made = make_segmentation(bases, fit)
    unknown = pd.DataFrame({"a": [None, "Yes", None], "b": [None, None, "No"]}, dtype="str")
    segments, _costs = made.placement.place(np.column_stack([b.read(unknown[b.name]) for b in bases.columns]))
    assert segments[0] == 0
    np.testing.assert_array_equal(place_in_sql(made, unknown)["segment"], segments + 1)


@given(cut=st.floats(-1e30, 1e30), steps=st.integers(-3, 3))
@settings(max_examples=300, deadline=None)
def test_a_cut_of_singles_is_one_of_doubles(cut: float, steps: int) -> None:
    exact = cut_in_double(cut)
    value = exact
    for _step in range(abs(steps)):
        value = math.nextafter(value, math.inf if steps > 0 else -math.inf)
    assert (value <= exact) == (float(np.float32(value)) <= cut)


def test_columns_may_be_stored_otherwise() -> None:
    """Whole numbers, singles, flags and categories of DuckDB name the same levels as in pandas."""
    _bases, _fit, made = MADE["kmeans"]
    frame = make_table().dropna().head(40)
    expected = place_in_sql(made, frame)["segment"]
    stored = frame.assign(score=frame["score"].astype("int8"), city=frame["city"].astype("category"))
    np.testing.assert_array_equal(place_in_sql(made, stored.assign(segment=1))["segment"], expected)


def test_texts_that_read_as_no_number_are_levels_like_others() -> None:
    """A class called "inf", "nan" or "-0" is text, also in SQL."""
    levels = ["inf", "nan", "-0", "1", "-inf"]
    frame = pd.DataFrame({"class": levels * 20, "age": np.arange(100) + 0.5})
    bases = read_bases(frame, ["class", "age"], kinds={"class": "categorical"})
    made = make_segmentation(bases, fit_segments(bases, "kmeans", 4, np.random.default_rng(0)))
    segments, _costs = made.placement.place(bases.readings)
    np.testing.assert_array_equal(place_in_sql(made, frame)["segment"], segments + 1)
    numbers = pd.DataFrame({"class": [np.inf, -np.inf, 1.0, -0.0, np.nan], "age": 4.0})
    read = np.column_stack([basis.read(numbers[basis.name]) for basis in made.columns])
    np.testing.assert_array_equal(place_in_sql(made, numbers)["segment"], made.placement.place(read)[0] + 1)


def test_columns_of_the_table_do_not_stand_in_the_way_of_the_sql() -> None:
    """A table that was placed before, with names that the SQL itself might use."""
    _bases, _fit, made = MADE["kmeans"]
    frame = make_table().head(40)
    expected = place_in_sql(made, frame)
    before = frame.assign(leadline_row=1, v0="x", z0="x", c0="x", Segment=9, segment_name="old", is_far=None)
    placed = place_in_sql(made, before)
    assert list(placed) == [*frame, "leadline_row", "v0", "z0", "c0", "segment", "segment_name", "is_far"]
    for name in ("segment", "segment_name", "is_far"):
        assert placed[name].tolist() == expected[name].tolist()


def test_a_base_may_be_called_as_the_segment_is() -> None:
    frame = pd.DataFrame({"segment": [1.0, 2, 8, 9] * 30, "age": [20.0, 21, 50, 51] * 30})
    bases = read_bases(frame.assign(age=frame["age"] + np.arange(120) % 7), ["segment", "age"])
    made = make_segmentation(bases, fit_segments(bases, "kmeans", 2, np.random.default_rng(0)))
    placed = place_in_sql(made, frame)
    assert list(placed) == ["age", "segment", "segment_name", "is_far"]
    read = np.column_stack([basis.read(frame[basis.name]) for basis in made.columns])
    np.testing.assert_array_equal(placed["segment"], made.placement.place(read)[0] + 1)


def test_a_number_that_is_none_counts_as_missing() -> None:
    made = MADE["kmeans"][2]
    frame = make_table()
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute("CREATE TABLE customers AS SELECT * REPLACE ('NaN'::DOUBLE AS age) FROM frame")
        placed = connection.sql(write_segmentation_sql(made)).df()["segment"]
    np.testing.assert_array_equal(placed, place_in_sql(made, frame.assign(age=np.nan))["segment"])


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("age", np.inf, "age: a value is infinite"), ("spend_cny", -1.0, "spend_cny: a value is below 0")],
)
def test_sql_stops_at_what_has_no_place(column: str, value: float, said: str) -> None:
    frame = make_table()
    frame.loc[5, column] = value
    with pytest.raises(duckdb.Error, match=said):
        place_in_sql(MADE["kmeans"][2], frame)


def test_weights_count_in_the_shares_and_in_what_is_near() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"a": np.r_[rng.normal(size=100), rng.normal(9, 1, 100)], "w": [1.0] * 100 + [3] * 100}
    )
    bases = read_bases(frame, ["a"], weight="w")
    made = make_segmentation(bases, fit_segments(bases, "kmeans", 2, rng))
    assert made.shares == pytest.approx((0.75, 0.25))
    assert made.effective == pytest.approx(160)
    assert made.counts == (100, 100)
    assert made.is_weighted
    assert not MADE["kmeans"][2].is_weighted
    assert sum(made.at_fit[0].shares) == pytest.approx(1)


def test_a_segment_of_a_few_is_told_of_for_the_file_gives_them_away() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": np.r_[rng.normal(40, 3, 200), rng.normal(70, 3, 90), 400.25]})
    bases = read_bases(frame, ["age"])
    made = make_segmentation(bases, fit_segments(bases, "kmeans", 3, rng), names=["A", "B", "The one"])
    assert made.counts == (200, 90, 1)
    assert made.find_told_shares().tolist() == [True, False, False]  # one more against subtraction
    assert len(made.warnings) == 1
    assert "“The one”" in made.warnings[0]
    assert "must not leave the house" in made.warnings[0]
    assert not MADE["kmeans"][2].warnings
    assert MADE["kmeans"][2].find_told_shares().all()
    assert parse_segmentation(json.loads(write_segmentation(made))) == made


def test_the_file_is_readable_and_says_what_it_is() -> None:
    text = write_segmentation(MADE["mixed"][2])
    document = json.loads(text)
    assert (document["schema"], document["version"]) == ("leadline.segmentation", 1)
    assert document["segments"][0]["name"] == "Group'0 组"
    assert list(document) == sorted(document)
    assert '"levels": ["O\'Higgins", "say \\"hi\\"", "上海"]' in text
    assert max(map(len, text.splitlines())) > 100  # a list of numbers stands on one line


def test_names_and_fits_that_do_not_fit_are_refused() -> None:
    bases, fit, _made = MADE["kmeans"]
    with pytest.raises(ParameterError, match=r"3 for 4 segments[\s\S]*3 is empty[\s\S]*'A' is given twice"):
        make_segmentation(bases, fit, names=["A", "A", " "])
    with pytest.raises(ParameterError, match="the fit is of 600 customers, the bases of 3"):
        make_segmentation(bases.take(np.arange(3)), fit)
    alone = fit_segments(bases, "kmeans", 1, np.random.default_rng(0))
    with pytest.raises(ParameterError, match="one segment: everybody"):
        make_segmentation(bases, alone)


def change(document: dict, path: str, value: object) -> dict:
    changed = copy.deepcopy(document)
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place = changed
    for key in parents:
        place = place[key]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return changed


@pytest.mark.parametrize(
    ("method", "path", "value", "said"),
    [
        ("kmeans", "schema", "other", "no segmentation of leadline's"),
        ("kmeans", "version", 2, "comes from a later leadline"),
        ("kmeans", "version", "1", "Make the segmentation anew"),
        ("kmeans", "method", "magic", "must be one of kmeans, gaussian"),
        ("kmeans", "method", ["kmeans"], "must be one of"),
        ("kmeans", "columns", [], "columns must be a list"),
        ("kmeans", "columns.0", 7, "column 1: must be a mapping"),
        ("kmeans", "columns.0.name", "", "column 1: name == ''"),
        ("kmeans", "columns.1.name", "age", "columns: must be one or more, each once"),
        ("kmeans", "columns.0.kind", "text", "age: kind == 'text'"),
        ("kmeans", "columns.0.levels", ["a", "b"], "age: 2 levels do not suit"),
        ("kmeans", "columns.7.levels", ["a", "a", "b"], "city: levels must be texts, each once"),
        ("kmeans", "columns.7.centres", [0.1], "city: centres must be 3 finite numbers"),
        ("kmeans", "columns.0.scales", [0.0], "age: scales must be above 0"),
        ("kmeans", "columns.0.scales", [math.nan], "age: scales must be 1 finite numbers"),
        ("kmeans", "columns.0.filled", [True], "age: filled must be 1 finite numbers"),
        ("kmeans", "columns.0.at_fit", None, "age: at_fit: must be a mapping"),
        ("kmeans", "columns.0.at_fit.edges.0", 1e9, "age: at_fit: edges must increase"),
        ("kmeans", "columns.0.at_fit.shares.0", 0.9, "must be 0 or more and sum to 1"),
        ("kmeans", "columns.0.at_fit.missing", None, "missing == None"),
        ("kmeans", "segments", {}, "segments must be a list"),
        ("kmeans", "segments.0", KeyError, "segments: the shares must be 0 or more and sum to 1"),
        ("kmeans", "segments.0.share", math.inf, "segments: share == inf"),
        ("kmeans", "segments.1.name", "Group'0 组", "each with a name of its own"),
        ("kmeans", "segments.1.farthest_billionths", "far", "farthest_billionths == 'far'"),
        ("kmeans", "segments.1.farthest_billionths", KeyError, "farthest_billionths == None"),
        (
            "kmeans",
            "segments.1.customers",
            4.5,
            "segments: customers must be whole numbers, 0 or more, 600 in",
        ),
        ("kmeans", "segments.1.customers", KeyError, "segments: customers == None"),
        ("kmeans", "far_share", 1.5, "far_share == 1.5"),
        ("kmeans", "learned", KeyError, "learned: must be a mapping"),
        ("kmeans", "learned.centres", KeyError, "learned: centres must be 4 × "),
        ("kmeans", "learned.centres.2", [1.0], "learned: centres must be 4 × "),
        ("kmeans", "learned.centres.0.0", math.nan, "learned: centres must be 4 × "),
        ("kmeans", "customers", 0, "customers == 0"),
        ("kmeans", "effective_customers", KeyError, "effective_customers == None"),
        ("kmeans", "as_of", "yesterday", "as_of == 'yesterday'"),
        ("kmeans", "made_from", None, "made_from == None"),
        ("mixed", "method", "latent_class", "takes no numeric column"),
        ("mixed", "learned.weights.0.17", 0.5, "the weights of squares must be below 0"),
        ("mixed", "method", "gaussian", "takes no categorical column"),
        ("gaussian", "learned.roots.0.0", [1.0], "learned: roots must be 4 × 4 × 4"),
        ("tree", "learned.left.0", 0, "node 0 of the tree leads nowhere"),
        ("tree", "learned.left.0", 1.5, "must be whole numbers"),
        ("tree", "learned.features.0", 99, "node 0 of the tree leads nowhere"),
        ("tree", "learned.cuts", [0.5], "learned: cuts must be"),
        ("tree", "learned.left", "abc", "learned: left must be"),
    ],
)
def test_a_damaged_file_is_refused_in_words(method: str, path: str, value: object, said: str) -> None:
    document = json.loads(write_segmentation(MADE[method][2]))
    with pytest.raises(ParameterError) as caught:
        parse_segmentation(change(document, path, value))
    assert said in str(caught.value)


@pytest.mark.parametrize("document", [None, 3, [], "text", {}])
def test_another_document_is_refused(document: object) -> None:
    with pytest.raises(ParameterError, match="no segmentation"):
        parse_segmentation(document)


def test_all_problems_come_at_once() -> None:
    document = change(json.loads(write_segmentation(MADE["kmeans"][2])), "as_of", 3)
    document = change(change(document, "columns.0.scales", []), "far_share", None)
    with pytest.raises(ParameterError, match=r"3 problems"):
        parse_segmentation(document)
