"""The four criteria: by hand, against chance, and with intervals that hold."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.intervals import Estimate
from leadline.target.criteria import (
    join_figures,
    judge_criteria,
    measure_access,
    measure_criteria,
    measure_lasting,
    measure_profit,
    measure_rule,
)
from leadline.target.criteria.judge import _find_least, judge
from leadline.target.criteria.measurable import _surround
from leadline.target.profiles import compare_descriptors, measure_segments
from leadline.target.segments import SegmentPlan


def make_customers(rng: np.random.Generator, rows: int = 900) -> tuple[pd.DataFrame, pd.Series]:
    segments = pd.Series(rng.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1]))
    frame = pd.DataFrame(
        {
            "age": 30 + 20.0 * (segments == "b") + 40 * (segments == "c") + rng.normal(0, 4, rows),
            "city": rng.choice(["north", "south"], rows),
            "call": rng.random(rows) < 0.5,
            "email": rng.random(rows) < 0.4,
            "profit_cny": rng.exponential(100, rows) + 200 * (segments == "c"),
        }
    )
    return frame, segments


def test_a_rule_finds_what_known_columns_tell(rng: np.random.Generator) -> None:
    """Ages 20 apart with a spread of 4 are cut 2.5 standard deviations from each: over 98% placed right."""
    customers, segments = make_customers(rng)
    rule = measure_rule(customers[["age", "city"]], segments, rng=rng)
    assert 0.95 < rule.accuracy.value < 1
    assert rule.accuracy.lower < rule.accuracy.value < rule.accuracy.upper
    assert rule.p_value == pytest.approx(1 / 40)
    assert rule.chance.value == pytest.approx(1 / 3, abs=0.03)
    assert rule.segments["customers"].sum() == 300


def test_what_tells_nothing_is_no_better_than_chance(rng: np.random.Generator) -> None:
    customers, segments = make_customers(rng)
    found = 0
    for _number in range(8):
        rule = measure_rule(
            customers[["city", "call"]].assign(luck=rng.random(900)),
            pd.Series(rng.permutation(segments)),
            rng=rng,
            orders=19,
        )
        found += rule.p_value <= 0.05
        assert abs(rule.accuracy.value - 1 / 3) < 0.15
    assert found <= 2


def test_the_interval_of_a_rule_holds(rng: np.random.Generator) -> None:
    """Placed right in 80%, 60% and 90% of three segments; benchmarked apart with trees grown each time."""
    truths, codes = np.array([0.8, 0.6, 0.9]), np.repeat([0, 1, 2], [300, 100, 40])
    held = 0
    for _number in range(1_000):
        right = rng.random(len(codes)) < truths[codes]
        found = _surround(right, codes)
        held += found.lower <= truths.mean() <= found.upper
    assert 0.93 <= held / 1_000 <= 0.97


def test_access_by_hand() -> None:
    permitted = pd.DataFrame({"call": [True, False, False, True], "email": [True, True, False, None]})
    permitted["email"] = permitted["email"].astype("boolean")
    rows = measure_access(permitted, pd.Series(["a", "a", "b", "b"])).set_index(["segment", "channel"])[
        "reached"
    ]
    assert rows.to_dict() == {
        ("", ""): 0.75,
        ("", "call"): 0.5,
        ("", "email"): 0.5,
        ("a", ""): 1.0,
        ("a", "call"): 0.5,
        ("a", "email"): 1.0,
        ("b", ""): 0.5,
        ("b", "call"): 0.5,
        ("b", "email"): 0.0,
    }
    with pytest.raises(DataError, match="call: holds"):
        measure_access(pd.DataFrame({"call": ["x", "y"]}), pd.Series(["a", "b"]))


def test_profit_by_hand_and_net_of_cost() -> None:
    profit, segments = pd.Series([10.0, 30, 5, 5]), pd.Series(["a", "a", "b", "b"])
    found = measure_profit(profit, segments, cost_cny=pd.Series([0.0, 10, 5, 5])).segments.set_index(
        "segment"
    )
    assert found.loc["a", ["profit_cny", "total_cny", "profit_cny_share"]].tolist() == [15, 30, 1]
    assert found.loc["b", ["profit_cny", "total_cny"]].tolist() == [0, 0]


def test_size_and_profit_hold_the_truth(rng: np.random.Generator) -> None:
    """400 bases of 1,000 from one population: sizes, means and totals of the smallest segment."""
    held = np.zeros(3)
    for _number in range(400):
        inside = rng.random(1_000) < 0.1
        profit = rng.exponential(100, 1_000) + 200 * inside
        segments = pd.Series(np.where(inside, "s", "t"))
        row = measure_profit(pd.Series(profit), segments).segments.iloc[0]
        truths = {"share": 0.1, "profit_cny": 300, "total_cny": 30_000}
        held += [
            row[f"{name}_ci_lower"] <= truth <= row[f"{name}_ci_upper"] for name, truth in truths.items()
        ]
    assert (held / 400 >= 0.925).all()
    assert (held / 400 <= 0.975).all()


def test_lasting_by_hand() -> None:
    before = pd.Series(["a"] * 10 + ["b"] * 10, index=range(20))
    after = pd.Series(["a"] * 8 + ["b"] * 2 + ["b"] * 8 + ["a"] * 2 + ["a"], index=[*range(20), 99])
    found = measure_lasting(before.drop(19), after)
    rows = found.transitions.set_index(["before", "after"])["customers"]
    assert rows.to_dict() == {("a", "a"): 8, ("a", "b"): 2, ("b", "a"): 1, ("b", "b"): 8}
    assert found.stay.value == pytest.approx(16 / 19)
    assert (16 / 19) ** found.half_life.value == pytest.approx(0.5)
    assert found.half_life.lower < found.half_life.value < found.half_life.upper
    assert (found.left, found.joined) == (0, 2)
    same = measure_lasting(before, before)
    assert same.half_life.value == float("inf")
    assert same.agreement == 1
    with pytest.raises(DataError, match="no customer is in both"):
        measure_lasting(before, after.rename(lambda number: number + 1_000))
    with pytest.raises(DataError, match=r"occurs more than once[\s\S]*1 customers have no segment"):
        measure_lasting(pd.concat([before, before]), pd.Series(["a", None]))


def test_a_bar_inside_the_interval_leaves_the_verdict_open() -> None:
    bar = 0.5
    assert judge(Estimate(0.6, 0.51, 0.7), bar) == "yes"
    assert judge(Estimate(0.6, 0.49, 0.7), bar) == "open"
    assert judge(Estimate(0.4, 0.30, 0.5), bar) == "open"
    assert judge(Estimate(0.4, 0.30, 0.49), bar) == "no"


def test_one_card_for_a_manager(rng: np.random.Generator) -> None:
    customers, segments = make_customers(rng)
    later = segments.where(rng.random(900) < 0.85, "a")
    result = judge_criteria(
        rule=measure_rule(customers[["age"]], segments, rng=rng),
        access=measure_access(customers[["call", "email"]], segments),
        profit=measure_profit(customers["profit_cny"], segments),
        lasting=measure_lasting(segments, later),
        bars={"accessible": 0.95},
    )
    verdicts = result.criteria.set_index("criterion")["verdict"].to_dict()
    assert verdicts == {"measurable": "yes", "accessible": "no", "profitable": "yes", "stable": "yes"}
    assert result.summary.startswith("3 of 4 criteria hold. Measurable: yes, a rule places 9")
    assert json.dumps(result.to_dict(), allow_nan=False)
    assert 'data-name="segment_profit"' in result._repr_html_()
    assert "Share" in result.figure().axes[0].get_xlabel()
    assert result.figure().get_label() == result.summary
    assert len(result.kpis) == 4
    alone = judge_criteria(
        rule=measure_rule(customers[["city"]], segments, rng=rng),
        access=measure_access(customers[["call"]], segments),
        profit=measure_profit(customers["profit_cny"], segments),
    )
    assert "needs a second period" in alone.warnings[0]
    assert alone.criteria.set_index("criterion").loc["measurable", "verdict"] == "no"


def test_every_problem_is_named_at_once(rng: np.random.Generator) -> None:
    customers, segments = make_customers(rng, 50)
    with pytest.raises(DataError) as caught:
        measure_rule(customers.assign(age=np.inf), segments.iloc[:-1], rng=rng, orders=3)
    assert len(caught.value.problems) == 3
    with pytest.raises(DataError, match="fewer than two segments have 6 customers or more"):
        measure_rule(customers, pd.Series(["z"] + ["a"] * 49), rng=rng)
    with pytest.raises(DataError, match="2 of 2 values are missing|all 2 values are missing"):
        measure_profit(pd.Series([np.nan, np.nan]), pd.Series(["a", "b"]))


def test_the_rule_is_told_as_it_was_judged(rng: np.random.Generator) -> None:
    """Words that a field worker applies: ages around 30, 50 and 70, a tenth of them unknown."""
    customers, segments = make_customers(rng)
    customers["age"] = customers["age"].mask(rng.random(900) < 0.1)
    rule = measure_rule(customers[["age", "city"]], segments, rng=rng, labels={"age": "Age"})
    assert rule.words["customers"].sum() == rule.segments["customers"].sum() == 300
    right = (rule.words["customers"] * rule.words["right"]).sum()
    assert right == pytest.approx((rule.segments["customers"] * rule.segments["placed_right"]).sum())
    young = rule.words.iloc[0]
    assert young["segment"] == "a"
    cut = re.fullmatch(r"Age up to ([\d.]+)", young["rule"])
    assert cut
    assert 35 < float(cut[1]) < 45
    assert rule.words["rule"].str.contains("Age unknown").any()


def test_a_segment_of_few_does_not_speak_in_words_or_cards(rng: np.random.Generator) -> None:
    customers, segments = make_customers(rng)
    segments = pd.Series(np.where(np.arange(900) < 8, "rare", segments))
    customers.loc[:7, "call"] = False
    result = judge_criteria(
        rule=measure_rule(customers[["age"]].assign(luck=np.arange(900) < 8), segments, rng=rng),
        access=measure_access(customers[["call"]], segments),
        profit=measure_profit(customers["profit_cny"], segments),
        lasting=measure_lasting(segments, segments.where(np.arange(900) > 4, "a")),
    )
    told = result.to_dict()
    for name in ("segment_access", "segment_profit", "segment_rule", "segment_transitions"):
        rows = [
            row for row in told[name] if "rare" in (row.get("segment"), row.get("before"), row.get("after"))
        ]
        assert rows
        assert all(row["customers"] in (None, 0) or row["customers"] >= 10 for row in rows), name
    assert "rare" not in {row["segment"] for row in told["segment_rules_told"]}
    least = result.criteria.set_index("criterion").loc["accessible", "value"]
    assert least > 0.3


def test_what_was_not_measured_is_said_and_never_invented(rng: np.random.Generator) -> None:
    customers, segments = make_customers(rng)
    nothing = judge_criteria()
    assert nothing.summary.startswith("None of the four criteria was measured")
    assert len(nothing.warnings) == 4
    assert (len(nothing.kpis), len(nothing.criteria)) == (0, 0)
    assert "<table" not in nothing._repr_html_()
    assert nothing.figure().get_label() == nothing.summary
    assert nothing.transition_figure().get_label()
    assert json.dumps(nothing.to_dict(), allow_nan=False)
    one = judge_criteria(profit=measure_profit(customers["profit_cny"], segments), bars={"profitable": 0.9})
    assert one.summary.startswith("0 of 1 criteria hold. Profitable: no")
    assert len(one.warnings) == 3
    with pytest.raises(ParameterError, match=r"lasting: is no criterion[\s\S]*stable == 80"):
        judge_criteria(bars={"lasting": 0.5, "stable": 80})


def test_potential_is_added_up_by_hand() -> None:
    """Two segments: 10 and 30 a head, half and a quarter of which may still come; then money of its own."""
    profit, segments = pd.Series([10.0, 10, 30, 30]), pd.Series(["a", "a", "b", "b"])
    shares = pd.Series([0.4, 0.6, 0.25, 0.25], name="share_elsewhere")
    found = measure_profit(profit, segments, potential=shares).segments.set_index("segment")
    assert found["potential"].tolist() == [0.5, 0.25]
    assert found["to_come_cny"].tolist() == [10, 15]
    assert found.loc["a", "to_come_cny_ci_lower"] < 10 < found.loc["a", "to_come_cny_ci_upper"]
    money = pd.Series([100.0, 200, 0, 5], name="potential_cny")
    found = measure_profit(profit, segments, potential=money).segments.set_index("segment")
    assert found["to_come_cny"].tolist() == [300, 5]
    assert found["potential_cny"].tolist() == [150, 2.5]
    with pytest.raises(DataError, match="outside 0 to 1"):
        measure_profit(profit, segments, potential=shares * 100)
    plain = measure_profit(profit, segments).segments
    assert not {"potential", "to_come_cny"} & set(plain)


def test_of_media_the_one_that_parts_most_is_named(rng: np.random.Generator) -> None:
    customers, segments = make_customers(rng)
    media = pd.DataFrame({"app": segments == "b", "paper": rng.random(900) < 0.5, "tv": customers["age"]})
    result = judge_criteria(
        access=measure_access(customers[["call", "email"]], segments),
        media=compare_descriptors(media, segments, rng=rng, labels={"app": "Uses the app"}),
        agreement=Estimate(0.93, 0.92, 0.94),
        labels={"call": "Telephone"},
    )
    page = result._repr_html_()
    assert "Of 3 columns of media and channels, “Uses the app” tells the segments apart most: V 0.99" in page
    assert "Telephone" in page
    assert "0.930" in page
    assert {row["descriptor"] for row in result.to_dict()["segment_media"]} == {"app", "paper", "tv"}
    luck = compare_descriptors(media[["paper"]], segments, rng=rng)
    assert "No column of media" in judge_criteria(media=luck)._repr_html_()


def test_who_stays_is_shown_with_what_it_rests_on(rng: np.random.Generator) -> None:
    _customers, segments = make_customers(rng)
    later = segments.where(rng.random(900) < 0.85, "a")
    result = judge_criteria(lasting=measure_lasting(segments, later.iloc[:-3]))
    page = result._repr_html_()
    for words in ("Periods until half have left", "if customers were placed at random", "then a"):
        assert words in page
    assert any("Fewer than 10 customers of the first period are gone" in note for note in result.warnings)
    assert "From segment (rows)" in result.transition_figure().get_label()
    card = result.kpis[0]
    assert (card.bar, card.unit) == (0.8, "share")
    assert "same rule" in card.help
    assert card.help.split(",")[0] in page


@pytest.mark.parametrize(
    ("truths", "sizes"), [([0.5] * 6, [150] * 6), ([0.9] * 6, [50] * 6), ([0.3, 0.5, 0.8], [400, 150, 40])]
)
def test_the_interval_of_the_least_reached_holds(
    rng: np.random.Generator, truths: list[float], sizes: list[int]
) -> None:
    """The smallest share's own interval misses in 14% of six equal segments of 150."""
    held, widths = 0, []
    table = pd.DataFrame({"segment": list("abcdef")[: len(sizes)], "channel": "", "is_hidden": False})
    for reached in rng.binomial(sizes, truths, size=(600, len(sizes))):
        found = _find_least(table.assign(customers=sizes, reached=reached / sizes))
        held += found.lower <= min(truths) <= found.upper
        widths.append(found.upper - found.lower)
    assert held / 600 >= 0.945
    assert np.mean(widths) < 0.25


def test_a_rare_segment_is_judged_among_many(rng: np.random.Generator) -> None:
    """Eight of 60,000, of whom an even draw of 20,000 would hold two: too few to be parted."""
    row = np.arange(60_000)
    segments = pd.Series(np.where(row < 8, "rare", np.where(row % 2, "a", "b")))
    known = pd.DataFrame({"x": 1.0 * (segments == "a") + rng.normal(0, 0.3, 60_000)})
    rule = measure_rule(known, segments, rng=rng, orders=19)
    assert rule.left_out == []
    assert rule.segments["segment"].tolist() == ["a", "b", "rare"]


def test_a_segment_drawn_more_often_weighs_no_more_in_words(rng: np.random.Generator) -> None:
    """All of 300 say yes and a tenth of 59,700 others: 4.8% of those who do; of those drawn, 13%."""
    segments = pd.Series(np.where(np.arange(60_000) < 300, "rare", "often"))
    known = pd.DataFrame({"yes": (segments == "rare") | (rng.random(60_000) < 0.1)})
    words = measure_rule(known, segments, rng=rng, orders=19).words.set_index("segment")
    truth = (segments[known["yes"]] == "rare").mean()
    assert words.loc["rare", "right_ci_lower"] < truth < words.loc["rare", "right_ci_upper"]
    assert words.loc["rare", "right"] < 0.08


def test_a_segment_too_small_to_be_held_out_is_left_out_and_told(rng: np.random.Generator) -> None:
    customers, segments = make_customers(rng)
    some = pd.Series(np.where(np.arange(900) < 5, "rare", segments))
    rule = measure_rule(customers[["age"]], some, rng=rng)
    assert rule.left_out == ["rare"]
    assert rule.segments["segment"].tolist() == ["a", "b", "c"]
    assert rule.accuracy.value > 0.9
    told = judge_criteria(rule=rule).warnings
    assert any("left out of the rule: rare." in note for note in told)


EVIDENCE = SimpleNamespace(agreement_at=lambda _number: None)


def test_columns_that_made_the_segments_do_not_prove_them(rng: np.random.Generator) -> None:
    customers, segments = make_customers(rng)
    plan = SegmentPlan(bases={"all": ("age", "call")}, known=("age", "city"), media=("call", "email"))
    more = {"evidence": EVIDENCE, "rng": rng, "bases": ["age", "call"], "labels": {"age": "Age"}}
    card = measure_criteria(customers, segments, plan, **more)
    assert card.rule.accuracy.value < 0.6  # ages alone would place 98% right
    assert card.media.tests["descriptor"].tolist() == ["email"]
    assert any("Left out of the rule" in note and "“Age”" in note for note in card.warnings)
    assert any("media and channels" in note and "“call”" in note for note in card.warnings)
    none = measure_criteria(customers, segments, replace(plan, known=("age",), media=("call",)), **more)
    assert none.rule is None
    assert none.media is None
    assert any("made from all columns" in note for note in none.warnings)
    assert join_figures(none).columns.tolist() == ["segment", "placed_right"]


def test_a_hidden_segment_takes_no_part_in_the_choice(rng: np.random.Generator) -> None:
    """Three of 900 are hidden, and with them the next smallest, which would give them away."""
    customers, segments = make_customers(rng)
    segments = pd.Series(np.where(np.arange(900) < 3, "rare", segments))
    plan = SegmentPlan(
        bases={"all": ("age",)}, known=("city",), channels={"call": ("call",)}, profit="profit_cny"
    )
    card = measure_criteria(customers, segments, plan, evidence=EVIDENCE, rng=rng)
    figures = join_figures(card)
    assert sorted(figures["segment"]) == ["a", "b"]
    assert figures[["profit_cny", "total_cny", "reached", "placed_right"]].notna().all(axis=None)
    assert any("no part of a choice" in note and "c, rare" in note for note in card.warnings)
    wanted = ["total_cny", "reached", "placed_right"]
    assert measure_segments(customers, segments, wanted, measured=figures)["segment"].tolist() == ["a", "b"]


def test_with_one_segment_left_nothing_ends_in_an_error(rng: np.random.Generator) -> None:
    customers, _segments = make_customers(rng)
    segments = pd.Series(np.where(np.arange(900) < 3, "rare", "a"))
    plan = SegmentPlan(
        bases={"all": ("age",)}, known=("city",), channels={"call": ("call",)}, profit="profit_cny"
    )
    card = measure_criteria(customers, segments, plan, evidence=EVIDENCE, rng=rng)
    assert card.criteria["criterion"].tolist() == ["profitable"]
    assert any("fewer than two have enough customers" in note for note in card.warnings)
    assert any("none has enough customers to be shown" in note for note in card.warnings)
    assert json.dumps(card.to_dict(), allow_nan=False)
    assert card._repr_html_()
    wanted = ["total_cny", "reached", "placed_right"]
    assert measure_segments(customers, segments, wanted, measured=join_figures(card)).empty
