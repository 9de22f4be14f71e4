"""List sizes that prove a step: the case's own figures, a simulation, and lists that share customers."""

import json

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportions_ztest

from leadline.errors import DataError
from leadline.intervals import wilson_interval
from leadline.results import Result
from leadline.target.planner import describe_overlaps, find_power, plan_list_sizes
from leadline.target.proof import count_contacts_to_prove

CASE = pd.DataFrame({"name": ["Operator", "Partner", "Channels"], "precision": [0.026, 0.235, 0.273]})


def with_intervals(listed):
    wilson = [wilson_interval(share * listed, listed) for share in CASE["precision"]]
    return CASE.assign(
        precision_ci_lower=[one.lower for one in wilson], precision_ci_upper=[one.upper for one in wilson]
    )


def test_the_case_is_told_as_published():
    plan = plan_list_sizes(CASE, list_size=500)
    assert plan.steps["contacts_needed"].tolist() == [40, pytest.approx(2_057, rel=0.002)]
    assert plan.steps["verdict"].tolist() == ["distinguishable", "not yet"]
    assert "“Partner” is distinguishable from “Operator” (40 would do)" in plan.summary
    assert "“Channels” is not yet distinguishable from “Partner” (2,059 are needed)" in plan.summary
    assert plan.steps["contacts_needed_lower"].isna().all()
    assert isinstance(plan, Result)


def test_power_is_the_inverse_of_the_needed_contacts():
    for before, after in [(0.026, 0.235), (0.235, 0.273), (0.3, 0.1)]:
        needed = count_contacts_to_prove(before, after, power=0.9)
        assert find_power(before, after, needed) >= 0.9 > find_power(before, after, needed - 1)
    rng = np.random.default_rng(0)
    draws = zip(rng.binomial(500, 0.235, 2_000), rng.binomial(500, 0.273, 2_000), strict=True)
    shown = np.mean([proportions_ztest(pair, [500, 500])[1] < 0.05 for pair in draws])
    assert find_power(0.235, 0.273, 500) == pytest.approx(shown, abs=0.025)


def test_uncertain_precision_gives_a_range_that_may_have_no_end():
    steps = plan_list_sizes(with_intervals(500), list_size=500).steps
    sure, open_step = steps.to_dict("records")
    assert sure["contacts_needed_lower"] < 40 < sure["contacts_needed_upper"] < 100
    assert open_step["contacts_needed_lower"] < 2_059
    assert np.isinf(open_step["contacts_needed_upper"])
    longer = plan_list_sizes(with_intervals(50_000), list_size=500).steps.iloc[1]
    assert 1_000 < longer["contacts_needed_lower"] < 2_059 < longer["contacts_needed_upper"] < 5_000


def test_the_gain_s_own_interval_goes_before_one_made_of_two():
    steps = pd.DataFrame({"stage": ["Partner", "Channels"], "gain_ci_lower": [0.19, 0.028]})
    plan = plan_list_sizes(
        with_intervals(500), list_size=500, steps=steps.assign(gain_ci_upper=[0.23, 0.048])
    )
    assert plan.steps["gain_ci_lower"].tolist() == [0.19, 0.028]
    assert plan.steps["contacts_needed_upper"][1] == count_contacts_to_prove(0.254 - 0.014, 0.254 + 0.014)


def test_an_interval_made_of_two_is_newcombe_s():
    """Newcombe 1998, Statistics in Medicine 17:873-890, table II: 56 of 70 less 48 of 80, method 10."""
    found = [wilson_interval(48, 80), wilson_interval(56, 70)]
    stages = pd.DataFrame(found).rename(columns={"value": "precision"}).assign(name=["a", "b"])
    stages = stages.rename(columns={"lower": "precision_ci_lower", "upper": "precision_ci_upper"})
    step = plan_list_sizes(stages, list_size=70).steps.iloc[0]
    assert step["gain_ci_lower"] == pytest.approx(0.0524, abs=5e-5)
    assert step["gain_ci_upper"] == pytest.approx(0.3339, abs=5e-5)


def test_the_range_of_shared_lists_closes_round_the_number_itself():
    overlaps = pd.DataFrame({"stage": ["Channels"], "shared_share": [0.6], "shared_precision": [0.26]})
    steps = pd.DataFrame({"stage": ["Partner", "Channels"], "gain_ci_lower": [0.209, 0.038]})
    steps = steps.assign(gain_ci_upper=steps["gain_ci_lower"] + 1e-9)
    step = plan_list_sizes(CASE, list_size=500, steps=steps, overlaps=overlaps).steps.iloc[1]
    ends = step[["contacts_needed_lower", "contacts_needed_upper"]].tolist()
    assert ends == pytest.approx([step["contacts_needed"]] * 2, abs=3)


def test_lists_that_share_customers_need_fewer_contacts():
    """Simulated: two lists, 60% shared, tested on those they do not share."""
    overlaps = pd.DataFrame({"stage": ["Channels"], "shared_share": [0.6], "shared_precision": [0.26]})
    step = plan_list_sizes(CASE, list_size=500, overlaps=overlaps).steps.iloc[1]
    assert step["contacts_needed"] < 1_000
    alone = [(share - 0.6 * 0.26) / 0.4 for share in (0.235, 0.273)]
    unshared = round(0.4 * step["contacts_needed"])
    rng = np.random.default_rng(1)
    draws = zip(*(rng.binomial(unshared, share, 2_000) for share in alone), strict=True)
    shown = np.mean([proportions_ztest(pair, [unshared] * 2)[1] < 0.05 for pair in draws])
    assert shown == pytest.approx(0.8, abs=0.03)


def test_overlap_is_counted_on_the_lists():
    first, second = np.arange(10) < 4, (np.arange(10) >= 2) & (np.arange(10) < 6)
    buys = np.array([1, 0, 1, 0, 1, 1, 0, 0, 0, 0], bool)
    table = describe_overlaps(["a", "b", "c"], [first, second, ~first & ~second], buys)
    assert table["stage"].tolist() == ["b", "c"]
    assert table["shared_share"].tolist() == [0.5, 0.0]
    assert table["shared_precision"][0] == 0.5
    assert np.isnan(table["shared_precision"][1])


def test_no_difference_is_told_without_a_number():
    same = CASE.assign(precision=[0.1, 0.1, 0.3])
    overlaps = pd.DataFrame({"stage": ["Channels"], "shared_share": [1.0], "shared_precision": [0.1]})
    plan = plan_list_sizes(same, list_size=500, overlaps=overlaps)
    assert np.isinf(plan.steps["contacts_needed"]).all()
    assert plan.steps["verdict"].tolist() == ["not yet", "not yet"]
    assert "by any number of contacts" in plan.summary
    assert "∞" not in plan.summary + "".join(plan.sentences)
    assert plan.kpis == ()
    assert json.loads(json.dumps(plan.to_dict(), allow_nan=False))["list_plan"]["steps"][0]["verdict"]
    assert plan.figure().get_label()


def test_a_list_without_buyers_still_has_an_answer():
    plan = plan_list_sizes(CASE.assign(precision=[0.0, 0.2, 1.0]), list_size=50)
    assert (plan.steps["contacts_needed"] < 60).all()
    assert any("rough" in warning for warning in plan.warnings)


def test_a_worse_stage_is_told_apart_as_well():
    plan = plan_list_sizes(CASE.iloc[::-1], list_size=500)
    assert plan.steps["contacts_needed"].tolist() == [2_059, 40]
    assert plan.steps["gain"][1] < 0


def test_a_reader_sees_the_step_and_the_present_size():
    plan = plan_list_sizes(with_intervals(500), list_size=500)
    page = plan._repr_html_()
    assert "not yet" in page
    assert "no number at all" in page
    assert " or more</td>" in page
    assert "∞" not in page
    assert plan.table["shared_share"].isna().all()
    figure = plan.figure()
    texts = " ".join(text.get_text().replace("\n", " ") for text in figure.axes[0].texts)
    assert "today: 500" in texts
    assert "Channels: 2,059 contacts" in texts
    assert plan.kpis[0].value == 2_059
    assert plan.kpis[0].ci_upper is None


def test_impossible_questions_are_refused_at_once():
    with pytest.raises(DataError) as caught:
        plan_list_sizes(CASE.iloc[:1].assign(precision=1.2), list_size=0, power=1)
    assert len(caught.value.problems) == 4
