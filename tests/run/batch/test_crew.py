"""Workers side by side, without a report to make."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.language import current_language, speaking
from leadline.run.batch.crew import Crew
from leadline.run.batch.rows import PlannedReport
from leadline.run.request import make_request


def test_workers_that_cannot_start_end_the_batch_with_a_message_in_the_language_asked_for(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    request = make_request(str(write("1")), {}, out=Path("out"))
    monkeypatch.setattr(sys, "executable", "no-such-python")
    with speaking("zh"):
        crew = Crew(
            1,
            batch_id="b",
            retries=0,
            server=None,
            began=lambda _report, _attempt: heard.append(current_language()),
            ended=lambda _ended, *, is_settled: None,
            find_lost=lambda lost: lost,
        )
        crew.start([PlannedReport(row=1, name="r", request=request)])
        crew.end()
        with pytest.raises(RunError, match="No such file"):
            crew.is_working(0)
    assert heard == ["zh"]
