"""Ways by which text in data, cells or metadata of a notebook could run as script on a page.

Each vector, if it runs, writes its id into ``<html data-ran>``.
"""

import io
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from matplotlib.figure import Figure
from nbformat import NotebookNode, from_dict, v4
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder

RANDOM = np.random.default_rng(1)


@dataclass(frozen=True, kw_only=True)
class Vector:
    """Cells (and what is done to the notebook), and a CSS selector of what a reader must still see."""

    id: str
    cells: list[NotebookNode]
    keeps: str
    edit: Callable[[NotebookNode], None] = lambda notebook: None


def make_notebook(*vectors: Vector) -> NotebookNode:
    """Build a notebook that holds ordinary content and then the vectors."""
    notebook = v4.new_notebook()
    notebook.cells = [v4.new_markdown_cell(KEPT_MARKDOWN), _html(KEPT_TABLE), _output({"image/png": PIXEL})]
    for vector in vectors:
        notebook.cells += deepcopy(vector.cells)
        vector.edit(notebook)
    return notebook


KEPT_MARKDOWN = "## Kept heading\n\nSome **bold** text.\n\n| stage | adds |\n|---|---|\n| area | 43 |"
KEPT_TABLE = pd.DataFrame({"gain": [1.5, 2.5]}, index=["east", "west"]).to_html()
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def script(name: str) -> str:
    """Statement that leaves a trace."""
    return f"document.documentElement.dataset.ran=(document.documentElement.dataset.ran||'')+'{name},'"


def tag(name: str) -> str:
    """Script element."""
    return f"<script>{script(name)}</script>"


def image(name: str) -> str:
    """Broken image that runs a handler."""
    return f'<img src=x onerror="{script(name)}">'


def _output(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> NotebookNode:
    output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
    return v4.new_code_cell("1", outputs=[from_dict(output)])


def _html(html: str) -> NotebookNode:
    return _output({"text/html": html, "text/plain": "x"})


def _markdown(text: str) -> NotebookNode:
    return _output({"text/markdown": text, "text/plain": "x"})


def _stream(text: str) -> NotebookNode:
    return v4.new_code_cell("1", outputs=[v4.new_output("stream", name="stdout", text=text)])


def _svg_of_chart(title: str) -> str:
    figure = Figure()
    figure.subplots().set_title(title)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")
    return buffer.getvalue()


def _summary(name: str) -> str:
    frame = pd.DataFrame({"y": RANDOM.random(40), "c": ["0", image(name)] * 20})
    return smf.ols("y~C(c)", frame).fit().summary().as_html()


def _fit(columns: list[str] | None = None) -> Any:
    return sm.OLS(
        RANDOM.random(40), pd.DataFrame(RANDOM.random((40, 2)), columns=columns or ["a", "b"])
    ).fit()


def _transformer(name: str) -> str:
    encoder = OneHotEncoder(categories=[[image(name)]])
    return ColumnTransformer([(image(name), encoder, [image(name)])])._repr_html_()


def _set_tags(notebook: NotebookNode) -> None:
    notebook.cells[-1].metadata["tags"] = ['x">' + image("tags")]


def _set_count(notebook: NotebookNode) -> None:
    notebook.cells[-1]["execution_count"] = image("exec_count")


def _set_widgets(notebook: NotebookNode) -> None:
    state = {"version_major": 2, "version_minor": 0, "state": {"x": "</script>" + tag("widget")}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": state}


def _set_attachment(notebook: NotebookNode) -> None:
    mime = 'image/png" onerror="' + script("attach") + '" x="'
    notebook.cells[-1]["attachments"] = from_dict({"a": {mime: "AA=="}})


def _set_title(notebook: NotebookNode) -> None:
    notebook.metadata["title"] = "</title>" + tag("title")


def _set_language(notebook: NotebookNode) -> None:
    notebook.metadata["language_info"] = from_dict({"name": "python", "pygments_lexer": tag("lang")})


def _frame(name: str, **options: Any) -> NotebookNode:
    return _html(pd.DataFrame({"n": [image(name)]}).to_html(**options))


def _styler(name: str) -> NotebookNode:
    return _html(
        pd.DataFrame({"n": [image(name)]}).style.set_uuid(name).highlight_max(color="gold").to_html()
    )


def _make_vectors() -> list[Vector]:
    one = [v4.new_code_cell("1")]
    index = pd.DataFrame({image("df_col"): [1]}, index=pd.Index([0], name=image("df_col")))
    number = pd.DataFrame({"n": [1]}).style.set_uuid("cap")
    text = pd.DataFrame({image("styler_col"): ["a"]}).style.set_uuid("col").format(escape="html")
    escaped = pd.DataFrame({"n": [image("styler_esc")]}).style.set_uuid("esc").format(escape="html")
    error = v4.new_output("error", ename="ValueError", evalue=image("exc"), traceback=[image("exc")])
    width = {"image/png": {"width": "1 onerror=" + script("imgmeta").replace(" ", "")}, "filenames": {}}
    table = "table td"
    return [
        Vector(id="df_script", cells=[_html(pd.DataFrame({"n": [tag("df_script")]}).to_html())], keeps=table),
        Vector(id="df_img", cells=[_frame("df_img")], keeps=table),
        Vector(id="df_col", cells=[_html(index.to_html())], keeps="table th"),
        Vector(id="df_noesc", cells=[_frame("df_noesc", escape=False)], keeps=table),
        Vector(id="styler", cells=[_styler("styler")], keeps="td#T_styler_row0_col0"),
        Vector(id="styler_esc", cells=[_html(escaped.to_html())], keeps="td#T_esc_row0_col0"),
        Vector(
            id="styler_cap",
            cells=[_html(number.set_caption(image("styler_cap")).to_html())],
            keeps="table caption",
        ),
        Vector(id="styler_col", cells=[_html(text.to_html())], keeps="td#T_col_row0_col0"),
        Vector(id="md_out", cells=[_markdown("## Top customer: " + image("md_out"))], keeps=".output h2"),
        Vector(id="md_table", cells=[_markdown("|n|\n|-|\n|" + image("md_table") + "|")], keeps=table),
        Vector(id="html_f", cells=[_html("<p>Customer " + tag("html_f") + "</p>")], keeps=".output p"),
        Vector(id="print", cells=[_stream(image("print"))], keeps="pre.printed"),
        Vector(id="plain", cells=[_output({"text/plain": "0 " + image("plain")})], keeps="pre.printed"),
        Vector(id="ansi", cells=[_stream("\x1b[31m" + image("ansi") + "\x1b[0m")], keeps="pre.printed"),
        Vector(id="exc", cells=[v4.new_code_cell("1", outputs=[error])], keeps="details.log"),
        Vector(id="latex", cells=[_output({"text/latex": "$" + image("latex") + "$"})], keeps="pre.printed"),
        Vector(id="js", cells=[_output({"application/javascript": script("js")})], keeps=".left-out"),
        Vector(
            id="svg_raw",
            cells=[
                _output({"image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg">{tag("svg_raw")}</svg>'})
            ],
            keeps='figure img[src^="data:image/svg+xml"]',
        ),
        Vector(
            id="mermaid",
            cells=[_output({"text/vnd.mermaid": "graph TD\n" + image("mermaid")})],
            keeps=".left-out",
        ),
        Vector(
            id="mermaid_md",
            cells=[_markdown("```mermaid\n</pre>" + image("mermaid_md") + "\n```")],
            keeps="pre code",
        ),
        Vector(id="sm", cells=[_html(_summary("sm"))], keeps="table.simpletable td"),
        Vector(
            id="sm2",
            cells=[_html(_fit([image("sm2"), "b"]).summary2().as_html())],
            keeps="table.simpletable td",
        ),
        Vector(
            id="smtitle",
            cells=[_html(_fit().summary(yname=image("smtitle"), title=image("smtitle")).as_html())],
            keeps="table.simpletable td",
        ),
        Vector(id="skl", cells=[_html(_transformer("skl"))], keeps=".output pre"),
        Vector(
            id="mpl",
            cells=[_output({"image/svg+xml": _svg_of_chart(image("mpl"))})],
            keeps='figure img[src^="data:image/svg+xml"]',
        ),
        Vector(
            id="md_cell",
            cells=[v4.new_markdown_cell("# x\n" + image("md_cell") + tag("md_cell"))],
            keeps="h1",
        ),
        Vector(id="title", cells=one, edit=_set_title, keeps="details.code"),
        Vector(id="tags", cells=one, edit=_set_tags, keeps="details.code"),
        Vector(id="exec_count", cells=one, edit=_set_count, keeps="details.code"),
        Vector(id="widget", cells=one, edit=_set_widgets, keeps="details.code"),
        Vector(
            id="attach",
            cells=[v4.new_markdown_cell("![a](attachment:a)")],
            edit=_set_attachment,
            keeps='img[alt="a"]',
        ),
        Vector(
            id="jslink",
            cells=[
                v4.new_markdown_cell(
                    '[click](javascript:void({0})) <a href="javascript:void({0})">me</a>'.format(
                        script("jslink")
                    )
                )
            ],
            keeps=".prose a",
        ),
        Vector(id="lang", cells=one, edit=_set_language, keeps="details.code"),
        Vector(id="imgmeta", cells=[_output({"image/png": PIXEL}, width)], keeps="figure img"),
        Vector(
            id="raw", cells=[v4.new_raw_cell(tag("raw"), metadata={"raw_mimetype": "text/html"})], keeps="h2"
        ),
    ]


VECTORS = _make_vectors()
