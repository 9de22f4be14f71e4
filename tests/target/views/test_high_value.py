"""The high-value score: by hand, under other weights, with gaps, and its editable file."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.plain_yaml import read_yaml
from leadline.target.views import parse_weights, score_customers

FILE = Path(__file__).parents[3] / "reports" / "plans" / "high_value.yml"


def make_document(*weights: float) -> dict[str, object]:
    return {
        "criteria": [
            {"name": name, "weight": str(weight), "columns": [{"column": name, "worst": "0", "best": "10"}]}
            for name, weight in zip("abcde", weights, strict=False)
        ]
    }


def make_customers(rng: np.random.Generator, rows: int = 500) -> pd.DataFrame:
    return pd.DataFrame(rng.uniform(0, 10, (rows, 5)), columns=list("abcde")).assign(
        customer_id=np.arange(rows)
    )


def test_the_shipped_file_weighs_50_20_10_10_10() -> None:
    weights = parse_weights(read_yaml(FILE))
    assert [one.weight for one in weights.criteria] == [50, 20, 10, 10, 10]
    assert [scale.column for scale in weights.criteria[0].scales] == ["contribution_cny", "cost_cny"]


def test_the_score_by_hand(rng: np.random.Generator) -> None:
    """Contribution 1,000 of 2,000 and cost 100 on 500 → 0: (50 + 80) / 2 = 65, half of the weight."""
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "contribution_cny": [1_000, -50],
            "cost_cny": [100, 9_000],
            "funds_growth_cny": [100_000, 0],
            "new_products": [2, 0],
            "referrals": [9, 0],
            "standing_points": [1, 1],
        }
    )
    result = score_customers(customers, parse_weights(read_yaml(FILE)), rng=rng, top_share=0.5)
    assert result.assignments["score"].tolist() == pytest.approx([32.5 + 20 + 5 + 10 + 0, 0])
    assert result.assignments["is_top"].tolist() == [True, False]


def test_what_is_unknown_is_not_guessed(rng: np.random.Generator) -> None:
    customers = pd.DataFrame({"customer_id": [1, 2], "a": [10, np.nan], "b": [np.nan, np.nan]})
    weights = parse_weights(make_document(60, 40))
    rows = score_customers(customers, weights, rng=rng, top_share=0.5).assignments.set_index("customer_id")
    assert rows.loc[1, ["score", "score_lowest", "score_highest"]].tolist() == [100, 60, 100]
    assert rows.loc[2, ["score_lowest", "score_highest"]].tolist() == [0, 100]
    assert np.isnan(rows.loc[2, "score"])
    assert not rows.loc[2, "is_top"]


def test_equal_scores_go_by_id_in_any_order(rng: np.random.Generator) -> None:
    customers = pd.DataFrame({"customer_id": list("dcba"), "a": [5] * 4})
    for frame in (customers, customers.iloc[::-1]):
        result = score_customers(frame, parse_weights(make_document(100)), rng=rng, top_share=0.5)
        assert result.assignments.query("is_top")["customer_id"].tolist() == ["a", "b"]


def test_what_decides_is_the_share_of_the_variance(rng: np.random.Generator) -> None:
    """Independent criteria: weight² × variance; the second spreads a tenth as far as the first."""
    held = 0
    truth = 0.25 / (0.25 + 0.25 * 0.01)
    for _number in range(200):
        customers = make_customers(rng).assign(b=rng.uniform(4.5, 5.5, 500))
        result = score_customers(customers, parse_weights(make_document(50, 50)), rng=rng, draws=1)
        row = result.criteria.iloc[0]
        held += row["decides_ci_lower"] <= truth <= row["decides_ci_upper"]
        assert result.criteria["decides"].sum() == pytest.approx(1)
    assert 0.92 <= held / 200 <= 0.98
    assert "decides 99" in result.warnings[0]


def test_weights_that_do_not_matter_keep_the_list(rng: np.random.Generator) -> None:
    customers = make_customers(rng)
    alike = customers.assign(**dict.fromkeys("bcde", customers["a"]))
    weights = parse_weights(make_document(50, 20, 10, 10, 10))
    assert score_customers(alike, weights, rng=rng).stays == (1, 1, 1)
    apart = score_customers(customers, weights, rng=rng)
    assert 0.85 < apart.stays.lower < apart.stays.value < 0.99
    none = score_customers(customers, weights, rng=rng, shake=0)
    assert none.stays.value == 1
    sure = apart.assignments.query("is_top")["top_frequency"].iloc[0]
    assert sure == 1
    assert apart.assignments["top_frequency"].sum() == pytest.approx(100)


def test_the_same_seed_gives_the_same_numbers(rng: np.random.Generator) -> None:
    customers, weights = make_customers(rng), parse_weights(make_document(70, 30))
    one, other = (score_customers(customers, weights, rng=np.random.default_rng(4)) for _ in range(2))
    assert one.to_dict() == other.to_dict()
    assert json.dumps(one.to_dict(), allow_nan=False)


def test_every_problem_of_the_file_comes_at_once() -> None:
    document = make_document(50, 60)
    document["criterias"] = []
    criteria = document["criteria"]
    criteria[0] |= {"wieght": 3}
    criteria[1]["columns"] = [
        {"column": "b", "worst": "x", "best": 3},
        {"column": "bb", "worst": 1, "best": 1},
        4,
    ]
    criteria += [{"weight": "-3", "columns": []}, "text"]
    with pytest.raises(ParameterError) as caught:
        parse_weights(document, ["a", "b"])
    text = str(caught.value)
    for expected in (
        "unknown key 'criterias'. Did you mean 'criteria'?",
        "a: unknown key 'wieght'. Did you mean 'weight'?",
        "b: b: worst == 'x', must be a number.",
        "b: bb: the table has no such column.",
        "b: bb: worst and best are both 1.",
        "b: 4 is not a mapping",
        "criterion 3: it has no name.",
        "criterion 3: weight == -3, must be above 0.",
        "criterion 3: it names no columns.",
        "criterion 4: it is not a mapping",
    ):
        assert expected in text
    assert "(10 problems)" in text
    with pytest.raises(ParameterError, match="the weights sum to 110, must sum to 100"):
        parse_weights(make_document(50, 60))
    with pytest.raises(ParameterError, match="not a mapping"):
        parse_weights("50")
    with pytest.raises(ParameterError, match="a: is listed twice"):
        parse_weights({"criteria": make_document(50)["criteria"] * 2})


def test_every_problem_of_the_table_comes_at_once(rng: np.random.Generator) -> None:
    customers = make_customers(rng, 3).assign(customer_id=[1, 1, 2], a=list("xyz"), b=[1, np.inf, 2])
    weights = parse_weights(make_document(50, 30, 20))
    with pytest.raises(DataError) as caught:
        score_customers(customers.drop(columns="c"), weights, rng=rng, top_share=1, shake=1, draws=0)
    assert len(caught.value.problems) == 7


def test_a_reader_gets_words_and_a_figure(rng: np.random.Generator) -> None:
    result = score_customers(make_customers(rng), parse_weights(make_document(60, 40)), rng=rng)
    assert result.summary.startswith("100 customers score ")
    assert "“a” has 60.0% of the weight" in result.summary
    assert result.figure().get_label().startswith("What decides the score: a (weight 60.0%)")
    assert 'data-name="criteria"' in result._repr_html_()
