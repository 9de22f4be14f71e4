"""A student's tables: of the own market, the same bytes each time, without the seed."""

import json
from hashlib import sha256

import pandas as pd
import pyarrow.parquet as pq
import pytest

from leadline.course.opening import open_lab
from leadline.course.releasing import make_tables, write_data
from leadline.errors import RunError
from tests.course.releasing.tiny import cell_of, make_lab


def test_tables_follow_from_the_seed_alone():
    one, again, other = (
        make_tables(make_lab()["cells"], student_id=name, seed=seed)["city"]
        for name, seed in (("ann", 5), ("bob", 5), ("ann", 6))
    )
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)


def test_files_are_read_back_and_tell_nothing_of_their_making(tmp_path):
    frame = pd.DataFrame(
        {
            "customer_id": ["007", None],
            "age_group": pd.Categorical(["old", "young"]),
            "day": pd.to_datetime(["2026-01-01", None]),
            "spend_cny": [1.5, float("nan")],
        },
        index=[4, 9],
    )
    sums = write_data({"people": frame}, tmp_path / "data", lab="tiny", student_id="ann")
    write_data({"people": frame}, tmp_path / "again", lab="tiny", student_id="ann")
    content = (tmp_path / "data" / "people.parquet").read_bytes()
    assert content == (tmp_path / "again" / "people.parquet").read_bytes()
    assert sums == {"people": sha256(content).hexdigest()}
    note = json.loads((tmp_path / "data" / "lab.json").read_text())
    assert note == {"lab": "tiny", "student": "ann", "language": "en", "tables": sums}
    assert pq.read_schema(tmp_path / "data" / "people.parquet").metadata is None
    pd.testing.assert_frame_equal(open_lab(tmp_path / "data")["people"], frame.reset_index(drop=True))


@pytest.mark.parametrize(
    ("source", "told"), [("1 / 0", "ZeroDivisionError"), ("x = 1", "has not said how its data are made")]
)
def test_a_faulty_first_cell_is_named(source, told):
    notebook = make_lab()
    for cell in notebook["cells"]:
        if cell["id"].endswith(("setup", "-test")):
            cell_of(notebook, cell["id"])["source"] = source
    with pytest.raises(RunError, match=told) as caught:
        make_tables(notebook["cells"], student_id="ann", seed=5)
    assert "'ann'" in str(caught.value)
