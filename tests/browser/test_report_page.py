"""The sample report as a reader uses it, in headless Chromium."""

import csv
import io
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from leadline.report.page import render_page
from tests.browser.chromium import open_file, start_browser
from tests.report.sample import make_notebook, make_record

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}
FAILURE = {
    "kind": "error",
    "step": "What each stage adds",
    "cell": 7,
    "message": "phone: 3 values",
    "log": "Traceback",
}


@pytest.fixture(scope="module")
def browser(chromium):
    with start_browser(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def html():
    return render_page(make_notebook(), make_record())


@pytest.fixture
def open_page(browser, html, tmp_path):
    contexts = []

    def open_page(text=html, **options):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.messages = []
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.requests = open_file(page, tmp_path / "report.html", text)
        return page

    yield open_page
    for context in contexts:
        context.close()


def column(page, table, index):
    return page.locator(f'table[data-name="{table}"] tbody tr td:nth-child({index})').all_text_contents()


def test_the_console_is_silent_and_no_request_leaves_the_page(open_page):
    page = open_page()
    assert page.messages == []
    assert page.requests == []


def test_a_heading_sorts_its_table_by_raw_values(open_page):
    page = open_page()
    button = page.locator('table[data-name="stages"] th', has_text="Buyers found").get_by_role("button")
    button.click()
    button.click()
    assert column(page, "stages", 1) == ["refined", "products", "area"]
    assert button.locator("..").get_attribute("aria-sort") == "descending"
    assert page.locator("th[aria-sort]").count() == 1


def test_a_heading_sorts_by_keyboard(open_page):
    page = open_page()
    page.locator('table[data-name="stages"] th', has_text="Stage").get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert column(page, "stages", 1) == ["area", "products", "refined"]
    page.keyboard.press("Space")
    assert column(page, "stages", 1) == ["refined", "products", "area"]


def test_a_plain_pandas_table_sorts_by_size_not_by_letters(open_page):
    page = open_page()
    table = page.locator("table.dataframe")
    table.get_by_role("button", name="gain_points").click()
    cells = table.locator("tbody tr td:nth-child(3)").all_text_contents()
    assert [float(cell) for cell in cells] == [-0.4, 1.2, 2.2, 2.6, 3.1, 4.0]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_csv_file_downloads_with_and_without_scripts(open_page, scripts):
    page = open_page(java_script_enabled=scripts)
    with page.expect_download() as waiting:
        page.get_by_text("Download stages.csv").click()
    download = waiting.value
    assert download.suggested_filename == "stages.csv"
    rows = list(csv.reader(io.StringIO(download.path().read_text("utf-8-sig"))))
    assert rows[0][:2] == ["name", "precision"]
    assert [row[1] for row in rows[1:]] == ["0.105", "0.135", "0.1475"]


def test_a_file_too_long_for_an_address_downloads_whole(open_page, html):
    size = 3_000_000
    data = "QUFB" * (size // 3)
    page = open_page(re.sub(r"(stages\.csv\" href=\"data:text/csv;base64,)[^\"]*", rf"\g<1>{data}", html))
    with page.expect_download() as waiting:
        page.get_by_text("Download stages.csv").click()
    assert waiting.value.path().read_bytes() == b"A" * size


def test_contents_links_lead_to_their_sections(open_page):
    page = open_page()
    links = page.locator("nav a")
    assert links.count() == 6
    for link in links.all():
        link.click()
        heading = page.locator(link.get_attribute("href"))
        assert heading.text_content() == link.text_content()
        assert heading.evaluate("heading => heading.getBoundingClientRect().top < innerHeight")


def test_code_is_one_click_away(open_page):
    page = open_page()
    code = page.get_by_text("target.stage_models")
    assert not code.is_visible()
    page.get_by_role("button", name="Show all code").click()
    assert code.is_visible()
    page.get_by_role("button", name="Hide all code").click()
    assert not code.is_visible()
    page.locator("details.code", has_text="target.stage_models").locator("summary").click()
    assert code.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("status", ["done", "failed"])
def test_axe_finds_nothing_serious(open_page, scheme, status):
    failure = FAILURE if status == "failed" else None
    page = open_page(
        render_page(make_notebook(), make_record(status=status, failure=failure)), color_scheme=scheme
    )
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    violations = Axe().run(page).response["violations"]
    assert [(found["id"], found["nodes"]) for found in violations if found["impact"] in SERIOUS] == []


def test_a_phone_never_scrolls_sideways(open_page):
    page = open_page(viewport={"width": 375, "height": 700})
    page.get_by_role("button", name="Show all code").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    box = page.locator(".scroll", has=page.locator('table[data-name="stages"]'))
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    box.evaluate(
        "box => new Promise(done => {"
        " const look = () => box.scrollLeft > 0 ? done() : requestAnimationFrame(look); look(); })"
    )


def test_dark_mode_is_dark(open_page):
    def brightness(page):
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 3

    assert brightness(open_page(color_scheme="light")) > 240
    assert brightness(open_page(color_scheme="dark")) < 40


def test_the_page_prints_on_a4_without_code(open_page):
    page = open_page()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 6
    assert re.search(rb"/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12]", printed)
    page.emulate_media(media="print")
    assert page.locator("details.code").first.evaluate("code => getComputedStyle(code).display") == "none"
    assert (
        page.locator("thead").first.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    )


def test_colours_of_a_styler_table_show(open_page):
    import pandas as pd  # noqa: PLC0415 - this test alone needs it
    from nbformat import v4  # noqa: PLC0415

    styled = pd.DataFrame({"gain": [1, 3]}).style.set_uuid("ab").highlight_max(color="gold")
    notebook = v4.new_notebook()
    notebook.cells = [
        v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={"text/html": styled.to_html()})])
    ]
    page = open_page(render_page(notebook, make_record()))
    assert page.messages == []
    colour = page.locator("#T_ab_row1_col0").evaluate("cell => getComputedStyle(cell).backgroundColor")
    assert colour == "rgb(255, 215, 0)"


@pytest.mark.parametrize("width", [1280, 375])
def test_a_card_is_defined_for_mouse_keyboard_and_print(open_page, width):
    page = open_page(viewport={"width": width, "height": 900})
    told = page.get_by_role("tooltip", include_hidden=True).first
    assert not told.is_visible()
    page.locator(".help").first.hover(timeout=3_000)
    assert told.is_visible()
    page.mouse.move(0, 0)
    assert not told.is_visible()
    page.locator(".help").first.focus()
    assert told.is_visible()
    page.locator(".help").first.blur()
    page.emulate_media(media="print")
    assert told.is_visible()
