import datetime as dt
import shlex
from pathlib import Path

import pytest

from leadline.lab.values import find_changed, to_plain, write_code, write_command
from leadline.parameters import SecretValue
from leadline.parameters.declared import declared_parameters, read_notebook
from leadline.paths import NOTEBOOKS
from leadline.run.request import make_request

PARAMETERS = """\
from leadline.parameters import Choice, Columns, Count, Date, File, Flag, Share, Text
data: File | None = None  # file
size: Share = 0.2  # share
count: Count = 5_000  # count
as_of: Date = "2026-01-31"  # day
names: Columns = ["a", "b"]  # columns
loud: Flag = True  # loud
label: Text | None = "x"  # text
language: Choice["en", "zh"] = "en"  # language
"""


@pytest.fixture
def notebook(write):
    return write("1 + 1", parameters=PARAMETERS)


@pytest.fixture
def declared(notebook):
    return declared_parameters(read_notebook(notebook), "work")


def test_typed_values_are_written_as_a_notebook_writes_them():
    assert to_plain(dt.date(2026, 1, 31)) == "2026-01-31"
    assert to_plain(Path("/a/b")) == "/a/b"
    assert to_plain(SecretValue("env:HOME")) == "env:HOME"
    assert to_plain(["a"]) == ["a"]


def test_only_what_differs_in_value_counts_as_changed(declared):
    same = {"size": "20%", "count": 5000.0, "as_of": "2026-01-31", "loud": "yes", "label": "x"}
    assert find_changed(declared, same) == {}
    assert find_changed(declared, {"size": 0.3, "label": None}) == {"size": 0.3, "label": None}


def test_the_line_of_code_sets_the_same_values():
    line = write_code({"size": 0.3, "names": ["客户"], "language": "zh"})
    assert "\n" not in line
    said = []
    given = {"check_parameters": lambda _names: None, "use_language": said.append}
    exec(line, given)
    assert (given["size"], given["names"], said) == (0.3, ["客户"], ["zh"])


def test_the_command_says_the_same_from_any_folder(notebook, declared, tmp_path, monkeypatch):
    (tmp_path / "客户 list.csv").write_text("a\n1\n")
    given = {
        "data": "客户 list.csv",
        "names": ["a b", "$c"],
        "loud": False,
        "label": None,
        "as_of": "2026-02-01",
    }
    words = shlex.split(write_command(notebook, declared, given, tmp_path / "out"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert words[:2] == ["leadline", "run"]
    pairs = [pair.split("=", 1) for pair in words[4:-2:2]]
    again = make_request(words[2], dict(pairs), out=Path(words[-1]))
    assert again.checked["data"] == tmp_path / "客户 list.csv"
    assert again.checked["names"] == ["a b", "$c"]
    assert again.checked["loud"] is False
    assert again.checked["label"] is None
    assert again.checked["as_of"] == dt.date(2026, 2, 1)


def test_a_notebook_of_the_project_is_called_by_its_name(tmp_path):
    words = shlex.split(write_command(NOTEBOOKS / "0_start" / "tour.ipynb", {}, {}, tmp_path))
    assert words == ["leadline", "run", "tour", "--out", str(tmp_path)]
