"""In a language that marks every message, what a reader sees unmarked is no message of the catalogue."""

import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from leadline.data import read_table
from leadline.language import messages
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml
from leadline.report.page import render_page
from leadline.target import parse_plan, stage_models
from tests.language.marked import speak_marked, unmarked
from tests.report.sample import make_notebook, make_record


@pytest.fixture(autouse=True)
def _marked(monkeypatch: pytest.MonkeyPatch) -> None:
    speak_marked(monkeypatch)


def test_the_page_s_own_texts_are_messages() -> None:
    page = render_page(make_notebook(), make_record())
    page = re.sub(r"<(script|style|pre|code|head)\b.*?</\1>", "", page, flags=re.DOTALL)
    seen = re.findall(r"<(?:h2|h3|summary|button|dt|caption)\b[^>]*>(.*?)</", page, flags=re.DOTALL)
    seen += re.findall(r'aria-label="([^"]*)"', page)
    assert len(seen) > 20
    data = {"Listofcustomersstagebystage", "SHA", "caravan"}  # the sample's own caption and source
    left = {unmarked(unescape(re.sub("<[^>]+>", "", text))) for text in seen} - {""}
    assert left == data


def test_what_the_target_model_says_is_messages() -> None:
    table = read_table("coil2000")
    plan = parse_plan(read_yaml(PLANS / "coil2000.yml"), table.frame.columns, reserved=["Purchase"])
    result = stage_models(
        table.frame,
        plan,
        target="Purchase",
        positive="Yes",
        list_share=0.2,
        repeats=2,
        rng=np.random.default_rng(7),
    )
    assert unmarked(result.summary) == ""
    assert [unmarked(text) for text in result.sentences] == [""] * len(result.sentences)
    assert [unmarked(card.label) for card in result.kpis] == ["", "", ""]
    headings = re.findall(r"<th [^>]*>(.*?)</th>|<caption>(.*?)</caption>", result._repr_html_())
    assert unmarked("".join(map("".join, headings))) == ""
    assert unmarked(re.sub("<[^>]+>", "", table._repr_html_())).replace("coilparquet", "") == ""
    for draw in (result.figure, result.gains_figure, result.luck_figure, result.calibration_figure):
        figure = draw()
        texts = [figure.get_label()]
        for axes in figure.axes:
            texts += [axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")]
        assert [unmarked(text) for text in texts] == [""] * len(texts)


def test_the_shipped_notebooks_prose_is_collected() -> None:
    template = Path(messages.LOCALE_FOLDER / "messages.pot").read_text("utf-8")
    assert "Which customers belong on the list" in template
