"""Groups as rows: figures by hand, and intervals that hold."""

import numpy as np
import pytest

from leadline.target.views.groups import describe_groups, estimate_mean, estimate_part


def test_a_group_by_hand() -> None:
    masks = {"a": np.array([True, True, False, False]), "b": np.array([False] * 4)}
    values = {"profit": np.array([1.0, 3, 4, np.nan])}
    rows = describe_groups(masks, values, of_all=["profit"]).set_index("group")
    assert rows.loc["a", ["customers", "share", "profit", "profit_share"]].tolist() == [2, 0.5, 2, 0.5]
    assert rows.loc["a", "profit_ci_upper"] == pytest.approx(2 + 12.7062)  # Student, 1 degree: 12.7062 x 1
    assert rows.loc["b", ["customers", "profit_share"]].tolist() == [0, 0]
    assert np.isnan(rows.loc["b", "profit"])


def test_intervals_hold(rng: np.random.Generator) -> None:
    drawn = rng.gamma(4, 40, 1_000_000)
    mean, part = drawn[drawn >= 100].mean(), drawn[drawn >= 100].sum() / drawn.sum()
    held = np.zeros(2)
    for _number in range(1_000):
        values = rng.gamma(4, 40, 300)
        inside = values >= 100
        one, other = estimate_mean(values[inside]), estimate_part(values, inside)
        held += [one.lower <= mean <= one.upper, other.lower <= part <= other.upper]
    assert (held / 1_000 > 0.93).all()
    assert (held / 1_000 < 0.97).all()
