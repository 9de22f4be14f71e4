import pytest

from leadline.errors import ParameterError
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml
from leadline.target.plan_file import parse_plan

COLUMNS = ["MOSTYPE", "MINK", "PPERSAUT", "APERSAUT", "Purchase"]


def plan(*stages, **more):
    return {
        "stages": [dict(zip(("name", "columns", "method"), stage, strict=True)) for stage in stages]
    } | more


def problems_of(document, **options):
    with pytest.raises(ParameterError) as error:
        parse_plan(document, COLUMNS, **options)
    return error.value.problems


def test_stages_add_columns_and_patterns_pass_over_the_target():
    parsed = parse_plan(
        plan(("area", ["M*"], "pca_scorecard"), ("products", ["P*", "APERSAUT", "MINK"], "logistic")),
        COLUMNS,
        reserved=["Purchase", None],
    )
    first, second = parsed.stages
    assert parsed.columns_up_to(first) == ("MOSTYPE", "MINK")
    assert parsed.columns_up_to(second) == ("MOSTYPE", "MINK", "PPERSAUT", "APERSAUT")
    assert parsed.columns == parsed.columns_up_to(second)


def test_patterns_mind_the_case():
    assert "no column matches the pattern 'm*'" in problems_of(plan(("a", ["m*"], "logistic")))[0]


def test_a_refining_stage_may_add_no_column_but_must_change_the_method():
    refined = plan(("a", ["M*"], "logistic"), ("b", [], "boosting"))
    assert parse_plan(refined, COLUMNS).stages[1].columns == ()
    idle = plan(("a", ["M*"], "logistic"), ("b", ["MINK"], "logistic"))
    assert "adds no column" in problems_of(idle)[0]


RULES = [{"column": "MINK", "rules": [{"under": "3", "points": "1"}, {"at_least": "3", "points": "2"}]}]


def test_a_stage_may_score_by_rules_of_its_own():
    document = {
        "stages": [
            {"name": "a", "columns": ["MOSTYPE"], "method": "pca_index"},
            {"name": "b", "method": "points", "rules": RULES},
        ]
    }
    parsed = parse_plan(document, COLUMNS)
    assert parsed.stages[1].rules.columns == ("MINK",)
    assert parsed.columns == ("MOSTYPE", "MINK")


def test_wrong_rules_are_named_with_their_stage():
    document = {
        "stages": [
            {"name": "a", "method": "points"},
            {"name": "b", "columns": ["MINK"], "method": "logistic", "rules": RULES},
            {
                "name": "c",
                "method": "points",
                "rules": [{"column": "MINKK", "rules": [{"under": "3", "points": "x"}]}],
            },
            {"name": "d", "method": "points", "rules": [RULES[0] | {"column": "Purchase"}]},
        ]
    }
    problems = problems_of(document, reserved=["Purchase"])
    assert "stage 1 (a): rules is missing." in problems
    assert any("stage 2 (b): rules are for the method points only" in text for text in problems)
    assert any("stage 3 (c): MINKK: points == 'x'" in text for text in problems)
    assert any("stage 4 (d): unknown column 'Purchase'" in text for text in problems)


def test_labels_name_columns_for_the_reader():
    parsed = parse_plan(
        plan(("a", "M*", "logistic"), labels={"MINK": "income", "gone": "absent column"}), COLUMNS
    )
    assert parsed.label("MINK") == "income"
    assert parsed.label("MOSTYPE") == "MOSTYPE"


def test_all_problems_come_at_once_with_the_nearest_name():
    document = {
        "stages": [
            {"name": "area", "columns": ["MINKK", "Purchase"], "metod": "logistic", "method": "logistc"},
            {"columns": 3},
            "nonsense",
        ],
        "stagess": [],
    }
    problems = problems_of(document, reserved=["Purchase"])
    text = "\n".join(problems)
    for wanted in (
        "unknown column 'MINKK'. Did you mean 'MINK'?",
        "'Purchase' is the target or the hold-out column",
        "unknown key 'metod'. Did you mean 'method'?",
        "unknown method 'logistc'. Did you mean 'logistic'?",
        "stage 2: name is missing.",
        "stage 2: method is missing.",
        "stage 2: columns == 3, must be a list",
        "stage 3: it is not a mapping",
        "unknown key 'stagess'. Did you mean 'stages'?",
    ):
        assert wanted in text


@pytest.mark.parametrize("document", [None, [], {"stages": []}, {"stages": None}, "text"])
def test_a_document_without_stages_is_refused(document):
    assert problems_of(document)


def test_names_are_given_once():
    twice = plan(("a", ["MINK"], "logistic"), ("a", ["MOSTYPE"], "logistic"))
    assert "the name 'a' is given to 2 stages" in problems_of(twice)[0]


def test_a_first_stage_without_columns_is_refused():
    assert "has no columns to score with" in "\n".join(problems_of(plan(("a", [], "logistic"))))


def test_the_shipped_plan_of_the_embedded_table_names_every_column():
    document = read_yaml(PLANS / "coil2000.yml")
    assert len(document["labels"]) == 85
