"""Slides of 16:9 with measured text, a real title each, and nothing of when they were made."""

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_AUTO_SIZE, MSO_VERTICAL_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from leadline.report.forms import fitting

WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.6
#: Room between the margins, and between a slide's title and its foot; inches.
INNER, TOP, BOTTOM = WIDTH - 2 * MARGIN, 1.55, 6.75
INK, SOFT, ACCENT, SHEET = "1C2530", "55616D", "0B5A7A", "F5F7F8"
#: Named for Western letters and for Chinese ones: every Windows and Office has them.
FONT, CHINESE_FONT = "Arial", "Microsoft YaHei"
#: Room for the bullet of a list.
BULLET = 0.3
_TITLE_ONLY = 5
_CARD_MARGIN, _CARD_SCALES = 0.14, (1.35, 1.2, 1.0, 0.9, 0.8, 0.7, 0.6)
_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_LANGUAGE_TAGS = {"en": "en-US", "zh": "zh-CN"}

#: Left, top, width, height in inches.
Box = tuple[float, float, float, float]


class Line(NamedTuple):
    """A paragraph; ``size`` in points."""

    text: str
    size: float
    color: str = INK
    bold: bool = False


class Deck:
    """A presentation that grows slide by slide. Slides and shapes are python-pptx's."""

    def __init__(self, title: str, language: str, ended: dt.datetime) -> None:
        self._language = _LANGUAGE_TAGS.get(language, "en-US")
        self._file = Presentation()
        self._layout = _keep_one_layout(self._file)
        about = self._file.core_properties
        about.title, about.language, about.revision = title[:255], self._language, 1
        about.author = about.last_modified_by = "leadline"
        about.created = about.modified = ended.astimezone(dt.UTC).replace(tzinfo=None)

    @property
    def count(self) -> int:
        """Slides so far."""
        return len(self._file.slides)

    def add_slide(
        self,
        title: str,
        *,
        box: Box = (MARGIN, 0.4, INNER, 1.0),
        sizes: Sequence[float] = (28, 24, 20, 16),
    ) -> Any:
        """Add a slide with a title at the largest of ``sizes`` at which it fits; else it is cut."""
        slide = self._file.slides.add_slide(self._layout)
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = map(Inches, box)
        shape.text_frame.vertical_anchor = MSO_VERTICAL_ANCHOR.TOP
        _set_margins(shape, 0.0)
        size = fitting.find_size([title], box[2], box[3], sizes, bold=True) or sizes[-1]
        kept = fitting.cut_to_fit(title, box[2], box[3], size, bold=True)
        self._write(shape, [Line(kept, size, bold=True)])
        return slide

    def add_text(
        self, slide: Any, texts: Sequence[str], box: Box, sizes: Sequence[float], *, color: str = INK
    ) -> None:
        """Add paragraphs at the largest of ``sizes`` at which they fit; else each is cut."""
        shape = slide.shapes.add_textbox(*map(Inches, box))
        _set_margins(shape, 0.0)
        size = fitting.find_size(texts, box[2], box[3], sizes)
        share = box[3] / len(texts)
        kept = texts if size else [fitting.cut_to_fit(text, box[2], share, sizes[-1]) for text in texts]
        self._write(shape, [Line(text, size or sizes[-1], color) for text in kept])

    def add_list(self, slide: Any, texts: Sequence[str], box: Box, size: float) -> None:
        """Add a list with bullets, whose texts were found to fit (`leadline.report.forms.fitting`)."""
        shape = slide.shapes.add_textbox(*map(Inches, box))
        _set_margins(shape, 0.0)
        self._write(shape, [Line(text, size) for text in texts])
        for paragraph in shape.text_frame.paragraphs:
            _set_bullet(paragraph)

    def add_card(self, slide: Any, lines: Sequence[Line], box: Box) -> None:
        """Add a coloured box of lines, larger or smaller to fit; where nothing does, each is cut."""
        shape = slide.shapes.add_textbox(*map(Inches, box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = _color(SHEET)
        _set_margins(shape, _CARD_MARGIN)
        width, height = box[2] - 2 * _CARD_MARGIN, box[3] - 2 * _CARD_MARGIN
        scaled = (_scale(lines, scale) for scale in _CARD_SCALES)
        fitted = next((lines for lines in scaled if _find_height(lines, width) <= height), None)
        if fitted is None:
            least = _scale(lines, _CARD_SCALES[-1])
            share = (height - _find_spaces(least)) / len(lines)
            fitted = [
                line._replace(text=fitting.cut_to_fit(line.text, width, share, line.size, bold=line.bold))
                for line in least
            ]
        self._write(shape, fitted)

    def add_picture(self, slide: Any, image: bytes, pixels: tuple[int, int], box: Box, alt: str) -> None:
        """Add an image as large as the box allows, in its middle; ``alt`` is its alternative text."""
        left, top, width, height = box
        scale = min(width / pixels[0], height / pixels[1])
        wide, high = pixels[0] * scale, pixels[1] * scale
        place = (left + (width - wide) / 2, top + (height - high) / 2, wide, high)
        picture = slide.shapes.add_picture(BytesIO(image), *map(Inches, place))
        # python-pptx has no way to set the alternative text
        picture._element.nvPicPr.cNvPr.set("descr", alt)  # noqa: SLF001

    def save(self) -> bytes:
        """Return the file; the same slides give the same bytes."""
        raw, fixed = BytesIO(), BytesIO()
        self._file.save(raw)
        with ZipFile(raw) as source, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
            for name in source.namelist():
                entry = ZipInfo(name, _FIRST_ZIP_DAY)
                entry.compress_type = ZIP_DEFLATED
                target.writestr(entry, source.read(name))
        return fixed.getvalue()

    def _write(self, shape: Any, lines: Sequence[Line]) -> None:
        frame = shape.text_frame
        for place, line in enumerate(lines):
            paragraph = frame.add_paragraph() if place else frame.paragraphs[0]
            paragraph.line_spacing = Pt(line.size * fitting.LINE_HEIGHT)
            paragraph.space_before = Pt(line.size * fitting.PARAGRAPH_SPACE if place else 0)
            run = paragraph.add_run()
            run.text = line.text
            run.font.size, run.font.bold, run.font.name = Pt(line.size), line.bold, FONT
            run.font.color.rgb = _color(line.color)
            properties = run._r.get_or_add_rPr()  # noqa: SLF001 (python-pptx names Western fonts alone)
            properties.set("lang", self._language)
            chinese = properties.makeelement(qn("a:ea"), {"typeface": CHINESE_FONT})
            properties.find(qn("a:latin")).addnext(chinese)


def _keep_one_layout(file: Any) -> Any:
    """Drop the layouts that are not used, and draw the one that is out to 16:9."""
    stretch = Inches(WIDTH) / file.slide_width
    file.slide_width, file.slide_height = Inches(WIDTH), Inches(HEIGHT)
    kept = file.slide_layouts[_TITLE_ONLY]
    for layout in list(file.slide_layouts):
        if layout.name != kept.name:
            file.slide_layouts.remove(layout)
    for shape in (*file.slide_master.shapes, *kept.shapes):
        shape.left, shape.width = round(shape.left * stretch), round(shape.width * stretch)
    return kept


def _set_margins(shape: Any, inches: float) -> None:
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Inches(inches)


def _set_bullet(paragraph: Any) -> None:
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 (python-pptx knows no bullets)
    properties.set("marL", str(Inches(BULLET)))
    properties.set("indent", str(-Inches(BULLET)))
    for name, attributes in (("a:buFont", {"typeface": FONT}), ("a:buChar", {"char": "•"})):
        properties.append(properties.makeelement(qn(name), attributes))


def _scale(lines: Sequence[Line], scale: float) -> list[Line]:
    return [line._replace(size=line.size * scale) for line in lines]


def _find_height(lines: Sequence[Line], width: float) -> float:
    heights = (fitting.measure_height([line.text], width, line.size, bold=line.bold) for line in lines)
    return sum(heights) + _find_spaces(lines)


def _find_spaces(lines: Sequence[Line]) -> float:
    return sum(line.size for line in lines[1:]) * fitting.PARAGRAPH_SPACE / fitting.POINTS_PER_INCH


def _color(code: str) -> Any:
    return RGBColor.from_string(code)  # type: ignore[no-untyped-call] # python-pptx is typed in part
