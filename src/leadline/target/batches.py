"""Scoring more customers than memory holds: batch by batch, with a model that no database can run."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from leadline.errors import DataError
from leadline.language import _
from leadline.target.metrics import FloatArray
from leadline.target.models import Model

#: Rows handed to the model at once; larger batches are cut.
_ROWS = 1 << 16


def score_batches(
    batches: Iterable[pa.RecordBatch],
    model: Model,
    columns: Sequence[str],
    *,
    customer: str = "customer_id",
) -> Iterator[pa.RecordBatch]:
    """Score customers batch by batch, in the order in which they come.

    Train the model on a `leadline.features.stratified_sample`. Nothing of a batch is kept once it is scored,
    and no more than 65,536 rows are turned into a matrix at a time.

    Parameters
    ----------
    batches
        Customers in batches, such as ``table.to_pyarrow_batches()`` gives them.
    model
        A fitted `leadline.target.models.Model`.
    columns
        The model's features, numbers or flags, in its order.
    customer
        Column of the id.

    Yields
    ------
    pyarrow.RecordBatch
        The id, and ``score`` (float64, predicted share of buyers).

    Raises
    ------
    DataError
        If a column is absent, is no number or flag, or lacks a value that the model needs.
    """
    for batch in batches:
        _check_columns(batch.schema, [customer, *columns], columns)
        for start in range(0, batch.num_rows, _ROWS):
            part = batch.slice(start, _ROWS)
            score = model.score(_make_matrix(part, columns))
            yield pa.record_batch({customer: part.column(customer), "score": pa.array(score, pa.float64())})


def _make_matrix(part: pa.RecordBatch, columns: Sequence[str]) -> FloatArray:
    matrix = np.empty((part.num_rows, len(columns)))
    for place, name in enumerate(columns):
        matrix[:, place] = part.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    missing = np.isnan(matrix).sum(axis=0)
    problems = [
        _(
            "{name}: {missing} values are missing. Fill them in as for training.",
            name=name,
            missing=f"{count:,}",
        )
        for name, count in zip(columns, missing, strict=True)
        if count
    ]
    if problems:
        raise DataError(_("The customers cannot be scored"), problems)
    return matrix


def _check_columns(schema: pa.Schema, needed: Sequence[str], numbers: Sequence[str]) -> None:
    kinds = {field.name: field.type for field in schema}
    problems = [_("{name}: there is no such column.", name=name) for name in needed if name not in kinds]
    problems += [
        _("{name}: holds {kind}, no number or flag.", name=name, kind=kinds[name])
        for name in numbers
        if name in kinds and not _is_number(kinds[name])
    ]
    if problems:
        raise DataError(_("The customers cannot be scored"), problems)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))
