"""One cleaned output → the piece of the page that shows it."""

import re
from base64 import b64encode
from collections.abc import Iterator

from markupsafe import Markup
from nbformat import NotebookNode

from leadline.language import _
from leadline.report.gate import clean_html
from leadline.report.prose import render_markdown
from leadline.report.tables import present_tables
from leadline.report.tags import TAG


def present_output(output: NotebookNode, *, section: str, numbers: Iterator[int]) -> Markup:
    """Show one output of `leadline.report.intake.clean_notebook`.

    Parameters
    ----------
    output
        Stream, error, refused or display output, already reduced to one MIME type.
    section
        Heading above it: what a figure without a description of its own is called.
    numbers
        Source of table numbers.
    """
    match output.output_type:
        case "stream" if output.name == "stderr":
            return _fold(_("Messages of the programs used"), output.text)
        case "stream":
            return _preformatted(output.text)
        case "error":
            return _fold(_("Technical log of this step"), output.message)
        case "refused":
            text = _("An output of kind {mime} cannot be shown on a report.", mime=output.mime)
            return Markup('<p class="left-out">{}</p>').format(text)
    return _present_display(output, section, numbers)


def _present_display(output: NotebookNode, section: str, numbers: Iterator[int]) -> Markup:
    match output.mime:
        case "text/html":
            return present_tables(_lower_headings(clean_html(output.content)), numbers)
        case "text/markdown":
            return present_tables(_lower_headings(render_markdown(output.content)), numbers)
        case "image/svg+xml":
            return _figure(output, b64encode(output.content.encode()).decode(), section)
        case "image/png" | "image/jpeg":
            return _figure(output, "".join(output.content.split()), section)
    return _preformatted(output.content)


def _lower_headings(html: Markup) -> Markup:
    """Turn ``<h1>`` of outputs into ``<h2>``: the page has one title."""

    def lower(tag: re.Match[str]) -> str:
        return f"<{tag['slash']}h2{tag['attributes']}>" if tag["name"] == "h1" else tag[0]

    return Markup(TAG.sub(lower, html))  # noqa: S704 - was clean


def _figure(output: NotebookNode, data: str, section: str) -> Markup:
    alt = output.alt or output.caption or _("Figure in the section “{section}”", section=section)
    width = Markup(' width="{}"').format(output.width) if output.width else ""
    caption = Markup("<figcaption>{}</figcaption>").format(output.caption) if output.caption else ""
    image = Markup('<img src="data:{mime};base64,{data}" alt="{alt}"{width}>')
    return Markup("<figure>{}{}</figure>").format(
        image.format(mime=output.mime, data=data, alt=alt, width=width), caption
    )


def _preformatted(text: str) -> Markup:
    return Markup('<pre class="printed" tabindex="0">{}</pre>').format(text)


def _fold(summary: str, text: str) -> Markup:
    return Markup('<details class="log"><summary>{}</summary>{}</details>').format(
        summary, _preformatted(text)
    )
