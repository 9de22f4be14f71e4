"""How much room a text takes on a slide, so that none runs out of its box whatever machine shows it.

Measured with DejaVu Sans, which comes with Matplotlib and is wider than the Arial that slides name; a Chinese
character takes the width of its size, as in every font.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import ImageFont

#: Height of a line, and room between paragraphs, in sizes of the letters (Microsoft YaHei is the highest).
LINE_HEIGHT, PARAGRAPH_SPACE = 1.32, 0.35
POINTS_PER_INCH = 72
_DRAWN_SIZE = 100
#: A word with the spaces behind it, or one Chinese character with the signs that may not begin a line.
_PIECE = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef][，。：；？！、）》”’,.)]*|"
    r"[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]+\s*|\s+"
)


def count_lines(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Count the lines that a text takes in a box of ``width`` inches at ``size`` points."""
    room = width * POINTS_PER_INCH / size
    lines, used = 1, 0.0
    for piece in _PIECE.findall(text):
        wide = _measure(piece.rstrip(), bold=bold)
        if used and used + wide > room:
            lines, used = lines + 1, 0.0
        if wide > room:  # a word longer than a line is broken anywhere
            over = int(wide / room)
            lines, used = lines + over, wide - over * room
        else:
            used += _measure(piece, bold=bold)
    return lines


def measure_height(texts: Sequence[str], width: float, size: float, *, bold: bool = False) -> float:
    """Return the height in inches of paragraphs in a box of ``width`` inches at ``size`` points."""
    lines = sum(count_lines(text, width, size, bold=bold) for text in texts)
    return (lines * LINE_HEIGHT + max(0, len(texts) - 1) * PARAGRAPH_SPACE) * size / POINTS_PER_INCH


def find_size(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[float], *, bold: bool = False
) -> float | None:
    """Return the first of ``sizes`` (points, falling) at which the texts fit; None where none does."""
    return next((size for size in sizes if measure_height(texts, width, size, bold=bold) <= height), None)


def cut_to_fit(text: str, width: float, height: float, size: float, *, bold: bool = False) -> str:
    """Return as much of a text as fits, with an ellipsis where it is cut."""
    if find_size([text], width, height, [size], bold=bold):
        return text
    kept, cut = 0, len(text)
    while cut - kept > 1:
        middle = (kept + cut) // 2
        fits = find_size([f"{text[:middle]}…"], width, height, [size], bold=bold)
        kept, cut = (middle, cut) if fits else (kept, middle)
    return f"{text[:kept].rstrip()}…"


def split_to_fit(texts: Sequence[str], width: float, height: float, size: float) -> list[list[str]]:
    """Spread paragraphs over as few boxes as hold them, in order; one too long for a box alone is cut."""
    boxes: list[list[str]] = []
    for whole in texts:
        text = cut_to_fit(whole, width, height, size)
        if boxes and measure_height([*boxes[-1], text], width, size) <= height:
            boxes[-1].append(text)
        else:
            boxes.append([text])
    return boxes


def _measure(text: str, *, bold: bool) -> float:
    """Return the width of a text in sizes of its letters."""
    return sum(_measure_letter(letter, bold=bold) for letter in text)


@cache
def _measure_letter(letter: str, *, bold: bool) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return float(_load_font(bold=bold).getlength(letter)) / _DRAWN_SIZE


@cache
def _load_font(*, bold: bool) -> ImageFont.FreeTypeFont:
    import matplotlib as mpl  # noqa: PLC0415 (for its fonts alone)

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / name, _DRAWN_SIZE)
