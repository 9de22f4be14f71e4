import numpy as np
import pytest
from scipy.optimize import linprog

from leadline.engage import solve
from leadline.engage.problem import NO_CHANNEL, AssignmentProblem, bound_worth
from leadline.engage.solve import limit_matrix, limit_values, solve_assignment


def draw_problem(seed, customers, *, rounded=False):
    rng = np.random.default_rng(seed)
    channels = 1 + seed % 6
    cost = np.round(rng.uniform(0, 20, channels), 2)
    chance = np.clip(rng.beta(1, 12, customers) * rng.lognormal(0, 0.6, (channels, customers)), 0, 1)
    worth = (np.round(chance, 2) if rounded else chance) * 240 - cost[:, None]
    worth[rng.random(worth.shape) < 0.1] = -np.inf
    return AssignmentProblem(
        worth=worth,
        cost_cny=cost,
        capacity=np.floor(rng.uniform(0, 0.3, channels) * customers),
        budget_cny=np.inf if seed % 3 == 0 else float(round(0.8 * customers)),
        contacts=np.inf if seed % 2 == 0 else float(customers // 3),
    )


def solve_plain(problem):
    pairs = np.argwhere(np.isfinite(problem.worth.T))
    limits = np.concatenate([np.ones(problem.customers), limit_values(problem)])
    known = np.isfinite(limits)
    rows = limit_matrix(problem, pairs, problem.customers)[known]
    return -linprog(-problem.worth.T[*pairs.T], A_ub=rows, b_ub=limits[known], method="highs").fun


def assert_within_limits(problem, found):
    taken = np.flatnonzero(found.channel != NO_CHANNEL)
    made = np.bincount(found.channel[taken], minlength=len(problem.cost_cny))
    assert (made <= problem.capacity).all()
    assert made @ problem.cost_cny <= problem.budget_cny + 1e-6
    assert made.sum() <= problem.contacts
    assert np.isfinite(problem.worth[found.channel[taken], taken]).all()


@pytest.mark.parametrize("seed", range(24))
def test_small_cases_meet_the_linear_programme(seed) -> None:
    problem = draw_problem(seed, 60, rounded=seed % 4 == 1)
    found, plain = solve_assignment(problem), solve_plain(problem)
    assert_within_limits(problem, found)
    assert found.bound == pytest.approx(plain, rel=1e-6, abs=1e-6)
    assert found.worth <= plain + 1e-6
    if np.isinf(problem.budget_cny):  # without a budget the vertices are whole
        assert found.worth == pytest.approx(plain, rel=1e-6, abs=1e-6)
    else:
        assert found.gap == pytest.approx((plain - found.worth) / plain if plain else 0.0, abs=1e-6)


@pytest.mark.parametrize("seed", [3, 4, 5, 11])
def test_the_prices_find_the_few_who_are_unclear(seed, monkeypatch) -> None:
    """The way of large cases, forced upon a case that the plain programme still solves."""
    monkeypatch.setattr(solve, "_CORE_SIZES", (60, 240))
    problem = draw_problem(seed, 1_500, rounded=seed == 4)
    found, plain = solve_assignment(problem), solve_plain(problem)
    assert_within_limits(problem, found)
    assert found.bound == pytest.approx(plain, rel=1e-6)
    assert found.worth == pytest.approx(plain, rel=2e-3)
    assert found.bound == pytest.approx(bound_worth(problem, found.prices))


def test_prices_that_are_far_off_never_break_a_limit(monkeypatch) -> None:
    monkeypatch.setattr(solve, "_CORE_SIZES", (60, 240))
    monkeypatch.setattr(solve, "find_prices", solve._no_prices)
    for seed in (3, 5):
        problem = draw_problem(seed, 1_500)
        found = solve_assignment(problem)
        assert_within_limits(problem, found)
        assert found.worth <= found.bound


def test_a_small_budget_is_spent_as_well_as_whole_contacts_allow() -> None:
    problem = AssignmentProblem(
        worth=np.array([[5.0, 4.0, 3.0], [9.0, 9.0, 1.0]]),
        cost_cny=np.array([1.0, 3.0]),
        capacity=np.array([3.0, 3.0]),
        budget_cny=5.0,
        contacts=np.inf,
    )
    found = solve_assignment(problem)  # 9 for 3, 5 or 4 for 1, 3 for 1
    assert found.worth == pytest.approx(17.0)
    assert found.bound >= 17.0


def test_a_slot_s_price_lies_between_the_loss_of_one_and_the_gain_of_one() -> None:
    problem = draw_problem(6, 400)
    found = solve_assignment(problem)
    number = int(found.prices.capacity.argmax())
    price = found.prices.capacity[number]
    step = np.eye(len(problem.cost_cny))[number]
    worth = [
        solve_plain(AssignmentProblem(**{**vars(problem), "capacity": problem.capacity + change * step}))
        for change in (-1, 0, 1)
    ]
    assert price > 0
    assert worth[2] - worth[1] - 1e-6 <= price <= worth[1] - worth[0] + 1e-6


def test_nothing_worth_doing_is_not_done() -> None:
    problem = AssignmentProblem(
        worth=np.array([[-1.0, -np.inf]]),
        cost_cny=np.array([1.0]),
        capacity=np.array([2.0]),
        budget_cny=np.inf,
        contacts=np.inf,
    )
    found = solve_assignment(problem)
    assert (found.channel == NO_CHANNEL).all()
    assert (found.worth, found.bound, found.gap) == (0.0, 0.0, 0.0)
