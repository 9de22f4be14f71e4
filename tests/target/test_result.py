import json
from html.parser import HTMLParser

import numpy as np
import pytest

from leadline.language import use_language
from leadline.results import Result
from leadline.target import stage_models


@pytest.fixture
def result(customers, make_plan):
    plan = make_plan((["income"], "pca_scorecard"), (["segment", "noise"], "logistic"), ([], "boosting"))
    return stage_models(
        customers, plan, target="buys", list_share=0.2, repeats=3, rng=np.random.default_rng(5)
    )


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.seen = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)


def test_it_offers_what_every_result_offers(result):
    assert isinstance(result, Result)
    assert result.summary.endswith(".")
    assert {kpi.label for kpi in result.kpis} == {
        "Buyers on the list",
        "Lift over a random list",
        "Buyers reached, of all buyers",
    }
    for kpi in result.kpis:
        assert kpi.ci_lower < kpi.value < kpi.ci_upper


def test_the_record_keeps_the_agreed_names_as_plain_json(result):
    kept = json.loads(json.dumps(result.to_dict()))
    assert len(kept["stages"]) == 3
    assert {
        "name",
        "precision",
        "precision_ci_lower",
        "precision_ci_upper",
        "recall",
        "lift",
        "auc",
        "list_size",
    } <= kept["stages"][0].keys()
    assert [step["stage"] for step in kept["steps"]] == ["stage 2", "stage 3"]
    assert len(kept["splits"]) == 9


def test_the_table_has_no_gain_for_the_first_stage(result):
    assert result.table["gain"].isna().tolist() == [True, False, False]
    assert result.table["name"].tolist() == ["stage 1", "stage 2", "stage 3"]


def test_the_display_tells_escapes_and_stays_whole(customers, make_plan):
    evil = customers.rename(columns={"segment": "<script>alert(1)</script>"})
    evil["<script>alert(1)</script>"] = evil["<script>alert(1)</script>"].where(evil.index > 3, None)
    plan = make_plan((["income", "<script>alert(1)</script>"], "logistic"))
    html = stage_models(
        evil, plan, target="buys", list_size=50, repeats=1, rng=np.random.default_rng(1)
    )._repr_html_()
    assert "script" not in Tags(html).seen
    assert "&lt;script&gt;" in html
    assert "4 missing values count as “other”" in html
    assert Tags(html).seen.count("table") == 2


def test_the_words_can_be_spoken_in_every_language(result):
    use_language("zh")
    try:
        assert result.summary
        assert result.figure().get_label()
    finally:
        use_language("en")


def test_weights_come_from_linear_stages_with_their_range(result):
    weights = result.weights
    assert set(weights["stage"]) == {"stage 1", "stage 2"}
    assert (weights["points_lowest"] <= weights["points_per_sd"]).all()
    assert (weights["points_per_sd"] <= weights["points_highest"]).all()
    income = weights[weights["feature"] == "income"]["points_per_sd"]
    assert (income > 10).all()
