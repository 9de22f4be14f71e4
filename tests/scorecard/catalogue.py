"""What leadline must survive: one table a TOML file, its cases by id, each in the words of the page."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLES = Path(__file__).with_name("tables")
#: File that `make scorecard` writes; where it is named, tests run in their full form.
SCORECARD_VARIABLE = "LEADLINE_SCORECARD"
#: Whether many tries are asked for where the tests of every day make a few.
FULL = bool(os.environ.get(SCORECARD_VARIABLE))


@dataclass(frozen=True)
class CaseTable:
    """A table of the catalogue: cases are id → what happens, in words."""

    name: str
    title: str
    cases: dict[str, str]


def read_catalogue() -> dict[str, CaseTable]:
    """Read every table, in the order of the files' names."""
    tables = {}
    for path in sorted(TABLES.glob("*.toml"), key=lambda path: int(path.stem.partition("_")[0])):
        told = tomllib.loads(path.read_text("utf-8"))
        name = path.stem.partition("_")[2]  # 1_run_faults: the number is the place on the page
        tables[name] = CaseTable(name, told["title"], told["cases"])
    return tables
