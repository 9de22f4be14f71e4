"""The supervised scorecard: calibrated, near the best model possible, honest about what it cannot learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from leadline.errors import DataError
from leadline.target.logistic_scorecard import LogisticScorecard


def make_customers(number: int = 6_000, seed: int = 2) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    trades, city = rng.poisson(2, number), rng.choice(["北京", "上海", "深圳"], number)
    log_odds = -2 + 0.5 * trades + np.where(city == "上海", 0.7, 0.0)
    frame = pd.DataFrame(
        {
            "trades": np.where(rng.random(number) < 0.1, np.nan, trades),
            "city": pd.Series(city, dtype="str"),
            "staff": rng.random(number) < 0.2,
            "noise": rng.standard_normal(number),
        }
    )
    return frame, rng.random(number) < 1 / (1 + np.exp(-log_odds)), log_odds


FRAME, BUYS, LOG_ODDS = make_customers()


def test_it_ranks_nearly_as_well_as_the_truth_and_predicts_what_happens() -> None:
    card = LogisticScorecard().fit(FRAME, BUYS)
    later, bought, log_odds = make_customers(seed=3)
    share = card.predict_proba(later)[:, 1]
    assert roc_auc_score(bought, share) > roc_auc_score(bought, log_odds) - 0.02
    assert share.mean() == pytest.approx(bought.mean(), abs=0.02)
    top = share > np.quantile(share, 0.8)
    assert share[top].mean() == pytest.approx(bought[top].mean(), abs=0.05)
    assert set(card.information_.index[:2]) == {"trades", "city"}


def test_twenty_points_double_the_odds_and_the_lowest_score_is_zero() -> None:
    card = LogisticScorecard().fit(FRAME, BUYS)
    points = card.points_table_.score(FRAME).to_numpy()
    share = card.predict_proba(FRAME)[:, 1]
    odds = share / (1 - share)
    assert np.allclose(np.log2(odds / odds[0]), (points - points[0]) / 20)
    assert card.points_table_.range[0] == 0
    assert card.predict_proba(FRAME)[:, 1].mean() == pytest.approx(BUYS.mean(), abs=1e-9)


def test_the_evidence_names_every_bin_with_its_points() -> None:
    card = LogisticScorecard().fit(FRAME, BUYS)
    city = card.evidence_[card.evidence_["column"] == "city"]
    assert sorted(city["rule"]) == ["上海", "北京", "深圳"]
    best = city.sort_values("points").iloc[-1]
    assert best["rule"] == "上海"
    assert card.evidence_.groupby("column")["customers"].sum().eq(len(FRAME)).all()


def test_a_column_that_says_the_same_again_never_turns_against_itself() -> None:
    again = FRAME.assign(again=FRAME["trades"] + 0.01 * FRAME["noise"])
    card = LogisticScorecard().fit(again, BUYS)
    for rule in card.points_table_.attributes[:1] + card.points_table_.attributes[-1:]:
        points = [points for _rule, points in rule.describe()[:-1]]
        assert points == sorted(points)


def test_unlearnable_tables_are_refused_with_all_problems() -> None:
    one = np.zeros(len(FRAME), dtype=bool)
    one[0] = True
    with pytest.raises(DataError) as caught:
        LogisticScorecard(trends={"trade": "auto"}).fit(
            FRAME.assign(
                same=1, town=FRAME["city"].str.replace("上海", "Shanghai"), twice=2 * FRAME["trades"]
            ),
            one,
        )
    assert len(caught.value.problems) == 5
    assert "town: says exactly what city says" in str(caught.value)
    assert "twice: says exactly what trades says" in str(caught.value)
    assert "1 buyers: at least 2" in str(caught.value)
