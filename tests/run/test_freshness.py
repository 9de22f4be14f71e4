import datetime as dt
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nbformat import NotebookNode, v4

from leadline.data.open_table import open_table
from leadline.datasets import name_place
from leadline.report.head import explain_failure
from leadline.run.freshness import Freshness
from leadline.run.record import judge_freshness

DAY = dt.date(2026, 3, 10)


def source(last_date: str | None, path: str = "gone.csv") -> dict[str, Any]:
    return {"last_date": last_date, "path": path}


def asked(action: Any = "refuse") -> Freshness:
    return Freshness(max_age_days=2, action=action, day=DAY)


@pytest.mark.parametrize(
    ("last", "fresh"), [("2026-03-08", True), ("2026-03-07", False), ("2026-03-12", True)]
)
def test_the_newest_date_of_the_data_decides(last: str, fresh: bool) -> None:
    sources = [source("2020-01-01"), source(last), source(None)]
    problem = asked().find_problem(sources, dt.date(2026, 3, 12))
    assert (problem == "") is fresh
    if not fresh:
        assert (
            problem
            == "The newest data are of Mar 7, 2026, 3 days before Mar 10, 2026; at most 2 are allowed."
        )


@pytest.mark.parametrize(("day", "fresh"), [("2026-03-08", True), ("2026-03-06", False)])
def test_without_dates_the_file_decides(tmp_path: Path, day: str, fresh: bool) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    written = dt.datetime.fromisoformat(f"{day}T12:00").timestamp()
    os.utime(path, (written, written))
    assert (asked().find_problem([source(None, str(path))]) == "") is fresh


def test_a_date_still_to_come_tells_no_age() -> None:
    sources = [source("2028-12-31"), source("2026-03-07")]
    assert "Mar 7, 2026" in asked().find_problem(sources, DAY)
    assert "is not known" in asked().find_problem(sources[:1], DAY)


@pytest.mark.parametrize(("last", "fresh"), [(DAY, True), (dt.date(2026, 3, 1), False)])
def test_a_column_of_days_to_come_does_not_make_a_large_table_fresh(
    working_folder: Path, last: dt.date, fresh: bool
) -> None:
    path = working_folder / "customers.parquet"
    pd.DataFrame({"date": [last] * 3, "valid_until": [dt.date(2999, 1, 1)] * 3}).to_parquet(path)
    with open_table(path) as table:
        assert table.source.last_date == last
        problem = asked().find_problem([source(str(table.source.last_date))], DAY)
    assert (problem == "") is fresh


def test_the_file_of_a_fetched_table_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_CACHE", str(tmp_path / "fetched"))
    path = tmp_path / "fetched" / "bank" / "bank.csv"
    path.parent.mkdir(parents=True)
    path.touch()
    written = dt.datetime.fromisoformat("2026-03-09T12:00").timestamp()
    os.utime(path, (written, written))
    assert asked().find_problem([source(None, name_place(path))]) == ""


def test_data_of_unknown_age_are_too_old() -> None:
    assert "is not known" in asked().find_problem([source(None)])
    assert "is not known" in asked().find_problem([])


def notebook() -> NotebookNode:
    return v4.new_notebook(cells=[v4.new_code_cell("lift", outputs=[v4.new_output("stream", text="0.3")])])


def record(action: str) -> dict[str, Any]:
    return {
        "status": "done",
        "sources": [source("2026-01-01")],
        "warnings": ["another"],
        "freshness": asked(action).to_dict(),
        "answer": "Yes.",
        "kpis": [{}],
        "marks": [{}],
        "results": {"lift": 0.3},
        "tables": [{}],
        "failure": None,
    }


def test_a_report_on_old_data_says_so_first() -> None:
    told = record("warn")
    judge_freshness(told, notebook())
    assert told["status"] == "done"
    assert told["warnings"][0].startswith("The newest data are of Jan 1, 2026, 68 days before")
    assert told["answer"] == "Yes."


def test_a_report_on_old_data_is_refused_and_tells_no_numbers() -> None:
    refused = record("refuse")
    shown = notebook()
    judge_freshness(refused, shown)
    assert (refused["status"], refused["answer"], refused["kpis"], refused["tables"]) == (
        "refused",
        None,
        [],
        [],
    )
    assert (refused["results"], refused["marks"], shown.cells[0].outputs) == ({}, [], [])
    assert refused["failure"]["message"].startswith("The newest data are of Jan 1, 2026")
    told = explain_failure(refused)
    assert told is not None
    assert (told.headline, told.is_partial) == ("The report was refused: its data are too old.", False)


def test_a_run_that_failed_stays_failed() -> None:
    failed = record("refuse") | {"status": "failed", "failure": {"message": "no"}}
    judge_freshness(failed, notebook())
    assert (failed["status"], failed["failure"]) == ("failed", {"message": "no"})
