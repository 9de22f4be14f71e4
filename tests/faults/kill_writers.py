"""All that writes, as writers of a numbered piece that may be killed at any moment.

A writer is made in a folder of its own. ``write`` runs in a process that is killed; ``look`` goes on as an
analyst would, with the next command, and asserts that all is whole and nothing acknowledged is lost.
"""

import datetime as dt
import os
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ClassVar

import nbformat
import numpy as np
import pandas as pd

from leadline.course.game.game import load_game
from leadline.course.game.make import add_team, make_game
from leadline.data import read_table, write_table
from leadline.data.loop.ledger import LoopLedger
from leadline.errors import LeadlineError
from leadline.market.order import NOTE_FILE
from leadline.market.parameters import MarketParameters
from leadline.market.sample import write_market
from leadline.run.forms import export_forms
from leadline.run.portal import build_portal
from leadline.run.request import make_request
from leadline.run.runner import run_notebook
from leadline.run.schedule.job_runs import JobRuns
from leadline.run.schedule.perform import perform
from leadline.run.schedule.simulation import SimulatedClock
from tests.faults.aftermath import EARLIER, OUT, assert_survived, published, put_earlier_report, wait_until
from tests.faults.batch_trials import check_right, run_here, write_plan
from tests.faults.ledger_writer import write_round
from tests.faults.loop_state import assert_whole
from tests.run.portal.folder import read_page
from tests.run.schedule.jobs import build_job
from tests.runs import build_notebook, run_processes


class Writer:
    """A writer in the working folder; ``tries`` are those of a full scorecard, ``few`` those of every day."""

    tries: ClassVar[int]
    few: ClassVar[int]

    def prepare(self) -> None:
        pass

    def write(self, number: int) -> None:
        raise NotImplementedError

    def look(self, number: int, acknowledged: set[int]) -> None:
        raise NotImplementedError


def perform_write(name: str, folder: Path, number: int, parent: Connection) -> None:
    """Write a piece, in a process that is killed; say when it begins, and when it was acknowledged."""
    os.chdir(folder)
    os.environ["LEADLINE_WARM"] = "0"
    writer = WRITERS[name]()
    parent.send("begun")
    writer.write(number)
    parent.send("done")


class Run(Writer):
    """`leadline run`, its kernel and its page."""

    tries, few = 60, 2

    def prepare(self) -> None:
        self.before = put_earlier_report(OUT)
        cells = build_notebook("print('x' * 100_000)", "1 + 1")
        Path("work.ipynb").write_text(nbformat.writes(cells), "utf-8")

    def write(self, number: int) -> None:
        run_notebook(make_request("work.ipynb", {}, out=OUT))

    def look(self, number: int, acknowledged: set[int]) -> None:
        assert_survived(OUT, self.before)
        ended = [record["status"] for record in published()]
        assert set(ended) <= {"done", "killed"}
        assert ended.count("done") >= len(acknowledged), "a finished report was lost"


class Export(Writer):
    """Lists as CSV, Excel workbook and Parquet, over those before."""

    tries, few = 60, 4
    forms: ClassVar = {
        "csv": "list.csv",
        "csv-gb18030": "old.csv",
        "xlsx": "list.xlsx",
        "parquet": "list.parquet",
    }

    def prepare(self) -> None:
        self.last: dict[str, int] = {}

    def write(self, number: int) -> None:
        form = list(self.forms)[number % 4]
        rows = pd.DataFrame({"customer_id": np.arange(2_000).astype(str), "number": number})
        write_table(rows, self.forms[form], form=form)  # type: ignore[arg-type]  # a form

    def look(self, number: int, acknowledged: set[int]) -> None:
        file = list(self.forms.values())[number % 4]
        found = None
        if Path(file).exists():
            frame = read_table(file).frame
            (found,) = {int(value) for value in frame["number"]}
            assert len(frame) == 2_000, "a list was cut short"
        assert found in ({number} if number in acknowledged else {number, self.last.get(file)})
        if found is not None:
            self.last[file] = found
        write_table(pd.DataFrame({"n": [1]}), "next.csv")
        assert {path.name for path in Path().iterdir()} <= {"next.csv", *self.forms.values()}, "left over"


class Loop(Writer):
    """Rounds, contacts and outcomes imported into the loop ledger."""

    tries, few = 50, 3

    def prepare(self) -> None:
        Path("ledger").mkdir()

    def write(self, number: int) -> None:
        write_round(LoopLedger(Path("ledger")), number)

    def look(self, number: int, acknowledged: set[int]) -> None:
        assert_whole(Path("ledger"), acknowledged)


class Market(Writer):
    """A folder of tables, made new."""

    tries, few = 20, 1

    def write(self, number: int) -> None:
        write_market(Path(f"market_{number}"), MarketParameters(), number, 2_000)

    def look(self, number: int, acknowledged: set[int]) -> None:
        place = Path(f"market_{number}")
        assert place.exists() or number not in acknowledged, "a finished market was lost"
        if not place.exists():
            self.write(number)  # the next command finds nothing in its way
        assert (place / NOTE_FILE).is_file()
        for table in place.glob("*.parquet"):
            pd.read_parquet(table)
        assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == [], "left over"


class Portal(Writer):
    """The page over all runs, over the one before."""

    tries, few = 40, 3

    def prepare(self) -> None:
        put_earlier_report(OUT)
        build_portal(OUT)

    def write(self, number: int) -> None:
        build_portal(OUT, language=("en", "zh")[number % 2])

    def look(self, number: int, acknowledged: set[int]) -> None:
        page = (OUT / "index.html").read_text("utf-8")
        read_page(OUT / "index.html")
        assert page.rstrip().endswith("</html>")
        assert number not in acknowledged or f'lang="{("en", "zh")[number % 2]}' in page
        build_portal(OUT)
        assert {path.name for path in OUT.iterdir()} == {EARLIER, "index.html", "leadline.db"}, "left over"


class Forms(Writer):
    """A report's workbook and mail, and their entry in its record."""

    tries, few = 20, 2

    def prepare(self) -> None:
        put_earlier_report(OUT)
        (OUT / EARLIER / "notebook.ipynb").write_text(nbformat.writes(build_notebook("1")), "utf-8")

    def write(self, number: int) -> None:
        export_forms(OUT / EARLIER, ["xlsx", "email"])

    def look(self, number: int, acknowledged: set[int]) -> None:
        before = {path.name for path in (OUT / EARLIER).iterdir()}
        assert not acknowledged or {"tables.xlsx", "email.html"} <= before
        self.write(number)
        assert [*OUT.rglob(".*")] == [], "left over"


class Game(Writer):
    """The course's game: a team joins, its log and its files."""

    tries, few = 15, 1

    def prepare(self) -> None:
        make_game(Path("game"), ["A"], customers=2_000, quarters=1, budget_cny=0)

    def write(self, number: int) -> None:
        add_team(Path("game"), f"team {number}")

    def look(self, number: int, acknowledged: set[int]) -> None:
        teams = load_game(Path("game")).teams
        assert {f"team {joined}" for joined in acknowledged} <= set(teams), "a team was lost"
        if f"team {number}" not in teams:
            self.write(number)


class Batch(Writer):
    """A batch of two reports, gone on with by --resume."""

    tries, few = 20, 1

    def prepare(self) -> None:
        self.plan = write_plan(["plain", "plain"])

    def write(self, number: int) -> None:
        run_here(Path("plan.yml"), workers=1, out=Path(f"out_{number}"))

    def look(self, number: int, acknowledged: set[int]) -> None:
        wait_until(lambda: not run_processes(), "a process of the batch lives on")
        out = Path(f"out_{number}")
        try:
            outcome = run_here(self.plan, workers=1, out=out, resume=True)
        except LeadlineError:  # killed before it was entered
            outcome = run_here(self.plan, workers=1, out=out)
        assert outcome.exit_code == 0
        check_right("plan", 2, out=out)


class Schedule(Writer):
    """A planned time of a job, made up for by whoever looks next."""

    tries, few = 15, 1

    def prepare(self) -> None:
        Path("work.ipynb").write_text(nbformat.writes(build_notebook("1 + 1")), "utf-8")

    def _moment(self, number: int) -> dt.datetime:
        return dt.datetime(2026, 3, 1, 23, tzinfo=dt.UTC) + dt.timedelta(days=number)

    def write(self, number: int) -> None:
        planned = self._moment(number)
        job = build_job(retries="1")
        perform(job, planned, SimulatedClock(planned, planned + dt.timedelta(days=1)), lambda *_: None)

    def look(self, number: int, acknowledged: set[int]) -> None:
        wait_until(lambda: not run_processes(), "a process of the schedule lives on")
        runs, planned = JobRuns(OUT), self._moment(number)
        runs.look(build_job(retries="1"), planned + dt.timedelta(minutes=1), Path("schedule.yml"))
        self.write(number)
        (row,) = [row for row in runs.rows() if dt.datetime.fromisoformat(row["planned"]) == planned]
        assert row["status"] == "done", row
        done = [record for record in published() if record["status"] == "done"]
        assert len({record["run_id"] for record in done}) >= number + 1
        assert number not in acknowledged or row["attempts"] == 1, "what was done was run again"


WRITERS: dict[str, type[Writer]] = {
    "run": Run,
    "export": Export,
    "loop_import": Loop,
    "market": Market,
    "portal": Portal,
    "report_forms": Forms,
    "game": Game,
    "batch": Batch,
    "schedule": Schedule,
}
