"""Slides as PowerPoint reads them: all told, nothing outside its box, one box beside another."""

from base64 import b64encode
from functools import cache
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from nbformat import NotebookNode, v4
from PIL import Image, ImageFont
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu

from leadline.report.forms.slides import write_slides
from tests.report.sample import make_notebook, make_record

LONG_EN = "The share of buyers on the list rose because product holdings tell who will buy. " * 12
LONG_ZH = "名单上的客户购买比例上升，因为持有的产品能说明谁会购买，提升度也随之上升。" * 12


def slides_of(notebook: NotebookNode | None = None, **changes: Any) -> list[Any]:
    content = write_slides(notebook or make_notebook(), make_record(**changes))
    return list(Presentation(BytesIO(content)).slides)


def texts_of(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


@cache
def width_of(letter: str) -> float:
    if ord(letter) > 0x2E7F:
        return 1.0
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return float(ImageFont.truetype(path, 100).getlength(letter)) / 100


def least_height(shape: Any) -> float:
    """Inches that a shape's text needs at least, were its lines filled to the last letter."""
    frame = shape.text_frame
    room = (shape.width - frame.margin_left - frame.margin_right) / Emu(914_400)
    height = (frame.margin_top + frame.margin_bottom) / Emu(914_400)
    for paragraph in frame.paragraphs:
        size = paragraph.runs[0].font.size.pt
        lines = -(-sum(map(width_of, paragraph.text)) * size / 72 // room)
        height += (max(1, lines) * paragraph.line_spacing.pt + paragraph.space_before.pt) / 72
    return height


def check_layout(slides: list[Any]) -> None:
    for slide in slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= 12_192_000
            assert shape.top + shape.height <= 6_858_000
            if shape.has_text_frame:
                assert least_height(shape) <= shape.height / 914_400 + 0.01, shape.text_frame.text
        for one, other in combinations(slide.shapes, 2):
            apart = (
                one.left + one.width <= other.left + 1
                or other.left + other.width <= one.left + 1
                or one.top + one.height <= other.top + 1
                or other.top + other.height <= one.top + 1
            )
            assert apart, (slide.shapes.title.text, one.name, other.name)


def test_the_report_is_told_slide_by_slide() -> None:
    slides = slides_of()
    assert [slide.shapes.title.text for slide in slides] == [
        "Which customers should the caravan campaign contact?",
        "Key figures",
        "Checks",
        "Before you rely on this",
        "Gains curve",
        "What this does not show",
    ]
    assert make_record()["answer"] in texts_of(slides[0])
    assert "Nov 1, 2026" in texts_of(slides[0])
    assert "14.8%" in texts_of(slides[1])
    assert "95% CI 12.5% to 17.4%" in texts_of(slides[1])
    assert "✓ holds: at least 10.0% wanted" in texts_of(slides[1])
    assert "✗ Outcomes follow the start: failed" in texts_of(slides[2])
    assert make_record()["warnings"][0] in texts_of(slides[3])
    assert "Share of all buyers found by share contacted" in texts_of(slides[4])
    assert "Nobody was contacted" in texts_of(slides[5])
    assert "Source: caravan (9,822 rows × 86 columns). Run stage_target_model-20261101-140322" in texts_of(
        slides[5]
    )
    check_layout(slides)


def test_a_figure_keeps_its_shape_and_tells_what_it_shows() -> None:
    (picture,) = [shape for shape in slides_of()[4].shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    wide, high = Image.open(BytesIO(picture.image.blob)).size
    assert picture.width / picture.height == pytest.approx(wide / high, rel=0.01)
    about = picture._element.nvPicPr.cNvPr
    assert about.get("descr").startswith("Gains curve: products and refined rise")


@pytest.mark.parametrize(("language", "long"), [("en", LONG_EN), ("zh", LONG_ZH), ("en", "M" * 3000)])
def test_however_long_a_text_is_it_stays_in_its_box(language: str, long: str) -> None:
    kpi = make_record()["kpis"][0] | {"label": long, "help": long}
    notebook = make_notebook()
    notebook.cells[0].source = f"# {long}"
    notebook.cells[-2].source = "## What this does not show\n\n" + "\n".join(f"- {long}" for _n in range(9))
    notebook.cells[9].outputs[0].metadata["image/png"]["caption"] = long
    check_layout(
        slides_of(
            notebook, language=language, answer=long * 3, warnings=[long] * 7, kpis=[kpi] * 19, run_id=long
        )
    )


def test_many_warnings_and_cards_go_on_further_slides_and_none_is_lost() -> None:
    warnings = [f"Warning {number}: {'it may be luck. ' * 20}".strip() for number in range(20)]
    kpis = [make_record()["kpis"][0] | {"label": f"Card {number}"} for number in range(19)]
    slides = slides_of(warnings=warnings, kpis=kpis)
    told = "\n".join(map(texts_of, slides))
    assert all(warning in told for warning in warnings)
    assert all(f"Card {number}\n" in told for number in range(19))
    assert [slide.shapes.title.text for slide in slides].count("Key figures") == 3
    check_layout(slides)


def test_every_text_names_a_font_for_chinese_letters() -> None:
    for slide in slides_of(language="zh"):
        for shape in slide.shapes:
            for run in shape._element.iter(qn("a:r")):
                properties = run.find(qn("a:rPr"))
                assert properties.get("lang") == "zh-CN"
                assert properties.find(qn("a:ea")).get("typeface") == "Microsoft YaHei"
                order = [child.tag for child in properties]
                assert order.index(qn("a:latin")) < order.index(qn("a:ea"))


def figure_of(mime: str, content: str) -> NotebookNode:
    notebook = v4.new_notebook()
    output = v4.new_output("display_data", {mime: content}, metadata={mime: {"alt": "A <curve>"}})
    notebook.cells = [v4.new_markdown_cell("# Q\n\n## Part"), v4.new_code_cell("x", outputs=[output])]
    return notebook


@pytest.mark.parametrize(
    ("mime", "content"), [("image/svg+xml", "<svg/>"), ("image/png", b64encode(b"no image").decode())]
)
def test_a_figure_that_cannot_be_shown_is_told_instead(mime: str, content: str) -> None:
    slides = slides_of(figure_of(mime, content), kpis=[], warnings=[], marks=[])
    assert [slide.shapes.title.text for slide in slides] == ["Q", "Part", "Source"]
    assert "see the report. It shows: A <curve>" in texts_of(slides[1])


def test_what_no_slide_can_hold_is_left_out() -> None:
    slides = slides_of(answer="a\x00b\x0b\ud800c", warnings=["\x1b[31mred"])
    assert "a b c" in texts_of(slides[0])


def test_the_file_tells_nothing_of_when_it_was_made_and_is_the_same_again() -> None:
    content = write_slides(make_notebook(), make_record())
    assert write_slides(make_notebook(), make_record()) == content
    about = Presentation(BytesIO(content)).core_properties
    assert about.created.isoformat() == "2026-11-01T14:03:41"
    assert about.author == "leadline"
