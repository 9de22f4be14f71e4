"""A page that every mail program shows."""

import re
from typing import Any

import pytest

from leadline.report.forms.email_page import MOST_BYTES, write_email
from tests.report.sample import make_notebook, make_record


def page(**changes: Any) -> str:
    return write_email(make_notebook(), make_record(**changes))


def test_it_tells_answer_cards_warnings_limits_and_where_the_whole_is() -> None:
    html = page()
    for text in (
        make_record()["answer"],
        "14.8%",
        "95% CI 12.5% to 17.4%",
        "✓ holds: at least 10.0% wanted",
        "Before you rely on this",
        make_record()["warnings"][0],
        "What this does not show",
        "Nobody was contacted",
        "is report.html of the run stage_target_model-20261101-140322.",
    ):
        assert text in html


def test_the_place_of_the_report_is_told_where_it_is_known() -> None:
    html = write_email(make_notebook(), make_record(), place="https://reports.example.com/<a>")
    assert "https://reports.example.com/&lt;a&gt;" in html
    assert "report.html of the run" not in html


def test_it_asks_for_nothing_and_runs_nothing() -> None:
    html = page(answer="<script>x</script><img src=http://x>", warnings=["<a href='http://x'>y</a>"])
    elements = [
        "html",
        "head",
        "meta",
        "title",
        "body",
        "table",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "ul",
        "li",
        "br",
        "span",
    ]
    assert set(re.findall(r"<(\w+)", html)) == set(elements)
    assert not re.findall(r"\b(?:src|href|on\w+|class|id)=", re.sub(r"&lt;.*?&gt;", "", html))
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("long", ["客户" * 5000, "<&" * 5000])
def test_it_is_small_whatever_the_report_says(long: str) -> None:
    kpi = make_record()["kpis"][0] | {"label": long}
    html = page(answer=long, warnings=[long] * 50, kpis=[kpi] * 50, title=long)
    assert len(html.encode()) <= MOST_BYTES
    assert "42 more are in the report." in html


def test_a_run_that_is_not_done_says_so_and_shows_no_number() -> None:
    failure = {
        "kind": "error",
        "step": "What each stage adds",
        "cell": 7,
        "message": "phone 139",
        "log": "139",
    }
    html = page(status="failed", failure=failure)
    assert "This report is not finished" in html
    assert "The run stopped at the step “What each stage adds”." in html
    assert "14.8%" not in html
    assert make_record()["answer"] not in html
    assert "139" not in html


def test_it_speaks_the_language_of_the_record() -> None:
    html = page(language="zh")
    assert '<html lang="zh-Hans">' in html
    assert "2026年11月1日" in html
