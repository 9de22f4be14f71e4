import datetime as dt
from pathlib import Path

import pytest

from leadline.run.ledger import RunLedger
from leadline.run.schedule.job import Keep
from leadline.run.schedule.retention import remove_old_runs

NOW = dt.datetime(2026, 3, 31, tzinfo=dt.UTC)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Runs of 1 to 6 March; only that of the 2nd was done; one of another job."""
    for day in range(1, 7):
        enter(tmp_path, f"run{day}", day, "done" if day == 2 else "failed", "daily")
    enter(tmp_path, "other", 1, "done", "weekly")
    enter(tmp_path, "by_hand", 1, "done", None)
    return tmp_path


def enter(out: Path, run_id: str, day: int, status: str, job: str | None) -> None:
    (out / run_id).mkdir()
    (out / run_id / "report.html").write_text("<html>")
    RunLedger(out).end(
        {
            "run_id": run_id,
            "notebook": {"name": "nb"},
            "status": status,
            "started": f"2026-03-{day:02}T00:00:00+00:00",
            "job": job,
        }
    )


def folders(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if path.is_dir())


def test_the_last_runs_stay_and_the_last_good_one(out: Path) -> None:
    assert remove_old_runs(out, "daily", Keep(last=2), NOW) == ["run1", "run3", "run4"]
    assert folders(out) == ["by_hand", "other", "run2", "run5", "run6"]
    removed = {run["run_id"]: run["removed"] for run in RunLedger(out).runs()}
    assert len(removed) == 8
    assert {run_id for run_id, at in removed.items() if at} == {"run1", "run3", "run4"}
    assert remove_old_runs(out, "daily", Keep(last=2), NOW) == []


def test_runs_of_the_last_days_stay_and_the_last_good_one(out: Path) -> None:
    assert remove_old_runs(out, "daily", Keep(days=27), NOW) == ["run1", "run3"]
    assert folders(out) == ["by_hand", "other", "run2", "run4", "run5", "run6"]


def test_nothing_is_removed_unasked(out: Path) -> None:
    assert remove_old_runs(out, "daily", Keep(), NOW) == []
    assert len(folders(out)) == 8


def test_what_a_kill_left_half_removed_goes_and_is_entered(out: Path) -> None:
    (out / "run1").rename(out / ".run1.removed")
    remove_old_runs(out, "daily", Keep(days=365), NOW)
    assert not (out / ".run1.removed").exists()
    assert {run["run_id"]: run["removed"] for run in RunLedger(out).runs()}["run1"]
