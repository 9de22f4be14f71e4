"""The segment plan: read, expanded, and refused with all problems at once."""

import pandas as pd
import pytest

from leadline.errors import ParameterError
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml
from leadline.target.segments.plan import SegmentPlan
from leadline.target.segments.plan_file import parse_segment_plan

COLUMNS = ["age_years", "spend_cny", "visits", "likes_us", "may_call", "opted_out"]
PLAN = {
    "bases": {"behavioural": ["spend_cny", "visits"], "demographic": "age_years"},
    "logged": ["spend_cny"],
    "kinds": {"visits": "ordinal"},
    "orders": {"visits": ["never", "often"]},
    "describe": ["likes_*"],
    "profit": "spend_cny",
    "channels": {"call": ["may_call", "not opted_out"]},
    "labels": {"spend_cny": "spending", "gone": "not in this table"},
    "names": ["Savers", "Spenders"],
    "attractiveness": [
        {"name": "Money", "weight": "100", "columns": [{"column": "spend_cny", "worst": "0", "best": "9"}]}
    ],
}


def test_a_plan_is_read() -> None:
    plan = parse_segment_plan(PLAN, COLUMNS)
    assert plan.choose() == ("spend_cny", "visits", "age_years")
    assert plan.choose(["demographic"]) == ("age_years",)
    assert plan.kinds == {"spend_cny": "logged", "visits": "ordinal"}
    assert plan.describe == ("likes_us",)
    assert plan.channels == {"call": ("may_call", "not opted_out")}
    assert plan.labels == {"spend_cny": "spending"}
    assert plan.attractiveness is not None
    assert plan.attractiveness.criteria[0].weight == 100
    assert plan.fit is None


def test_names_are_the_plans_only_where_they_count_the_same() -> None:
    plan = parse_segment_plan(PLAN, COLUMNS)
    assert plan.name_segments(2) == ("Savers", "Spenders")
    assert plan.name_segments(3) == ("Segment 1", "Segment 2", "Segment 3")


def test_every_problem_of_a_plan_is_told_at_once() -> None:
    wrong = PLAN | {
        "bases": {"behavioural": ["spend_cny", "vists", "M*"]},
        "kinds": {"age_years": "roman"},
        "orders": {"visits": "never"},
        "profit": "profit",
        "potential": ["a", "b"],
        "channels": {"call": ["may_cal"]},
        "names": ["A", "A"],
        "fit": [{"name": "x", "weight": "50", "columns": []}],
        "labels": "none",
        "colour": "red",
    }
    with pytest.raises(ParameterError) as caught:
        parse_segment_plan(wrong, COLUMNS)
    told = "\n".join(caught.value.problems)
    for part in (
        "unknown column 'vists'. Did you mean 'visits'?",
        "no column matches the pattern 'M*'",
        "kinds, age_years: unknown kind 'roman'",
        "orders, visits: must be a list",
        "profit: unknown column 'profit'",
        "potential == ['a', 'b'], must be one column",
        "channels, call: unknown column 'may_cal'. Did you mean 'may_call'?",
        "names: a name is given twice",
        "fit: ",
        "labels is not a mapping",
        "unknown key 'colour'",
    ):
        assert part in told


def test_a_plan_of_another_table_is_one_problem() -> None:
    with pytest.raises(ParameterError) as caught:
        parse_segment_plan(PLAN, ["x", "y"])
    assert len(caught.value.problems) == 1
    assert "leave the plan out" in caught.value.problems[0]


@pytest.mark.parametrize("document", [None, [], "bases", {}, {"bases": {}}, {"bases": ["a"]}, {"bases": "a"}])
def test_a_document_that_is_no_plan_is_refused(document: object) -> None:
    with pytest.raises(ParameterError, match="segment plan"):
        parse_segment_plan(document, COLUMNS)


def test_an_unknown_group_is_named() -> None:
    plan = parse_segment_plan(PLAN, COLUMNS)
    with pytest.raises(ParameterError, match="Did you mean 'behavioural'"):
        plan.choose(["behavioral"])


def test_bases_are_read_by_the_plan() -> None:
    frame = pd.DataFrame({"a": [0.0, 3.0, 8.0, 15.0], "b": ["low", "high", "mid", "low"]})
    plan = SegmentPlan(bases={"all": ("a", "b")}, kinds={"a": "logged"}, orders={"b": ("low", "mid", "high")})
    bases = plan.read(frame, ["a", "b"])
    assert [basis.kind for basis in bases.columns] == ["logged", "ordinal"]
    assert bases.readings[:, 1].tolist() == [0, 2, 1, 0]
    assert [basis.name for basis in plan.read(frame, ["b"]).columns] == ["b"]


def test_shipped_plans_name_keys_that_are_known() -> None:
    for path in sorted(PLANS.glob("segments_*.yml")):
        document = read_yaml(path)
        named = [one for group in document["bases"].values() for one in group]
        extra = [*document.get("describe", []), *document.get("known", []), *document.get("media", [])]
        extra += [
            one.removeprefix("not ") for given in document.get("channels", {}).values() for one in given
        ]
        extra += [document[key] for key in ("profit", "cost", "potential") if document.get(key)]
        extra += list(document.get("orders", {}))
        assert parse_segment_plan(document, [*named, *extra]).choose() == tuple(named)


def test_weights_are_told_where_they_do_not_count() -> None:
    frame = pd.DataFrame({"a": [0.0, 3.0, 8.0, 15.0] * 30, "people": [1, 2, 3, 4] * 30})
    plan = SegmentPlan(bases={"all": ("a",)})
    assert any("count every row once" in note for note in plan.read(frame, ["a"], weight="people").warnings)
    assert not any("count every row once" in note for note in plan.read(frame, ["a"]).warnings)


def test_a_value_of_an_ordered_column_is_weighed_by_rank() -> None:
    criteria = [
        {"name": "x", "weight": "100", "columns": [{"column": "visits=often", "worst": "0", "best": "1"}]}
    ]
    with pytest.raises(ParameterError, match="Weigh visits from worst to best rank"):
        parse_segment_plan(PLAN | {"fit": criteria}, COLUMNS)


def test_channels_and_money_are_checked_before_anything_is_computed() -> None:
    plan = SegmentPlan(
        bases={"all": ("a",)}, channels={"call": ("yes", "not a"), "sms": ("yes",)}, profit="words", cost="a"
    )
    frame = pd.DataFrame({"a": [3.0, 5.0], "yes": [True, False], "words": ["low", "high"]})
    with pytest.raises(ParameterError) as caught:
        plan.check(frame)
    assert len(caught.value.problems) == 2
    assert caught.value.problems[0].startswith("channels, call: a: 2 values are neither yes nor no")
    assert "profit: words holds str, must be numbers" in caught.value.problems[1]
    SegmentPlan(bases={"all": ("a",)}, channels={"sms": ("not yes",)}, profit="a").check(frame)
