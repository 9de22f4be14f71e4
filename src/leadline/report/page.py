"""An executed notebook and its run record → one HTML file that needs nothing else."""

from base64 import b64encode
from collections.abc import Mapping
from contextvars import copy_context
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode

from leadline.language import _, plural, use_language
from leadline.language.messages import current_locale
from leadline.report.head import explain_failure, make_cards, make_foot, make_signs, write_date
from leadline.report.intake import clean_notebook
from leadline.report.story import tell_story

TEMPLATE = "page.html.j2"


class PageExporter(TemplateExporter):
    """nbconvert with leadline's own template alone, and with escaping on."""

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call] # nbconvert's
        environment.loader = PackageLoader("leadline.report", "template")
        environment.autoescape = True
        environment.trim_blocks = environment.lstrip_blocks = True
        environment.globals.update(_=_, plural=plural)
        return environment


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
    style, script = _read_template("page.css"), _read_template("page.js")
    page = {
        "language": current_locale().replace("_", "-"),
        "policy": write_policy(styles=[style, story.styles], script=script),
        "style": Markup(style),  # noqa: S704 - our own file
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
    text, _resources = _exporter().from_notebook_node(NotebookNode(cells=[], metadata={}), {"page": page})
    return str(text)


def write_policy(*, styles: list[str], script: str) -> str:
    """Content-Security-Policy: nothing from outside, our one script and our style sheets by their hash.

    Style attributes are allowed (the gate has filtered them); style sheets other than ours are not.
    """
    sheets = " ".join(f"'sha256-{_digest(style)}'" for style in styles if style)
    return (
        "default-src 'none'; "
        f"script-src 'sha256-{_digest(script)}'; "
        f"style-src {sheets}; style-src-attr 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _find_last_cell(record: Mapping[str, Any]) -> int | None:
    """Cell at which a failed run stopped; what comes after it was never run and is not told."""
    return (record.get("failure") or {}).get("cell")


@cache
def _exporter() -> PageExporter:
    return PageExporter(template_file=TEMPLATE, default_preprocessors=[], preprocessors=[])  # type: ignore[no-untyped-call] # nbconvert's


@cache
def _read_template(name: str) -> str:
    return files("leadline.report").joinpath("template", name).read_text("utf-8")
