"""The figures by which segments are chosen."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.target.profiles.measures import measure_segments

PEOPLE = pd.DataFrame(
    {"spend": [1.0, 3.0, 5.0, 7.0], "likes": [True, False, True, True], "city": ["A", "B", "A", None]}
)
SEGMENTS = pd.Series(["x", "x", "y", "y"])


def test_means_shares_and_figures_measured_before() -> None:
    before = pd.DataFrame({"segment": ["y", "x"], "total_cny": [12.0, 4.0], "customers": [0, 0]})
    found = measure_segments(
        PEOPLE, SEGMENTS, ["spend", "likes", "city=A", "share", "total_cny"], measured=before, minimum=1
    )
    assert found["segment"].tolist() == ["x", "y"]
    assert found["customers"].tolist() == [2, 2]
    assert found["spend"].tolist() == [2.0, 6.0]
    assert found["likes"].tolist() == [0.5, 1.0]
    assert found["city=A"].tolist() == [0.5, 1.0]
    assert found["total_cny"].tolist() == [4.0, 12.0]
    assert found["share"].tolist() == [0.5, 0.5]
    assert (found["spend_ci_lower"] < found["spend"]).all()


def test_figures_that_are_not_to_be_had_are_told_together() -> None:
    with pytest.raises(DataError) as caught:
        measure_segments(PEOPLE, SEGMENTS, ["spnd", "city", "city=Z"])
    told = "\n".join(caught.value.problems)
    assert "unknown figure 'spnd'. Did you mean 'spend'?" in told
    assert "city: holds words. Weigh one of its values" in told
    assert "nobody has the value 'Z'" in told


def test_a_segment_of_few_takes_no_part() -> None:
    people = pd.DataFrame({"spend": range(30)})
    segments = pd.Series(["x"] * 15 + ["y"] * 6 + ["z"] * 9)
    assert measure_segments(people, segments, ["spend"])["segment"].tolist() == ["x"]


def test_a_segment_of_few_is_covered_by_the_next() -> None:
    people = pd.DataFrame({"spend": range(60)})
    segments = pd.Series(["x"] * 25 + ["y"] * 3 + ["z"] * 12 + ["w"] * 20)
    assert measure_segments(people, segments, ["spend"])["segment"].tolist() == ["w", "x"]


def test_a_figure_that_is_hidden_takes_its_segment_out_of_the_choice() -> None:
    before = pd.DataFrame({"segment": ["x", "y"], "reached": [0.5, np.nan], "placed_right": [np.nan, 0.5]})
    found = measure_segments(PEOPLE, SEGMENTS, ["spend", "reached"], measured=before, minimum=1)
    assert found["segment"].tolist() == ["x"]
    nobody = measure_segments(PEOPLE, SEGMENTS, ["spend", "reached"], measured=before)
    assert nobody.empty
    assert {"segment", "spend", "reached"} <= set(nobody)
