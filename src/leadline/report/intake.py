"""What of an executed notebook may reach the page: kinds of cells and outputs, sizes, types of fields."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from leadline.language import _, format_value
from leadline.results import RESULT_MIME

#: What may be shown, best first; everything else (widgets, JavaScript, mermaid…) is left out.
SHOWN_MIMES = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
)
MAX_TEXT_CHARS = 20_000
MAX_WIDTH_PX = 4_000
_IMAGE_MIME = re.compile(r"image/(?:png|jpeg|gif|webp|svg\+xml)")
_TAG_NAME = re.compile(r"[\w-]{1,40}")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\r(?=\n)")


def clean_notebook(notebook: NotebookNode, *, until: int | None = None) -> NotebookNode:
    """Copy of a notebook with only what the page shows, every field of the type it must have.

    Raw cells, widget state, and cell and output metadata without a use on the page go.
    An output keeps one MIME type; text beyond 20,000 characters is cut in its middle.

    Parameters
    ----------
    notebook
        Executed notebook.
    until
        Index of the last cell to keep; None keeps all.
    """
    told = notebook.cells if until is None else notebook.cells[: until + 1]
    cells = [_clean_cell(cell) for cell in told if cell.cell_type in ("markdown", "code")]
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=cells)


def _clean_cell(cell: NotebookNode) -> NotebookNode:
    tags = [tag for tag in cell.metadata.get("tags", []) if isinstance(tag, str) and _TAG_NAME.fullmatch(tag)]
    kept = NotebookNode(cell_type=cell.cell_type, source=_join(cell.source), metadata=NotebookNode(tags=tags))
    if cell.cell_type == "markdown":
        kept.attachments = _clean_attachments(cell.get("attachments") or {})
    else:
        outputs = [_clean_output(output) for output in _join_streams(cell.get("outputs", []))]
        kept.outputs = [output for output in outputs if output is not None]
    return kept


def _clean_attachments(attachments: Mapping[str, Any]) -> dict[str, str]:
    """Name of each attached image → its ``data:`` address."""
    return {
        str(name): f"data:{mime};base64,{''.join(_join(content).split())}"
        for name, bundle in attachments.items()
        for mime, content in bundle.items()
        if _IMAGE_MIME.fullmatch(mime) and is_base64(_join(content))
    }


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed in pieces to the same stream, so that it is cut as one."""
    joined: list[NotebookNode] = []
    for output in outputs:
        before = joined[-1] if joined else None
        if output.output_type == "stream" and before and before.get("name") == output.get("name"):
            text = _join(before.text) + _join(output.text)
            joined[-1] = NotebookNode(output_type="stream", name=output.name, text=text)
        else:
            joined.append(output)
    return joined


def _clean_output(output: NotebookNode) -> NotebookNode | None:
    match output.output_type:
        case "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            return NotebookNode(output_type="stream", name=name, text=cut_text(_join(output.text)))
        case "error":
            log = "\n".join(str(line) for line in output.get("traceback") or [])
            return NotebookNode(output_type="error", message=cut_text(log or str(output.get("evalue", ""))))
        case "display_data" | "execute_result":
            return _clean_display(output)
    return None


def _clean_display(output: NotebookNode) -> NotebookNode | None:
    data = output.get("data", {})
    if RESULT_MIME in data:
        return None
    shown = [mime for mime in SHOWN_MIMES if mime in data]
    refused = sorted(set(data) - set(SHOWN_MIMES))
    if refused and shown in ([], ["text/plain"]):
        return NotebookNode(output_type="refused", mime=refused[0])
    if not shown:
        return None
    mime = shown[0]
    content = _join(data[mime])
    if mime in ("image/png", "image/jpeg") and not is_base64(content):
        return NotebookNode(output_type="refused", mime=mime)
    if mime in ("text/plain", "text/latex"):
        content = cut_text(content)
    about = _clean_image_metadata(output.get("metadata", {}).get(mime))
    return NotebookNode(output_type="display", mime=mime, content=content, **about)


def _clean_image_metadata(metadata: object) -> dict[str, Any]:
    fields = metadata if isinstance(metadata, Mapping) else {}
    width = fields.get("width")
    sound = isinstance(width, int) and not isinstance(width, bool) and 0 < width <= MAX_WIDTH_PX
    return {
        "alt": str(fields.get("alt") or ""),
        "caption": str(fields.get("caption") or ""),
        "width": width if sound else None,
    }


def cut_text(text: str) -> str:
    """Drop terminal colours, and the middle of a text that is too long to read."""
    plain = _ANSI.sub("", text)
    surplus = len(plain) - MAX_TEXT_CHARS
    if surplus <= 0:
        return plain
    half = MAX_TEXT_CHARS // 2
    note = _("… {count} characters left out …", count=format_value(surplus, "count"))
    return f"{plain[:half]}\n{note}\n{plain[-half:]}"


def is_base64(text: str) -> bool:
    """Say whether a text is the base64 form of some bytes."""
    try:
        return bool(b64decode("".join(text.split()), validate=True))
    except (Base64Error, ValueError):
        return False


def _join(text: object) -> str:
    """Text of a notebook field, which may be a list of lines."""
    return "".join(str(line) for line in text) if isinstance(text, list) else str(text)
