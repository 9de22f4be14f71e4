import numpy as np
import pytest
from scipy import integrate, stats

from leadline.evaluate.judging.interaction import find_errors, find_interaction, shrink_effects

#: Rubin (1981) in the digits of Gelman et al. (1997, p. 143), as the R package bayesmeta ships them.
EFFECTS = np.array([28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16])
ERRORS = np.array([14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6])


@pytest.mark.parametrize(
    ("scale", "printed"),
    [
        (5, [9.53, 7.95, 7.25, 7.82, 6.68, 7.12, 9.25, 8.21]),
        (10, [10.32, 7.97, 6.92, 7.78, 6.18, 6.78, 9.83, 8.37]),
        (15, [10.75, 7.98, 6.74, 7.77, 5.94, 6.60, 10.13, 8.46]),
        (0.01, [7.87] * 8),
    ],
)
def test_eight_schools_are_drawn_together_as_printed(scale: float, printed: list[float]) -> None:
    # Printed by bayesmeta (Röver 2020, Journal of Statistical Software 93:6), half-Cauchy spread, flat mean.
    found = shrink_effects(EFFECTS, ERRORS**2, log_prior=lambda tau: -np.log1p((tau / scale) ** 2))
    assert found.value == pytest.approx(printed, abs=0.011)  # bayesmeta's own integration errs by up to 0.01


def test_the_spread_is_averaged_over_and_quantiles_are_those_of_the_mixture() -> None:
    def joint(tau: float) -> tuple[float, float, float, float]:
        weights = 1 / (ERRORS**2 + tau**2)
        mean = (weights * EFFECTS).sum() / weights.sum()
        log = 0.5 * (np.log(weights).sum() - np.log(weights.sum()) - (weights * (EFFECTS - mean) ** 2).sum())
        pull = ERRORS[0] ** 2 * weights[0]
        error = np.sqrt(pull * tau**2 + pull**2 / weights.sum())
        return (
            float(np.exp(log) * tau),
            EFFECTS[0] * (1 - pull) + pull * mean,
            error,
            tau,
        )

    found = shrink_effects(EFFECTS, ERRORS**2)
    total = integrate.quad(lambda tau: joint(tau)[0], 0, np.inf)[0]
    for end, share in ((found.lower[0], 0.025), (found.upper[0], 0.975)):
        below = integrate.quad(
            lambda tau, end=end: joint(tau)[0] * stats.norm.cdf(end, joint(tau)[1], joint(tau)[2]), 0, np.inf
        )[0]
        assert below / total == pytest.approx(share, abs=2e-4)
    assert integrate.quad(lambda tau: joint(tau)[0], 0, found.tau)[0] / total == pytest.approx(0.5, abs=0.02)


def test_two_groups_are_compared_by_the_t_test_of_welch() -> None:
    spread, units = np.array([[4.0, 9.0], [25.0, 1.0]]), np.array([[20.0, 30.0], [15.0, 40.0]])
    variances = spread / units
    found = find_interaction(np.array([1.0, 4.0]), spread, units)
    freedom = variances.sum() ** 2 / (variances**2 / (units - 1)).sum()
    assert found.freedom == pytest.approx(1)
    assert found.error_freedom == pytest.approx(freedom)
    assert found.p_value == pytest.approx(2 * stats.t.sf(3 / np.sqrt(variances.sum()), freedom))


def test_groups_of_one_size_and_spread_are_compared_by_the_plain_chi_squared() -> None:
    difference, units = np.array([0.1, 0.3, -0.2, 0.6, 0.0]), np.full((5, 2), 100_000.0)
    found = find_interaction(difference, np.full((5, 2), 300.0), units)
    squares = ((difference - difference.mean()) ** 2).sum() / (600 / 100_000)
    assert found.freedom == pytest.approx(4)
    assert found.p_value == pytest.approx(stats.chi2.sf(squares, 4), abs=1e-5)


def test_one_effect_is_called_several_no_oftener_than_named_where_few_buy(rng: np.random.Generator) -> None:
    """Forty groups of 60 to 600, of which 1 to 10% buy: in some nobody does."""
    runs, groups = 1_500, 40
    units = rng.integers(30, 300, (groups, 2)).astype(float)
    rate = rng.uniform(0.01, 0.10, groups)[:, None]
    called = 0
    for _run in range(runs):
        bought = rng.binomial(units.astype(int), rate)
        share = bought / units
        spread = share * (1 - share) * units / (units - 1)
        called += find_interaction(share[:, 0] - share[:, 1], spread, units).p_value < 0.05
    assert 0.03 < called / runs < 0.05 + 2 * np.sqrt(0.05 * 0.95 / runs)


@pytest.mark.parametrize("tau", [0.0, 2.0])
def test_shrunken_intervals_cover_and_are_nearer(rng: np.random.Generator, tau: float) -> None:
    variances = rng.uniform(0.3, 3.0, 6)
    covered, error, plain = [], [], []
    for _run in range(250):
        true = 2 + tau * rng.normal(size=6)
        seen = true + np.sqrt(variances) * rng.normal(size=6)
        found = shrink_effects(seen, variances)
        covered.append((found.lower <= true) & (true <= found.upper))
        error.append((found.value - true) ** 2)
        plain.append((seen - true) ** 2)
    assert np.mean(covered) > 0.93
    assert np.mean(error) < 0.97 * np.mean(plain)


def test_a_group_in_which_nobody_bought_has_the_variance_of_others() -> None:
    spread, units = np.array([[0.09, 0.09], [0.0, 0.0]]), np.array([[1000.0, 1000.0], [20.0, 20.0]])
    found = find_errors(spread, units)
    assert found[1] > 0.5 * 2 * 0.09 / 20 * 0.9
    assert found[0] == pytest.approx(2 * 0.09 / 1000, rel=0.01)


def test_without_any_spread_or_with_one_group_nothing_is_tested() -> None:
    units = np.full((2, 2), 50.0)
    assert np.isnan(find_interaction(np.array([0.0, 0.0]), np.zeros((2, 2)), units).p_value)
    assert np.isnan(find_interaction(np.array([0.1]), np.ones((1, 2)), units[:1]).p_value)


def test_two_groups_stay_as_measured() -> None:
    found = shrink_effects(np.array([1.0, 2.0]), np.array([0.25, 1.0]))
    assert found.value.tolist() == [1.0, 2.0]
    assert found.upper == pytest.approx([1 + 1.959964 * 0.5, 2 + 1.959964])
