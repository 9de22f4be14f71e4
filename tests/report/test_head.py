import pytest

from leadline.report.head import explain_failure, make_cards, make_foot
from tests.report.sample import make_record


def card(**changes):
    kpi = {
        "label": "Gain",
        "value": 0.03,
        "unit": "points",
        "ci_lower": 0.01,
        "ci_upper": 0.05,
        "direction": "up",
    }
    return make_cards([kpi | changes])[0]


def test_a_card_writes_value_and_interval():
    made = card(unit="share", value=0.1475, ci_lower=0.1246, ci_upper=0.1738)
    assert (made.label, made.value, made.interval) == ("Gain", "14.8%", "95% CI 12.5% to 17.4%")


@pytest.mark.parametrize(
    ("changes", "verdict", "note"),
    [
        ({}, "good", "better"),
        ({"direction": "down"}, "bad", "worse"),
        ({"value": -0.03, "ci_lower": -0.05, "ci_upper": -0.01}, "bad", "worse"),
        ({"value": -0.03, "ci_lower": -0.05, "ci_upper": -0.01, "direction": "down"}, "good", "better"),
        ({"ci_lower": -0.01}, "unsure", "may be no difference"),
        ({"ci_lower": 0.0}, "unsure", "may be no difference"),
        ({"unit": "share"}, "neutral", "higher is better"),
        ({"unit": "money_cny", "direction": "down"}, "neutral", "lower is better"),
        ({"direction": "neutral"}, "neutral", ""),
    ],
)
def test_a_card_says_in_words_what_is_good(changes, verdict, note):
    made = card(**changes)
    assert (made.verdict, made.note) == (verdict, note)
    assert bool(made.sign) == bool(made.note)


@pytest.mark.parametrize(
    ("direction", "lower", "upper", "verdict", "note"),
    [
        ("up", 0.7, 0.8, "good", "holds: at least 70.0% wanted"),
        ("up", 0.5, 0.7, "unsure", "open: at least 70.0% wanted"),
        ("up", 0.5, 0.69, "bad", "does not hold: at least 70.0% wanted"),
        ("down", 0.5, 0.7, "good", "holds: at most 70.0% wanted"),
        ("down", 0.7, 0.8, "unsure", "open: at most 70.0% wanted"),
        ("down", 0.71, 0.8, "bad", "does not hold: at most 70.0% wanted"),
        ("up", None, None, "unsure", "open: at least 70.0% wanted"),
    ],
)
def test_a_card_with_a_bar_says_whether_it_is_reached(direction, lower, upper, verdict, note):
    made = card(unit="share", bar=0.7, direction=direction, ci_lower=lower, ci_upper=upper)
    assert (made.verdict, made.note) == (verdict, note)


def test_a_card_carries_its_definition():
    assert card(help="What it is").help == "What it is"
    assert card().help == ""


def test_a_finished_run_has_no_failure():
    assert explain_failure(make_record()) is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("failed", "stopped at"),
        ("killed", "ended from outside"),
        ("timed_out", "time limit"),
        ("refused", "cannot be used"),
    ],
)
def test_every_way_to_end_names_its_step(status, words):
    failure = {"kind": "x", "step": "Load", "cell": 3, "message": "no", "log": "\x1b[31mTraceback"}
    explained = explain_failure(make_record(status=status, failure=failure))
    assert words in explained.headline
    assert "“Load”" in explained.headline
    assert (explained.message, explained.log) == ("no", "Traceback")


@pytest.mark.parametrize("status", ["failed", "killed", "timed_out", "refused"])
def test_a_run_that_ended_before_its_first_step_is_explained(status):
    assert "“" not in explain_failure(make_record(status=status, failure=None)).headline


def test_the_foot_holds_parameters_sources_and_times():
    foot = make_foot(make_record())
    assert ("list_size", "800", "customers on the list") in foot.parameters
    assert ("stages", '["area", "products"]', "") in foot.parameters
    assert ("as_of", "–", "") in foot.parameters
    assert foot.sources[0]["size"] == "9,822 rows × 86 columns"
    assert foot.sources[0]["sha256"] == "ab" * 32
    facts = dict(foot.facts)
    assert facts["Started"].endswith("UTC")
    assert facts["Duration"] == "19.2 seconds"
    assert "Attempts" not in facts


def test_what_is_not_known_is_left_out():
    facts = dict(
        make_foot(
            make_record(ended=None, seconds=None, cpu_seconds=None, peak_memory_mb=None, seed=None)
        ).facts
    )
    assert {"Ended", "Duration", "Processor time", "Peak memory", "Seed"}.isdisjoint(facts)
    assert dict(make_foot(make_record(seed=0)).facts)["Seed"] == "0"
