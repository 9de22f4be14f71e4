import pytest

from leadline.errors import DataError, ParameterError
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


def staged(*stages):
    return {"stages": list(stages)}


FIRST = {"name": "a", "columns": ["MOSTYPE"], "method": "pca_index"}


def test_a_stage_may_list_some_and_bring_columns_along():
    parsed = parse_plan(
        staged(
            FIRST,
            {"name": "b", "columns": ["MINK"], "method": "logistic", "among": "APERSAUT", "brings": ["P*"]},
        ),
        COLUMNS,
        reserved=["Purchase"],
    )
    second = parsed.stages[1]
    assert second.among == "APERSAUT"
    assert second.brings == ("PPERSAUT",)
    assert parsed.columns == ("MOSTYPE", "MINK")
    assert parsed.asked == ("APERSAUT",)
    assert second.ingredient == "b"


def test_a_stage_of_channels_alone_keeps_the_ranking():
    parsed = parse_plan(
        staged(FIRST, {"name": "b", "channels": "call"}, {"name": "c", "tiers": ["0.5", "0.5"]}), COLUMNS
    )
    assert [stage.method for stage in parsed.stages] == ["pca_index", None, None]
    assert parsed.recipe_up_to(parsed.stages[2]).method == "pca_index"
    assert parsed.recipe_up_to(parsed.stages[2]).contacts.channels == ("call",)
    assert parsed.channels == ("call",)


def test_a_partner_stage_without_the_partners_columns_is_told_how_to_get_them():
    partner = {
        "name": "partner",
        "among": "is_matched",
        "columns": ["trades_3m", "assets_cny"],
        "method": "pca_index",
    }
    (problem,) = problems_of(staged(FIRST, partner))
    assert problem == (
        "stage 2 (partner): none of its columns is in the table: trades_3m, assets_cny, is_matched. If a "
        "partner knows them, join its list first (leadline partner join); else take the stage out."
    )
    (one,) = problems_of(staged(FIRST, {"name": "b", "columns": ["trades_3m"], "method": "logistic"}))
    assert "leadline partner join" in one


def test_a_single_misspelling_is_a_misspelling():
    (problem,) = problems_of(staged(FIRST, {"name": "b", "columns": ["MINKK"], "method": "logistic"}))
    assert "Did you mean 'MINK'?" in problem


@pytest.mark.parametrize(
    ("stage", "wanted"),
    [
        ({"name": "b", "channels": "brnach"}, "unknown channel 'brnach'. Did you mean 'branch'?"),
        (
            {"name": "b", "channels": "call", "columns": ["MINK"]},
            "method is missing, and without one columns",
        ),
        ({"name": "b"}, "method is missing."),
        ({"name": "b", "columns": ["MINK"], "method": "logistic", "among": ["x"]}, "among == ['x']"),
        ({"name": "b", "columns": ["MINK"], "method": "logistic", "among": "Purchase"}, "is the target"),
        (
            {"name": "b", "columns": ["MINK"], "method": "logistic", "ingredient": ["x"]},
            "ingredient == ['x']",
        ),
        ({"name": "b", "columns": ["MINK"], "method": "logistic", "brings": 3}, "brings == 3"),
        ({"name": "b", "columns": ["MINK"], "method": "logistic", "amnog": "x"}, "Did you mean 'among'?"),
    ],
)
def test_wrong_keys_of_a_stage_are_named(stage, wanted):
    assert wanted in "\n".join(problems_of(staged(FIRST, stage), reserved=["Purchase"]))


def test_rules_may_stand_in_a_file_beside_the_plan():
    stage = {"name": "b", "method": "points", "rules": "points.yml"}
    seen = []

    def read(name):
        seen.append(name)
        return {"name": "Desk", "attributes": RULES}

    parsed = parse_plan(staged(FIRST, stage), COLUMNS, read_rules=read)
    assert seen == ["points.yml"]
    assert parsed.stages[1].rules.name == "Desk"
    assert "no file is read here" in "\n".join(problems_of(staged(FIRST, stage)))


def test_a_rules_file_that_cannot_be_read_is_a_problem_of_its_stage():
    def read(name):
        raise DataError.of(f"{name} is not a readable YAML file", "No such file. Check the path.")

    problems = problems_of(
        staged(FIRST, {"name": "b", "method": "points", "rules": "gone.yml"}), read_rules=read
    )
    assert list(problems) == ["stage 2 (b): gone.yml: No such file. Check the path."]


def test_a_plan_that_begins_with_channels_has_nothing_to_score_with():
    assert "has no columns to score with" in "\n".join(problems_of(staged({"name": "a", "channels": "call"})))
