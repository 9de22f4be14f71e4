from pathlib import Path

import pytest

from leadline.errors import ParameterError
from leadline.parameters.declared import declared_parameters, read_notebook


def cell(source: str) -> dict:
    return {
        "cells": [
            {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source.splitlines(True)}
        ]
    }


def test_name_type_default_help_and_allowed_values_are_read_without_running() -> None:
    source = (
        'import nowhere\nholdout: Choice["random", "time"] = "random"  # how to hold out\n'
        "n: Count | None = None\n"
    )
    holdout, n = declared_parameters(cell(source), "nb").values()
    assert (holdout.name, holdout.type_name, holdout.default, holdout.help) == (
        "holdout",
        "Choice",
        "random",
        "how to hold out",
    )
    assert holdout.allowed == "one of random, time"
    assert (n.type_name, n.default, n.help) == ("Count | None", None, "")


def test_a_hash_inside_a_value_is_no_help() -> None:
    (parameter,) = declared_parameters(cell('p: Text = "a # b"  # the help'), "nb").values()
    assert (parameter.default, parameter.help) == ("a # b", "the help")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("p = 3", "is not 'name: Type = value'"),
        ("p: Int = 3", "'Int' is not a parameter type"),
        ("p: Count = __import__('os').getpid()", "must be a plain value, not code"),
        ("p: Count = 'many'", "must be a whole number"),
        ("p: Count", "is not 'name: Type = value'"),
        ("p: Count = (", "cannot be read"),
        ("p: Choice[1, 2] = 1", "must list texts in quotes"),
        ("a.b: Count = 3", "is not 'name: Type = value'"),
    ],
)
def test_a_line_that_is_no_typed_literal_is_named(source: str, said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        declared_parameters(cell(source), "nb")
    assert said in str(caught.value)


def test_all_lines_are_reported_at_once() -> None:
    with pytest.raises(ParameterError, match="2 problems"):
        declared_parameters(cell("a = 1\nb: Count = 'x'"), "nb")


@pytest.mark.parametrize("content", [b"", b'{"cells": [', b"[]", b"\xff\xfe", b'{"worksheets": []}'])
def test_what_is_no_notebook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(ParameterError, match="is not a notebook"):
        read_notebook(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(b'\xef\xbb\xbf{"cells": []}')
    assert read_notebook(path) == {"cells": []}
