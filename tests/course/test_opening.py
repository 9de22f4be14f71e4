"""A lab's tables are opened beside the notebook; what is not there is told with the remedy."""

import pandas as pd
import pytest

from leadline.course import check, open_lab
from leadline.course.releasing import write_data
from leadline.errors import DataError


@pytest.fixture
def folder(tmp_path):
    write_data({"city": pd.DataFrame({"age": [1, 2]})}, tmp_path / "data", lab="tiny", student_id="ann")
    return tmp_path / "data"


def test_tables_are_fresh_each_time(folder):
    lab = open_lab(folder)
    city = lab["city"]
    del city["age"]
    assert lab["city"]["age"].tolist() == [1, 2]
    assert (list(lab), len(lab), repr(lab)) == (["city"], 1, "Tables of ann: city")


def test_faults_are_told(folder):
    (folder / "city.parquet").write_bytes(b"broken")
    with pytest.raises(DataError, match="cannot be read"):
        open_lab(folder)
    (folder / "city.parquet").unlink()
    with pytest.raises(DataError, match="Keep the notebook and its folder data together"):
        open_lab(folder)
    (folder / "lab.json").write_text("[]")
    with pytest.raises(DataError, match="cannot be read"):
        open_lab(folder)


@pytest.mark.parametrize(
    ("answer", "form", "told"),
    [
        (..., "number", "x: not answered yet."),
        ("much", "number", "x: this is not a number."),
        ("much", "choice", "x: choose one of little, none."),
        ("Little", "choice", "x: received. Whether it is right is judged when you hand in."),
        ("a", "customers", "x: this is not a list of customer ids."),
    ],
)
def test_a_check_tells_the_form_and_not_whether_it_is_right(capsys, answer, form, told):
    check("x", answer, form, options=("little", "none"))
    assert capsys.readouterr().out == f"{told}\n"
