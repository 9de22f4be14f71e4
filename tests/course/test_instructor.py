"""Answers are judged against the truth, within what chance explains; misconceptions are named."""

import pytest

from leadline.course.instructor import Mistake, judge, makes_data
from leadline.course.sitting import Sitting, seated

COUNT = Mistake("count", 300, "You counted.", 0.25)


@pytest.fixture(autouse=True)
def sitting():
    with seated(Sitting("ann", 5, is_quiet=True)) as sitting:
        makes_data(customers=2_000)(lambda _world: {})
        yield sitting


def number(answer, **more):
    given = {"points": 2, "truth": 30.0, "tolerance": 3.0, "unit": "percent", "mistakes": [COUNT]} | more
    return judge.number("share", answer, **given)


@pytest.mark.parametrize(
    ("answer", "points", "kind"),
    [
        (30, 2, "right"),
        (33, 2, "right"),
        (26.9, 0, "wrong"),
        (300, 0.5, "mistake"),
        (301, 0.5, "mistake"),
        (303, 0, "wrong"),
        (..., 0, "missing"),
        (None, 0, "missing"),
        ("many", 0, "form"),
        (True, 0, "form"),
        ({"unreadable": "Any"}, 0, "form"),
    ],
)
def test_numbers(sitting, answer, points, kind):
    assert number(answer) == points
    (judgement,) = sitting.judgements
    assert (judgement.kind, judgement.score) == (kind, points)
    assert judgement.mistake == ("count" if kind == "mistake" else "")


def test_a_share_for_percent_is_named_even_if_the_lab_did_not_think_of_it(sitting):
    assert number(0.3) == 1.5
    assert sitting.judgements[0].mistake == "share_not_percent"


def test_a_sound_answer_is_no_mistake_though_one_leads_near_it(sitting):
    near = Mistake("near", 31.0, "Near.", 0)
    assert number(31.05, mistakes=[near]) == 0
    assert number(31.05, mistakes=[near], estimate=31.05) == 2


def test_the_nearest_mistake_is_named(sitting):
    number(300.9, mistakes=[COUNT, Mistake("nearer", 301, "Nearer.", 0)])
    assert sitting.judgements[0].mistake == "nearer"


def test_the_distance_is_rough_and_the_truth_unsaid(sitting):
    number(52.4567)
    assert sitting.judgements[0].text == "Not right. It is about 20 points off, more than chance explains."


def test_where_nothing_is_left_to_chance_no_distance_is_told(sitting):
    number(36.0, tolerance=0)
    number(1e11)
    assert [judged.text for judged in sitting.judgements] == ["Not right.", "Not right."]


@pytest.mark.parametrize(
    ("answer", "points", "kind"),
    [
        (" Hold-Out", 1, "right"),
        ("before", 0.5, "mistake"),
        ("?", 0, "wrong"),
        ("", 0, "missing"),
        (3, 0, "form"),
    ],
)
def test_choices(sitting, answer, points, kind):
    mistakes = {"Before": Mistake("before", 0, "No control.", 0.5)}
    assert judge.choice("best", answer, points=1, right="hold-out", mistakes=mistakes) == points
    assert sitting.judgements[0].kind == kind


def test_lists_are_rows_of_the_market():
    ids = judge.market.observed.customer_id.astype(str)
    assert judge.rows([ids[4], ids[2], ids[4]]).tolist() == [4, 2]
    assert judge.rows([ids[4], "nobody"]) is None
    assert judge.rows(...) is None
    assert judge.refuse_list("list", ["nobody"], points=2) == 0


def test_credit_stays_between_nothing_and_all(sitting):
    assert judge.give("list", points=2, credit=1.7) == 2
    assert judge.give("list", points=2, credit=-1) == 0
    assert [one.kind for one in sitting.judgements] == ["right", "wrong"]


def test_what_is_judged_is_shown_to_who_reads_it(sitting, capsys):
    sitting.is_quiet = False
    number(30)
    assert capsys.readouterr().out == "Right.\n"
