"""The best assignment that whole contacts allow, with a bound that certifies how far from best it can be."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from leadline.engage.prices import find_prices
from leadline.engage.problem import (
    NO_CHANNEL,
    AssignmentProblem,
    FloatArray,
    IntArray,
    Prices,
    bound_worth,
    choose_at_prices,
)

#: Different customers whom the exact programme decides; more are taken only when these do not suffice.
_CORE_SIZES = (2_000, 8_000, 24_000)
#: Customers whom the whole-number programme decides last.
_POLISHED = 60
_MOST_NODES = 2_000
_TOLERANCE = 1e-9
#: Choices that differ by this share of the largest worth are tied.
_TIE = 1e-6
#: Channels stay open to an unclear customer whose surplus is within this many margins of the best.
_OPTIONS = 4
_WHOLE = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Assignment:
    """Who is contacted by what, and proof of how good that is.

    Attributes
    ----------
    channel
        Channel of each customer or `NO_CHANNEL`. Shape: (customers,).
    worth, bound
        What the assignment is worth, and what no assignment can exceed.
    prices
        What one more unit of each scarce thing is worth.
    """

    channel: IntArray
    worth: float
    bound: float
    prices: Prices

    @property
    def gap(self) -> float:
        """Share of the bound that the assignment may miss at most."""
        return max(0.0, self.bound - self.worth) / abs(self.bound) if self.bound else 0.0


def solve_assignment(problem: AssignmentProblem) -> Assignment:
    """Assign channels so that the sum of worth is largest.

    Prices come from the Lagrangian dual. At these prices nearly every customer has one clear best choice and
    keeps it; the linear programme decides the few for whom two choices are about equally good, and its vertex
    has at most as many fractional customers as there are limits (Dantzig 1963, *Linear Programming and
    Extensions*, ch. 14). A small whole-number programme settles these.

    Parameters
    ----------
    problem
        The assignment; the order of its customers settles ties.
    """
    sizes = [size for size in _CORE_SIZES if size < problem.customers] or [problem.customers]
    prices = find_prices(problem) if sizes[0] < problem.customers else _no_prices(problem)
    bound = bound_worth(problem, prices)
    for size in sizes:
        core = _solve_core(problem, prices, size)
        core_bound = bound_worth(problem, core.prices)
        if core_bound < bound:
            prices, bound = core.prices, core_bound
        if bound - core.worth <= _TOLERANCE * bound:
            break  # the linear programme over all customers is solved: only whole numbers are left
    channel = _polish(problem, core.channel, prices)
    return Assignment(channel=channel, worth=_sum_worth(problem, channel), bound=bound, prices=prices)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Core:
    """The linear programme of the unclear customers, the others as they chose; fractions are cut off."""

    channel: IntArray
    worth: float  # fractions included
    prices: Prices


def _solve_core(problem: AssignmentProblem, prices: Prices, size: int) -> _Core:
    """Decide the ``size`` customers with the smallest margins exactly; the others take their best choice.

    Channels that are clearly not a customer's best are left aside, and customers whose other channels are
    worth the same are one type of many: that is what keeps ties small.
    """
    per_contact = prices.per_contact(problem)
    choices = choose_at_prices(problem.worth, per_contact)
    reach = np.inf if size >= problem.customers else float(np.partition(choices.margin, size)[size])
    reach = max(reach, _TIE * _largest_worth(problem))
    core = np.flatnonzero(choices.margin <= reach)
    kept = choices.channel.copy()
    kept[core] = NO_CHANNEL
    kept = _fit_limits(problem, kept, choices.surplus)
    worth = problem.worth[:, core]
    near = worth - per_contact[:, None] >= choices.surplus[core] - _OPTIONS * reach
    worth, type_of, size_of = np.unique(
        np.where(near, worth, -np.inf), axis=1, return_inverse=True, return_counts=True
    )
    pairs = np.argwhere(worth.T > 0)  # type, channel
    limits = np.concatenate([size_of, limit_values(_take_off(problem, kept))])
    has_limit = np.isfinite(limits)
    numbers = np.zeros(worth.T.shape, dtype=np.int64)
    duals, value = np.zeros(len(limits)), 0.0
    if len(pairs):
        found: Any = linprog(
            -worth[pairs[:, 1], pairs[:, 0]],
            A_ub=limit_matrix(problem, pairs, len(size_of))[has_limit],
            b_ub=limits[has_limit],
            method="highs-ds",
        )
        if found.x is None:
            raise RuntimeError(f"the linear programme failed: {found.message}")
        duals[has_limit] = np.maximum(-found.ineqlin.marginals, 0.0)
        numbers[pairs[:, 0], pairs[:, 1]] = np.floor(found.x + _WHOLE).astype(np.int64)
        value = -float(found.fun)
    value += _sum_worth(problem, kept)
    kept[core] = _hand_out(numbers, type_of.ravel())
    return _Core(channel=kept, worth=value, prices=_as_prices(duals[len(size_of) :]))


def _fit_limits(problem: AssignmentProblem, channel: IntArray, surplus: FloatArray) -> IntArray:
    """Take back contacts beyond a limit, those with the smallest surplus first."""
    fitted = channel.copy()
    by_surplus = np.argsort(-surplus, kind="stable")
    for number, capacity in enumerate(problem.capacity):
        users = by_surplus[fitted[by_surplus] == number]
        fitted[users[int(capacity) :]] = NO_CHANNEL
    users = by_surplus[fitted[by_surplus] != NO_CHANNEL]
    is_over = np.cumsum(problem.cost_cny[fitted[users]]) > problem.budget_cny
    is_over |= np.arange(1, len(users) + 1) > problem.contacts
    fitted[users[is_over]] = NO_CHANNEL
    return fitted


def _hand_out(numbers: IntArray, type_of: IntArray) -> IntArray:
    """Give the contacts of each type to its customers in their order, channel by channel."""
    channels = numbers.shape[1]
    ends = numbers.cumsum(axis=1)
    order = np.argsort(type_of, kind="stable")
    starts = np.searchsorted(type_of[order], np.arange(len(numbers)))
    place = np.empty(len(type_of), dtype=np.int64)
    place[order] = np.arange(len(type_of)) - starts[type_of[order]]
    channel = (place[:, None] >= ends[type_of]).sum(axis=1)
    return np.where(channel == channels, NO_CHANNEL, channel).astype(np.int64)


def _polish(problem: AssignmentProblem, channel: IntArray, prices: Prices) -> IntArray:
    """Decide anew, in whole numbers, those whose choice is least clear or costs most against the prices."""
    per_contact = prices.per_contact(problem)
    choices = choose_at_prices(problem.worth, per_contact)
    taken = channel != NO_CHANNEL
    surplus = np.zeros(problem.customers)
    surplus[taken] = problem.worth[channel[taken], np.flatnonzero(taken)] - per_contact[channel[taken]]
    loss = choices.surplus - surplus
    unclear = np.lexsort((choices.margin, -np.round(loss, 9)))[:_POLISHED]
    kept = channel.copy()
    kept[unclear] = NO_CHANNEL
    worth = problem.worth[:, unclear]
    pairs = np.argwhere(worth.T > 0)
    if not len(pairs):
        return channel
    limits = np.concatenate([np.ones(len(unclear)), limit_values(_take_off(problem, kept))])
    found: Any = milp(
        -worth[pairs[:, 1], pairs[:, 0]],
        integrality=np.ones(len(pairs)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(limit_matrix(problem, pairs, len(unclear)), ub=limits),
        options={"node_limit": _MOST_NODES, "presolve": False},  # HiGHS prints when it presolves
    )
    if found.x is None:
        return channel
    chosen = pairs[found.x > 1 / 2]
    kept[unclear[chosen[:, 0]]] = chosen[:, 1]
    return kept if _sum_worth(problem, kept) > _sum_worth(problem, channel) else channel


def _take_off(problem: AssignmentProblem, channel: IntArray) -> AssignmentProblem:
    """Return the problem with the limits that ``channel`` leaves."""
    contacts = np.bincount(channel[channel >= 0], minlength=len(problem.cost_cny))
    return replace(
        problem,
        capacity=problem.capacity - contacts,
        budget_cny=max(0.0, problem.budget_cny - float(contacts @ problem.cost_cny)),
        contacts=problem.contacts - float(contacts.sum()),
    )


def limit_values(problem: AssignmentProblem) -> FloatArray:
    """Return the limits: capacity of each channel, budget, contacts. Shape: (channels + 2,)."""
    return np.concatenate([problem.capacity, [problem.budget_cny, problem.contacts]])


def limit_matrix(problem: AssignmentProblem, pairs: IntArray, customers: int) -> sparse.csr_matrix:
    """Return the limits' rows: one a customer, one a channel, the budget, all contacts; a column a pair."""
    count, channels = len(pairs), len(problem.cost_cny)
    columns = np.arange(count)
    rows = [pairs[:, 0], customers + pairs[:, 1], np.full(count, customers + channels)]
    rows.append(np.full(count, customers + channels + 1))
    values = np.concatenate([np.ones(2 * count), problem.cost_cny[pairs[:, 1]], np.ones(count)])
    shape = (customers + channels + 2, count)
    return sparse.csr_matrix((values, (np.concatenate(rows), np.tile(columns, 4))), shape=shape)


def _as_prices(duals: FloatArray) -> Prices:
    return Prices(capacity=duals[:-2], budget=float(duals[-2]), contacts=float(duals[-1]))


def _sum_worth(problem: AssignmentProblem, channel: IntArray) -> float:
    taken = np.flatnonzero(channel != NO_CHANNEL)
    return float(problem.worth[channel[taken], taken].sum())


def _largest_worth(problem: AssignmentProblem) -> float:
    return float(np.max(problem.worth, initial=0.0, where=np.isfinite(problem.worth)))


def _no_prices(problem: AssignmentProblem) -> Prices:
    return Prices(capacity=np.zeros(len(problem.cost_cny)), budget=0.0, contacts=0.0)
