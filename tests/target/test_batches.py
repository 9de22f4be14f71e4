"""Customers scored in batches have the scores that they have at once, and memory stays small."""

import numpy as np
import pyarrow as pa
import pytest

from leadline.errors import DataError
from leadline.target import batches as scoring
from leadline.target.batches import score_batches
from leadline.target.models import fit_model

COLUMNS = ["spend", "sessions", "is_staff"]


def make_batch(rows: int, seed: int) -> pa.RecordBatch:
    rng = np.random.default_rng(seed)
    return pa.record_batch(
        {
            "customer_id": pa.array([f"{seed}-{row}" for row in range(rows)], pa.string()),
            "is_staff": rng.random(rows) < 0.2,
            "sessions": pa.array(rng.integers(0, 9, rows), pa.int32()),
            "spend": rng.lognormal(size=rows),
        }
    )


def test_batches_are_scored_as_the_whole_and_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "_ROWS", 100)
    parts = [make_batch(rows, seed) for seed, rows in enumerate([250, 1, 0, 300])]
    whole = pa.Table.from_batches(parts)
    matrix = np.column_stack([whole.column(name).to_numpy().astype(float) for name in COLUMNS])
    model = fit_model("boosting", matrix, matrix[:, 0] * matrix[:, 1] > 4)
    taken: list[int] = []

    def give():
        for place, part in enumerate(parts):
            taken.append(place)
            yield part

    scored = score_batches(give(), model, COLUMNS)
    assert next(scored).num_rows == 100
    assert taken == [0]
    rest = list(scored)
    assert max(part.num_rows for part in rest) == 100
    found = pa.Table.from_batches(rest)
    assert found["customer_id"].to_pylist() == whole["customer_id"].to_pylist()[100:]
    assert found["score"].to_pylist() == model.score(matrix)[100:].tolist()


def test_what_the_model_cannot_use_is_refused_with_every_column() -> None:
    batch = make_batch(20, 0)
    model = fit_model("boosting", np.zeros((2, 3)), np.array([True, False]))
    with pytest.raises(DataError) as caught:
        list(score_batches([batch], model, ["spend", "customer_id", "sesions"]))
    assert [text.split(":")[0] for text in caught.value.problems] == ["sesions", "customer_id"]
    holes = batch.set_column(3, "spend", pa.array([1.0, None, np.nan] + [2.0] * 17))
    with pytest.raises(DataError, match="spend: 2 values are missing"):
        list(score_batches([holes], model, COLUMNS))
