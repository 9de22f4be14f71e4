"""The standard errors that an analyst would state, against the spread over outcomes drawn anew."""

from dataclasses import replace

import numpy as np

from leadline.market.estimators import _against_model, _fit_logit
from leadline.market.logit import to_chance
from leadline.market.market import Market


def test_the_covariance_of_a_ridge_logit_is_the_spread_of_its_weights() -> None:
    rng = np.random.default_rng(1)
    features = np.column_stack(
        [np.ones(60), 0.3 * rng.standard_normal((60, 2))]
    )  # so few that the ridge binds
    chance = to_chance(features @ np.array([-0.3, 0.5, -0.5]))
    fits = [_fit_logit(features, (rng.random(60) < chance).astype(float)) for _ in range(600)]
    spread = np.var([weights for weights, _ in fits], axis=0)
    stated = np.mean([np.diag(covariance) for _, covariance in fits], axis=0)
    np.testing.assert_allclose(stated, spread, rtol=0.2)


def test_the_error_of_the_model_s_prediction_is_counted(market: Market) -> None:
    known = np.flatnonzero(market.observed.permitted & market.observed.matched)
    listed, unlisted = known[:100], known[100:]
    contacted, rng, found = np.ones(100, bool), np.random.default_rng(2), []  # the listed vary not at all
    for _ in range(200):
        outcome = market.truth.outcome.copy()
        outcome[unlisted, 0] = rng.random(len(unlisted)) < 0.3
        world = replace(market, truth=replace(market.truth, outcome=outcome))
        found.append(_against_model(world, listed, unlisted, contacted))
    estimates, errors = np.transpose(found)
    np.testing.assert_allclose(errors.mean(), estimates.std(), rtol=0.2)
