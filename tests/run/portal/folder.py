"""A folder of runs made up for a test: ledger, folders, and a page's runs unpacked again."""

import json
import re
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any

from leadline.run.ledger import RunLedger


def make_record(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The record of a run that was done on the day ``number`` of March."""
    day = f"2026-03-{number:02}"
    return {
        "run_id": f"2026030{number}T080000Z-judge-{number:06x}",
        "notebook": {"name": "judge", "sha256": "ab" * 32},
        "versions": {"leadline": "0.2.0"},
        "status": "done",
        "title": "Did the campaign pay?",
        "started": f"{day}T08:00:00+00:00",
        "ended": f"{day}T08:00:20+00:00",
        "seconds": 20.25,
        "answer": f"On day {number} it did.",
        "language": "en",
        "attempts": 1,
        "parameters": {
            "data": "customers.csv",
            "as_of": day,
            "seed": number,
            "region": "east",
            "key": "env:KEY",
        },
        "kpis": [make_figure("Conversion", 0.1 + number / 100)],
        "sources": [
            {"name": "customers", "sha256": f"{number:064x}", "rows": 1000 + number, "last_date": day}
        ],
    } | changes


def make_figure(label: str, value: float, unit: str = "share", half: float | None = 0.02) -> dict[str, Any]:
    ends = (None, None) if half is None else (value - half, value + half)
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "ci_lower": ends[0],
        "ci_upper": ends[1],
        "direction": "up",
    }


def publish(out: Path, record: dict[str, Any], *, is_entered: bool = True) -> Path:
    """Make a run's folder, and enter it into the ledger or leave that to the portal."""
    folder = out / record["run_id"]
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<!DOCTYPE html><title>A report</title>", "utf-8")
    (folder / "record.json").write_text(json.dumps(record), "utf-8")
    if is_entered:
        RunLedger(out).end(record)
    return folder


def read_page(file: Path) -> dict[str, Any]:
    """What is packed into a page."""
    (packed,) = re.findall(r'<script type="text/plain" id="packed">([^<]*)</script>', file.read_text("utf-8"))
    return json.loads(zlib.decompress(b64decode(packed)))


def unpack_runs(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The page's runs, as its script reads them."""
    runs = []
    for table in content["tables"]:
        columns = [_spread(column, table["rows"]) for column in table["columns"]]
        for row in zip(*columns, strict=True):
            fields = len(content["fields"])
            values = iter(row[fields:])
            run = dict(zip(content["fields"], row[:fields], strict=True)) | {"notebook": table["notebook"]}
            run["parameters"] = {name: next(values) for name in table["parameters"]}
            run["kpis"] = [(*kpi, next(values), next(values), next(values)) for kpi in table["kpis"]]
            run["sources"] = [(name, next(values), next(values), next(values)) for name in table["sources"]]
            runs.append(run | {"whole": table["whole"]})
    return sorted(runs, key=lambda run: run["id"])


def _spread(column: Any, rows: int) -> list[Any]:
    if isinstance(column, list):
        return column
    return [column["of"][place] for place in column["at"]] if "at" in column else [column["all"]] * rows
