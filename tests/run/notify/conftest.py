"""What the tests of notices share."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leadline.run.notify import Event

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")


@pytest.fixture
def event(tmp_path: Path) -> Callable[..., Event]:
    """How a report ended; what is given differs from a plain success."""
    folder = tmp_path / "20260301T003000Z-tour-abc"
    folder.mkdir()
    report = folder / "report.html"
    report.write_text("<!doctype html><title>报告</title>", "utf-8")

    def make(**changes: Any) -> Event:
        plain: dict[str, Any] = {
            "name": "branch_report",
            "status": "done",
            "title": "Whom should we call first?",
            "answer": "Calling the top 20% finds 3.9 times as many buyers.",
            "kpis": ({"label": "Hits", "value": 0.236, "unit": "share", "ci_lower": 0.21, "ci_upper": 0.26},),
            "planned": dt.datetime(2026, 3, 1, 8, 30, tzinfo=SHANGHAI),
            "ended": dt.datetime(2026, 3, 1, 8, 31, 5, tzinfo=SHANGHAI),
            "report": report,
            "run_id": folder.name,
        }
        return Event(**(plain | changes))

    return make
