"""Weight of evidence: the published answer, and cuts that run one way."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score

from leadline.target.evidence import find_cuts, weigh_evidence

CANCER = load_breast_cancer()
RADIUS, BENIGN = CANCER.data[:, 0], CANCER.target.astype(bool)


def test_information_and_gini_of_mean_radius_are_the_published_ones() -> None:
    """optbinning's tutorial on binary targets: IV 5.04392547, Gini 0.87541620 with these cuts."""
    cuts = [11.42500019, 12.32999992, 13.09499979, 13.70499992, 15.04500008, 16.92500019]
    bins = np.searchsorted(cuts, RADIUS, side="right")
    table = weigh_evidence(bins, BENIGN)
    assert table["information"].sum() == pytest.approx(5.04392547, abs=5e-9)
    assert table["customers"].tolist() == [118, 79, 68, 49, 83, 54, 118]
    gini = 2 * roc_auc_score(BENIGN, table["rate"].to_numpy()[bins]) - 1
    assert gini == pytest.approx(0.87541620, abs=5e-9)


def test_own_cuts_lose_little_of_the_best_information_and_run_one_way() -> None:
    cuts = find_cuts(RADIUS, BENIGN)
    table = weigh_evidence(np.searchsorted(cuts, RADIUS, side="right"), BENIGN)
    assert 2 <= len(cuts) <= 6
    assert np.all(np.diff(table["rate"]) < 0)
    assert table["information"].sum() > 0.9 * 5.0439
    assert table["customers"].min() >= 0.05 * len(RADIUS)


@pytest.mark.parametrize(("trend", "sign"), [("increasing", 1), ("decreasing", -1)])
def test_a_trend_is_kept_whatever_the_data_say(trend: str, sign: int) -> None:
    rng = np.random.default_rng(0)
    values = rng.random(3_000)
    buys = rng.random(3_000) < 0.2 + 0.3 * np.sin(6 * values)
    cuts = find_cuts(values, buys, trend)  # type: ignore[arg-type]
    rates = weigh_evidence(np.searchsorted(cuts, values, side="right"), buys)["rate"]
    assert np.all(sign * np.diff(rates) > 0)


def test_without_a_trend_a_hump_is_found() -> None:
    rng = np.random.default_rng(0)
    values = rng.random(20_000)
    buys = rng.random(20_000) < np.where(abs(values - 0.5) < 0.2, 0.5, 0.1)
    cuts = find_cuts(values, buys, "free")
    rates = weigh_evidence(np.searchsorted(cuts, values, side="right"), buys)["rate"].to_numpy()
    assert rates[0] < 0.2 < rates.max()
    assert rates[-1] < 0.2


def test_a_pure_bin_has_finite_weight() -> None:
    table = weigh_evidence(np.array([0, 0, 1, 1]), np.array([True, True, False, True]))
    assert np.isfinite(table["weight_of_evidence"]).all()
    assert table.loc[0, "weight_of_evidence"] > 0
    assert table.loc[0, "information"] == 0


def test_a_cut_has_no_more_digits_than_it_needs() -> None:
    values = np.array([0.1234567, 0.7654321, 3.0, 12.987654, 13.000001, 1e6]).repeat(40)
    buys = np.tile([False] * 20 + [True] * 20, 6)
    buys[:80] = False
    buys[-80:] = True
    cuts = find_cuts(values, buys)
    assert cuts == [3.0, 13.0]
    assert np.bincount(np.searchsorted(cuts, values, side="right")).tolist() == [80, 80, 80]
