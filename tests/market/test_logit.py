"""The intercept gives the wanted mean, whatever the spread."""

import numpy as np
import pytest

from leadline.market.logit import solve_intercept, to_chance


@pytest.mark.parametrize("mean", [0.001, 0.09, 0.5, 0.9])
@pytest.mark.parametrize("spread", [0.0, 1.0, 8.0])
def test_the_intercept_gives_the_mean(mean: float, spread: float) -> None:
    log_odds = np.random.default_rng(1).standard_normal(2_000, dtype=np.float32) * np.float32(spread)
    found = to_chance(log_odds + solve_intercept(log_odds, mean)).mean(dtype=float)
    assert found == pytest.approx(mean, rel=1e-4)


def test_extreme_log_odds_do_not_overflow() -> None:
    with np.errstate(all="raise"):
        assert to_chance(np.array([-1e6, 0.0, 1e6])) == pytest.approx([0, 0.5, 1])
