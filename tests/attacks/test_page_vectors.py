"""35 ways to run script on a report, in a real browser: none runs; gate and policy each stop all alone."""

import re

import pytest
from markupsafe import Markup

from leadline.report import outputs, prose
from leadline.report.page import render_page
from tests.attacks.page_vectors import PIXEL, VECTORS, make_notebook
from tests.browser.chromium import open_file, start_browser
from tests.report.sample import make_record

pytestmark = pytest.mark.browser
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
RECORD = make_record(kpis=[], warnings=[], title="Attack")


@pytest.fixture(scope="module")
def page(chromium):
    with start_browser(chromium) as browser:
        yield browser.new_page()


@pytest.fixture
def run(page, tmp_path):
    """Open a page, click its links, and return what ran and what was asked for."""

    def run(html):
        requests = open_file(page, tmp_path / "page.html", html)
        for link in page.locator(".prose a[href]").all():
            link.click(no_wait_after=True)
        return page.evaluate("document.documentElement.dataset.ran || ''"), requests

    return run


@pytest.fixture
def without_gate(monkeypatch):
    """Let every output's HTML through unread."""
    monkeypatch.setattr(prose, "clean_html", Markup)
    monkeypatch.setattr(outputs, "clean_html", Markup)
    monkeypatch.setattr(outputs, "present_tables", lambda html, numbers: html)


def test_all_35_vectors_are_here():
    assert len({vector.id for vector in VECTORS}) == 35


@pytest.mark.covers("page_vectors", by="vector")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_none_runs_and_the_content_survives(vector, run, page):
    assert run(render_page(make_notebook(vector), RECORD)) == ("", [])
    assert page.locator(vector.keeps).first.count() == 1
    assert page.locator("h2", has_text="Kept heading").count() == 1
    assert page.locator("table.dataframe").first.locator("tbody th").all_text_contents() == ["east", "west"]
    assert page.locator(".prose td").all_text_contents()[:2] == ["area", "43"]
    pixel = page.locator(f'figure img[src="data:image/png;base64,{PIXEL}"]').first
    assert pixel.evaluate("image => image.naturalWidth") == 1


def test_the_gate_alone_stops_all(run):
    html = render_page(make_notebook(*VECTORS), RECORD)
    bare = POLICY.sub("", html)
    assert bare != html
    assert run(bare)[0] == ""


def test_the_policy_alone_stops_all(run, without_gate):
    assert run(render_page(make_notebook(*VECTORS), RECORD))[0] == ""


def test_without_both_vectors_do_run(run, page, without_gate):
    """The proof that the tests above can fail; a script behind a link runs a little after the click."""
    run(POLICY.sub("", render_page(make_notebook(*VECTORS), RECORD)))
    ran = "document.documentElement.dataset.ran || ''"
    page.wait_for_function(f"({ran}).split(',').includes('jslink')")
    wanted = {
        "df_noesc",
        "styler",
        "styler_cap",
        "styler_col",
        "md_out",
        "md_table",
        "html_f",
        "md_cell",
        "jslink",
    }
    assert set(page.evaluate(ran).split(",")) >= wanted | {"sm", "sm2", "smtitle"}
