"""The body of the page: the notebook's cells in order, and the contents list they make."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

from markupsafe import Markup
from nbformat import NotebookNode

from leadline.language import _
from leadline.report.code import highlight_code
from leadline.report.outputs import present_output
from leadline.report.prose import Heading, anchor_headings, render_markdown, take_title
from leadline.report.styles import collect_styler_rules

LIMITS_HEADING = "What this does not show"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One cell as the page shows it: prose, or code (folded away) with its outputs."""

    kind: Literal["prose", "limits", "code"]
    html: Markup
    outputs: tuple[Markup, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Story:
    """All cells, the title split off their first heading, the contents list, and rules of Styler tables."""

    title: str
    steps: tuple[Step, ...]
    headings: tuple[Heading, ...]
    styles: str


def tell_story(notebook: NotebookNode) -> Story:
    """Render the cells of a cleaned notebook (`leadline.report.intake.clean_notebook`)."""
    tables, anchors = count(1), count(1)
    title, section = "", ""
    steps: list[Step] = []
    headings: list[Heading] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            steps.append(_tell_code(cell, section or title, tables))
            continue
        html = render_markdown(_(cell.source), cell.attachments)
        if not title:
            title, html = take_title(html)
        html, found = anchor_headings(html, anchors)
        headings += found
        section = found[-1].text if found else section
        steps.append(Step(kind="limits" if is_limits(cell) else "prose", html=html))
    return Story(title=title, steps=tuple(steps), headings=tuple(headings), styles=_collect_styles(notebook))


def is_limits(cell: NotebookNode) -> bool:
    """Say whether a cell of prose tells what the report does not show."""
    return "limits" in cell.metadata.tags or LIMITS_HEADING in cell.source.partition("\n")[0]


def _tell_code(cell: NotebookNode, section: str, tables: Iterator[int]) -> Step:
    outputs = tuple(present_output(output, section=section, numbers=tables) for output in cell.outputs)
    return Step(kind="code", html=highlight_code(cell.source), outputs=outputs)


def _collect_styles(notebook: NotebookNode) -> str:
    contents = (
        output.content
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("mime") == "text/html"
    )
    return "\n".join(filter(None, map(collect_styler_rules, contents)))
