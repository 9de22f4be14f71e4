"""Tables leave by the guarded writers alone, and nothing is pickled."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "leadline"
#: Writers of files for spreadsheets, and the modules that may call them; each guards its cells.
WRITERS = {
    "to_csv": {"data/export.py"},
    "to_excel": {"data/sheets.py"},  # there it is openpyxl's, of dates alone
    "ExcelWriter": {"data/sheets.py"},
    "Workbook": {"data/sheets.py"},
    "write_csv": {"report/tables.py"},
    "writer": {"report/tables.py", "report/comparison_table.py"},  # of the module csv
    "DictWriter": set(),
    "sink_csv": set(),
    "write_excel": set(),
}
PICKLES = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}


def find_calls(text: str) -> set[str]:
    """Names of writers that a module calls, by themselves or of anything."""
    calls = [node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    return names & WRITERS.keys()


def find_pickles(text: str) -> set[str]:
    """Modules imported that pickle, and calls that do so by another name."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names} & PICKLES
        elif isinstance(node, ast.ImportFrom):
            found |= {(node.module or "").partition(".")[0]} & PICKLES
        elif isinstance(node, ast.Attribute) and node.attr in ("to_pickle", "read_pickle"):
            found.add(node.attr)
        elif (
            isinstance(node, ast.keyword)
            and node.arg == "allow_pickle"
            and ast.unparse(node.value) != "False"
        ):
            found.add(node.arg)
    return found


@pytest.mark.covers("exports", "one_guard")
def test_no_module_writes_a_table_beside_the_guard() -> None:
    strays = {
        f"{path.relative_to(PACKAGE).as_posix()}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in find_calls(path.read_text("utf-8"))
        if path.relative_to(PACKAGE).as_posix() not in WRITERS[name]
    }
    assert strays == set()
    assert find_calls("frame.to_csv(path)\ncsv.DictWriter(file, [])") == {"to_csv", "DictWriter"}


@pytest.mark.covers("exports", "no_pickle")
def test_nothing_is_pickled() -> None:
    found = {
        path.name: names for path in PACKAGE.rglob("*.py") if (names := find_pickles(path.read_text("utf-8")))
    }
    assert found == {}
    assert find_pickles("from joblib import dump\npd.read_pickle(x)") == {"joblib", "read_pickle"}
