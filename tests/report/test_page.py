import os
import re
import time
from pathlib import Path

import pytest
from nbformat import v4

from leadline.language import current_language
from leadline.report.page import render_page, write_policy
from tests.report.sample import make_notebook, make_record

GOLDEN = Path(__file__).parents[1] / "golden" / "report.html"
MAX_PAGE_BYTES = 120_000


@pytest.fixture(scope="module")
def page():
    return render_page(make_notebook(), make_record())


def story_of(*cells, **record):
    notebook = v4.new_notebook()
    notebook.cells = list(cells)
    return render_page(notebook, make_record(**record))


def failed(status="failed", **failure):
    shown = {
        "kind": "error",
        "step": "What each stage adds",
        "cell": 7,
        "message": "phone: <3> values",
        "log": "Traceback",
    }
    return render_page(make_notebook(), make_record(status=status, failure=shown | failure))


def without_data(page):
    return re.sub(r"data:[a-z/+]+;base64,[A-Za-z0-9+/=]*", "data:…", page)


def test_the_page_is_the_golden_page(page):
    """After a wanted change: LEADLINE_RENEW_GOLDEN=1 pytest tests/report/test_page.py, then read the diff."""
    if os.environ.get("LEADLINE_RENEW_GOLDEN") == "1":
        GOLDEN.write_text(without_data(page), "utf-8")
    assert without_data(page) == GOLDEN.read_text("utf-8")


def test_the_same_input_gives_the_same_bytes(page):
    assert render_page(make_notebook(), make_record()) == page


def test_the_page_without_images_and_data_is_small(page):
    assert len(without_data(page).encode()) < MAX_PAGE_BYTES / 2


def test_the_page_opens_with_title_answer_and_cards(page):
    positions = [
        page.index(text)
        for text in ("<h1>Which customers", '<p class="answer">', "14.8%", "Before you rely", "Contents")
    ]
    assert positions == sorted(positions)
    assert page.count("<h1>") == 1


def test_nothing_on_the_page_comes_from_elsewhere(page):
    addresses = re.findall(r'(?:src|href)="([^"]*)"|url\(|@import', page)
    assert addresses
    assert all(address.startswith(("data:", "#")) for address in addresses)


def test_the_contents_list_names_every_section(page):
    contents = page.partition("<nav")[2].partition("</nav>")[0]
    links = re.findall(r'href="#([\w-]+)">([^<]+)<', contents)
    assert [text for _anchor, text in links] == [
        "The customers",
        "What each stage adds",
        "Gains curve",
        "How much is luck",
        "What this does not show",
        "Run record",
    ]
    assert all(f'id="{anchor}"' in page for anchor, _text in links)


def test_code_is_there_but_closed(page):
    assert page.count('<details class="code">') == 8
    assert "<details open" not in page
    assert "target.stage_models" in page


def test_limits_stand_open_in_their_own_box(page):
    assert re.search(r'<div class="limits"><h2 id="section-5">What this does not show</h2>', page)


def test_recorded_results_are_not_shown(page):
    assert "Recorded." not in page


def test_a_failed_run_says_first_which_step_failed_and_why():
    page = failed()
    head = page.partition("</header>")[0]
    assert "This report is not finished" in head
    assert "The run stopped at the step “What each stage adds”." in head
    assert "phone: &lt;3&gt; values" in head
    assert 'class="answer"' not in page
    assert 'class="cards"' not in page
    assert "How much is luck" not in page
    assert "What each stage adds</h2>" in page


def test_a_run_without_a_cell_to_blame_tells_the_whole_story():
    assert "How much is luck" in failed(status="killed", cell=None)


def test_a_run_that_never_started_has_a_page():
    page = render_page(v4.new_notebook(), make_record(status="refused", failure=None, sources=[], kpis=[]))
    assert "The run was refused before it started." in page
    assert "Which customers should the caravan campaign contact?" in page


def test_the_page_speaks_the_records_language_and_leaves_ours_alone():
    assert '<html lang="zh-Hans">' in story_of(language="zh")
    assert current_language() == "en"
    with pytest.raises(ValueError, match="language"):
        story_of(language="xx")


def test_text_of_the_record_is_escaped():
    evil = "<script>alert(1)</script>"
    page = story_of(
        title=evil,
        answer=evil,
        warnings=[evil],
        parameters={"name": evil},
        parameter_help={"name": evil},
        kpis=[{"label": evil, "value": 1, "unit": "count", "direction": "neutral"}],
        sources=[{"name": evil, "path": evil, "sha256": evil, "rows": 1, "columns": 1, "notes": [evil]}],
        versions={evil: evil},
        tables=[{"name": evil}],
        run_id=evil,
        seed=evil,
    )
    assert page.count("<script>") == 1
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 13


def test_the_policy_allows_our_script_and_styles_alone():
    policy = write_policy(styles=["a{}", ""], script="x")
    assert policy == (
        "default-src 'none'; script-src 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='; "
        "style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='; style-src-attr 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def test_prose_goes_through_the_catalogue(monkeypatch):
    seen = []
    monkeypatch.setattr("leadline.report.story._", lambda text: seen.append(text) or "# 标题\n\n内容")
    page = story_of(v4.new_markdown_cell("# Title\n\nText"))
    assert seen == ["# Title\n\nText"]
    assert "<h1>标题</h1>" in page


def test_a_notebook_of_3_000_cells_takes_less_than_20_seconds():
    cells = []
    for number in range(1_000):
        table = v4.new_output(
            "display_data", data={"text/html": f"<table><tr><td>{number}</td></tr></table>"}
        )
        cells += [
            v4.new_markdown_cell(f"## Part {number}"),
            v4.new_code_cell("x = 1", outputs=[table]),
            v4.new_code_cell("y"),
        ]
    start = time.process_time()
    page = story_of(*cells)
    assert time.process_time() - start < 20
    assert page.count("<h2 id=") == 1_000 + 4


def test_the_head_says_how_each_check_ended_the_worst_first(page):
    marks = re.search(r'<section class="signs".*?</section>', page, re.DOTALL).group()
    failed, good = re.findall(r"<li.*?</li>", marks)
    assert "Outcomes follow the start" in failed
    assert "failed" in failed
    assert "✗" in failed
    assert "As many in each arm" in good
    assert "p &lt;0.412&gt;" in good
    assert re.search("Not asked.*No &lt;day&gt; twice", marks)
