"""What none of the notebooks does and an analyst's own does: zones of clock times, tables of any content."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd

from tests.data.cases.runs import RunCase
from tests.runs import build_notebook

_READ = "import pandas as pd\nfrom leadline.data import read_table\nfrom leadline.run import record\n"


def own(*lines: str) -> Callable[[Path], dict[str, Any]]:
    """Write a notebook of one cell."""

    def prepare(folder: Path) -> dict[str, Any]:
        pd.DataFrame({"n": [1, 2], "called_at": ["2026-03-08 02:30", "2026-03-09 02:30"]}).to_csv(
            folder / "calls.csv", index=False
        )
        nbformat.write(build_notebook(_READ + "\n".join(lines)), folder / "own.ipynb")
        return {}

    return prepare


def large_table(folder: Path) -> dict[str, Any]:
    """Score more customers than a sheet has rows, for a workbook."""
    size = 1_048_576
    pd.DataFrame({"customer_id": np.arange(size).astype(str), "visits": np.arange(size) % 17}).to_parquet(
        folder / "clients.parquet"
    )
    rules = "[{under: 5, points: 0}, {at_least: 5, points: 4}]"
    text = f"name: Points\nattributes:\n  - {{column: visits, label: Visits, rules: {rules}}}\n"
    (folder / "points.yml").write_text(text, "utf-8")
    given = {"data": str(folder / "clients.parquet"), "scorecard": str(folder / "points.yml"), "form": "xlsx"}
    return given | {"among": "", "adjust": "", "list_size": 50}


OWN_RUNS = [
    RunCase(
        "dst_gap",
        "own",
        own('read_table("calls.csv", time_zone="America/New_York")'),
        "refused",
        ("called_at", "impossible, for the clock was put forward", "row 2"),
    ),
    RunCase(
        "lone_surrogate",
        "own",
        own('record(tables={"t": pd.DataFrame({"n": ["a", "\\ud800"]}, dtype=object)})'),
        "refused",
        ("n: 1 text holds half a character (row 3)",),
    ),
    RunCase(
        "parquet_mixed_object",
        "own",
        own('record(tables={"t": pd.DataFrame({"n": [1, "a"]}, dtype=object)}, table_form="parquet")'),
        "refused",
        ("cannot be written as parquet", "values of one kind"),
    ),
    RunCase("xlsx_row_limit", "score_customers", large_table, "refused", ("row 1,048,577", "in parts")),
]
