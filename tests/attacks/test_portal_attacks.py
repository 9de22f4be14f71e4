"""What runs record is text to the portal: in a browser none of it runs, loads or leads out of the folder."""

import re
import shutil

import pytest

from leadline.run.ledger import RunLedger
from leadline.run.portal import build_portal
from leadline.run.portal.build import _PLACE
from leadline.store import open_store
from tests.browser.chromium import start_browser
from tests.run.portal.folder import make_figure, make_record, publish, read_page

pytestmark = pytest.mark.browser
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
RUN = "document.documentElement.dataset.ran='yes'"
TEXTS = [
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f'"><svg onload="{RUN}">',
    f"' onfocus='{RUN}' autofocus='",
    f"javascript:{RUN}",
    f"<!--<script>{RUN}",
    f"]]><script>{RUN}</script>",
    f"{{{{ ''.__class__ }}}}${{{RUN}}}",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f'<a href="javascript:{RUN}">x</a><base href="https://example.org/">',
    f"<link rel=stylesheet href=https://example.org/x.css><style>@import 'https://example.org/y';</style>{RUN}",
    "{title} {0} {constructor} __proto__ \u202e \u2028 \x00 \x1b[31m",
    f"{_PLACE}<script>{RUN}</script>",
]


def make_hostile(number, text):
    return make_record(
        number % 9 + 1,
        run_id=f"r{number}-{text}".replace("/", "∕").replace("\x00", ""),
        title=text,
        answer=text,
        notebook={"name": text, "sha256": text},
        versions={"leadline": text},
        job=text,
        batch=text,
        language=text,
        parameters={text: text, "__proto__": text, "constructor": text},
        kpis=[
            make_figure(text, 0.2) | {"unit": text, "direction": text},
            {"label": 7, "value": "x", "unit": None},
        ],
        sources=[{"name": text, "sha256": text, "rows": text, "last_date": text}],
        failure={"message": text},
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    records = [make_hostile(number, text) for number, text in enumerate(TEXTS)]
    RunLedger(out).end(*records)
    for record in records[:10]:
        (out / record["run_id"][:200]).mkdir()
    with open_store(out, writing=True) as store:
        for number, text in enumerate(TEXTS):
            store.execute(
                "INSERT INTO job_runs (job, planned, status, attempts, run_id, message) "
                "VALUES (?, ?, ?, 1, ?, ?)",
                (text, text, text, records[number]["run_id"], text),
            )
            store.execute(
                "INSERT INTO batches (batch_id, name, shard, notebook, rows, started) "
                "VALUES (?, ?, ?, ?, 1, ?)",
                (f"{number}{text}", text, text, text, text),
            )
    (out / "<img src=x onerror=alert(1)>").mkdir()
    (out / "<img src=x onerror=alert(1)>" / "record.json").write_text("{", "utf-8")
    build_portal(out)
    return out


@pytest.fixture(scope="module")
def browser(chromium):
    with start_browser(chromium) as browser:
        yield browser


@pytest.mark.covers("portal", "portal_texts", "portal_requests")
@pytest.mark.parametrize("has_policy", [True, False])
def test_nothing_recorded_runs_or_loads_with_the_policy_or_without(browser, out, has_policy):
    file = out / f"page-{has_policy}.html"
    text = (out / "index.html").read_text("utf-8")
    file.write_text(text if has_policy else POLICY.sub("", text, count=1), "utf-8")
    page = browser.new_page()
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("#runs tbody tr")
    ids = page.locator(".pick input").evaluate_all("boxes => boxes.map(box => box.value)")
    assert len(ids) == len(TEXTS)
    compare = """(first) => {
        const boxes = [...document.querySelectorAll("#runs tbody input")].slice(first, first + 2);
        boxes.forEach((box) => box.click());
        document.querySelector("#chosen [name=compare]").click();
        return document.querySelectorAll("#panel table").length;
    }"""
    for number in range(len(ids) - 1):
        assert page.evaluate(compare, number) >= 4
    page.locator("button.trend").evaluate_all("buttons => buttons.forEach((button) => button.click())")
    assert page.evaluate("document.documentElement.dataset.ran || ''") == ""
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert page.locator("img, iframe, base, link, object, embed").count() == 0
    assert errors == []
    assert {url.partition("#")[0] for url in requests} == {file.as_uri()}
    page.close()


@pytest.mark.covers("portal", "portal_letters")
def test_the_reader_sees_what_was_recorded_letter_by_letter(browser, out):
    page = browser.new_page()
    page.goto((out / "index.html").as_uri())
    page.wait_for_selector("#runs tbody tr")
    shown = set(page.locator("#runs .title").all_text_contents())
    assert shown == set(TEXTS)
    page.close()


@pytest.mark.covers("portal", "portal_links")
def test_every_link_stays_in_the_folder(browser, tmp_path):
    out = tmp_path / "out"
    names = [
        "..",
        "../elsewhere",
        "javascript:alert(1)",
        "//example.org",
        "a?b#c",
        "空 格",
        "%2e%2e",
        "http:x",
    ]
    for number, name in enumerate(names):
        folder = make_record(number + 1, run_id=name)
        if "/" in name or name == "..":
            out.mkdir(exist_ok=True)
            RunLedger(out).end(folder)
        else:
            publish(out, folder)
    shutil.copytree(out, tmp_path / "elsewhere")
    page = browser.new_page()
    page.goto(build_portal(out).as_uri())
    page.wait_for_selector("#runs tbody tr")
    links = page.locator("#runs a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) == 5
    for link in links:
        assert link.startswith(f"{out.as_uri()}/")
        page.goto(link)
        assert page.title() == "A report"
    page.close()


@pytest.mark.covers("parameters", "secret_in_portal")
def test_a_secret_is_told_by_its_reference_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KEY", "not-to-be-seen")
    publish(tmp_path, make_record(1))
    content = read_page(build_portal(tmp_path))
    assert "env:KEY" in str(content)
    assert "not-to-be-seen" not in (tmp_path / "index.html").read_text("utf-8") + str(content)
