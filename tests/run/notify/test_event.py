"""Of a run no more is told than may leave the house."""

from pathlib import Path
from typing import Any

import pytest

from leadline.errors import ParameterError
from leadline.run.notify import Event
from leadline.run.notify.event import check_base_url

RECORD: dict[str, Any] = {
    "run_id": "20260301T003000Z-tour-abc",
    "status": "failed",
    "title": "Whom should we call first?",
    "answer": None,
    "kpis": [{"label": "Hits", "value": 1, "unit": "count"}] * 9,
    "ended": "2026-03-01T00:31:05+00:00",
    "language": "zh",
    "failure": {"kind": "error", "step": "Load data", "cell": 3, "log": "", "message": ""},
}


def tell(kind: str, message: str, status: str = "failed") -> Event:
    failure = RECORD["failure"] | {"kind": kind, "message": message}
    return Event.of_record(
        RECORD | {"status": status, "failure": failure}, name="weekly", folder=Path("out/run")
    )


def test_an_errors_own_text_may_quote_a_customer_and_stays_in_the_report() -> None:
    event = tell("error", "ValueError: could not convert string to float: '13812345678'")
    assert (event.step, event.message) == ("Load data", "ValueError")


def test_of_a_refusal_the_headline_goes_and_the_rows_stay() -> None:
    message = "clients.csv is not a valid customers table (1 problem):\n  - phone: first: row 17, 4315550123."
    assert tell("refused", message, "refused").message == message.partition("\n")[0]


def test_a_run_that_is_done_tells_its_question_and_its_first_cards() -> None:
    event = Event.of_record(
        RECORD | {"status": "done", "failure": None},
        name="weekly",
        folder=Path("out/run"),
        base_url="https://r/",
    )
    assert event.succeeded
    assert (event.message, event.step, event.answer, len(event.kpis)) == ("", "", "", 6)
    assert event.report == Path("out/run/report.html")
    assert event.link == "https://r/run/report.html"
    assert event.language == "zh"


@pytest.mark.parametrize(
    "address", ["", "reports", "ftp://x", "https://x/a b", 'https://x/"', "https://x/)y", "https://x\n"]
)
def test_an_address_that_could_break_out_of_a_link_is_refused(address: str) -> None:
    with pytest.raises(ParameterError, match="base_url"):
        check_base_url(address)
    assert check_base_url("https://reports.example.com/daily") == "https://reports.example.com/daily"
