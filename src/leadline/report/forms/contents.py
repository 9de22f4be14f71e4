"""What of a report goes into its other forms: title, figures, tables, limits, all as the page shows them."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from typing import Any

from nbformat import NotebookNode

from leadline.language import _
from leadline.report.gate import clean_html
from leadline.report.intake import clean_notebook
from leadline.report.prose import anchor_headings, render_markdown, take_title
from leadline.report.story import is_limits
from leadline.report.tables import Table, read_tables
from leadline.report.tags import TAG, iter_tags

_BLOCKS = re.compile("p|li|h[1-6]")
#: What no XML file can hold, and what turns the direction of writing.
_UNSEEN = re.compile("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of the report; ``image`` is PNG or JPEG, or None where only a browser can draw it (SVG)."""

    section: str
    alt: str
    caption: str
    image: bytes | None


@dataclass(frozen=True, kw_only=True)
class ShownTable:
    """One table that an output shows, and the heading above it."""

    section: str
    table: Table


@dataclass(kw_only=True)
class Contents:
    """A report without its page: plain text, bytes and tables."""

    title: str = ""
    figures: list[Figure] = field(default_factory=list)
    tables: list[ShownTable] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)


def read_contents(notebook: NotebookNode, record: Mapping[str, Any]) -> Contents:
    """Read the executed notebook of a finished run through the page's cleaning, in the language in use."""
    contents, section, anchors = Contents(), "", count(1)
    for cell in clean_notebook(notebook).cells:
        if cell.cell_type == "code":
            for output in cell.outputs:
                _read_output(output, section or contents.title, contents)
            continue
        html = render_markdown(_(cell.source), cell.attachments)
        if not contents.title:
            contents.title, html = take_title(html)
        _html, headings = anchor_headings(html, anchors)
        section = headings[-1].text if headings else section
        if is_limits(cell):
            heads = {heading.text for heading in headings}
            contents.limits += [text for text in _read_blocks(html) if text not in heads]
    contents.title = contents.title or record["title"] or record["notebook"]["name"]
    return contents


def plain_text(text: str) -> str:
    """Return a text of one line, without what no slide or mail can hold."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _read_output(output: NotebookNode, section: str, contents: Contents) -> None:
    if output.output_type != "display":
        return
    if output.mime.startswith("image/"):
        is_drawn = output.mime != "image/svg+xml"
        alt = output.alt or output.caption or _("Figure in the section “{section}”", section=section)
        image = b64decode("".join(output.content.split())) if is_drawn else None
        contents.figures.append(Figure(section=section, alt=alt, caption=output.caption, image=image))
    elif output.mime in ("text/html", "text/markdown"):
        html = clean_html(output.content) if output.mime == "text/html" else render_markdown(output.content)
        tables = [table for table in read_tables(html) if table.head and table.body]
        contents.tables += [ShownTable(section=section, table=table) for table in tables]


def _read_blocks(html: str) -> Iterator[str]:
    """Yield the text of each paragraph, list item and heading; of nested ones, each its own."""
    start, previous = 0, None
    for tag in iter_tags(html):
        if not _BLOCKS.fullmatch(tag["name"]):
            continue
        if previous and (text := _read_inline(html[start : tag.start()])):
            yield text
        start, previous = tag.end(), tag


def _read_inline(html: str) -> str:
    """Text without its tags, which stand for no space: "(`code`)" stays in its brackets."""
    return " ".join(unescape(TAG.sub(lambda tag: " " if tag["name"] == "br" else "", html)).split())
