"""Which test covers which case of the catalogue, and how it ended: collected from any run of the tests.

A test says ``@pytest.mark.covers("run_faults", "sigkill_parent")``, with several ids where it covers several;
``@pytest.mark.covers("page_vectors", by="vector")`` takes the id of the parameter of that name. A case passes
if a test covers it and all that do passed; skipped is failed, and a case without a test is absent.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.scorecard.catalogue import SCORECARD_VARIABLE, CaseTable, read_catalogue
from tests.scorecard.page import render_scorecard

Covered = tuple[str, str]


@dataclass
class Ended:
    """How a test ended: the worst of its phases."""

    covers: list[Covered]
    state: str = "passed"
    measured: list[str] = field(default_factory=list)
    message: str = ""


def list_covered(item: pytest.Item, catalogue: dict[str, CaseTable]) -> Iterator[Covered]:
    """Table and id of each case that a test says it covers; one that the catalogue lacks is refused."""
    for mark in item.iter_markers("covers"):
        table, *ids = mark.args
        if parameter := mark.kwargs.get("by"):
            value = item.callspec.params[parameter]  # type: ignore[attr-defined]  # it has parameters
            ids = [str(getattr(value, "id", value))]
        for case in ids:
            if table not in catalogue or case not in catalogue[table].cases:
                raise pytest.UsageError(f"{item.nodeid} covers {table}/{case}, which is in no table.")
            yield table, case


class Scorecard:
    """What the tests of one run covered."""

    def __init__(self, path: str | None) -> None:
        self.path = Path(path) if path else None
        self.catalogue = read_catalogue()
        self.ended: dict[str, Ended] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Write onto each test what it covers; for a scorecard, leave out those that cover nothing."""
        others = []
        for item in items:
            covers = list(list_covered(item, self.catalogue))
            item.user_properties.extend(("covers", list(case)) for case in covers)
            if self.path and not covers:
                others.append(item)
        if others:
            items[:] = [item for item in items if any(name == "covers" for name, _ in item.user_properties)]
            config.hook.pytest_deselected(items=others)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep how a test that covers something ended."""
        covers = [(table, case) for name, (table, case) in _of(report, "covers")]
        if not covers:
            return
        ended = self.ended.setdefault(report.nodeid, Ended(covers))
        ended.measured = [str(value) for _name, value in _of(report, "measured")]
        if report.outcome != "passed":
            ended.state = "failed" if report.failed else "skipped"
            ended.message = report.longreprtext.strip().splitlines()[-1] if report.longreprtext else ""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the scorecard; fail where a case failed, or in a run of everything has no test."""
        if hasattr(session.config, "workerinput") or session.config.option.collectonly:
            return
        told = self.tell()
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
            self.path.with_suffix(".html").write_text(render_scorecard(told), "utf-8")
        is_whole = session.config.args_source is pytest.Config.ArgsSource.TESTPATHS and not (
            session.config.option.keyword or session.config.option.markexpr
        )
        if (self.path and not is_full(told)) or (is_whole and list_absent(told)):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print N of N for each table of a scorecard, and what is absent."""
        if not self.path:
            return
        for table in self.tell()["tables"]:
            terminalreporter.write_line(f"{table['passed']} of {table['of']}  {table['title']}")
            for case in table["cases"]:
                if case["state"] != "passed":
                    terminalreporter.write_line(f"    {case['state']}: {case['id']}  {case['message']}")
        terminalreporter.write_line(str(self.path.with_suffix(".html").resolve()))

    def tell(self) -> dict[str, Any]:
        """Return the tables with every case's state, tests and measurements."""
        of_case: dict[Covered, dict[str, Ended]] = defaultdict(dict)
        for test, ended in self.ended.items():
            for case in ended.covers:
                of_case[case][test] = ended
        tables = []
        for table in self.catalogue.values():
            cases = [_tell_case(case, what, of_case[table.name, case]) for case, what in table.cases.items()]
            passed = sum(case["state"] == "passed" for case in cases)
            tables.append({"title": table.title, "passed": passed, "of": len(cases), "cases": cases})
        return {"tables": tables}


def _tell_case(case: str, what: str, tests: dict[str, Ended]) -> dict[str, Any]:
    states = {ended.state for ended in tests.values()}
    worst = next((state for state in ("failed", "skipped", "passed") if state in states), "absent")
    return {
        "id": case,
        "what": what,
        "state": worst,
        "measured": [text for ended in tests.values() for text in ended.measured],
        "message": "; ".join(ended.message for ended in tests.values() if ended.message),
        "tests": sorted(tests),
    }


def is_full(told: dict[str, Any]) -> bool:
    """Tell whether every case of every table passed."""
    return all(table["passed"] == table["of"] for table in told["tables"])


def list_absent(told: dict[str, Any]) -> list[str]:
    """Ids of cases without a test."""
    return [case["id"] for table in told["tables"] for case in table["cases"] if case["state"] == "absent"]


def _of(report: pytest.TestReport, wanted: str) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in report.user_properties if name == wanted]


def pytest_configure(config: pytest.Config) -> None:
    """Watch every run; the scorecard is written where the environment names a file."""
    config.addinivalue_line("markers", "covers(table, *ids, by=None): cases of the scorecard that it covers")
    config.pluginmanager.register(Scorecard(os.environ.get(SCORECARD_VARIABLE)), "leadline-scorecard")


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say what was measured; the scorecard shows it beside the case."""
    return lambda text: request.node.user_properties.append(("measured", text))
