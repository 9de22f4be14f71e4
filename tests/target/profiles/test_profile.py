"""Profiles: markers by hand and as the book tells them, personas that say only what was measured."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from leadline.errors import DataError
from leadline.target.profiles import compare_descriptors, profile_segments, write_personas

BOOK = {
    309: {"more": {"cheap", "greasy"}, "less": {"yummy", "tasty", "expensive"}},
    240: {"more": {"disgusting", "expensive"}, "less": {"yummy", "tasty", "cheap"}},
    324: {"more": {"expensive", "tasty", "yummy"}, "less": {"cheap"}},
    580: {"more": {"tasty", "yummy", "cheap", "healthy"}, "less": {"expensive", "disgusting"}},
}


def rows_of(result, segment: str) -> pd.DataFrame:
    return result.profiles[result.profiles["segment"] == segment].set_index("variable")


def test_a_marker_by_hand() -> None:
    """Of 40: half in each segment. yes: 15 and 5 of 20, against 20 of 40; a number: 12 and 8 against 10."""
    bases = pd.DataFrame(
        {
            "answer": ["Yes"] * 15 + ["No"] * 5 + ["Yes"] * 5 + ["No"] * 15,
            "calls": [12.0] * 20 + [8.0] * 20,
            "city": ["north"] * 11 + ["south"] * 9 + ["north"] * 9 + ["south"] * 11,
        }
    )
    result = profile_segments(bases, pd.Series(["a"] * 20 + ["b"] * 20), labels={"city": "City"})
    rows = rows_of(result, "a")
    assert rows["difference"].to_dict() == pytest.approx(
        {"answer": 0.25, "calls": 2, "city=north": 0.05, "city=south": -0.05}
    )
    assert rows["is_marker"].to_dict() == {
        "answer": True,
        "calls": False,
        "city=north": False,
        "city=south": False,
    }
    assert rows.loc["city=north", "label"] == "City: north"
    strict = profile_segments(bases, pd.Series(["a"] * 20 + ["b"] * 20), absolute=0.3, relative=0.6)
    assert not strict.profiles["is_marker"].any()
    loose = profile_segments(bases, pd.Series(["a"] * 20 + ["b"] * 20), relative=0.2)
    assert rows_of(loose, "b").loc["calls", "is_marker"]


def test_the_difference_holds_the_truth_and_chance_is_not_sure(rng: np.random.Generator) -> None:
    held, sure = np.zeros(3), 0
    for _number in range(400):
        segments = pd.Series(rng.choice(["a", "b", "c"], 300, p=[0.5, 0.3, 0.2]))
        bases = pd.DataFrame(
            {"x": rng.normal(0, 1, 300) + 5 + 2.0 * (segments == "c"), "noise": rng.random(300) < 0.5}
        )
        result = profile_segments(bases, segments)
        found = [
            rows_of(result, name).loc[column] for name, column in (("c", "x"), ("a", "x"), ("a", "noise"))
        ]
        held += [
            row["difference_ci_lower"] <= truth <= row["difference_ci_upper"]
            for row, truth in zip(found, (2 - 0.4, -0.4, 0), strict=True)
        ]
        rows = rows_of(result, "c")
        sure += rows.loc["noise", "is_sure"]
        assert rows.loc["x", "is_sure"]
    assert (held / 400 >= 0.92).all()
    assert (held / 400 <= 0.98).all()
    assert sure / 400 < 0.03


@pytest.mark.covers("reference_numbers", "mcdonalds_markers")
@pytest.mark.public_data
def test_markers_of_mcdonalds_are_those_of_the_book(public_data: Path) -> None:
    """Dolnicar, Grün & Leisch 2018, case study: cheap and greasy; disgusting and expensive; and so on."""
    survey = pd.read_csv(public_data / "mcdonalds" / "mcdonalds.csv")
    bases = survey.iloc[:, :11]
    labels = KMeans(4, n_init=50, random_state=1).fit_predict(bases == "Yes")
    result = profile_segments(bases, pd.Series(labels))
    sizes = result.sizes.set_index("customers")["segment"]
    assert sorted(sizes.index) == [240, 309, 324, 580]
    for size, told in BOOK.items():
        rows = rows_of(result, sizes[size])
        marked = rows[rows["is_marker"]]
        assert told["more"] <= set(marked.index[marked["difference"] > 0]), size
        assert told["less"] <= set(marked.index[marked["difference"] < 0]), size
        assert not {"convenient", "fattening", "fast"} & set(marked.index) or size == 240
    described = profile_segments(survey[["Age", "Gender"]], pd.Series(labels))
    tests = compare_descriptors(survey[["Age", "Gender"]], pd.Series(labels), rng=np.random.default_rng(1))
    personas = write_personas(result, described, tests).set_index("segment")["persona"]
    assert "more “cheap” (91.9% against 59.9%)" in personas[sizes[309]]
    assert "“Gender: " in personas[sizes[580]] or "“Age”" in personas[sizes[580]]
    assert result.figure().get_label().startswith("Segment profiles; markers: ")


def test_personas_say_only_what_is_sure(rng: np.random.Generator) -> None:
    segments = pd.Series(np.repeat(["one", "two"], 200))
    bases = pd.DataFrame(
        {"wants": (segments == "one") & (rng.random(400) < 0.9), "noise": rng.random(400) < 0.5}
    )
    other = pd.DataFrame(
        {"age_years": rng.normal(40, 5, 400) + 9 * (segments == "two"), "luck": rng.random(400)}
    )
    profile, described = profile_segments(bases, segments), profile_segments(other, segments)
    tests = compare_descriptors(other, segments, rng=rng)
    texts = write_personas(profile, described, tests)["persona"].tolist()
    assert texts[0].startswith("one (50.0% of customers) stands out by more “wants” (")
    assert "differ by less “age_years” (" in texts[0]
    assert not any("noise" in text or "luck" in text for text in texts)
    alone = write_personas(profile)["persona"]
    assert alone.str.contains("was not asked").all()
    dull = write_personas(profile_segments(bases[["noise"]], segments), described, tests)["persona"]
    assert "stands out by nothing" in dull[0]


def test_few_are_not_described_nor_found_by_subtraction(rng: np.random.Generator) -> None:
    """Nine alone are all less the others: the next smallest goes too; nine and four cover each other."""
    segments = pd.Series(["a"] * 50 + ["b"] * 9 + ["c"] * 41)
    bases = pd.DataFrame({"x": rng.random(100)})
    result = profile_segments(bases, segments)
    assert result.sizes["segment"].tolist() == ["a"]
    assert result.profiles["segment"].unique().tolist() == ["a"]
    assert result.left_out == 2
    assert any("fewer than 10 customers, or would give such a one away" in text for text in result.warnings)
    two = profile_segments(bases, pd.Series(["a"] * 50 + ["b"] * 9 + ["c"] * 37 + ["d"] * 4))
    assert two.sizes["segment"].tolist() == ["a", "c"]


def test_where_no_segment_can_be_described_it_is_said(rng: np.random.Generator) -> None:
    segments = pd.Series(["a"] * 97 + ["b"] * 3)
    result = profile_segments(pd.DataFrame({"x": rng.random(100)}), segments)
    assert result.sizes.empty
    assert result.left_out == 2
    assert result.summary.startswith("No segment can be described")
    assert result.summary in result._repr_html_()
    assert result.figure().get_label() == result.summary
    assert json.dumps(result.to_dict(), allow_nan=False)
    assert write_personas(result).empty


def test_missing_values_are_left_out_and_order_is_kept() -> None:
    bases = pd.DataFrame({"x": [1.0, np.nan, 3, 5], "flag": ["yes", None, "no", "no"]})
    segments = pd.Series(pd.Categorical(["z", "z", "a", "a"], categories=["z", "a"]))
    result = profile_segments(bases, segments, minimum=1)
    assert result.sizes["segment"].tolist() == ["z", "a"]
    assert rows_of(result, "z")["mean"].tolist() == [1, 1]
    assert rows_of(result, "a")["total"].tolist() == [3, pytest.approx(1 / 3)]
    assert json.dumps(result.to_dict(), allow_nan=False)
    assert 'data-name="markers"' in result._repr_html_()


def test_every_problem_is_named_at_once() -> None:
    bases = pd.DataFrame({"x": [1.0, np.inf], "empty": [None, None]})
    with pytest.raises(DataError) as caught:
        profile_segments(bases, pd.Series(["a"]), absolute=0, minimum=0)
    assert len(caught.value.problems) == 5
    with pytest.raises(DataError, match="one segment only"):
        profile_segments(pd.DataFrame({"x": [1, 2]}), pd.Series(["a", "a"]))
    with pytest.raises(DataError, match="1 customers have no segment"):
        profile_segments(pd.DataFrame({"x": [1, 2]}), pd.Series(["a", None]))


def test_a_number_below_zero_is_measured_by_its_spread() -> None:
    """Mean 0 and standard deviation 3: 0.6 is a fifth of it, 1 a third."""
    bases = pd.DataFrame({"liking": [-3.0, 3.0] * 20})
    segments = pd.Series(["a"] * 10 + ["b"] * 30)
    near = bases.assign(liking=bases["liking"] + np.where(segments == "a", 0.6, -0.2))
    far = bases.assign(liking=bases["liking"] + np.where(segments == "a", 1.2, -0.4))
    assert not profile_segments(near, segments).profiles["is_marker"].any()
    assert rows_of(profile_segments(far, segments), "a")["is_marker"].all()


def test_each_bar_has_one_dot_at_the_place_of_all_customers() -> None:
    bases = pd.DataFrame({"small": [0.1, 0.2, 0.3, 0.4] * 20, "large": [10.0, 20.0, 90.0, 80.0] * 20})
    result = profile_segments(bases, pd.Series(["a", "a", "b", "b"] * 20))
    for axes in result.figure().axes[:2]:
        dots = [line for line in axes.lines if len(line.get_xdata())]
        assert len(dots) == 1
        assert dots[0].get_xdata() == pytest.approx(result.profiles["place_total"].iloc[:2])
