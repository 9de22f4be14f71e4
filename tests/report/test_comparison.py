"""The page that compares a batch's reports."""

import base64
import csv
import re
from html import unescape

import numpy as np
import pytest

from leadline.report.comparison import ComparedReport, Comparison, render_comparison
from leadline.report.comparison_numbers import collect_numbers
from leadline.report.comparison_outliers import judge_values


def card(value: float | None, half: float | None = None, label: str = "Precision of the list") -> dict:
    lower, upper = (value - half, value + half) if half is not None and value is not None else (None, None)
    return {"label": label, "value": value, "unit": "share", "ci_lower": lower, "ci_upper": upper}


def report(row: int, *cards: dict, **changes: object) -> ComparedReport:
    base = {"name": f"report {row}", "status": "done", "link": f"run-{row}/report.html"}
    return ComparedReport(row=row, kpis=cards, **base | changes)


def render(*reports: ComparedReport, language: str = "en") -> str:
    return render_comparison(
        Comparison(
            title="Branches",
            language=language,
            made="2026-01-31T12:00:00+00:00",
            reports=reports,
            facts=[("Plan", "plan.yml")],
        )
    )


MANY = [report(row, card(0.2 + 0.002 * row, 0.02), card(0.5, label="Share reached")) for row in range(1, 21)]


def test_a_report_far_from_all_others_stands_out_and_only_that(rng: np.random.Generator) -> None:
    html = render(*MANY, report(21, card(0.6, 0.02)))
    assert "20 of" not in html
    assert "21 of 21 reports are done. 1 of them stands out." in html
    assert html.count('class="number out"') == 1
    assert "Precision of the list: 60.0% (95% CI 58.0% to 62.0%); the median is 22.2%." in html
    assert 'class="number out"' not in render(*MANY)


def test_without_difference_few_pages_name_anybody(rng: np.random.Generator) -> None:
    for count in (6, 30):
        named = 0
        for _page in range(150):
            errors = rng.uniform(0.5, 2, count)
            values = rng.standard_normal(count) * np.sqrt(errors**2 + 1)
            ends = 1.96 * errors
            judged = [judge_values(values, values - ends, values + ends, numbers=2) for _number in range(2)]
            named += judged[0].stands_out.any()
        assert named / 150 < 0.07


@pytest.mark.parametrize("known", [True, False])
def test_extremes_do_not_hide_one_another(rng: np.random.Generator, *, known: bool) -> None:
    values = rng.standard_normal(30)
    values[:8] += 30
    ends = np.full(30, 1.0 if known else np.nan)
    assert list(
        np.flatnonzero(judge_values(values, values - ends, values + ends, numbers=1).stands_out)
    ) == list(range(8))


def test_a_wide_interval_explains_a_far_value(rng: np.random.Generator) -> None:
    values = np.append(rng.standard_normal(30), 30.0)
    ends = np.append(np.full(30, 0.5), 60.0)
    assert not judge_values(values, values - ends, values + ends, numbers=1).stands_out.any()


def test_few_or_equal_values_are_not_judged() -> None:
    nothing = np.full(4, np.nan)
    assert np.isnan(judge_values(np.array([1.0, 1, 1, 90]), nothing, nothing, numbers=1).p_values).all()
    equal = np.array([1.0] * 9 + [2.0])
    missing = np.full(10, np.nan)
    assert np.isnan(judge_values(equal, missing, missing, numbers=1).p_values).all()


def test_a_number_that_a_report_left_out_stays_left_out() -> None:
    (number,) = collect_numbers([report(1, card(0.2)), report(2, card(None)), report(3, card(float("nan")))])
    assert [point.report.row for point in number.points] == [1]
    html = render(report(1, card(0.2)), report(2, card(None)))
    assert '<td class="number" data-value="">–</td>' in html


def test_failures_and_missing_rows_are_told_first() -> None:
    failed = report(2, status="timed_out", message="at step “Load”: too slow", link="run-2/report.html")
    html = render(report(1, card(0.2), is_stale=True), failed, report(3, status="waiting", link=""))
    assert html.index("1 report failed") < html.index("All reports")
    assert re.search(r'<a href="run-2/report.html">report 2</a> \(timed out\): .*too slow', html)
    assert "1 row of the plan has no report yet." in html
    assert "done, from older inputs" in html
    assert "1 of 3 reports are done." in html


@pytest.mark.covers("exports", "formula_comparison_csv")
def test_values_of_the_plan_are_escaped_everywhere() -> None:
    html = render(report(1, card(0.2), name="<script>alert(1)</script>"), report(2, card(0.3), name="=cmd()"))
    assert "<script>alert" not in html
    data = re.search(r'base64,([A-Za-z0-9+/=]+)">Download', html)
    assert data
    rows = list(csv.reader(base64.b64decode(data[1]).decode("utf-8-sig").splitlines()))
    assert rows[0][:3] == ["Row", "Report", "Status"]
    assert rows[2][1].startswith("'=")
    assert rows[1][4:] == ["0.2", "", ""]


def test_the_same_comparison_gives_the_same_page_and_needs_no_network() -> None:
    html = render(*MANY)
    assert html == render(*MANY)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert "default-src 'none'" in unescape(html)


def test_a_chinese_page_says_so() -> None:
    html = render(*MANY, language="zh")
    assert '<html lang="zh-Hans">' in html
    assert "2026年1月31日" in html
