"""A notebook by hand in a real JupyterLab: run from top to bottom, the form, the report that it exports."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import leadline.lab
from leadline.paths import NOTEBOOKS
from tests.browser.chromium import start_browser

pytestmark = pytest.mark.browser
CONFIGURATION = Path(leadline.lab.__file__).parent / "jupyter"
WAIT_MS = 60_000


def find_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def start_lab(folder):
    """JupyterLab on ``folder`` with our configuration and nothing of the user's; its address."""
    private = {
        f"JUPYTER_{name}": str(folder / ".private" / name)
        for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    }
    private |= {
        f"JUPYTERLAB_{name}_DIR": str(folder / ".private" / name) for name in ("SETTINGS", "WORKSPACES")
    }
    environment = os.environ | private | {"JUPYTER_CONFIG_PATH": str(CONFIGURATION), "JUPYTER_TOKEN": "t0ken"}
    port = find_port()
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0"]
    lab = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options, f"--ServerApp.root_dir={folder}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert any("is running at" in line for line in lab.stderr), "JupyterLab did not start"
        Thread(target=lab.stderr.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        lab.terminate()
        lab.wait(60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(NOTEBOOKS / "1_discover" / "concentration.ipynb", folder)
    return folder


@pytest.fixture(scope="module")
def page(folder, chromium):
    """The notebook in JupyterLab, every cell run once by its menu."""
    with start_lab(folder) as address, start_browser(chromium) as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{address}/lab/tree/concentration.ipynb?token=t0ken")
        wait_until_idle(page)
        page.locator(".jp-Notebook .jp-CodeCell").first.click()
        choose_run(page, "Run All Cells")
        yield page


def choose_run(page, words):
    """Choose an entry of the menu Run and wait until the last cell has run anew."""
    last = page.locator(".jp-CodeCell .jp-InputPrompt").last
    before = last.inner_text()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=words, exact=True).click()
    expect(last).not_to_have_text(before, timeout=WAIT_MS)
    expect(last).to_have_text(re.compile(r"\[\d+\]"), timeout=WAIT_MS)
    wait_until_idle(page)


def wait_until_idle(page):
    """Wait until the kernel answers; before it is connected, JupyterLab runs cells into nothing."""
    page.get_by_role("button", name="Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for()


def test_the_notebook_ran_from_top_to_bottom(page):
    counts = page.locator(".jp-CodeCell .jp-InputPrompt").all_text_contents()
    ran = [int(count) for text in counts for count in re.findall(r"\[(\d+)\]", text)]
    assert ran == list(range(1, len(ran) + 1))
    expect(page.get_by_text("Recorded.")).to_be_attached()
    expect(page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)


def test_nothing_was_asked_of_the_network_and_no_news_are_shown(page):
    elsewhere = [url for url in page.asked if not re.match(r"(http://127\.0\.0\.1|data:|blob:)", url)]
    assert elsewhere == []
    assert not any(re.search(r"/lab/api/(news|update)", url) for url in page.asked)


@pytest.fixture(scope="module")
def form(page):
    page.get_by_role("button", name="Parameters and report").click()
    page.get_by_role("button", name="Apply").wait_for()
    page.get_by_role("button", name="Further parameters").click()
    page.get_by_role("textbox", name="weight").wait_for()
    return page.locator(".leadline-form")


def test_the_form_keeps_nothing_from_keyboard_and_screen_reader(page, form):
    found = Axe().run(page, context=".leadline-form").response["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_wrong_value_is_explained_beside_its_field_and_not_set(form):
    goal = form.get_by_label("goal")
    goal.fill("1.5")
    goal.press("Tab")
    beside = form.locator(".leadline-wrong [role=alert]")
    expect(beside).to_have_text("goal == 1.5, must be a share from 0 to 1, such as 0.2 or 20%.")
    form.get_by_role("button", name="Apply").click()
    expect(form.locator(".leadline-problem")).to_contain_text("goal == 1.5")


def test_a_right_value_is_set_in_the_notebook_and_its_language_spoken(page, form):
    goal = form.get_by_label("goal")
    goal.fill("0.7")
    goal.press("Tab")
    form.get_by_label("language").select_option("zh")
    form.get_by_role("button", name="Apply").click()
    line = form.locator(".leadline-line")
    expect(line).to_have_text(
        "goal = 0.7; language = 'zh'; check_parameters(globals()); use_language(language)"
    )
    choose_run(page, "Run Selected Cell and All Below")
    expect(form.locator(".leadline-line")).to_have_count(0)  # the cell ran again, its form is folded


def test_the_report_is_exported_from_the_saved_notebook(page, folder):
    page.keyboard.press("Control+s")
    expect(page.get_by_role("tab", name="concentration.ipynb")).not_to_have_class(re.compile("jp-mod-dirty"))
    page.get_by_role("button", name=re.compile("Parameters and report|参数与报告")).click()
    page.get_by_role("button", name=re.compile("Export report|导出报告")).click()
    page.locator(".leadline-form a[href*='report.html']").wait_for()
    (record_file,) = folder.glob("reports/output/*/record.json")
    record = json.loads(record_file.read_text("utf-8"))
    assert (record["status"], record["language"]) == ("done", "zh")
    assert record["parameters"]["goal"] == 0.7
    assert "70%" in record["answer"], "the cells below ran with the value that was set"
    assert not any("ran" in warning for warning in record["warnings"])
    assert 'lang="zh-Hans"' in record_file.with_name("report.html").read_text("utf-8")
