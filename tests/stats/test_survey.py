"""What a sample says of a population: weighted shares and medians."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.discover import estimate_shares
from leadline.features.experiment.quantiles import choose_ranks
from tests.scorecard.catalogue import FULL
from tests.stats.tolerance import COVERAGE, Rate, count_rate, know_rate

Say = Callable[[str], None]
#: Two strata, each half of a million people: who is drawn, how many of them say yes.
DRAWN, SHARES, PEOPLE = np.array([150, 350]), np.array([0.6, 0.3]), 500_000
TRUTH = 0.45
_TOGETHER = 500  # questions of one survey, answered independently: each is a survey of its own


def count_held(surveys: int, seed: int, *, is_weighted: bool) -> Rate:
    """Rate of the intervals that hold the population's share."""
    rng = np.random.default_rng(seed)
    weights = PEOPLE / DRAWN if is_weighted else np.full(2, 2 * PEOPLE / DRAWN.sum())
    design = pd.DataFrame(
        {"stratum": np.repeat(["young", "old"], DRAWN), "weight": np.repeat(weights, DRAWN)}
    )
    names = {f"q{number}": f"question {number}" for number in range(_TOGETHER)}
    held = 0
    for _number in range(surveys):
        yes = rng.random((DRAWN.sum(), _TOGETHER)) < np.repeat(SHARES, DRAWN)[:, None]
        survey = design.join(pd.DataFrame(yes, columns=list(names)))
        told = estimate_shares(survey, names).shares
        held += int(((told["share_ci_lower"] <= TRUTH) & (told["share_ci_upper"] >= TRUTH)).sum())
    return count_rate(held, surveys * _TOGETHER)


@pytest.mark.covers("statistics", "survey_weights")
def test_the_interval_of_a_weighted_share_holds_the_populations(measured: Say) -> None:
    rate = count_held(40 if FULL else 10, 14, is_weighted=True)
    measured(rate.tell(COVERAGE))
    assert rate.is_in(COVERAGE)


@pytest.mark.covers("controls", "unweighted_survey")
def test_the_interval_of_an_unweighted_share_does_not(measured: Say) -> None:
    rate = count_held(2, 15, is_weighted=False)
    measured(rate.tell(COVERAGE))
    assert rate.upper < 0.5


@pytest.mark.covers("statistics", "median")
@pytest.mark.parametrize("units", [200, 2_000])
def test_the_interval_of_a_median_holds_it_whatever_the_distribution(units: int, measured: Say) -> None:
    """As many units lie below the median as heads fall: the ranks hold it while these lie between them."""
    ranks = choose_ranks(units, 0.5)
    assert ranks is not None
    below = stats.binom(units, 0.5)
    rate = know_rate(float(below.cdf(ranks[1] - 1) - below.cdf(ranks[0] - 1)))
    measured(f"{units:,} units: {rate.tell(COVERAGE)}")
    assert rate.is_in(COVERAGE)
