"""What a batch keeps of its rows while it runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.run.batch.crew import Ended
from leadline.run.batch.journal import Journal
from leadline.run.batch.ledger import BatchLedger, RowState
from leadline.run.batch.rows import PlannedReport
from leadline.run.request import make_request


@pytest.mark.parametrize(
    ("marks", "kept"),
    [(["now", "now"], "now"), (["now", "later"], ""), (["", ""], "")],
    ids=["same", "changed while it ran", "unknown"],
)
def test_a_report_s_fingerprint_is_that_of_its_own_attempt(
    write: Callable[..., Path], marks: list[str], kept: str
) -> None:
    request = make_request(str(write("1")), {}, out=Path("out"))
    report = PlannedReport(row=1, name="r", request=request)
    ledger, coming = BatchLedger(Path("out")), iter(["first", "first", *marks])
    states = [RowState(row=1, name="r", parameters="{}", fingerprint="at the batch's start")]
    ledger.begin("b", "plan", "", "work", states)
    journal = Journal(ledger, "b", states, mark=lambda _request: next(coming), settled=lambda _state: None)
    journal.began(report, 1)
    journal.ended(Ended(report=report, attempt=1, status="failed"), is_settled=False)
    journal.began(report, 2)
    journal.ended(Ended(report=report, attempt=2, status="done", run_id="run"), is_settled=True)
    (state,) = ledger.states("b")
    assert (state.status, state.fingerprint, state.ended is None) == ("done", kept, False)
