"""An executed notebook and its run record → one HTML file that needs nothing else."""

import json
from collections.abc import Mapping
from contextvars import copy_context
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from leadline.language import use_language
from leadline.language.messages import current_locale
from leadline.report.fonts import embed_fonts
from leadline.report.head import explain_failure, make_cards, make_foot, make_signs, write_date
from leadline.report.intake import clean_notebook
from leadline.report.story import tell_story
from leadline.report.templates import read_asset, render_template, write_policy


def render_page(notebook: NotebookNode, record: Mapping[str, Any]) -> str:
    """Render the report page; the same notebook and record give the same text.

    Parameters
    ----------
    notebook
        Executed notebook, finished or not.
    record
        Run record (``record.json``, schema version 1); its ``language`` is the language of the page.

    Raises
    ------
    ValueError
        If the record's language is unknown.
    """
    return copy_context().run(_render, notebook, record)


def _render(notebook: NotebookNode, record: Mapping[str, Any]) -> str:
    use_language(record["language"])
    failure = explain_failure(record)
    story = tell_story(clean_notebook(notebook, until=_find_last_cell(record)))
    style, script = read_asset("page.css"), read_asset("page.js")
    told = (str(step.html) for step in story.steps)
    shown = (str(output) for step in story.steps for output in step.outputs)
    fonts = embed_fonts(*told, *shown, json.dumps(record, ensure_ascii=False, default=str))
    page = {
        "language": current_locale().replace("_", "-"),
        "policy": write_policy(styles=[style, fonts, story.styles], script=script),
        "style": Markup(style),  # noqa: S704 - our own file
        "fonts": Markup(fonts),  # noqa: S704 - our own rules
        "script": Markup(script),  # noqa: S704 - our own file
        "styler": Markup(story.styles),  # noqa: S704 - filtered by the gate
        "story": story,
        "title": story.title or record["title"],
        "date": write_date(record.get("ended") or record.get("started")),
        "failure": failure,
        "answer": None if failure else record.get("answer"),
        "cards": () if failure else make_cards(record.get("kpis", [])),
        "signs": () if failure else make_signs(record.get("marks", [])),
        "warnings": tuple(record.get("warnings", [])),
        "foot": make_foot(record),
    }
    return render_template("page.html.j2", page)


def _find_last_cell(record: Mapping[str, Any]) -> int | None:
    """Cell at which a failed run stopped; what comes after it was never run and is not told."""
    return (record.get("failure") or {}).get("cell")
