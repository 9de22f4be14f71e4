"""Pages of a course in headless Chromium: silent, accessible, on a phone and in print."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from leadline.course.pages.feedback import write_feedback
from leadline.course.pages.instructor import write_instructor_page
from tests.browser.chromium import start_browser
from tests.course.pages.graded import draw_class, grade_class, grade_student
from tests.course.releasing.tiny import make_class

pytestmark = pytest.mark.browser
IDS = [f"s{number:02}" for number in range(24)]
HOSTILE = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">"


@pytest.fixture(scope="module")
def browser(chromium):
    with start_browser(chromium) as browser:
        yield browser


@pytest.fixture(scope="module", params=["en", "zh"])
def pages(request, tmp_path_factory):
    """A student's page with everything on it, and the instructor's."""
    course = make_class(tmp_path_factory.mktemp("class") / "course", language=request.param, ids=IDS)
    more = {"errors": {"share": HOSTILE + "y" * 400}, "ended": HOSTILE, "repairs": (HOSTILE,)}
    first = grade_student(IDS[0], "mistake", answers={"share": HOSTILE + "x" * 3_000}, **more)
    grade_class(course, [first, *draw_class(IDS[1:20])], day=19, suffix=".previous.json")
    grade_class(course, [first, *draw_class(IDS[1:22], seed=9)], unprotected=("No network namespace.",))
    return write_feedback(course, "tiny")[0], write_instructor_page(course)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_load_nothing_and_fit_a_phone(browser, pages, scheme):
    for file in pages:
        context = browser.new_context(color_scheme=scheme, viewport={"width": 375, "height": 700})
        page = context.new_page()
        messages, requests = [], []
        page.on("console", lambda message, told=messages: told.append(message.text))
        page.on("request", lambda request, told=requests: told.append(request.url))
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.title() != "taken"
        assert messages == []
        assert [url for url in requests if not url.startswith("data:")] == [file.as_uri()]
        context.close()


def test_the_table_of_exercises_is_sorted_by_its_headings(browser, pages):
    page = browser.new_page()
    page.goto(pages[1].as_uri())
    table = page.locator(".table.sortable table")
    cells = table.locator("tbody td:nth-child(3)")
    table.locator("thead button").nth(2).click()
    shown = [float(text.rstrip("%")) for text in cells.all_text_contents()]
    table.locator("thead button").nth(2).click()
    again = [float(text.rstrip("%")) for text in cells.all_text_contents()]
    assert shown == sorted(shown)
    assert again == shown[::-1]
    assert len(set(shown)) == 2
    page.close()
