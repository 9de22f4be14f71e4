"""Every page and display that leadline writes, given hostile text: in Chromium none of it runs or loads."""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.bench_page.page import Ran
from benchmarks.bench_page.page import write_page as write_bench_page
from leadline.course.game.make import make_game
from leadline.course.pages.feedback import write_feedback
from leadline.course.pages.instructor import write_instructor_page
from leadline.errors import ParameterError
from leadline.lab.html import link_file, write_line, write_note, write_problems
from leadline.report.comparison import ComparedReport, Comparison, render_comparison
from leadline.report.forms.email_page import write_email
from leadline.results import Column, table_html
from leadline.target.points import LevelPoints, PointsTable
from leadline.target.points_page import write_page as write_points_page
from tests.attacks.test_portal_attacks import TEXTS
from tests.browser.chromium import open_file, start_browser
from tests.course.pages.graded import grade_class, grade_student
from tests.course.releasing.tiny import make_class
from tests.report.sample import make_notebook, make_record
from tests.scorecard.page import render_scorecard

ROOT = Path(__file__).parents[2]
POLICY = re.compile(r"<meta http-equiv=['\"]Content-Security-Policy['\"][^>]*>")
HOSTILE = " ".join(TEXTS).replace("\x00", "")
#: Modules that turn something other than a literal into HTML: the gate, and those that take our own files.
TRUSTED = {
    "course/game/board.py",
    "course/pages/page.py",
    "report/comparison.py",
    "report/gate.py",
    "report/outputs.py",
    "report/page.py",
    "report/prose.py",
    "report/tables.py",
    "run/portal/build.py",
}


def _compare(_folder: Path) -> str:
    card = {"label": HOSTILE, "value": 0.5, "unit": HOSTILE, "ci_lower": 0.4, "ci_upper": 0.6}
    rows = [
        ComparedReport(
            row=row, name=f"{row}{HOSTILE}", status="done", link=f"run-{row}/report.html", kpis=[card]
        )
        for row in (1, 2, 3)
    ]
    told = {"title": HOSTILE, "language": "en", "made": "2026-01-31T12:00:00+00:00"}
    return render_comparison(Comparison(reports=rows, facts=[(HOSTILE, HOSTILE)], **told))


def _course(folder: Path) -> tuple[Path, Path]:
    course = make_class(folder / "course", language="en", ids=["a1", "a2"])
    more = {"errors": {"share": HOSTILE}, "ended": HOSTILE, "repairs": (HOSTILE,)}
    students = [grade_student(name, "mistake", answers={"share": HOSTILE}, **more) for name in ("a1", "a2")]
    grade_class(course, students, unprotected=(HOSTILE,))
    return write_feedback(course, "tiny")[0], write_instructor_page(course)


def _points(_folder: Path) -> str:
    levels = LevelPoints(column=HOSTILE, label=HOSTILE, levels={HOSTILE: 3}, otherwise=1, missing=0)
    return write_points_page(PointsTable(name=HOSTILE, attributes=(levels,)))


def _scorecard(_folder: Path) -> str:
    case = {"id": HOSTILE, "what": HOSTILE, "state": "failed", "measured": [HOSTILE], "message": HOSTILE}
    return render_scorecard({"tables": [{"title": HOSTILE, "passed": 0, "of": 1, "cases": [case]}]})


def _bench(folder: Path) -> str:
    script = folder / "bench.py"
    script.write_text(f"{HOSTILE!r}\n", "utf-8")
    return write_bench_page([Ran(script=script, code=1, printed=HOSTILE, wall_s=1, cpu_s=1, peak_mb=1)], [])


def _display(_folder: Path) -> str:
    columns = {HOSTILE: Column(HOSTILE), "n": Column("n", "count")}
    return table_html(pd.DataFrame({HOSTILE: TEXTS, "n": 1}), columns, name=HOSTILE, caption=HOSTILE)


def _form(folder: Path) -> str:
    parts = [link_file(HOSTILE, folder / HOSTILE.replace("/", "∕"), folder), write_note(HOSTILE)]
    return "".join([*parts, write_problems(HOSTILE, [HOSTILE]), write_line(HOSTILE, HOSTILE)])


def _email(_folder: Path) -> str:
    card = {"label": HOSTILE, "value": 0.5, "unit": HOSTILE, "ci_lower": None, "ci_upper": None}
    record = make_record(answer=HOSTILE, warnings=[HOSTILE], kpis=[card])
    return write_email(make_notebook(), record, place=HOSTILE)


PAGES: dict[str, Callable[[Path], str]] = {
    "comparison": _compare,
    "feedback": lambda folder: _course(folder)[0].read_text("utf-8"),
    "instructor": lambda folder: _course(folder)[1].read_text("utf-8"),
    "points_page": _points,
    "email": _email,
    "scorecard_page": _scorecard,
    "bench_page": _bench,
    "notebook_display": _display,
    "lab_form": _form,
}
#: What is shown inside another page, which has the policy.
FRAGMENTS = {"notebook_display", "lab_form"}


@pytest.fixture(scope="module")
def page(chromium):
    with start_browser(chromium) as browser:
        yield browser.new_page()


@pytest.mark.browser
@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.covers("portal", case)) for case in PAGES]
)
def test_nothing_runs_or_loads_with_the_policy_or_without(page, tmp_path: Path, case: str) -> None:
    html = PAGES[case](tmp_path)
    assert escape(TEXTS[0], quote=False)[:20] in html
    bare = POLICY.sub("", html)
    assert (bare != html) is (case not in FRAGMENTS)
    for text in {html, bare}:
        requests = open_file(page, tmp_path / "page.html", text)
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        assert page.evaluate("document.documentElement.dataset.ran || ''") == ""
        assert requests == []
        assert (
            page.locator("iframe, base, link, object, embed, img[onerror], [onload], [onfocus]").count() == 0
        )
        assert page.locator("a[href^='javascript:'], a[href^='data:text/html']").count() == 0


@pytest.mark.browser
def test_the_texts_do_run_where_nothing_escapes_them(page, tmp_path: Path) -> None:
    """The proof that the test above can fail."""
    open_file(page, tmp_path / "page.html", f"<!doctype html><html><body>{TEXTS[0]}</body></html>")
    assert page.evaluate("document.documentElement.dataset.ran") == "yes"


@pytest.mark.covers("portal", "game_board")
@pytest.mark.parametrize("name", [TEXTS[0], TEXTS[3], "../x", "a\nb", "{{ x }}", "x" * 41])
def test_a_team_s_name_is_letters(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError, match="cannot be a team's"):
        make_game(tmp_path / "game", ["A", name], customers=4_000, quarters=2, budget_cny=500)


@pytest.mark.covers("portal", "policy_everywhere")
def test_every_page_that_is_written_has_a_policy() -> None:
    sources = [*ROOT.glob("src/**/*.j2"), *ROOT.glob("benchmarks/**/*.j2"), *ROOT.glob("src/**/*.py")]
    pages = [path for path in sources if "<!doctype html" in path.read_text("utf-8").lower()]
    assert len(pages) >= 9
    for path in pages:
        assert "Content-Security-Policy" in path.read_text("utf-8"), path


@pytest.mark.covers("portal", "gate_everywhere")
def test_text_becomes_html_through_the_gate_or_an_escape() -> None:
    for path in (*ROOT.glob("src/**/*.j2"), *ROOT.glob("benchmarks/**/*.j2")):
        assert not re.search(r"\|\s*safe|autoescape\s+false", path.read_text("utf-8")), path
    home = ROOT / "src" / "leadline"
    for path in home.rglob("*.py"):
        text = path.read_text("utf-8")
        if re.search(r"Markup\((?!\s*['\"])", text):
            assert path.relative_to(home).as_posix() in TRUSTED, path
        for environment in re.findall(r"\bEnvironment\((.*?)\n    \)", text, re.DOTALL):
            assert "autoescape=True" in environment or "jinja" not in text, path
