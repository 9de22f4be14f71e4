"""Ten simulated days of a schedule, with the project's own notebooks on embedded data; runs are real.

Two mornings fail: once the day's export did not come, once it came cut short. In the middle the scheduler is
stopped for 40 hours; what was planned then is caught up. The folder is left for the portal to show.

    python benchmarks/schedule_ten_days.py [--out reports/output/ten_days]
"""

import argparse
import datetime as dt
import json
import os
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from leadline.paths import SAMPLES, find_taken
from leadline.run.ledger import RunLedger
from leadline.run.schedule.job_runs import JobRuns
from leadline.run.schedule.log import write_line
from leadline.run.schedule.schedule_file import read_schedule
from leadline.run.schedule.scheduler import Scheduler
from leadline.run.schedule.simulation import SimulatedClock, start_here
from leadline.run.warm import warm_server

START = dt.datetime(2026, 10, 19, 12, tzinfo=dt.UTC)
#: The days (UTC) on which a scheduler looks after the schedule; between the two it is stopped.
SHIFTS = ((0, 4.5), (4.5 + 40 / 24, 10))
NOT_COME, CUT_SHORT = dt.date(2026, 10, 21), dt.date(2026, 10, 27)
SCHEDULE = """\
defaults:
  time_zone: Europe/Berlin    # its clocks change on 25 October
  out: {out}
  allow: [{folder}]
  missed: catch_up
  grace_hours: 48
jobs:
  - name: concentration_each_morning
    notebook: concentration
    cron: "30 2 * * *"
    parameters:
      data: "{folder}/exports/{{{{ yesterday }}}}.parquet"
      value: PPERSAUT
      label: premium classes of car policies
      among: null
      by: null
    keep: {{last: 6}}
    notify: [{{file: "{folder}/desk", on: both}}]
  - name: test_plan_on_workdays
    notebook: plan_test
    cron: "0 7 * * 1-5"
    language: zh
"""


def main() -> None:
    """Play the ten days and print what the ledger says of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("reports/output/ten_days"))
    folder = parser.parse_args().out.resolve()
    if taken := find_taken(folder):
        sys.exit(taken)
    prepare(folder)
    began, cpu = time.monotonic(), sum(os.times()[:4])
    with warm_server() as server:
        for first, last in SHIFTS:
            clock = SimulatedClock(START + dt.timedelta(days=first), START + dt.timedelta(days=last))
            schedule = read_schedule(folder / "schedule.yml", clock.now())
            start = start_here(clock, write_line, server.socket if server else None)
            Scheduler(schedule, clock, start, write_line).run()
    report(folder / "runs")
    print(f"{time.monotonic() - began:.0f} s, {sum(os.times()[:4]) - cpu:.0f} CPU s (without warm kernels)")


def prepare(folder: Path) -> None:
    """Lay out the exports of ten days, and the schedule."""
    (folder / "exports").mkdir(parents=True)
    (folder / "desk").mkdir()
    table = SAMPLES / "coil2000.parquet"
    for number in range(-1, 10):
        day = START.date() + dt.timedelta(days=number)
        export = folder / "exports" / f"{day}.parquet"
        if day == CUT_SHORT:
            export.write_bytes(table.read_bytes()[:20_000])
        elif day != NOT_COME:
            shutil.copyfile(table, export)
    text = SCHEDULE.format(folder=folder, out=folder / "runs")
    (folder / "schedule.yml").write_text(text, "utf-8")


def report(out: Path) -> None:
    """Check each job's planned times against what had to happen, and print the sums."""
    rows, runs = JobRuns(out).rows(), RunLedger(out).runs()
    for job in ("concentration_each_morning", "test_plan_on_workdays"):
        mine = [row for row in rows if row["job"] == job]
        print(job, len(mine), "planned:", dict(Counter(row["status"] for row in mine)))
        for row in mine:
            print("  ", row["planned"], row["status"], row["attempts"], (row["message"] or "")[:90])
    kept = sorted(path.parent.name for path in out.glob("*/record.json"))
    print(
        len(runs),
        "runs in the ledger,",
        len(kept),
        "folders kept,",
        sum(bool(run["removed"]) for run in runs),
        "removed",
    )
    told = {(row["job"], row["planned"][:10]): row["status"] for row in rows}
    failed = {key[1] for key, status in told.items() if key[0].startswith("conc") and status == "refused"}
    assert failed == {str(NOT_COME + dt.timedelta(days=1)), str(CUT_SHORT + dt.timedelta(days=1))}, failed
    assert Counter(told.values()) == {"done": 16, "refused": 2}, told
    assert kept == sorted(run["run_id"] for run in runs if not run["removed"])
    assert {json.loads(run["parameters"])["language"] for run in runs if run["job"].startswith("test")} == {
        "zh"
    }
    print(f"As planned. The portal: {out / 'index.html'}")


if __name__ == "__main__":
    main()
