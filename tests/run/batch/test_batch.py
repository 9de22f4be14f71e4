"""A batch over a real notebook: kept, retried, resumed, left alone when nothing has changed."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.run.batch.batch import plan_states
from leadline.run.batch.compare import write_comparison
from leadline.run.batch.fingerprint import Fingerprints
from leadline.run.batch.ledger import BatchLedger, RowState
from leadline.run.batch.plan import read_plan
from leadline.run.batch.rows import check_rows
from tests.faults.batch_trials import OUT, run_here

SOURCE = """
from pathlib import Path
if branch == "poor":
    from leadline.errors import DataError
    raise DataError("The table is empty.")
if branch == "bad" and not Path("mended").exists():
    raise ValueError("no such branch")
from IPython.display import display
card = {"label": "Precision of the list", "value": 0.25, "unit": "share"}
display({"application/vnd.leadline.result+json": {"kpis": [card], "warnings": [], "marks": [], "sources": [],
    "answer": None, "seed": None, "results": {}, "tables": []}}, raw=True)
"""
PARAMETERS = 'from leadline.parameters import Text\nbranch: Text = "a"  # branch'
DAY = dt.date(2026, 1, 31)


def write_plan(branches: str) -> Path:
    plan = Path("plan.yml")
    plan.write_text(f"notebook: work.ipynb\nretries: 1\nname: '{{branch}}'\ngrid: {{branch: {branches}}}\n")
    return plan


def test_a_batch_from_its_first_run_to_a_repeated_one(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_WARM", "0")
    write(SOURCE, parameters=PARAMETERS)
    first = run_here(write_plan("['007', bad, poor]"))
    assert first.exit_code == 1
    assert [(state.status, state.attempts) for state in first.states] == [
        ("done", 1),
        ("failed", 2),
        ("refused", 1),
    ]
    assert first.states[1].message == "at step “Step 1”: ValueError: no such branch"
    assert (OUT / (first.states[1].run_id or "") / "report.html").is_file()
    assert len(list(OUT.glob("*/record.json"))) == 4

    Path("mended").touch()
    second = run_here(write_plan("['007', bad]"), resume=True)
    assert (second.batch_id, second.exit_code) == (first.batch_id, 0)
    assert second.states[0] == first.states[0]
    assert [state.status for state in second.states] == ["done", "done"]
    assert len(list(OUT.glob("*/record.json"))) == 5

    third = run_here(write_plan("['007', bad]"))
    assert third.batch_id != first.batch_id
    assert [state.status for state in third.states] == ["unchanged", "unchanged"]
    assert [state.run_id for state in third.states] == [state.run_id for state in second.states]
    assert len(list(OUT.glob("*/record.json"))) == 5

    plan = read_plan(Path("plan.yml"))
    reports = check_rows(plan, out=OUT)
    forced = plan_states(reports, out=OUT, prints=Fingerprints(DAY), force=True)
    assert [state.status for state in forced] == ["waiting", "waiting"]
    going_on = plan_states(
        reports,
        out=OUT,
        prints=Fingerprints(DAY),
        force=True,
        earlier=BatchLedger(OUT).states(third.batch_id),
    )
    assert [state.status for state in going_on] == ["unchanged", "unchanged"]

    page = write_comparison(plan, reports, out=OUT, now=dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC))
    html = page.read_text("utf-8")
    assert page == OUT / "batch_plan.html"
    assert "2 of 2 reports are done." in html
    assert html.count("25.0%</td>") == 2
    for state in third.states:
        assert f'href="{state.run_id}/report.html"' in html
    assert [path.name for path in OUT.iterdir() if path.name.startswith(".")] == []


def test_a_finished_row_over_a_server_s_data_is_kept_when_its_batch_goes_on(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("1", parameters=PARAMETERS)
    reports = check_rows(read_plan(write_plan("[a, b]")), out=OUT)
    (OUT / "run").mkdir()
    (OUT / "run/record.json").write_text("{}")
    prints = Fingerprints(DAY)
    monkeypatch.setattr(prints, "of", lambda request: "")
    done = RowState(
        row=1, name="a", parameters=reports[0].parameters, fingerprint="", status="done", run_id="run"
    )
    going_on = plan_states(reports, out=OUT, prints=prints, earlier=[done])
    assert [state.status for state in going_on] == ["done", "waiting"]
    anew = plan_states(reports, out=OUT, prints=prints)
    assert [state.status for state in anew] == ["waiting", "waiting"]


def test_a_row_whose_run_lasted_but_whose_data_changed_is_made_again(write: Callable[..., Path]) -> None:
    write("1", parameters=PARAMETERS)
    reports = check_rows(read_plan(write_plan("[a]")), out=OUT)
    (OUT / "run").mkdir()
    (OUT / "run/record.json").write_text("{}")
    done = RowState(
        row=1, name="a", parameters=reports[0].parameters, fingerprint="", status="done", run_id="run"
    )
    going_on = plan_states(reports, out=OUT, prints=Fingerprints(DAY), earlier=[done])
    assert [state.status for state in going_on] == ["waiting"]
