"""A segmentation as plain values: what places new customers, and what they are compared with."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.disclosure import MINIMUM, hide_small
from leadline.errors import ParameterError
from leadline.language import _, plural
from leadline.target.segments.bases import Bases, Basis, FloatArray, IntArray, is_number
from leadline.target.segments.codes import list_codes
from leadline.target.segments.fit import Fit, Method
from leadline.target.segments.placement import Placement, read_placement

#: What the formula of a method needs of all that was learned.
NEEDED: Mapping[Method, tuple[str, ...]] = {
    "kmeans": ("centres",),
    "gaussian": ("constants", "means", "roots"),
    "latent_class": ("log_sizes", "weights"),
    "mixed": ("log_sizes", "weights"),
    "tree": ("centres", "cuts", "features", "left", "right", "segments"),
}
#: Of this share of its own customers a segment calls the others far.
NEAR = 0.99
_BINS = 10
_ROUNDING = 1e-9

Nested: TypeAlias = "float | int | tuple[Nested, ...]"


@dataclass(frozen=True, kw_only=True)
class Shares:
    """How the values of one column lay when the segments were made: what drift is measured against.

    ``shares`` are of all customers, by level, or by bin of a number as read (its logarithm where that
    counts), bins ending at each of ``edges`` and the last open; with ``missing`` they sum to 1.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    missing: float


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """Segments that place any customer of the same columns; plain values, equal if all are.

    Attributes
    ----------
    method
        How they were made.
    columns, at_fit
        The bases, how each is read, and how its values lay.
    names, shares
        One a segment, in the order of the fit: what it is called, its share of the customers (weighted).
    counts
        Customers of each segment; small ones are not told of (`find_told_shares`, `warnings`).
    farthest
        By segment the cost (`leadline.target.segments.placement`: squared distance, or minus log-density)
        that 99 of 100 of its customers do not exceed; None where it had no customers.
    far_share
        Share of the customers beyond it: 1%, or less where many are equally far.
    learned
        What the formula needs, by name, as nested tuples.
    customers, effective
        Customers that they were made from, and how many these count for under their weights (Kish 1965).
    as_of, made_from
        Day and source of the data, if known.
    """

    method: Method
    columns: tuple[Basis, ...]
    at_fit: tuple[Shares, ...]
    names: tuple[str, ...]
    shares: tuple[float, ...]
    counts: tuple[int, ...]
    farthest: tuple[float | None, ...]
    far_share: float
    learned: Mapping[str, Nested]
    customers: int
    effective: float
    as_of: dt.date | None = None
    made_from: str = ""

    @cached_property
    def placement(self) -> Placement:
        """The formula that gives a customer a segment."""
        learned = {name: np.array(values) for name, values in self.learned.items()}
        return read_placement(self.columns, self.method, learned)

    @property
    def is_weighted(self) -> bool:
        """Whether the customers had weights that differ: its shares are then not those of the rows."""
        return self.effective < self.customers * (1 - _ROUNDING)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know before the file goes anywhere: the centre of a few customers is nearly their row."""
        small = [
            f"“{name}”" for name, count in zip(self.names, self.counts, strict=True) if 0 < count < MINIMUM
        ]
        if not small:
            return ()
        return (
            plural(
                "{names} holds fewer than {minimum} customers, and the file of the segments nearly holds "
                "their values: it must not leave the house. Make fewer segments for one that may.",
                "{names} hold fewer than {minimum} customers each, and the file of the segments nearly holds "
                "their values: it must not leave the house. Make fewer segments for one that may.",
                len(small),
                names=_(", ").join(small),
                minimum=MINIMUM,
            ),
        )

    def find_told_shares(self, minimum: int = MINIMUM) -> npt.NDArray[np.bool_]:
        """Say which segments' shares speak of enough customers to be told, also by subtraction."""
        cells = pd.DataFrame({"customers": list(self.counts)})
        return ~hide_small(cells, minimum=minimum, keys=[])["is_hidden"].to_numpy(dtype=bool)

    def find_far(self, segments: IntArray, costs: FloatArray) -> npt.NDArray[np.bool_]:
        """Say which customers are further from their segment than 99 of 100 of those it was made from."""
        return costs > bound_costs(self.farthest)[segments]


def make_segmentation(
    bases: Bases,
    fit: Fit,
    *,
    names: Sequence[str] | None = None,
    as_of: dt.date | None = None,
    made_from: str = "",
) -> Segmentation:
    """Keep a fit as an artefact: the formula, and what new customers are compared with.

    Parameters
    ----------
    bases, fit
        The customers, and their segments.
    names
        One a segment, in the order of the fit; by default "Segment 1", "Segment 2", …
    as_of
        Day of the data.
    made_from
        Where the customers came from, as a reader would name it.

    Raises
    ------
    ParameterError
        If the fit is not of these customers, has one segment, or there is not one name of its own for each.
    """
    placement = read_placement(bases.columns, fit.method, fit.learned)
    given = [f"Segment {one + 1}" for one in range(placement.segments)] if names is None else list(names)
    problems = _check(bases, fit, placement, given)
    if problems:
        raise ParameterError(_("The segmentation cannot be kept"), problems)
    segments, costs = placement.place(bases.readings)
    weights = bases.weights
    farthest = tuple(
        _find_farthest(costs[segments == one], weights[segments == one]) for one in range(len(given))
    )
    return Segmentation(
        method=fit.method,
        columns=bases.columns,
        at_fit=tuple(
            _count_values(basis, bases.readings[:, place], weights)
            for place, basis in enumerate(bases.columns)
        ),
        names=tuple(given),
        shares=_plain(np.bincount(segments, weights=weights, minlength=len(given)) / weights.sum()),
        counts=tuple(np.bincount(segments, minlength=len(given)).tolist()),
        farthest=farthest,
        far_share=float(weights[costs > bound_costs(farthest)[segments]].sum() / weights.sum()),
        learned={name: _nest(fit.learned[name]) for name in NEEDED[fit.method]},
        customers=bases.customers,
        effective=float(weights.sum() ** 2 / (weights**2).sum()),
        as_of=as_of,
        made_from=made_from,
    )


def bound_costs(farthest: Sequence[float | None]) -> FloatArray:
    """Return the largest cost that is near, in billionths as `Placement.place` has them."""
    return np.array([-np.inf if one is None else one for one in farthest])


def _check(bases: Bases, fit: Fit, placement: Placement, names: Sequence[str]) -> list[str]:
    problems = []
    if len(fit.labels) != bases.customers:
        problems.append(
            _(
                "the fit is of {count} customers, the bases of {customers}. Hand in the bases that "
                "it was made from.",
                count=f"{len(fit.labels):,}",
                customers=f"{bases.customers:,}",
            )
        )
    if placement.segments == 1:
        problems.append(_("it has one segment: everybody. Make two or more."))
    if len(names) != placement.segments:
        problems.append(
            _(
                "names: {count} for {segments} segments. Give each one.",
                count=len(names),
                segments=placement.segments,
            )
        )
    problems += [
        _("names: number {place} is empty.", place=place)
        for place, name in enumerate(names, 1)
        if not name.strip()
    ]
    problems += [
        _("names: {name} is given twice. Give each segment its own.", name=repr(name))
        for name in dict.fromkeys(names)
        if list(names).count(name) > 1
    ]
    return problems


def _find_farthest(costs: FloatArray, weights: FloatArray) -> float | None:
    if not len(costs):
        return None
    return float(np.quantile(costs, NEAR, weights=weights, method="inverted_cdf"))


def _count_values(basis: Basis, values: FloatArray, weights: FloatArray) -> Shares:
    known = ~np.isnan(values)
    if is_number(basis):
        cuts = np.quantile(values[known], np.linspace(0, 1, _BINS + 1)[1:-1], method="inverted_cdf")
        edges = np.unique(cuts[cuts < values[known].max()])
        codes, bins = bin_values(edges, values), len(edges) + 1
    else:
        edges, codes, bins = np.empty(0), values, len(list_codes(basis)) - 1
    counts = np.bincount(codes[known].astype(np.int64), weights=weights[known], minlength=bins)
    total = weights.sum()
    missing = float(weights[~known].sum() / total)
    return Shares(edges=_plain(edges), shares=_plain(counts / total), missing=missing)


def bin_values(edges: Sequence[float] | FloatArray, values: FloatArray) -> FloatArray:
    """Return the bin of each value, NaN where it is missing; a bin holds its upper edge."""
    bins = np.searchsorted(np.asarray(edges, dtype=np.float64), values, side="left").astype(np.float64)
    return np.where(np.isnan(values), np.nan, bins)


def _plain(values: npt.NDArray[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _nest(values: FloatArray) -> Nested:
    listed: list[Nested] | float = np.asarray(values).tolist()
    return _freeze(listed)


def _freeze(listed: object) -> Nested:
    if isinstance(listed, list):
        return tuple(_freeze(one) for one in listed)
    if isinstance(listed, int):
        return listed
    return float(listed)  # type: ignore[arg-type] # of an array of numbers
