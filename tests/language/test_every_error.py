"""Every error that an analyst can meet is a message of the catalogue, told in the language in use."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

import leadline
from leadline.data import check_columns, read_table
from leadline.engage import parse_policy
from leadline.errors import DataError, LeadlineError, ParameterError
from leadline.language import use_language
from leadline.parameters import check_parameters
from leadline.parameters.check import check_values
from leadline.parameters.types import TYPES
from leadline.plain_yaml import read_yaml
from leadline.run.request import make_request
from leadline.target import parse_plan
from tests.language.marked import speak_marked, unmarked

SOURCES = sorted(Path(leadline.__file__).parent.rglob("*.py"))
_ERRORS = re.compile(r"\w*(?:DataError|ParameterError|RunError|UnfitError|unreadable)(?:\.of)?")
_LISTS = re.compile(r"(?:self\.|findings\.)?(?:problems|found|wrong)")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_no_error_is_raised_in_english_alone() -> None:
    raw = [place for path in SOURCES for place in find_raw(path.read_text("utf-8"), path.name)]
    assert not raw, "wrap these in _() or plural(): " + ", ".join(raw)


@pytest.mark.parametrize(
    "line",
    [
        'raise DataError("The table is wrong")',
        'raise DataError.of(_("Wrong"), f"{name} is wrong.")',
        'raise ParameterError(_("Wrong"), [f"{name} is wrong." for name in names])',
        'raise RunError(f"{path} cannot be written" if path else _("Nothing"))',
        "raise DataError(_HEADLINE, problems)",
        'problem = f"{name} is wrong."; raise DataError(_("Wrong"), [problem])',
        'problems = []; problems.append("it is wrong."); raise DataError(_("Wrong"), problems)',
        'problems += [f"{name} is wrong."]',
    ],
)
def test_what_is_not_wrapped_is_found(line: str) -> None:
    assert find_raw(f"def check(problems):\n    {line}\n", "planted.py")


def find_raw(source: str, name: str) -> list[str]:
    """Places where an error, or a list of problems, takes a text that no catalogue can hold."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, _FUNCTIONS)]
    return sorted({f"{name}:{node.lineno}" for function in functions for node in _raw_in(function)})


def _raw_in(function: ast.AST) -> Iterator[ast.expr]:
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(function):
        for text in (one for given in _texts(node) for one in _items(given)):
            known = assigned.get(text.id, []) if isinstance(text, ast.Name) else [text]
            yield from (one for value in known for one in _raw(value))
            if isinstance(text, ast.Name) and text.id.isupper():
                yield text


def _texts(node: ast.AST) -> list[ast.expr]:
    """What a node hands to an error, or adds to a list of problems."""
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if _ERRORS.fullmatch(called):
            return node.args
        if called.endswith((".append", ".extend")) and _LISTS.fullmatch(called.rpartition(".")[0]):
            return node.args
    if isinstance(node, ast.AugAssign) and _LISTS.fullmatch(ast.unparse(node.target)):
        return [node.value]
    return []


def _items(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.List | ast.Tuple) else [node]


def _raw(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(value=str(text)) if re.search(r"[^\W\d_]{2} ", text):
            yield node
        case ast.JoinedStr(values=parts):
            words = "".join(part.value for part in parts if isinstance(part, ast.Constant))
            if re.search(r"[^\W\d_]{2}", words):
                yield node
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            yield from (*_raw(one), *_raw(other))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            yield from (found for item in items for found in _raw(item))
        case ast.ListComp(elt=item) | ast.Starred(value=item):
            yield from _raw(item)


def _broken_table(folder: Path) -> object:
    (folder / "broken.csv").write_text('id,city\n1,"Beijing\n2,Wuhan\n3,Xian\n', "utf-8")
    return read_table(folder / "broken.csv")


def _ragged_table(folder: Path) -> object:
    rows = "".join(f"{row},Wuhan\n" for row in range(20))
    (folder / "ragged.csv").write_text(f"id,city\n{rows}20,Wuhan,7\n", "utf-8")
    return read_table(folder / "ragged.csv")


def _twice_named(folder: Path) -> object:
    (folder / "twice.csv").write_text("city,city\nWuhan,1\nXian,2\n", "utf-8")
    return read_table(folder / "twice.csv")


def _broken_yaml(folder: Path) -> object:
    (folder / "plan.yml").write_text("stages: 1\nstages: 2\n", "utf-8")
    return read_yaml(folder / "plan.yml")


def _missing_column(_folder: Path) -> object:
    raise DataError("", check_columns(pd.DataFrame({"city": ["Wuhan"]}), ["ctiy"], ""))


def _wrong_values(_folder: Path) -> object:
    given = {"share": "2", "day": "soon", "size": "-1", "on": "maybe", "columns": "[", "secret": "s3cret"}
    types = dict(zip(given, ("Share", "Date", "Count", "Flag", "Columns", "Secret"), strict=True))
    return check_values("", {name: TYPES[kind] for name, kind in types.items()}, given)


#: What fails → the letters of the message that are data: names, values, and what a reader must type.
TYPICAL: dict[str, tuple[Callable[[Path], object], str]] = {
    "a wrong value": (_wrong_values, "sharedaysoonsizeonmaybecolumnssecret"),
    "a misspelt name": (lambda _folder: check_values("", {"seed": TYPES["Seed"]}, {"sed": 1}), "sedseed"),
    "a missing file": (
        lambda _folder: check_values("", {"plan": TYPES["File"]}, {"plan": "none.yml"}),
        "plannoneyml",
    ),
    "an unknown table": (
        lambda _folder: check_values("", {"data": TYPES["Dataset"]}, {"data": "coil200"}),
        "datacoilcoil",
    ),
    "a notebook's own check": (
        lambda _folder: check_parameters({"__annotations__": {"n": TYPES["Count"]}, "n": "x"}),
        "nx",
    ),
    "a table that is not there": (lambda folder: read_table(folder / "none.csv"), "nonecsvnonecsv"),
    "an open quotation mark": (_broken_table, "brokencsv"),
    "ragged rows": (_ragged_table, "raggedcsvWuhan"),
    "a column named twice": (_twice_named, "twicecsvcity"),
    "a missing column": (_missing_column, "ctiycity"),
    "a repeated key": (_broken_yaml, "planymlstages"),
    "a stage plan": (
        lambda _folder: parse_plan({"stages": [{"name": "A", "columns": ["ag"], "how": 1}]}, ["age"]),
        "AhownamecolumnsmethodrulesamongbringschannelscapacityAmethodAagage",
    ),
    "a contact policy": (
        lambda _folder: parse_policy({"consnt": "required", "staff": "some"}),
        "consntconsentstaffsomebarredallowed",
    ),
    "a notebook that is not there": (
        lambda _folder: make_request("stage_target_modl", {}),
        "stagetargetmodlstagetargetmodel",
    ),
}


@pytest.mark.parametrize("case", TYPICAL)
def test_typical_errors_are_told_by_the_catalogue(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail, data = TYPICAL[case]
    speak_marked(monkeypatch, around_values=True)
    with pytest.raises(LeadlineError) as caught:
        fail(tmp_path)
    assert unmarked(str(caught.value).replace(str(tmp_path), "")) == data


def test_a_refused_parameter_is_told_in_the_language_asked_for() -> None:
    use_language("en")
    try:
        with pytest.raises(ParameterError) as caught:
            make_request("stage_target_model", {"language": "zh", "list_share": "2"})
        assert re.search("[\u4e00-\u9fff]", str(caught.value))
    finally:
        use_language("en")
