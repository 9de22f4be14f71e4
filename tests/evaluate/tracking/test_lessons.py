from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.tracking.lessons import learn_lessons
from leadline.evaluate.tracking.ranking import group_by_score, join_scores

Make = Callable[..., pd.DataFrame]


def test_cells_are_counted_against_their_own_hold_out(make_units: Make, rng: np.random.Generator) -> None:
    units = make_units().assign(tier=rng.choice(["A", "B", "C"], 4_000))
    cells = learn_lessons(units, next_size=4_000, classes={"tier": "Tier"}).cells.set_index(["kind", "group"])
    own = units[units["tier"] == "B"]
    row = cells.loc[("tier", "B")]
    assert row["control_units"] == (own["arm"] == "held_out").sum()
    assert row["treated_yes"] == own.loc[own["arm"] != "held_out", "is_subscribed"].sum()
    assert row["reached"] == own["is_reached"].sum()
    assert cells.loc[("arm", "call"), "control_units"] == (units["arm"] == "held_out").sum()


def test_small_classes_are_drawn_to_the_mean(make_units: Make, rng: np.random.Generator) -> None:
    units = make_units(1_500).assign(place=rng.choice(list("abcdefgh"), 1_500))
    cells = learn_lessons(units, next_size=4_000, classes={"place": "Place"}).cells
    places = cells[cells["kind"] == "place"]
    raw = places["treated"] - places["control"]
    assert places["increment"].std() < 0.7 * raw.std()
    assert (
        (places["increment_lower"] < places["increment"]) & (places["increment"] < places["increment_upper"])
    ).all()


def test_no_class_under_the_minimum_is_shown(make_units: Make) -> None:
    units = make_units(600)
    rare = np.where(units.index < 8, "rare", np.where(units.index < 200, "some", "most"))
    result = learn_lessons(units.assign(place=rare), next_size=4_000, classes={"place": "Place"})
    shown = result.table[result.table["kind"] == "place"]
    assert "rare" not in set(shown["group"])
    assert result.cells.set_index("group").loc["rare", "treated_units":"reach"].isna().all()
    assert any("not shown" in warning for warning in result.warnings)
    assert "rare" not in result._repr_html_()


def test_the_arm_that_works_is_told_from_the_one_that_is_not_proved(make_units: Make) -> None:
    lessons = learn_lessons(make_units(8_000, call=0.14), next_size=4_000).lessons
    assert lessons[0].startswith("“call” works")
    assert lessons[1].startswith("“sms” is not proved")
    assert any("hold out at least" in lesson for lesson in lessons)


def test_a_ranking_is_judged_on_both_sides(make_units: Make, rng: np.random.Generator) -> None:
    units = make_units(8_000)
    chance = rng.uniform(0.01, 0.3, 8_000)
    yes = rng.random(8_000) < chance
    units = units.assign(is_subscribed=pd.Series(yes, dtype="boolean"), score=chance)
    result = learn_lessons(units, next_size=4_000, score="score")
    ranking = result.ranking
    assert ranking.treated.lower > 0.08
    assert ranking.control.lower > 0.05
    assert ((ranking.calibration["x"] - ranking.calibration["y"]).abs() < 0.03).all()
    assert (
        ranking.calibration["x"].between(ranking.calibration["lower"], ranking.calibration["upper"]).sum()
        >= 4
    )
    assert any("finds buyers, not those whom a contact moves" in lesson for lesson in result.lessons)
    wrong = learn_lessons(units.assign(score=-chance), next_size=4_000, score="score")
    assert any("ranked wrong" in lesson for lesson in wrong.lessons)
    assert wrong.calibration_figure() is None
    assert result.calibration_figure() is not None


def test_the_unknown_teach_nothing_and_are_told(make_units: Make) -> None:
    units = make_units(2_000)
    is_lost = (units["arm"] == "held_out") & (units.index < 600)
    result = learn_lessons(units.assign(is_subscribed=units["is_subscribed"].mask(is_lost)), next_size=4_000)
    assert result.held_out.units == (units["arm"] == "held_out").sum() - is_lost.sum()
    assert any("more often in one arm" in warning for warning in result.warnings)


def test_results_are_told_in_every_form(make_units: Make) -> None:
    result = learn_lessons(make_units(), next_size=4_000, eligible=100_000, name="Launch")
    assert result.summary.startswith("Launch: ")
    assert {"base_rate", "effect", "customers"} <= set(result.next_round["parameter"])
    assert result.to_dict().keys() == {"lessons", "lesson_cells", "next_round"}
    assert "4.0% of 100,000" in " ".join(result.lessons)
    assert result.figure().get_label() == result.summary
    assert len(result.kpis) <= 3


def test_what_cannot_teach_is_refused(make_units: Make) -> None:
    units = make_units(400)
    with pytest.raises(DataError, match="tier: the units have no such column"):
        learn_lessons(units, next_size=400, classes={"tier": "Tier"})
    with pytest.raises(DataError) as caught:
        learn_lessons(
            units.assign(is_subscribed=units.index + 2, arm="call"),
            next_size=400,
            classes={"customer_id": "Id"},
        )
    assert len(caught.value.problems) == 3
    with pytest.raises(ParameterError, match="next_size"):
        learn_lessons(units, next_size=5)


def test_thirds_keep_equal_scores_together() -> None:
    thirds = group_by_score(pd.Series([1, 1, 1, 1, 2, 3, np.nan]), ("low", "middle", "high"))
    assert len(set(thirds.iloc[:4])) == 1
    assert thirds.iloc[5] == "high"
    assert pd.isna(thirds.iloc[6])


def test_scores_are_joined_by_id_however_it_is_spelled() -> None:
    units = pd.DataFrame({"customer_id": ["1", "2", "3"]})
    joined = join_scores(units, pd.DataFrame({"customer_id": [3, 1], "score": [0.3, 0.1]}))
    assert joined["score"].tolist()[::2] == [0.1, 0.3]
    assert np.isnan(joined["score"][1])
    named = join_scores(units, pd.DataFrame({"customer_id": [3], "score": [0.3]}), score="points")
    assert list(named) == ["customer_id", "points"]
    assert join_scores(units, None) is units
    with pytest.raises(DataError, match="name a customer again"):
        join_scores(units, pd.DataFrame({"customer_id": [3, 3], "score": [0.3, 0.1]}))
    with pytest.raises(DataError, match="score: the scores have no such column"):
        join_scores(units, pd.DataFrame({"customer_id": [3]}))
