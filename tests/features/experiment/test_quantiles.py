import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.features.experiment import ExperimentDesign, parse_metrics
from leadline.features.experiment.quantiles import choose_ranks
from leadline.features.experiment.scan_units import scan_frame


@pytest.mark.parametrize(
    ("units", "quantile", "ranks"),
    [
        # By hand: P(1 or less of 10) = 0.0107, P(2 or less) = 0.0547, so ranks 2 and 9.
        (10, 0.5, (2, 9)),
        (5, 0.5, None),  # 2 × (1/2)^5 = 6.25%: five units embrace no median at 95%
        (6, 0.5, (1, 6)),  # 2 × (1/2)^6 = 3.1%
        (100, 0.9, (84, 96)),
    ],
)
def test_ranks_that_embrace_a_quantile(units: int, quantile: float, ranks: tuple[int, int] | None) -> None:
    assert choose_ranks(units, quantile) == ranks
    if ranks:
        below = stats.binom(units, quantile)
        assert below.cdf(ranks[0] - 1) <= 0.025 < below.cdf(ranks[0])
        assert below.sf(ranks[1] - 1) <= 0.025 < below.sf(ranks[1] - 2)


@pytest.mark.covers("statistics", "median")
def test_quantiles_of_arms_are_order_statistics(rng: np.random.Generator) -> None:
    frame = pd.DataFrame({"arm": rng.choice(["a", "b"], 801), "spend": rng.lognormal(3, 1, 801).round(2)})
    frame.loc[:9, "spend"] = np.nan
    design = ExperimentDesign(arm="arm", control="b", metrics=parse_metrics(["spend: quantile 0.9"]))
    found = scan_frame(frame, design).quantiles
    assert found["arm"].tolist() == ["b", "a"]
    for row in found.to_dict("records"):
        values = np.sort(frame.loc[frame["arm"] == row["arm"], "spend"].dropna())
        low, high = choose_ranks(len(values), 0.9)
        assert row["units"] == len(values)
        assert row["value"] == pytest.approx(np.quantile(values, 0.9), rel=1e-12)
        assert (row["lower"], row["upper"]) == pytest.approx((values[low - 1], values[high - 1]), rel=1e-9)


def test_the_variance_is_that_of_the_quantile(rng: np.random.Generator) -> None:
    """Known truth: the p-quantile of n exponentials has variance p / ((1 - p) n), large n."""
    design = ExperimentDesign(arm="arm", control="a", metrics=parse_metrics(["x: quantile 0.75"]))
    units = 2_000
    frame = pd.DataFrame(
        {"arm": np.repeat([f"{n:02d}" for n in range(24)], units), "x": rng.exponential(size=24 * units)}
    )
    frame.loc[frame["arm"] == "00", "arm"] = "a"
    found = scan_frame(frame, design).quantiles
    assert np.sqrt(found["variance"]).mean() == pytest.approx(np.sqrt(3 / units), rel=0.05)

    assert found["value"].std() == pytest.approx(np.sqrt(found["variance"]).mean(), rel=0.35)
