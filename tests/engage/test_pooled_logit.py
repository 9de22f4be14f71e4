import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from leadline.engage.pooled_logit import Scale, average_chance, fit_pooled_logit


def test_a_given_scale_is_a_ridge(rng) -> None:
    features = rng.normal(size=(400, 3))
    buys = rng.random(400) < expit(features @ [1.0, -0.5, 0.0])
    found = fit_pooled_logit(features, buys, np.zeros(3, dtype=np.int64), [Scale(values=(0.7,))])
    ridge = LogisticRegression(C=0.49, fit_intercept=False, tol=1e-10).fit(features, buys)
    assert found.mean == pytest.approx(ridge.coef_[0], abs=1e-5)
    chance = expit(features @ found.mean)
    hessian = (features.T * (chance * (1 - chance))) @ features + np.eye(3) / 0.49
    assert found.covariance == pytest.approx(np.linalg.inv(hessian), rel=1e-6)


def test_groups_that_differ_stay_apart_and_equal_ones_move_together(rng) -> None:
    """The data choose among the spreads: averaging them blindly would give about 0.68 of the widest's."""
    group = np.array([0, *[1] * 12])
    level = np.repeat(np.arange(12), 60)
    features = np.column_stack([np.ones(720), *(level == place for place in range(12))]).astype(float)
    ratio = []
    for size in (0.0, 1.5):
        buys = rng.random(720) < expit(-1 + size * np.linspace(-1, 1, 12)[level])
        chosen, widest = (
            fit_pooled_logit(features, buys, group, [Scale(values=(5.0,)), Scale(values=values)])
            for values in ((0.1, 1.0, 2.0), (2.0,))
        )
        ratio.append(chosen.mean[1:].std() / widest.mean[1:].std())
    assert ratio[0] < 0.3
    assert ratio[1] > 0.78


def test_uncertain_log_odds_are_averaged(rng) -> None:
    for mean, variance in ((-2.0, 0.5), (0.5, 2.0), (-3.0, 1.5)):
        exact = expit(mean + np.sqrt(variance) * rng.normal(size=200_000)).mean()
        assert average_chance(np.array([mean]), np.array([variance]))[0] == pytest.approx(exact, abs=0.01)


def test_all_buyers_or_none_still_have_an_answer() -> None:
    features = np.ones((30, 1))
    for answer in (True, False):
        found = fit_pooled_logit(features, np.full(30, answer), np.zeros(1, np.int64), [Scale(values=(1.0,))])
        assert np.isfinite(found.mean).all()
        assert (found.mean[0] > 0) == answer
