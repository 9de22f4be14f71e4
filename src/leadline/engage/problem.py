"""The assignment of at most one channel to each customer, as arrays: what is worth what, what is scarce."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
#: Stands for "no contact" where a channel's number would stand.
NO_CHANNEL = -1
#: Customers judged at once, so that the work stays in the processor's cache.
_BATCH = 65_536


@dataclass(frozen=True, eq=False, kw_only=True)
class AssignmentProblem:
    """Choose at most one channel a customer so that the sum of ``worth`` is largest.

    Attributes
    ----------
    worth
        What a contact is worth, in CNY or buyers; minus infinity where it is not allowed. Customers stand in
        the order in which ties are settled. Shape: (channels, customers).
    cost_cny
        Cost of one contact. Shape: (channels,).
    capacity
        Most contacts. Shape: (channels,).
    budget_cny
        Most that all contacts may cost; infinity for no limit.
    contacts
        Most contacts over all channels; infinity for no limit.
    """

    worth: FloatArray
    cost_cny: FloatArray
    capacity: FloatArray
    budget_cny: float
    contacts: float

    @property
    def customers(self) -> int:
        """Number of customers."""
        return int(self.worth.shape[1])


@dataclass(frozen=True, eq=False, kw_only=True)
class Prices:
    """What one more unit of each scarce thing is worth (the duals of the linear programme), 0 or more.

    ``capacity`` has one price a channel; ``budget`` is the price of one CNY, ``contacts`` of one contact.
    """

    capacity: FloatArray
    budget: float
    contacts: float

    def per_contact(self, problem: AssignmentProblem) -> FloatArray:
        """Return what a contact must be worth to pay for all that it uses. Shape: (channels,)."""
        total: FloatArray = self.capacity + self.budget * problem.cost_cny + self.contacts
        return total


@dataclass(frozen=True, eq=False, kw_only=True)
class Choices:
    """What each customer would take at given prices.

    Attributes
    ----------
    channel
        The best channel or `NO_CHANNEL`; the first channel among equals. Shape: (customers,).
    surplus
        Worth less price of the choice, 0 without a contact. Shape: (customers,).
    margin
        Surplus over the second-best choice. Shape: (customers,).
    """

    channel: IntArray
    surplus: FloatArray
    margin: FloatArray


def choose_at_prices(worth: FloatArray, per_contact: FloatArray) -> Choices:
    """Let every customer take what leaves the most after prices. Shapes as in `Choices`."""
    customers = worth.shape[1]
    channel = np.full(customers, NO_CHANNEL, dtype=np.int64)
    surplus, second = np.zeros(customers), np.full(customers, -np.inf)
    for start in range(0, customers, _BATCH):
        part = slice(start, start + _BATCH)
        best, next_best, taken = surplus[part], second[part], channel[part]
        for number, price in enumerate(per_contact):
            offer = worth[number, part] - price
            is_better = offer > best
            np.maximum(next_best, np.where(is_better, best, offer), out=next_best)
            taken[is_better] = number
            np.maximum(best, offer, out=best)
    return Choices(channel=channel, surplus=surplus, margin=surplus - second)


def bound_worth(problem: AssignmentProblem, prices: Prices) -> float:
    """Return a total that no assignment can exceed: the Lagrangian dual at ``prices``.

    Weak duality holds at any prices of 0 or more (Geoffrion 1974, Mathematical Programming Study 2:82-114).
    """
    surplus = choose_at_prices(problem.worth, prices.per_contact(problem)).surplus
    return float(surplus.sum()) + rent(problem, prices)


def rent(problem: AssignmentProblem, prices: Prices) -> float:
    """Return what all that is scarce is worth at ``prices``."""
    limits = [(prices.budget, problem.budget_cny), (prices.contacts, problem.contacts)]
    total = float(prices.capacity @ problem.capacity)
    return total + sum(price * limit for price, limit in limits if price > 0)
