"""Lists of customers: keys that do not meet, and texts that no file may run or hold."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from tests.data.cases.runs import Ending, RunCase

PEOPLE = 120
FORMULA = "=cmd|' /C calc'!A0"


def people(**columns: object) -> pd.DataFrame:
    """Return customers who may all be contacted."""
    sound = {
        "customer_id": [f"c{number:03d}" for number in range(PEOPLE)],
        "name": [f"客户{number}" for number in range(PEOPLE)],
        "consent": True,
        "do_not_contact": False,
        "is_staff": False,
        "age_years": 40,
    }
    return pd.DataFrame(sound | columns)


def listed(
    frame: pd.DataFrame, scores: pd.DataFrame | None = None, **given: Any
) -> Callable[[Path], dict[str, Any]]:
    """Ask for a list of these customers, by these scores."""
    if scores is None:
        scores = pd.DataFrame({"customer_id": people()["customer_id"], "score": range(PEOPLE)})

    def prepare(folder: Path) -> dict[str, Any]:
        frame.to_parquet(folder / "people.parquet")
        scores.to_parquet(folder / "scores.parquet")
        (folder / "policy.yml").write_text("suitability: not_required\nholders: allowed\n", "utf-8")
        return {
            "data": str(folder / "people.parquet"),
            "scores": str(folder / "scores.parquet"),
            "policy": str(folder / "policy.yml"),
            "among": "",
            "list_size": 60,
            "contact_columns": ["name"],
            "as_of": "2025-06-30",
        } | given

    return prepare


def case(
    name: str, ending: Ending, prepare: Callable[[Path], dict[str, Any]], *wanted: str, **more: Any
) -> RunCase:
    """Return the run of `build_list`."""
    return RunCase(name, "build_list", prepare, ending, wanted, **more)


def check_csv(folder: Path, _record: dict[str, Any]) -> None:
    """No cell of the list begins as a formula does."""
    names = pd.read_csv(folder / "tables" / "call_list.csv", dtype=str)["name"]
    assert set(names) == {f"'{FORMULA}"}


def check_xlsx(folder: Path, _record: dict[str, Any]) -> None:
    """No cell of the list is a formula."""
    cells = [
        cell for row in openpyxl.load_workbook(folder / "tables" / "call_list.xlsx").active for cell in row
    ]
    assert any(cell.value == f"'{FORMULA}" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def check_controls(folder: Path, _record: dict[str, Any]) -> None:
    """A control character is seen as replaced."""
    cells = [
        cell for row in openpyxl.load_workbook(folder / "tables" / "call_list.xlsx").active for cell in row
    ]
    assert any(cell.value == "a\ufffdb" for cell in cells)


_NUMBERS = pd.DataFrame({"customer_id": range(PEOPLE), "score": range(PEOPLE)})
_TWICE = pd.concat([people(), people()[:2]])
LIST_RUNS = [
    case(
        "duplicate_ids", "refused", listed(_TWICE), "customer_id: 2 ids occur more than once", "Keep one row"
    ),
    case(
        "join_type_mismatch",
        "refused",
        listed(people(customer_id=[f"{number:04d}" for number in range(PEOPLE)]), _NUMBERS),
        "none of the 120 customers",
        "ids of both tables",
    ),
    case(
        "null_keys_join",
        "refused",
        listed(people(customer_id=[None, None, *people()["customer_id"][2:]])),
        "customer_id: 2 values are missing (rows 2 and 3)",
    ),
    case("formula_injection_export", "handled", listed(people(name=FORMULA)), check=check_csv),
    case("xlsx_formula_export", "handled", listed(people(name=FORMULA), form="xlsx"), check=check_xlsx),
    case(
        "very_long_string",
        "refused",
        listed(people(name="x" * 40_000), form="xlsx"),
        "name: 54 texts over the 32,767 characters",
    ),
    case("control_chars_xlsx", "handled", listed(people(name="a\x07b"), form="xlsx"), check=check_controls),
]
