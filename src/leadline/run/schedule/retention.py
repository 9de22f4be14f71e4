"""Old run folders of a job go; the last good one stays, and so does what the ledger knows of all."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

from leadline.run.ledger import RunLedger
from leadline.run.schedule.job import Keep
from leadline.run.schedule.job_runs import write_time

_SUFFIX = ".removed"


def remove_old_runs(out: Path, job: str, keep: Keep, now: dt.datetime) -> list[str]:
    """Remove the folders of a job's runs that ``keep`` does not cover; return their ids.

    A folder is put aside by one rename before it is emptied: nobody meets half a report.

    Raises
    ------
    RunError
        If the ledger cannot be used.
    OSError
        If a folder cannot be moved; those before it are gone.
    """
    ledger = RunLedger(out)
    removed = []
    for run_id in _choose(ledger.runs(), job, keep, now):
        if (out / run_id).is_dir():
            (out / run_id).rename(out / f".{run_id}{_SUFFIX}")
        ledger.remove(run_id, write_time(now))
        removed.append(run_id)
    for folder in out.glob(f".*{_SUFFIX}"):  # also what an earlier process left when it was killed
        ledger.remove(folder.name[1 : -len(_SUFFIX)], write_time(now))
        shutil.rmtree(folder, ignore_errors=True)
    return removed


def _choose(runs: list[dict[str, Any]], job: str, keep: Keep, now: dt.datetime) -> list[str]:
    """Ids of ended runs of the job, still there, that are neither covered nor the last good one."""
    mine = [run for run in runs if run["job"] == job and not run["removed"] and run["status"] != "running"]
    newest_first = mine[::-1]
    covered: set[str] = set()
    if keep.last is not None:
        covered = {run["run_id"] for run in newest_first[: keep.last]}
    elif keep.days is not None:
        start = now - dt.timedelta(days=keep.days)
        covered = {run["run_id"] for run in mine if dt.datetime.fromisoformat(run["started"]) >= start}
    else:
        return []
    good = next((run["run_id"] for run in newest_first if run["status"] == "done"), None)
    return [run["run_id"] for run in mine if run["run_id"] not in covered | {good}]
