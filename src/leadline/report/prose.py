"""Markdown to clean HTML, and the headings that make up the contents list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

import mistune
from markupsafe import Markup

from leadline.report.gate import clean_html
from leadline.report.tags import iter_tags, read_text

_ATTACHMENT = re.compile(r'src="attachment:([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Heading:
    """One line of the contents list."""

    anchor: str
    text: str
    level: int


@cache
def _markdown() -> mistune.Markdown:
    renderer = mistune.HTMLRenderer(escape=False, allow_harmful_protocols=["attachment:"])
    return mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough", "footnotes"])


def render_markdown(source: str, attachments: Mapping[str, str] | None = None) -> Markup:
    """Render Markdown; images attached to the cell are written into the page.

    Parameters
    ----------
    source
        Markdown, raw HTML allowed (the gate cleans it).
    attachments
        Name of an attached image → its ``data:`` address.
    """
    html = str(_markdown()(source))
    if attachments:
        html = _ATTACHMENT.sub(lambda found: f'src="{attachments.get(unquote(found[1]), "")}"', html)
    return clean_html(html)


def take_title(html: Markup) -> tuple[str, Markup]:
    """Split the first ``<h1>`` off; the title is empty when there is none."""
    inside = 0
    for tag in iter_tags(html):
        if tag["name"] == "h1" and not tag["slash"]:
            start, inside = tag.start(), tag.end()
        elif tag["name"] == "h1" and inside:
            return read_text(html[inside : tag.start()]), html[:start] + html[tag.end() :]
    return "", html


def anchor_headings(html: Markup, numbers: Iterator[int]) -> tuple[Markup, list[Heading]]:
    """Give each heading an anchor; a further ``<h1>`` becomes ``<h2>``, the page has one title."""
    headings: list[Heading] = []
    parts: list[str] = []
    position = inside = 0
    anchor = ""
    for tag in iter_tags(html):
        if not re.fullmatch("h[1-6]", tag["name"]):
            continue
        level = max(2, int(tag["name"][1]))
        parts.append(html[position : tag.start()])
        position = tag.end()
        if tag["slash"]:
            parts.append(f"</h{level}>")
            headings.append(Heading(anchor=anchor, text=read_text(html[inside : tag.start()]), level=level))
        else:
            anchor, inside, attributes = f"section-{next(numbers)}", tag.end(), tag["attributes"]
            parts.append(f'<h{level} id="{anchor}"{attributes}>')
    return Markup("").join(Markup(part) for part in [*parts, html[position:]]), headings  # noqa: S704 - was clean
