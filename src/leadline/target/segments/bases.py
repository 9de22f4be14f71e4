"""The columns that segments are made from, read once: what kind each is, and how it becomes numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from leadline.data.flags import NO, YES
from leadline.errors import DataError, ParameterError
from leadline.language import _
from leadline.target.encode import read_attribute
from leadline.target.segments.answers import check_answers, warn_of_answers
from leadline.target.segments.checks import check_bases, check_weight, count_values, warn_of_bases

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BasisKind = Literal["numeric", "logged", "ordinal", "binary", "categorical"]
KINDS: tuple[BasisKind, ...] = get_args(BasisKind)
MISSING = -1
_BOTH = 2


@dataclass(frozen=True, kw_only=True)
class Basis:
    """One column and how it is read; plain values, so that an artefact can hold them.

    Attributes
    ----------
    name, kind
        The column; ``logged`` is a number of which log(1 + x) counts.
    levels
        Of a binary, ordinal or categorical column: its values as text, in the order of their codes.
    centres, scales
        One of each for every encoded column: (value - centre) / scale. A missing value counts as the centre
        of all customers (``filled``).
    """

    name: str
    kind: BasisKind
    levels: tuple[str, ...] = ()
    centres: tuple[float, ...] = (0.0,)
    scales: tuple[float, ...] = (1.0,)
    filled: tuple[float, ...] = (0.0,)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the encoded columns."""
        if self.kind == "categorical":
            return tuple(f"{self.name} = {level}" for level in self.levels)
        return (self.name,)

    def read(self, column: pd.Series) -> FloatArray:
        """Read values: numbers as they are, others as codes of `levels`; NaN where missing or unknown."""
        if self.kind in ("numeric", "logged"):
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
            return np.log1p(values) if self.kind == "logged" else values
        codes = pd.Index(self.levels).get_indexer(pd.Index(_spell(column))).astype(np.float64)
        return np.where(codes == MISSING, np.nan, codes)

    def spread(self, values: FloatArray) -> FloatArray:
        """Lay read values out as columns of plain numbers: a categorical column becomes one a level."""
        if self.kind != "categorical":
            return values[:, None]
        block = (values[:, None] == np.arange(len(self.levels))[None, :]).astype(np.float64)
        return np.where(np.isnan(values)[:, None], np.nan, block)

    def encode(self, values: FloatArray) -> FloatArray:
        """Return the encoded columns of read values; nothing is missing in them."""
        block = (self.spread(values) - np.array(self.centres)) / np.array(self.scales)
        return np.where(np.isnan(block), np.array(self.filled), block)


@dataclass(frozen=True, eq=False, kw_only=True)
class Bases:
    """The bases of all customers.

    Attributes
    ----------
    columns
        One `Basis` a column.
    readings
        What was read: numbers, or codes of levels; NaN where missing. Shape: (customers, columns).
    matrix
        What distances are measured on. Shape: (customers, features).
    weights
        People whom each customer stands for, scaled to mean 1. Shape: (customers,).
    is_weighted
        Whether the weights were given.
    is_scaled
        Whether columns were brought to one spread; False where all are yes or no.
    warnings
        What a reader must know of the columns.
    """

    columns: tuple[Basis, ...]
    readings: FloatArray
    matrix: FloatArray
    weights: FloatArray
    is_weighted: bool
    is_scaled: bool
    warnings: tuple[str, ...]

    @property
    def customers(self) -> int:
        """How many rows there are."""
        return len(self.readings)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns of `matrix`."""
        return tuple(feature for basis in self.columns for feature in basis.features)

    def take(self, rows: IntArray) -> "Bases":
        """Return the bases of some rows; a row may be taken more than once."""
        return Bases(
            columns=self.columns,
            readings=self.readings[rows],
            matrix=self.matrix[rows],
            weights=self.weights[rows],
            is_weighted=self.is_weighted,
            is_scaled=self.is_scaled,
            warnings=self.warnings,
        )

    def replace(self, values: FloatArray) -> "Bases":
        """Return other customers of the same columns: ``values`` as read, of weight 1."""
        return Bases(
            columns=self.columns,
            readings=values,
            matrix=encode(self.columns, values),
            weights=np.ones(len(values)),
            is_weighted=False,
            is_scaled=self.is_scaled,
            warnings=(),
        )


def read_bases(
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    kinds: Mapping[str, BasisKind] | None = None,
    orders: Mapping[str, Sequence[str]] | None = None,
    weight: str | None = None,
) -> Bases:
    """Check and read the columns that segments are to be made from.

    Kinds are judged from the values: flags and columns of two values are binary (0 and 1), numbers numeric,
    ordered categories and bands of numbers ("30-40") ordinal (their rank), other text categorical. Where all
    columns are binary they stay 0 and 1; else each column is divided by its standard deviation, so that each
    counts the same, a categorical one shared among its levels. A missing value counts as the mean.

    Parameters
    ----------
    frame
        One row a customer, labelled as `leadline.data.read_table` did.
    columns
        Names of the bases.
    kinds
        Column → kind, where the values would be misread (scores from 1 to 5 that are names, say).
    orders
        Ordinal column → its values from lowest to highest.
    weight
        Column of the people whom a customer stands for.

    Raises
    ------
    DataError
        With every column that is absent, an id, a date, free text, constant, a copy of another, all missing
        or infinite, every weight that is missing or not above 0,
        and answers off the scale that the other questions share.
    ParameterError
        If a kind or an order names no column of the bases, or no kind.
    """
    kinds, orders = dict(kinds or {}), dict(orders or {})
    _check_given(columns, kinds, orders)
    rated = [name for name in columns if name not in kinds and name not in orders]
    problems = check_bases(frame, columns, kinds, orders) + check_weight(frame, weight)
    problems += check_answers(frame, rated)
    if problems:
        raise DataError(_("Segments cannot be made from these columns"), problems)
    weights = np.ones(len(frame)) if weight is None else frame[weight].to_numpy(dtype=np.float64)
    weights = weights / weights.mean()
    read = [_read_basis(frame[name], kinds.get(name), orders.get(name)) for name in columns]
    values = np.column_stack([basis.read(frame[basis.name]) for basis in read])
    is_scaled = any(basis.kind != "binary" for basis in read)
    scaled = tuple(
        _learn_scale(basis, values[:, place], weights, is_scaled=is_scaled)
        for place, basis in enumerate(read)
    )
    return Bases(
        columns=scaled,
        readings=values,
        matrix=encode(scaled, values),
        weights=weights,
        is_weighted=weight is not None,
        is_scaled=is_scaled,
        warnings=(*warn_of_bases(frame, columns, kinds), *warn_of_answers(frame, rated)),
    )


def is_number(basis: Basis) -> bool:
    """Say whether the values are numbers rather than answers."""
    return basis.kind in ("numeric", "logged")


def encode(columns: Sequence[Basis], values: FloatArray) -> FloatArray:
    """Encode read values, side by side."""
    blocks = [basis.encode(values[:, place]) for place, basis in enumerate(columns)]
    return np.ascontiguousarray(np.column_stack(blocks))


def _check_given(
    columns: Sequence[str], kinds: Mapping[str, BasisKind], orders: Mapping[str, Sequence[str]]
) -> None:
    problems = [] if columns else [_("no column is named. Name at least one.")]
    twice = sorted({name for name in columns if list(columns).count(name) > 1})
    problems += [_("{name}: is named more than once. Name it once.", name=name) for name in twice]
    problems += [
        _("{name}: has a kind, and is not among the bases.", name=name)
        for name in kinds
        if name not in columns
    ]
    problems += [
        _("{name}: has an order, and is not among the bases.", name=name)
        for name in orders
        if name not in columns
    ]
    problems += [
        _(
            "{name}: kind == {kind}, must be one of {kinds}.",
            name=name,
            kind=repr(kind),
            kinds=_(", ").join(KINDS),
        )
        for name, kind in kinds.items()
        if kind not in KINDS
    ]
    if problems:
        raise ParameterError(_("The bases cannot be read"), problems)


def _read_basis(column: pd.Series, kind: BasisKind | None, order: Sequence[str] | None) -> Basis:
    name = str(column.name)
    is_number = types.is_numeric_dtype(column.dtype) and not types.is_bool_dtype(column.dtype)
    if kind is None and order is None and is_number and count_values(column) > _BOTH:
        kind = "numeric"
    if kind in ("numeric", "logged"):
        return Basis(name=name, kind=kind)
    spelt = [str(text) for text in _spell(column).dropna().unique()]
    attribute = read_attribute(column)
    if order is None and isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        order = list(column.cat.categories)
    if kind in (None, "binary") and order is None and len(spelt) == _BOTH:
        return Basis(name=name, kind="binary", levels=_order_pair(spelt))
    if order is None and attribute.numbers is not None:
        order = attribute.levels or sorted(spelt, key=float)
    found: BasisKind = kind or ("categorical" if order is None else "ordinal")
    return Basis(name=name, kind=found, levels=tuple(map(str, order or sorted(spelt))))


def _spell(column: pd.Series) -> pd.Series:
    """Write values as text: whole numbers without ".0", flags as "True" and "False"."""
    if types.is_bool_dtype(column.dtype):
        return column.astype("string")
    if types.is_numeric_dtype(column.dtype):
        codes, numbers = pd.factorize(column.astype("float64"))
        spelt = [repr(float(number) + 0.0).removesuffix(".0") for number in numbers]  # no -0
        return pd.Series([*spelt, None], dtype="string").take(codes).set_axis(column.index)
    return column.astype("string")


def _order_pair(values: Sequence[str]) -> tuple[str, ...]:
    """No before yes, 0 before 1; else by the alphabet."""
    return tuple(sorted(values, key=lambda text: (text.casefold() in YES, text.casefold() not in NO, text)))


def _learn_scale(basis: Basis, values: FloatArray, weights: FloatArray, *, is_scaled: bool) -> Basis:
    block = basis.spread(values)
    known = ~np.isnan(block[:, 0])
    centres = np.average(block[known], weights=weights[known], axis=0)
    apart = block[known] - centres
    largest = float(np.abs(apart).max())  # squares of the very large or small overflow
    variance = np.average((apart / largest) ** 2, weights=weights[known], axis=0)
    if not is_scaled:
        return Basis(name=basis.name, kind=basis.kind, levels=basis.levels, filled=(float(centres[0]),))
    scale = largest * float(np.sqrt(variance.sum()))
    return Basis(
        name=basis.name,
        kind=basis.kind,
        levels=basis.levels,
        centres=tuple(map(float, centres)),
        scales=(scale,) * len(centres),
        filled=(0.0,) * len(centres),
    )
