"""The run record: everything needed to defend a report's numbers (``record.json``, ``schema_version`` 1)."""

import datetime as dt
import hashlib
import json
import os
import sys
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from leadline import __version__
from leadline.errors import DataError
from leadline.language import _
from leadline.paths import PROJECT
from leadline.report.head import OLD_DATA
from leadline.results import RESULT_MIME
from leadline.run.execute import Failure
from leadline.run.freshness import Freshness
from leadline.run.recording import merge_keys
from leadline.run.request import Request

SCHEMA_VERSION = 1
_PACKAGES = ("pandas", "numpy", "scikit-learn", "statsmodels", "duckdb", "papermill")
#: Kinds of failure that are a status of their own; any other is "failed".
_OWN_STATUS = frozenset({"refused", "timed_out", "killed"})


def begin_record(run_id: str, request: Request) -> dict[str, Any]:
    """Return the record of a run that begins: what is known before the first cell."""
    notebook, values, origin = request.notebook, request.values, request.origin
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
        "parameter_help": {name: parameter.help for name, parameter in request.declared.items()},
        "language": request.language,
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
        "attempts": origin.attempt,
        "job": origin.job,
        "batch": origin.batch,
        "freshness": request.freshness.to_dict() if request.freshness else None,
        "versions": dict(_versions()),
        "failure": None,
    }


@cache
def _versions() -> dict[str, str]:
    """Read the packages' versions once a process: each reading parses a file."""
    own = {"leadline": __version__, "python": sys.version.split()[0]}
    return own | {package: version(package) for package in _PACKAGES}


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
    kind = "refused" if failure.kind == OLD_DATA else failure.kind
    record["status"] = kind if kind in _OWN_STATUS else "failed"
    record["failure"] = asdict(failure) | {"log": log[-4000:]}


def judge_freshness(record: dict[str, Any], notebook: NotebookNode) -> None:
    """Say on a report that was done that its data are older than was allowed, or refuse it, as asked.

    A refused report keeps no number, neither in ``record`` nor in the outputs of ``notebook``.
    """
    asked = Freshness.of_record(record) if record["status"] == "done" else None
    problem = asked.find_problem(record["sources"]) if asked else ""
    if asked and problem and asked.action == "warn":
        record["warnings"].insert(0, problem)
    elif problem:
        record["answer"], record["results"] = None, {}
        record["kpis"], record["marks"], record["tables"] = [], [], []
        for cell in notebook.cells:
            if "outputs" in cell:
                cell.outputs = []
        end_record(record, Failure(kind=OLD_DATA, step="", cell=0, message=problem))


def _describe_table(path: Path) -> dict[str, str]:
    if not path.is_file():
        raise ValueError(_("the table {table} was recorded, but its file is gone", table=path.name))
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
    headline = _("{file} is no run's record", file=file)
    try:
        results = json.loads(file.read_bytes())["results"]
    except OSError as error:
        raise DataError.of(
            headline, _("it cannot be read: {strerror}. Name a record.json.", strerror=error.strerror)
        ) from None
    except (ValueError, KeyError, TypeError):
        results = None
    if not isinstance(results, dict):
        raise DataError.of(headline, _("it holds no results. Name the record.json of a run's folder."))
    return results
