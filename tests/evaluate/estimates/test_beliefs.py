import numpy as np
import pytest
from scipy import integrate, stats

from leadline.evaluate.estimates.beliefs import weigh_effect


def test_expected_losses_as_in_growthbook() -> None:
    """GrowthBook, packages/stats/tests/bayesian/test_tests.py: risk 0.51256 and 0.01256."""
    found = weigh_effect(0.5, 0.5**2 / 10 + 1**2 / 10)
    assert (found.loss_if_not, found.loss_if_chosen) == pytest.approx((0.51256, 0.01256), abs=5e-6)


def test_relative_effects_as_in_growthbook() -> None:
    """Same tests, EffectBayesianABTest: without a prior, and with one of mean and variance 0.1."""
    variance = (1 / 10 + 1.05**2 * 0.25 / 10) / 100
    flat = weigh_effect(0.05, variance)
    assert flat.is_better == pytest.approx(0.91923, abs=5e-6)
    assert flat.error == pytest.approx(0.03572, abs=5e-6)
    assert (flat.loss_if_not, flat.loss_if_chosen) == pytest.approx((0.05131, 0.00131), abs=5e-6)
    # A prior about 0.1 is one about 0 for the effect less 0.1.
    informed = weigh_effect(0.05 - 0.1, variance, prior=0.1**0.5)
    assert informed.value + 0.1 == pytest.approx(0.05063, abs=5e-6)
    assert informed.error == pytest.approx(0.03549, abs=5e-6)
    assert stats.norm.sf(-0.1, informed.value, informed.error) == pytest.approx(0.92315, abs=5e-6)


@pytest.mark.parametrize("value", [-3.0, 0.0, 0.4, 30.0])
def test_losses_are_the_integrals_they_are_called(value: float) -> None:
    found = weigh_effect(value, 0.7, prior=1.1)
    density = stats.norm(found.value, found.error).pdf
    ends = found.value - 12 * found.error, found.value + 12 * found.error
    worse = integrate.quad(lambda x: max(0.0, -x) * density(x), *ends, points=[0.0])[0]
    better = integrate.quad(lambda x: max(0.0, x) * density(x), *ends, points=[0.0])[0]
    assert (found.loss_if_chosen, found.loss_if_not) == pytest.approx((worse, better), abs=1e-8)


def test_the_belief_is_right_about_effects_drawn_from_the_prior(rng: np.random.Generator) -> None:
    """Of effects that are believed good with some 80%, some 80% are."""
    truth = rng.normal(0, 0.3, 40_000)
    seen = truth + rng.normal(0, 0.2, len(truth))
    chance = np.array([weigh_effect(one, 0.04, prior=0.3).is_better for one in seen[:8_000]])
    chosen = (chance > 0.75) & (chance < 0.85)
    assert np.mean(truth[:8_000][chosen] > 0) == pytest.approx(chance[chosen].mean(), abs=0.05)
