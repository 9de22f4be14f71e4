import numpy as np
import pytest

from leadline.evaluate.monitoring.confidence_sequence import mixture_boundary, tune_rho
from leadline.evaluate.tracking.curves import follow_shares

DAYS = np.arange(60)


def test_one_day_by_hand() -> None:
    told = follow_shares(([30], [300]), ([10], [200]), expected_share=0.1, final_units=(300, 200)).iloc[0]
    # Variances with one more of each answer: 31/302 · 271/302 / 300 and 11/202 · 191/202 / 200.
    variance = 31 * 271 / 302**2 / 300 + 11 * 191 / 202**2 / 200
    clock = variance * 300 * 200
    half = variance**0.5 * mixture_boundary(clock, rho=tune_rho(50.0))
    assert told["difference"] == pytest.approx(0.05)
    assert told["difference_lower"] == pytest.approx(0.05 - half)
    assert told["difference_upper"] == pytest.approx(0.05 + half)
    assert half / variance**0.5 > 2.7  # wider than one look, and than 60 of them by chance alone


@pytest.mark.parametrize(
    ("shares", "sizes"),
    [((0.14, 0.08), (400, 100)), ((0.05, 0.05), (1_000, 1_000)), ((0.3, 0.2), (600, 200))],
)
def test_bands_hold_on_all_days_together(shares: tuple[float, float], sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(61)
    missed, runs = 0, 200
    for _run in range(runs):
        counts, truth = [], []
        for share, size in zip(shares, sizes, strict=True):
            entered = np.sort(rng.integers(0, 20, size))
            acted = entered + np.floor(rng.exponential(12, size))
            seen = np.searchsorted(entered, DAYS, side="right")
            yes = np.sort(acted[rng.random(size) < share])
            counts.append((np.searchsorted(yes, DAYS, side="right"), seen))
            lag = DAYS[:, None] - entered[None, :] + 1
            truth.append((share * (1 - np.exp(-np.maximum(lag, 0) / 12))).sum(axis=1) / np.maximum(seen, 1))
        enough = (counts[0][1] >= 10) & (counts[1][1] >= 10)
        (yes, units), (other, others) = ((a[enough], b[enough]) for a, b in counts)
        told = follow_shares((yes, units), (other, others), expected_share=0.1, final_units=sizes)
        effect = (truth[0] - truth[1])[enough]
        missed += bool(((told["difference_lower"] > effect) | (told["difference_upper"] < effect)).any())
    assert missed / runs <= 0.05


def test_no_yes_yet_is_not_certainty() -> None:
    told = follow_shares(([0], [50]), ([0], [50]), expected_share=0.1, final_units=(50, 50)).iloc[0]
    assert told["difference_lower"] < -0.03
    assert told["difference_upper"] > 0.03
    assert told["treated_lower"] == 0
