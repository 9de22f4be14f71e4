"""A report as slides: answer, cards, what to know before, one figure a slide, limits and source."""

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from nbformat import NotebookNode
from PIL import Image

from leadline.language import _, format_value, speaking
from leadline.report.forms.contents import Contents, Figure, plain_text, read_contents
from leadline.report.forms.deck import (
    ACCENT,
    BOTTOM,
    BULLET,
    HEIGHT,
    INK,
    INNER,
    MARGIN,
    SOFT,
    TOP,
    Deck,
    Line,
)
from leadline.report.forms.fitting import find_size, measure_height, split_to_fit
from leadline.report.head import Card, make_cards, make_signs, write_date

_COLUMNS, _ROWS, _GAP, _HIGHEST_CARD = 4, 2, 0.25, 3.2
_COLORS = {"good": "17663A", "bad": "A3241F", "unsure": "7A5200"}
_LIST_SIZES = (20, 18, 16, 14)
_CAPTION_SIZES = (14, 12, 11, 10)
_SOURCE_HEIGHT = 0.6
_FOOT = (MARGIN, HEIGHT - 0.55, INNER, 0.25)


def write_slides(notebook: NotebookNode, record: Mapping[str, Any]) -> bytes:
    """Write the slides ``slides.pptx``, in the language of the record; no text runs out of its box.

    Parameters
    ----------
    notebook
        Executed notebook of a finished run.
    record
        Its run record.
    """
    with speaking(record["language"]):
        contents = read_contents(notebook, record)
        ended = record.get("ended") or record["started"]
        deck = Deck(contents.title, record["language"], dt.datetime.fromisoformat(ended))
        told = _Slides(deck, foot=plain_text(f"{contents.title} · {write_date(ended)} · {record['run_id']}"))
        told.open(contents, record, write_date(ended))
        told.show_cards(make_cards(record.get("kpis", [])))
        checks = [f"{sign.sign} {sign.label}: {sign.note}" for sign in make_signs(record.get("marks", []))]
        told.show_list(_("Checks"), checks)
        told.show_list(_("Before you rely on this"), record.get("warnings", []))
        for figure in contents.figures:
            told.show_figure(figure)
        told.close(contents, record)
        return deck.save()


class _Slides:
    """Writes one kind of slide a method; all but the first have a foot."""

    def __init__(self, deck: Deck, *, foot: str) -> None:
        self._deck = deck
        self._foot = foot

    def open(self, contents: Contents, record: Mapping[str, Any], date: str) -> None:
        slide = self._deck.add_slide(
            plain_text(contents.title), box=(MARGIN, 0.9, INNER, 1.7), sizes=(40, 36, 32, 28, 24, 20)
        )
        answer = plain_text(record.get("answer") or "")
        if answer:
            self._deck.add_text(
                slide, [answer], (MARGIN, 2.85, INNER, 3.5), (24, 22, 20, 18, 16, 14, 12), color=ACCENT
            )
        self._deck.add_text(slide, [plain_text(f"{date} · {record['run_id']}")], _FOOT, (12, 10), color=SOFT)

    def show_cards(self, cards: Sequence[Card]) -> None:
        a_slide = _COLUMNS * _ROWS
        for start in range(0, len(cards), a_slide):
            slide = self._add(_("Key figures"))
            shown = cards[start : start + a_slide]
            columns = min(_COLUMNS, len(shown))
            rows = -(-len(shown) // columns)
            width = (INNER - _GAP * (columns - 1)) / columns
            height = min(_HIGHEST_CARD, (BOTTOM - TOP - _GAP * (rows - 1)) / rows)
            for place, card in enumerate(shown):
                row, column = divmod(place, columns)
                box = (MARGIN + column * (width + _GAP), TOP + row * (height + _GAP), width, height)
                self._deck.add_card(slide, _list_lines(card), box)

    def show_list(self, title: str, texts: Sequence[str]) -> None:
        """List texts, over as many slides as they need."""
        box = (MARGIN, TOP, INNER, BOTTOM - TOP)
        for part, size in _split_list(texts, box[3]):
            self._deck.add_list(self._add(title), part, box, size)

    def show_figure(self, figure: Figure) -> None:
        slide = self._add(figure.section)
        caption, alt = plain_text(figure.caption), plain_text(figure.alt)
        size = _read_size(figure.image)
        if figure.image is None or size is None:
            text = _("This figure can be shown by a browser only: see the report. It shows: {alt}", alt=alt)
            self._deck.add_text(slide, [text], (MARGIN, TOP, INNER, BOTTOM - TOP), _LIST_SIZES, color=SOFT)
            return
        points = find_size([caption], INNER, 0.8, _CAPTION_SIZES) or _CAPTION_SIZES[-1]
        high = min(0.8, measure_height([caption], INNER, points)) if caption else 0.0
        room = (MARGIN, TOP - 0.1, INNER, BOTTOM - TOP - high - 0.05)
        self._deck.add_picture(slide, figure.image, size, room, alt)
        if caption:
            self._deck.add_text(slide, [caption], (MARGIN, BOTTOM - high, INNER, high), (points,), color=SOFT)

    def close(self, contents: Contents, record: Mapping[str, Any]) -> None:
        """Tell the limits, and the source below the last of them."""
        room = BOTTOM - TOP - _SOURCE_HEIGHT - 0.1
        parts = _split_list(contents.limits, room)
        slides = [self._add(_("What this does not show")) for _part in parts] or [self._add(_("Source"))]
        for slide, (part, size) in zip(slides, parts, strict=False):
            self._deck.add_list(slide, part, (MARGIN, TOP, INNER, room), size)
        box = (MARGIN, BOTTOM - _SOURCE_HEIGHT, INNER, _SOURCE_HEIGHT)
        self._deck.add_text(slides[-1], [plain_text(_tell_source(record))], box, (12, 11, 10, 9), color=SOFT)

    def _add(self, title: str) -> Any:
        slide = self._deck.add_slide(plain_text(title))
        number = f"{self._deck.count}"
        self._deck.add_text(
            slide, [self._foot], (MARGIN, _FOOT[1], INNER - 0.7, 0.25), (10, 9, 8), color=SOFT
        )
        self._deck.add_text(slide, [number], (MARGIN + INNER - 0.5, _FOOT[1], 0.5, 0.25), (10,), color=SOFT)
        return slide


def _split_list(texts: Sequence[str], height: float) -> list[tuple[list[str], float]]:
    """Spread a list over slides, each part with its size: as few as the smallest letters allow."""
    plain = [plain_text(text) for text in texts]
    width = INNER - BULLET
    if not plain:
        return []
    if size := find_size(plain, width, height, _LIST_SIZES):
        return [(plain, size)]
    parts = split_to_fit(plain, width, height, _LIST_SIZES[-1])
    return [(part, _LIST_SIZES[-1]) for part in parts]


def _list_lines(card: Card) -> list[Line]:
    verdict = plain_text(f"{card.sign} {card.note}")
    lines = (
        Line(plain_text(card.label), 14, SOFT),
        Line(plain_text(card.value), 30, INK, bold=True),
        Line(plain_text(card.interval), 13, SOFT),
        Line(verdict, 13, _COLORS.get(card.verdict, SOFT)),
    )
    return [line for line in lines if line.text]


def _read_size(image: bytes | None) -> tuple[int, int] | None:
    """Return width and height in pixels; None where it is no image that can be read."""
    try:
        with Image.open(BytesIO(image or b"")) as picture:
            picture.verify()
            return picture.size
    except Exception:  # noqa: BLE001 (a broken image raises anything; the slide says that it is not shown)
        return None


def _tell_source(record: Mapping[str, Any]) -> str:
    sources = [
        _(
            "{name} ({rows} rows × {columns} columns)",
            name=source["name"],
            rows=format_value(source.get("rows"), "count"),
            columns=format_value(source.get("columns"), "count"),
        )
        for source in record.get("sources", [])
    ]
    return _(
        "Source: {sources}. Run {run}; its report tells parameters, versions and how every number was made.",
        sources="; ".join(sources) or record["notebook"]["name"],
        run=record["run_id"],
    )
