"""Prices of capacity, budget and contacts, found by cutting planes on the Lagrangian dual."""

from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from leadline.engage.problem import (
    AssignmentProblem,
    FloatArray,
    IntArray,
    Prices,
    choose_at_prices,
    rent,
)

#: Customers are bundled into this many groups, each with cuts of its own: fewer rounds are needed.
_GROUPS = 24
_MOST_ROUNDS = 120
#: Bound and model may differ by this share before the search ends.
_TOLERANCE = 1e-9
#: Of each round's prices, this part is the best so far: it steadies the search.
_INERTIA = 0.3


def find_prices(problem: AssignmentProblem) -> Prices:
    """Minimise the dual by cutting planes (Kelley 1960, J. SIAM 8:703-712), one cut a group and round.

    Parameters
    ----------
    problem
        The assignment.

    Returns
    -------
    Prices
        Those with the lowest bound found.
    """
    model = _Model(problem)
    best = Prices(capacity=np.zeros(len(problem.cost_cny)), budget=0.0, contacts=0.0)
    lowest = model.evaluate(best)
    for _round in range(_MOST_ROUNDS):
        proposed, floor = model.minimise()
        if lowest - floor <= _TOLERANCE * max(abs(lowest), 1e-12):
            break
        trial = _mix(proposed, best, _INERTIA)
        value = model.evaluate(trial)
        if value < lowest:
            best, lowest = trial, value
    return best


class _Model:
    """A lower model of the dual: for each group of customers the highest of its cuts."""

    def __init__(self, problem: AssignmentProblem) -> None:
        self.problem = problem
        channels = len(problem.cost_cny)
        self.group = np.arange(problem.customers, dtype=np.int64) % _GROUPS
        self.slopes: list[FloatArray] = []  # contacts by group and channel, a round each
        self.heights: list[FloatArray] = []
        highest = float(np.max(problem.worth, initial=0.0, where=np.isfinite(problem.worth)))
        cheapest = problem.cost_cny[problem.cost_cny > 0]
        has_budget = np.isfinite(problem.budget_cny) and len(cheapest) > 0
        self.bounds = [
            *[(0.0, None)] * _GROUPS,
            *[(0.0, highest)] * channels,
            (0.0, highest / float(cheapest.min()) if has_budget else 0.0),
            (0.0, highest if np.isfinite(problem.contacts) else 0.0),
        ]

    def evaluate(self, prices: Prices) -> float:
        """Return the bound at ``prices`` and add its cuts to the model."""
        per_contact = prices.per_contact(self.problem)
        choices = choose_at_prices(self.problem.worth, per_contact)
        surplus = np.bincount(self.group, choices.surplus, minlength=_GROUPS)
        contacts = count_choices(choices.channel, self.group, _GROUPS, len(per_contact))
        self.slopes.append(contacts)
        self.heights.append(surplus + contacts @ per_contact)
        return float(surplus.sum()) + rent(self.problem, prices)

    def minimise(self) -> tuple[Prices, float]:
        """Return the prices at which the model is lowest, and how low: no dual bound is below."""
        problem, channels = self.problem, len(self.problem.cost_cny)
        slopes, heights = np.vstack(self.slopes), np.concatenate(self.heights)
        groups = sparse.vstack([sparse.identity(_GROUPS)] * len(self.slopes))
        columns = [-groups, -slopes, -(slopes @ problem.cost_cny)[:, None], -slopes.sum(axis=1)[:, None]]
        limits = [limit if np.isfinite(limit) else 0.0 for limit in (problem.budget_cny, problem.contacts)]
        found: Any = linprog(
            np.concatenate([np.ones(_GROUPS), problem.capacity, limits]),
            A_ub=sparse.hstack([sparse.csr_matrix(column) for column in columns], format="csr"),
            b_ub=-heights,
            bounds=self.bounds,
            method="highs-ds",
        )
        if found.x is None:
            raise RuntimeError(f"the prices' linear programme failed: {found.message}")
        values = np.maximum(found.x[_GROUPS:], 0.0)
        prices = Prices(
            capacity=values[:channels], budget=float(values[channels]), contacts=float(values[channels + 1])
        )
        return prices, float(found.fun)


def count_choices(channel: IntArray, group: IntArray, groups: int, channels: int) -> FloatArray:
    """Count contacts by group and channel. Shape: (groups, channels)."""
    taken = channel >= 0
    cells = group[taken] * channels + channel[taken]
    return np.bincount(cells, minlength=groups * channels).reshape(groups, channels).astype(float)


def _mix(proposed: Prices, best: Prices, inertia: float) -> Prices:
    return Prices(
        capacity=(1 - inertia) * proposed.capacity + inertia * best.capacity,
        budget=(1 - inertia) * proposed.budget + inertia * best.budget,
        contacts=(1 - inertia) * proposed.contacts + inertia * best.contacts,
    )
