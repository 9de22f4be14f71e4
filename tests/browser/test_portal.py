"""The portal as a reader uses it, in headless Chromium, from a file."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from leadline.language import format_value, use_language
from leadline.language.formats import format_interval
from leadline.run.ledger import RunLedger
from leadline.run.portal import build_portal
from leadline.store import open_store
from tests.browser.chromium import start_browser
from tests.run.portal.folder import make_figure, make_record, publish

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}
UNITS = ["share", "points", "count", "ratio", "index", "number", "p_value", "money_cny", "price_cny"]


@pytest.fixture(scope="module")
def browser(chromium):
    with start_browser(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Nine days of a job, the fourth failed, the ninth of another region; sixty runs of another notebook."""
    out = tmp_path_factory.mktemp("out")
    for number in range(1, 10):
        changes = {"job": "daily"}
        if number == 4:
            failure = {"message": "phone: 3 values lost their leading zero."}
            changes |= {"status": "failed", "answer": None, "kpis": [], "failure": failure}
        if number == 9:
            changes["parameters"] = make_record(9)["parameters"] | {"region": "西南"}
        publish(out, make_record(number, **changes))
    others = [
        make_record(
            number % 9 + 1, run_id=f"other-{number:02}", title="Whom do we call?", seconds=float(number)
        )
        | {
            "notebook": {"name": "build_list", "sha256": None},
            "started": f"2026-02-01T08:{number:02}:00+00:00",
        }
        | {"kpis": [make_figure("P value", 0.5, "p_value", None)], "answer": "Nobody.", "parameters": {}}
        for number in range(60)
    ]
    RunLedger(out).end(*others)
    with open_store(out, writing=True) as store:
        store.execute(
            "INSERT INTO job_runs (job, planned, status, attempts, message) "
            "VALUES ('daily', '2026-03-04T07:00:00+08:00', 'missed', 0, 'Nobody was there.')"
        )
    build_portal(out)
    return out


@pytest.fixture
def open_page(browser, out):
    contexts = []

    def open_page(view="", file=None, **options):
        context = browser.new_context(
            **({"viewport": {"width": 1280, "height": 900}, "timezone_id": "Asia/Shanghai"} | options)
        )
        contexts.append(context)
        page = context.new_page()
        page.messages, page.requests = [], []
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto((file or out / "index.html").as_uri() + view)
        page.wait_for_function("document.querySelector('#count').textContent")
        return page

    yield open_page
    for context in contexts:
        context.close()


def titles(page):
    return page.locator("#runs tbody .title").all_text_contents()


def answers(page):
    return [
        text.removeprefix("On day ").removesuffix(" it did.")
        for text in page.locator("#runs .told > p:not(.origin)").all_text_contents()
    ]


def spaces(text):
    return text.replace("\u202f", " ")


def count(page):
    return page.locator("#count").text_content()


def view(page):
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).fragment).items()}


def test_the_console_is_silent_and_nothing_is_loaded(open_page, out):
    page = open_page()
    page.locator("button.trend").first.click()
    assert page.messages == []
    assert page.requests == [(out / "index.html").as_uri()]


def test_the_newest_run_stands_first_with_all_that_is_known_of_it(open_page):
    page = open_page()
    row = page.locator("#runs tbody tr").first
    assert spaces(row.locator(".when").text_content()) == "Mar 9, 2026, 4:00 PM"
    assert row.locator(".title a").get_attribute("href") == "./20260309T080000Z-judge-000009/report.html"
    assert row.locator(".figures dl").inner_text().split("\n") == ["Conversion", "19.0% (17.0% to 21.0%)"]
    assert row.locator(".status").text_content() == "Done"
    assert row.locator(".seconds").text_content() == "20.2 s"
    assert row.locator(".origin").text_content() == "judge · job daily"
    assert count(page) == "Runs 1 to 50 of 69"


def test_a_link_leads_to_the_report(open_page):
    page = open_page()
    page.locator("#runs tbody .title a").first.click()
    assert page.title() == "A report"


def test_a_run_without_its_folder_has_no_link_and_says_so(open_page):
    page = open_page("#notebook=build_list")
    row = page.locator("#runs tbody tr").first
    assert row.locator("a").count() == 0
    assert row.locator(".place").text_content() == "report's folder is missing"


def test_a_failed_run_gives_its_reason(open_page):
    page = open_page("#status=failed")
    assert titles(page) == ["Did the campaign pay?"]
    assert page.locator("#runs .reason").text_content() == "phone: 3 values lost their leading zero."


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("CAMPAIGN as_of=2026-03-03", ["3"]),
        ("campaign 西南", ["9"]),
        ("as_of=2026-03-05", ["5"]),
        ("nothing of this kind", []),
    ],
)
def test_the_search_looks_into_title_answer_notebook_and_parameters(open_page, words, found):
    page = open_page()
    page.get_by_role("searchbox", name="Search").fill(words)
    assert answers(page) == found
    assert view(page) == {"q": words}


def test_filters_and_order_stand_in_the_address_and_are_read_from_it(open_page):
    page = open_page()
    page.locator("#filters [name=notebook]").select_option("judge")
    page.locator("#filters [name=job]").select_option("daily")
    page.locator("#filters [name=status]").select_option("done")
    page.locator("#filters [name=from]").fill("2026-03-03")
    page.locator("#filters [name=to]").fill("2026-03-06")
    page.get_by_role("button", name="When").click()
    assert answers(page) == ["3", "5", "6"]
    again = open_page(f"#{urlsplit(page.url).fragment}")
    assert answers(again) == ["3", "5", "6"]
    assert again.locator("#filters [name=from]").input_value() == "2026-03-03"
    assert again.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    again.get_by_role("button", name="Clear").click()
    assert count(again) == "Runs 1 to 50 of 69"


def test_a_day_is_that_of_the_reader(open_page, out):
    record = make_record(1, run_id="late", started="2026-02-14T17:30:00+00:00")
    publish(out, record)
    build_portal(out, to=out / "late.html")
    page = open_page("#from=2026-02-15&to=2026-02-15", file=out / "late.html")
    assert spaces(page.locator("#runs .when").text_content()) == "Feb 15, 2026, 1:30 AM"
    RunLedger(out).remove("late", "2026-03-01T00:00:00+00:00")


def test_headings_sort_and_pages_turn(open_page):
    page = open_page("#notebook=build_list")
    page.get_by_role("button", name="Duration").click()
    seconds = page.locator("#runs .seconds").all_text_contents()
    assert (seconds[0], seconds[-1], len(seconds)) == ("59 s", "10 s", 50)
    page.get_by_role("button", name="Next page").click()
    assert page.locator("#runs .seconds").all_text_contents()[-1] == "0 s"
    assert view(page) == {"notebook": "build_list", "sort": "-seconds", "page": "2"}
    page.go_back()
    assert count(page) == "Runs 1 to 50 of 60"


@pytest.mark.parametrize(
    "address", ["#sort=evil&page=-3", "#sort=__proto__&page=9e9", "#status=%00&q=%", "#trend=none"]
)
def test_an_address_of_nonsense_does_no_harm(open_page, address):
    page = open_page(address)
    assert page.messages == []
    assert page.locator("#trouble").is_hidden()


def test_a_trend_holds_the_comparable_runs_and_leaves_gaps(open_page):
    page = open_page()
    page.locator("#runs tbody tr", has_text="On day 8 it did.").get_by_role("button", name="Trend").click()
    panel = page.locator("#panel")
    assert "8 runs of the same notebook" in panel.locator(".note").text_content()
    assert panel.locator(".latest").text_content() == "18.0% (16.0% to 20.0%)"
    spark = panel.get_by_role("img")
    assert spark.get_attribute("aria-label").startswith("Conversion: 7 values from Mar 1, 2026")
    assert spark.locator(".dot").count() == 7
    assert spark.locator(".cross").count() == 1
    assert spark.locator(".band").count() == 2  # days 1 to 3 and 5 to 8
    lengths = [len(re.findall(r"[ML]", path.get_attribute("d"))) for path in spark.locator(".course").all()]
    assert lengths == [3, 4]
    panel.locator("summary").click()
    rows = panel.locator("tbody tr").all_text_contents()
    assert spaces(rows[0]) == "Mar 8, 2026, 4:00 PM18.0% (16.0% to 20.0%)"
    assert spaces(rows[4]) == "Mar 4, 2026, 4:00 PMFailed"
    again = open_page(f"#{urlsplit(page.url).fragment}")
    assert again.locator("#panel .latest").text_content() == "18.0% (16.0% to 20.0%)"
    again.get_by_role("button", name="Close").click()
    assert again.locator("#panel").is_hidden()


def cells(page, caption):
    rows = page.locator(
        "#panel table", has=page.locator("caption", has_text=re.compile(f"^{caption}$"))
    ).locator("tbody tr")
    return [[cell.inner_text() for cell in row.locator("th, td").all()] for row in rows.all()]


def test_two_runs_are_compared_the_earlier_first(open_page):
    page = open_page()
    for day in (8, 1, 9):  # the third choice lets the first one go
        page.locator("#runs tbody tr", has_text=f"On day {day} it did.").get_by_role("checkbox").check()
    page.locator("#chosen").get_by_role("button", name="Compare").click()
    assert cells(page, "Comparison of two runs")[3] == ["Answer", "On day 1 it did.", "On day 9 it did."]
    figure = ["Conversion", "11.0% (9.0% to 13.0%)", "19.0% (17.0% to 21.0%)", "do not overlap"]
    assert cells(page, "Figures") == [figure]
    assert cells(page, "Parameters") == [
        ["as_of", "2026-03-01", "2026-03-09"],
        ["region", "east", "西南"],
        ["seed", "1", "9"],
    ]
    assert "2 parameters are the same." in page.locator("#panel").inner_text()
    assert cells(page, "Data")[0][3] == "different"
    assert cells(page, "Data")[0][2] == "1,009 rows\nlast date 2026-03-09\nSHA-256 begins 000000000000"
    assert [row[-1] for row in cells(page, "Notebook and code")] == ["same", "same", "same"]
    again = open_page(f"#{urlsplit(page.url).fragment}")
    assert cells(again, "Figures") == [figure]


def test_overlapping_intervals_are_told_so(open_page):
    ids = [make_record(number)["run_id"] for number in (2, 3)]
    page = open_page(f"#compare={ids[1]}&with={ids[0]}")
    assert cells(page, "Figures")[0][1:] == ["12.0% (10.0% to 14.0%)", "13.0% (11.0% to 15.0%)", "overlap"]


def test_the_list_is_used_by_keyboard_alone(open_page):
    page = open_page("#notebook=judge")
    page.locator("#runs tbody input").first.focus()
    page.keyboard.press("Space")
    page.locator("#runs tbody input").nth(1).focus()
    page.keyboard.press("Space")
    page.locator("#chosen [name=compare]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"


def test_a_job_s_link_shows_its_runs(open_page):
    page = open_page()
    page.locator("section", has_text="Scheduled jobs").get_by_role("link", name="daily").click()
    assert count(page) == "Runs 1 to 9 of 9"
    assert "Nobody was there." in page.locator("main").inner_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_numbers_are_written_as_the_reports_write_them(open_page, tmp_path, language):
    rng = np.random.default_rng(7)
    numbers = [*map(float, rng.lognormal(0, 3, 20)), 0.1245, 0.00049, 0.0005, 0.145, 2.5, 1234567.5, 0.0]
    values = [*numbers, *(-number for number in numbers if number >= 1)]
    records = [
        make_record(1, run_id=f"{unit}-{number:02}") | {"kpis": [make_figure(unit, value, unit, half=0.0)]}
        for unit in UNITS
        for number, value in enumerate(values)
    ]
    RunLedger(tmp_path).end(*records)
    build_portal(tmp_path, language=language)
    page = open_page(file=tmp_path / "index.html")
    use_language(language)
    for unit in UNITS:
        page.get_by_role("searchbox").fill(f"{unit}-")
        shown = dict(
            zip(
                page.locator(".pick input").evaluate_all("boxes => boxes.map(box => box.value)"),
                page.locator("#runs dd").all_text_contents(),
                strict=True,
            )
        )
        for number, value in enumerate(values):
            wanted = (format_value(value, unit), format_interval(value, value, unit))
            text = shown[f"{unit}-{number:02}"]
            assert text.startswith(wanted[0]), (unit, value)
            assert wanted[1] in text, (unit, value)
    use_language("en")


def views():
    first, second = (make_record(number)["run_id"] for number in (8, 9))
    return f"#notebook=judge&trend={first}", f"#notebook=judge&compare={first}&with={second}"


@pytest.mark.parametrize(("scheme", "view"), zip(("light", "dark"), views(), strict=True))
def test_axe_finds_nothing_serious(open_page, scheme, view):
    page = open_page(view, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    page.locator("#runs tbody input").first.check()
    violations = Axe().run(page).response["violations"]
    assert [(found["id"], found["nodes"]) for found in violations if found["impact"] in SERIOUS] == []


@pytest.mark.parametrize("view", ["", *views()])
def test_a_phone_never_scrolls_sideways(open_page, view):
    page = open_page(view, viewport={"width": 375, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_print_holds_the_list_and_no_controls(open_page):
    page = open_page()
    page.emulate_media(media="print")
    assert page.locator("#filters").is_hidden()
    assert page.locator("button.trend").first.is_hidden()
    assert page.locator("#runs .title").first.is_visible()


def test_an_empty_folder_says_so(open_page, tmp_path):
    page = open_page(file=build_portal(tmp_path))
    assert count(page) == "There is no run in this folder yet."


def test_without_scripts_the_page_says_what_it_needs(browser, out):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((out / "index.html").as_uri())
    assert "Allow scripts for this page" in page.locator("main").inner_text()
    context.close()
