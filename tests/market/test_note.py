"""The note beside a market's tables: the same truth again, or a clear refusal."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from leadline.errors import DataError, ParameterError
from leadline.market import note as notes
from leadline.market.city import City, make_city
from leadline.market.market import simulate
from leadline.market.note import describe_market, introduce_market, remake_market
from leadline.market.parameters import MarketParameters

PARAMETERS = MarketParameters(holder_rate=0.2, city_size=3_000)


@pytest.fixture(scope="module")
def note() -> dict[str, Any]:
    return json.loads(json.dumps(describe_market(PARAMETERS, 5, 6_000)))


def test_the_market_of_a_note_is_the_one_it_was_written_for(note: dict[str, Any]) -> None:
    again, first = remake_market(note, "DIR"), simulate(PARAMETERS, 5, 6_000)
    assert again.parameters == PARAMETERS
    for part in ("observed", "truth"):
        for name, values in vars(getattr(first, part)).items():
            np.testing.assert_array_equal(values, getattr(getattr(again, part), name), err_msg=name)


def test_a_note_of_another_version_or_damaged_is_refused_with_every_reason(note: dict[str, Any]) -> None:
    wrong = note | {"schema_version": 9, "market_version": 0, "seed": "5", "parameters": None}
    with pytest.raises(DataError) as caught:
        remake_market(wrong, "DIR")
    assert caught.value.headline == "The truth of DIR cannot be made again"
    assert [text.split(" ")[0] for text in caught.value.problems] == [
        "schema_version",
        "market_version",
        "seed",
        "parameters",
    ]
    with pytest.raises(ParameterError, match="no parameter 'holders'"):
        remake_market(note | {"parameters": {"holders": 1}}, "DIR")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"seed": -1}, "seed is -1, must be a whole number, at least 0. Make the market again."),
        ({"seed": True}, "seed is True, must be a whole number, at least 0. Make the market again."),
        (
            {"customers": 10**9},
            f"customers is {10**9}, must be a whole number from 2,000 to 100,000,000. Make the market again.",
        ),
        (
            {"customers": 7},
            "customers is 7, must be a whole number from 2,000 to 100,000,000. Make the market again.",
        ),
    ],
)
def test_a_note_that_no_market_has_is_refused(
    note: dict[str, Any], wrong: dict[str, Any], problem: str
) -> None:
    with pytest.raises(DataError) as caught:
        remake_market(note | wrong, "DIR")
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize("field", ["value_cny", "chance", "consent", "risk_level"])
def test_a_simulation_that_draws_others_is_noticed(
    note: dict[str, Any], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_other(*order: Any) -> City:
        city = make_city(*order)
        part = "truth" if hasattr(city.truth, field) else "observed"
        people = getattr(city, part)
        values = np.random.default_rng(1).permutation(getattr(people, field))  # the same level, other people
        return replace(city, **{part: replace(people, **{field: values})})

    monkeypatch.setattr(notes, "make_city", make_other)
    with pytest.raises(DataError, match=rf"draws other people than when the folder was written \({field}\)"):
        remake_market(note, "DIR")


def test_rounding_on_another_machine_is_forgiven(note: dict[str, Any]) -> None:
    shaken = {name: [mark + 0.001 for mark in marks] for name, marks in note["fingerprint"].items()}
    remake_market(note | {"fingerprint": shaken}, "DIR")
    with pytest.raises(DataError, match="draws other people"):
        remake_market(note | {"fingerprint": None}, "DIR")


def test_the_note_betrays_no_level_of_the_truth(note: dict[str, Any]) -> None:
    other = describe_market(replace(PARAMETERS, holder_rate=0.02), 5, 6_000)["fingerprint"]
    for marks in (*note["fingerprint"].values(), *other.values()):
        assert all(abs(mark) < 5 for mark in marks)


def test_the_introduction_says_what_was_changed_and_what_is_not_there(note: dict[str, Any]) -> None:
    text = introduce_market(note)
    assert "6,000 customers" in text
    assert "seed 5" in text
    assert "- `holder_rate` = 0.2\n" in text
    assert note["as_of"] == "2025-06-30"
    assert "The last day known is 2025-06-30. Lists are drawn after it, and the launch starts" in text
    assert "revenue_cny is the contribution in the twelve months after the subscription, known only" in text
    assert "none." in introduce_market(note | {"parameters": {}})
