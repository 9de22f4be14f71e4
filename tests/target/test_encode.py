import numpy as np
import pandas as pd
import pytest

from leadline.target.encode import encode_attributes, read_attribute


def encode(column, train):
    return encode_attributes([read_attribute(pd.Series(column, name="x"))], np.asarray(train))


@pytest.mark.parametrize(
    ("levels", "ranks"),
    [
        (["0%", "11 - 23%", "1 - 10%", "100%"], [0, 2, 1, 3]),
        (["f 0", "f 1000-4999", "f 50-99", "f 20000-?"], [0, 2, 1, 3]),
        (["30–40", "20–30", "100–110"], [1, 0, 2]),
    ],
)
def test_bands_become_ranks_by_their_lower_end(levels, ranks):
    assert read_attribute(pd.Series(levels, name="x")).numbers.tolist() == ranks


@pytest.mark.parametrize(
    "levels",
    [
        ["2023-12", "2024-01", "2024-02"],
        ["2009-11", "2010-12"],
        ["010-82345678", "020-12345678"],
        ["1-2", "1-3", "1-4"],
        ["1-5", "4-9"],
        ["9-2", "12-20"],
        ["10-?", "20-30"],
    ],
)
def test_months_phone_numbers_and_scores_are_no_bands(levels):
    found = read_attribute(pd.Series(levels, name="x"))
    assert found.numbers is None
    assert found.levels == tuple(sorted(levels))


def test_a_reading_as_bands_is_noted():
    (note,) = encode(["11 - 23%", "0%", None, "1 - 10%", "0%"], range(5)).notes[:1]
    assert note == "Texts read as ordered bands of numbers: x (“0%” to “11 - 23%”)."


def test_text_that_is_no_band_stays_levels():
    assert read_attribute(pd.Series(["basic.4y", "basic.6y", "basic.9y"], name="x")).numbers is None
    assert read_attribute(pd.Series(["10-20", "20-30", "unknown"], name="x")).numbers is None
    assert read_attribute(pd.Series(["100000", "200000", "310000"], name="x")).numbers is None


def test_dates_and_flags_become_numbers():
    days = pd.Series(pd.to_datetime(["1970-01-02", None]), name="x")
    np.testing.assert_array_equal(read_attribute(days).numbers, [1, np.nan])
    flags = pd.Series([True, False, None], dtype="boolean", name="x")
    np.testing.assert_array_equal(read_attribute(flags).numbers, [1, 0, np.nan])


def test_missing_numbers_take_the_median_of_the_training_rows_only():
    features = encode([1.0, 3.0, 5.0, np.nan, 1_000.0], [0, 1, 2])
    assert features.matrix[:, 0].tolist() == [1, 3, 5, 3, 1_000]
    assert features.names == ("x", "x is missing")
    assert features.matrix[:, 1].tolist() == [0, 0, 0, 1, 0]
    assert "1 missing value became the median" in features.notes[0]


def test_rare_and_unseen_levels_become_other():
    column = ["a"] * 30 + ["b"] * 20 + ["rare"] * 2 + ["unseen"]
    features = encode(column, range(52))
    assert features.names == ("x = a", "x = b", "x = (other)")
    assert features.matrix[-1].tolist() == [0, 0, 1]
    assert features.matrix[50].tolist() == [0, 0, 1]
    assert (features.matrix.sum(axis=1) == 1).all()
    assert "2 levels with few or no training rows" in features.notes[0]


def test_missing_levels_are_a_level_of_their_own():
    features = encode(["a"] * 20 + [None] * 20, range(40))
    assert features.names == ("x = (missing)", "x = a")
    assert features.matrix[-1].tolist() == [1, 0]
    assert "20 missing values count as a level" in features.notes[0]


def test_few_missing_levels_count_as_other_and_are_noted_so():
    features = encode(["a"] * 20 + ["b"] * 20 + [None] * 3, range(43))
    assert features.names == ("x = a", "x = b", "x = (other)")
    assert features.matrix[-1].tolist() == [0, 0, 1]
    assert features.notes == ("x: 3 missing values count as “other”.",)


def test_levels_named_like_a_group_keep_a_feature_of_their_own():
    column = ["(other)"] * 20 + ["(missing)"] * 20 + [None] * 20 + ["rare"]
    names = encode(column, range(61)).names
    assert len(set(names)) == len(names) == 4
    assert {"x = (missing)", "x = (missing) (2)", "x = (other)", "x = (other) (2)"} == set(names)


def test_held_out_rows_teach_the_encoder_nothing():
    column = ["a"] * 15 + ["b"] * 15 + ["c"] * 100
    assert encode(column, range(30)).names == ("x = a", "x = b", "x = (other)")


def test_features_know_their_columns():
    attributes = [
        read_attribute(pd.Series(["a"] * 10 + ["b"] * 10, name="x")),
        read_attribute(pd.Series(range(20), name="y")),
    ]
    features = encode_attributes(attributes, np.arange(20))
    assert features.of(["y"]).tolist() == [False, False, True]


def test_the_frame_is_not_changed():
    column = pd.Series([1.0, np.nan], name="x")
    encode_attributes([read_attribute(column)], np.array([0]))
    assert column.isna().tolist() == [False, True]
