import numpy as np
import pytest
from scipy import stats

from leadline.evaluate.estimates.winners import correct_winner

CUT = 1.959964


def test_a_clear_winner_is_left_alone_and_a_bare_one_is_taken_to_nothing() -> None:
    """Zhong & Prentice (2008, Biostatistics 9:621-634): no correction far from the threshold, full at it."""
    far = correct_winner(8.0, 1.0, threshold=CUT)
    assert far == pytest.approx((8.0, 8 - CUT, 8 + CUT), abs=2e-5)
    bare = correct_winner(CUT, 1.0, threshold=CUT)
    assert bare.value == pytest.approx(0, abs=1e-4)
    assert bare.lower < 0 < bare.upper
    scaled = correct_winner(0.025, 0.01, threshold=CUT)
    assert scaled == pytest.approx([one / 100 for one in correct_winner(2.5, 1.0, threshold=CUT)])


@pytest.mark.parametrize("seen", [2.0, 2.7, 4.0])
def test_the_value_is_the_median_of_significant_results(seen: float) -> None:
    """By its definition: half of what is significant under the value found lies beyond what was seen."""
    found = correct_winner(seen, 1.0, threshold=CUT)
    for bound, chance in zip(found, (0.5, 0.025, 0.975), strict=True):
        significant = stats.norm.sf(CUT - bound) + stats.norm.cdf(-CUT - bound)
        assert stats.norm.sf(seen - bound) / significant == pytest.approx(chance, abs=1e-8)
    assert found.value < seen


@pytest.mark.parametrize("effect", [0.5, 1.5, 3.0])
def test_significant_winners_are_not_too_large_by_it(effect: float, rng: np.random.Generator) -> None:
    """1,500 tests that found a winner: it exceeds the truth in half of them, its interval covers in 95%."""
    seen = rng.normal(effect, 1, 60_000)
    seen = seen[np.abs(seen) > CUT][:1_500]
    found = [correct_winner(abs(one), 1.0, threshold=CUT) for one in seen]
    signs = np.sign(seen)
    above = np.mean([one.value * sign > effect for one, sign in zip(found, signs, strict=True)])
    inside = np.mean(
        [
            min(sign * one.lower, sign * one.upper) <= effect <= max(sign * one.lower, sign * one.upper)
            for one, sign in zip(found, signs, strict=True)
        ]
    )
    assert above == pytest.approx(0.5, abs=0.04)
    assert inside == pytest.approx(0.95, abs=0.017)
    assert np.mean(seen) - effect > 0.1  # uncorrected it is too large


def test_the_best_of_several_is_covered(rng: np.random.Generator) -> None:
    """Of three arms on one control, two alike: whichever is best and significant is covered in 95%."""
    effects = np.array([1.0, 1.0, 0.0])
    seen = effects + rng.normal(0, 0.5**0.5, (12_000, 3)) - rng.normal(0, 0.5**0.5, (12_000, 1))
    best = seen.argmax(axis=1)
    top = seen[np.arange(len(seen)), best]
    wins = np.flatnonzero(top > CUT)[:1_200]
    found = [correct_winner(top[row], 1.0, threshold=CUT, arms=3) for row in wins]
    truth = effects[best[wins]]
    inside = np.mean([one.lower <= true <= one.upper for one, true in zip(found, truth, strict=True)])
    assert inside >= 0.95
