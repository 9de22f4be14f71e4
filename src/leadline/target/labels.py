"""How many labelled customers would have bought the same gain as a stage did (system T3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression
from threadpoolctl import threadpool_limits

from leadline.errors import DataError
from leadline.language import N_, _
from leadline.target.encode import IntArray
from leadline.target.labels_result import LabelsResult
from leadline.target.metrics import BoolArray, FloatArray, choose_list
from leadline.target.models import fit_model

_HEADLINE = N_("The value of the stages in labels cannot be found")
#: The shortest training set holds about so many buyers.
_FEWEST_BUYERS = 5
_STEPS = 8
#: A buyer and another.
_SMALLEST = 2


def match_labels(
    matrix: FloatArray,
    buys: BoolArray,
    *,
    train: IntArray,
    test: IntArray,
    tie_order: IntArray,
    before: Mapping[str, BoolArray],
    stages: pd.DataFrame,
    list_size: int,
    sizes: Sequence[int] | None = None,
    draws: int = 10,
    rng: np.random.Generator,
) -> LabelsResult:
    """Ask how many labels a supervised model without a step's columns needs to list as many buyers.

    For each step a logistic regression (the method ``logistic``) learns from the columns known before the
    step and from more and more customers whose outcome is known; its list has the same size and is judged on
    the same held-out customers. A learning curve (Perlich, Provost & Simonoff 2003, Journal of Machine
    Learning Research 4:211-255), made monotone by pooling adjacent violators (Ayer et al. 1955), says where
    it reaches the stage's precision; between two sizes it is a straight line over the log of the size.

    Parameters
    ----------
    matrix
        Features of all customers, shape (customers, features) (`leadline.target.encode.Features.matrix`).
    buys
        Who buys, shape (customers,): what the labels say, and what the lists are judged by.
    train, test
        Rows of the customers whose labels may be bought, and of the held-out ones.
    tie_order
        Order of the held-out customers among equal scores (`leadline.target.metrics.choose_list`).
    before
        Stage → the features known before it, shape (features,). The steps to be matched, in order.
    stages
        One row a stage: ``name``, ``precision``; those of ``before`` at least.
    list_size
        Customers on each list.
    sizes
        Labelled customers; by default eight sizes from five buyers' worth to all training customers, each
        about as many times the one before.
    draws
        Random orders in which the labels are bought; the longer sets of one order hold its shorter ones. All
        labels are one set, so that the curves meet there.
    rng
        Draws the orders.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [
        *_check_steps(stages, before),
        *_check_sizes(train, test, list_size, sizes),
        *([] if draws >= 1 else [_("draws == {draws}, must be 1 or more.", draws=draws)]),
    ]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    base_rate = float(buys[train].mean())
    chosen = _choose_sizes(base_rate, len(train), sizes)
    orders = [rng.permutation(train) for _number in range(draws)]
    goals = stages.set_index("name")["precision"]
    matches, curves = [], []
    with threadpool_limits(limits=1):  # the same sums on every machine, and no threads that wait for others
        for stage, columns in before.items():
            peer = _Peer(
                matrix=matrix[:, columns], buys=buys, test=test, tie_order=tie_order, list_size=list_size
            )
            trials = _trace(peer, orders, chosen)
            matches.append({"stage": stage, **_match(trials, float(goals[stage]), base_rate)})
            curves.append(_summarise(trials, base_rate).assign(stage=stage))
    return LabelsResult(
        matches=pd.DataFrame(matches),
        curve=pd.concat(curves, ignore_index=True),
        list_size=list_size,
        draws=draws,
        base_rate=float(buys[test].mean()),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Peer:
    """A supervised model on the columns before a step, judged as the stages are."""

    matrix: FloatArray
    buys: BoolArray
    test: IntArray
    tie_order: IntArray
    list_size: int

    def list_after(self, labelled: IntArray) -> float:
        """Precision of the list that the labelled rows teach; labels of one kind only teach nothing."""
        known = self.buys[labelled]
        if known.all() or not known.any():
            scores = np.zeros(len(self.test))
        else:
            model = fit_model("logistic", self.matrix[labelled], known)
            scores = model.score(self.matrix[self.test])
        listed = choose_list(scores, self.list_size, self.tie_order)
        return float(self.buys[self.test][listed].mean())


def _trace(peer: _Peer, orders: list[IntArray], sizes: list[int]) -> pd.DataFrame:
    """Precision by size (rows, ascending) and draw (columns); all labels are the same set in each draw."""
    every = len(orders[0])
    whole = peer.list_after(np.sort(orders[0])) if every in sizes else np.nan
    return pd.DataFrame(
        [[whole if size == every else peer.list_after(order[:size]) for order in orders] for size in sizes],
        index=pd.Index(sizes, name="labels"),
    )


def _match(trials: pd.DataFrame, goal: float, base_rate: float) -> dict[str, float]:
    """Where the mean curve, and each draw's own, reaches the goal; infinite where it never does."""
    sizes = trials.index.to_numpy(dtype=float)
    needed = _reach(sizes, trials.mean(axis=1).to_numpy(), goal)
    each = [_reach(sizes, trials[draw].to_numpy(), goal) for draw in trials]
    return {
        "precision": goal,
        "labels_needed": needed,
        "labels_needed_lowest": min(each),
        "labels_needed_highest": max(each),
        "buyers_needed": needed * base_rate,
        "fewest_labels": float(sizes[0]),
        "most_labels": float(sizes[-1]),
        "most_buyers": float(sizes[-1]) * base_rate,
        "precision_with_most": float(trials.iloc[-1].mean()),
    }


def _reach(sizes: FloatArray, precision: FloatArray, goal: float) -> float:
    """Smallest number of labels at which the curve, made to rise, reaches the goal."""
    rising = IsotonicRegression().fit_transform(np.log(sizes), precision)
    above = np.flatnonzero(rising >= goal)
    if not len(above):
        return np.inf
    first = int(above[0])
    if first == 0:
        return float(sizes[0])
    low, high = rising[first - 1], rising[first]
    part = (goal - low) / (high - low)
    return float(np.ceil(np.exp(np.log(sizes[first - 1]) + part * np.log(sizes[first] / sizes[first - 1]))))


def _summarise(trials: pd.DataFrame, base_rate: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "labels": trials.index,
            "buyers": trials.index * base_rate,
            "precision": trials.mean(axis=1).to_numpy(),
            "precision_lowest": trials.min(axis=1).to_numpy(),
            "precision_highest": trials.max(axis=1).to_numpy(),
        }
    )


def _choose_sizes(base_rate: float, customers: int, sizes: Sequence[int] | None) -> list[int]:
    if sizes is not None:
        return sorted(set(sizes))
    fewest = min(customers, round(_FEWEST_BUYERS / base_rate)) if base_rate else customers
    return sorted({round(size) for size in np.geomspace(fewest, customers, _STEPS)})


def _check_steps(stages: pd.DataFrame, before: Mapping[str, BoolArray]) -> list[str]:
    known = [str(name) for name in stages["name"]]
    problems = [
        _("{name} is not among the stages: {known}.", name=repr(name), known=_(", ").join(known))
        for name in before
        if name not in known
    ]
    problems += [
        _("nothing is known before the step {name}. Leave it out.", name=repr(name))
        for name, features in before.items()
        if not features.any()
    ]
    return problems if before else [_("no step is named.")]


def _check_sizes(train: IntArray, test: IntArray, list_size: int, sizes: Sequence[int] | None) -> list[str]:
    problems = [
        _(
            "sizes hold {size}, must be {smallest} to {count}, the customers with labels.",
            size=f"{size:,}",
            smallest=_SMALLEST,
            count=f"{len(train):,}",
        )
        for size in sizes or []
        if not _SMALLEST <= size <= len(train)
    ]
    if not 1 <= list_size <= len(test):
        problems.append(
            _(
                "list_size == {list_size}, must be 1 to {count}, the customers held out.",
                list_size=f"{list_size:,}",
                count=f"{len(test):,}",
            )
        )
    return problems
