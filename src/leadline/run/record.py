"""The run record: everything needed to defend a report's numbers (``record.json``, ``schema_version`` 1)."""

import datetime as dt
import hashlib
import json
import os
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from leadline import __version__
from leadline.errors import DataError
from leadline.language import LANGUAGES
from leadline.parameters.declared import Parameter
from leadline.paths import PROJECT
from leadline.results import RESULT_MIME
from leadline.run.execute import Failure
from leadline.run.notebooks import NotebookFile
from leadline.run.recording import merge_keys

SCHEMA_VERSION = 1
_PACKAGES = ("pandas", "numpy", "scikit-learn", "statsmodels", "duckdb", "papermill", "nbconvert")
#: Kinds of failure that are a status of their own; any other is "failed".
_OWN_STATUS = frozenset({"refused", "timed_out", "killed"})


def begin_record(
    run_id: str, notebook: NotebookFile, declared: dict[str, Parameter], values: dict[str, Any]
) -> dict[str, Any]:
    """Return the record of a run that begins: what is known before the first cell."""
    path = notebook.path
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "status": "running",
        "notebook": {
            "name": notebook.name,
            "path": path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        },
        "title": notebook.question,
        "answer": None,
        "parameters": values,
        "parameter_help": {name: parameter.help for name, parameter in declared.items()},
        "language": language if (language := values.get("language")) in LANGUAGES else "en",
        "seed": values.get("seed"),
        "sources": [],
        "warnings": [],
        "kpis": [],
        "marks": [],
        "results": {},
        "tables": [],
        "started": now(),
        "ended": None,
        "seconds": None,
        "cpu_seconds": None,
        "peak_memory_mb": None,
        "attempts": 1,
        "versions": {"leadline": __version__, "python": sys.version.split()[0]}
        | {package: version(package) for package in _PACKAGES},
        "failure": None,
    }


def collect_results(record: dict[str, Any], notebook: NotebookNode, folder: Path) -> None:
    """Merge into ``record`` what the notebook's cells recorded, and name and hash of tables in ``folder``.

    Raises
    ------
    ValueError
        If two results or two tables share a name, or a table is not there.
    """
    tables: dict[str, dict[str, str]] = {}
    for payload in _payloads(notebook):
        for key in ("kpis", "warnings", "marks", "sources"):
            record[key] += payload[key]
        for source in payload["sources"]:
            record["warnings"] += source.get("warnings", [])
        record["answer"] = record["answer"] or payload["answer"]
        record["seed"] = payload["seed"] if payload["seed"] is not None else record["seed"]
        merge_keys(record["results"], payload["results"])
        merge_keys(tables, {name: _describe_table(folder / name) for name in payload["tables"]})
    record["warnings"] = list(dict.fromkeys(record["warnings"]))
    record["tables"] = list(tables.values())


def end_record(record: dict[str, Any], failure: Failure | None, log: str = "") -> None:
    """Enter how the run ended."""
    record["ended"] = now()
    if failure is None:
        record["status"] = "done"
        return
    record["status"] = failure.kind if failure.kind in _OWN_STATUS else "failed"
    record["failure"] = asdict(failure) | {"log": log[-4000:]}


def _describe_table(path: Path) -> dict[str, str]:
    if not path.is_file():
        raise ValueError(f"the table {path.name} was recorded, but its file is gone")
    with path.open("rb") as file:
        return {"name": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def usage() -> tuple[float, float | None]:
    """Return CPU seconds of this process and its ended children, and their highest memory in MB.

    Peak memory is None where the system does not tell (Windows).
    """
    times = os.times()
    cpu_seconds = times.user + times.system + times.children_user + times.children_system
    try:
        import resource  # noqa: PLC0415 (POSIX only)
    except ImportError:
        return cpu_seconds, None
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
    return cpu_seconds, round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def now() -> str:
    """Return the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _payloads(notebook: NotebookNode) -> list[dict[str, Any]]:
    return [
        output.data[RESULT_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if RESULT_MIME in output.get("data", {})
    ]


def read_results(file: Path) -> dict[str, Any]:
    """Return what the results of a run say, from its ``record.json``.

    Raises
    ------
    DataError
        If the file cannot be read, or is no run's record.
    """
    headline = f"{file} is no run's record"
    try:
        results = json.loads(file.read_bytes())["results"]
    except OSError as error:
        raise DataError.of(headline, f"it cannot be read: {error.strerror}. Name a record.json.") from None
    except (ValueError, KeyError, TypeError):
        results = None
    if not isinstance(results, dict):
        raise DataError.of(headline, "it holds no results. Name the record.json of a run's folder.")
    return results
