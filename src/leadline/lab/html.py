"""Small pieces of HTML that a notebook opened by hand shows; every value escaped."""

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote


def link_file(words: str, file: Path, start: Path) -> str:
    """Write ``words`` and a link that JupyterLab opens: relative to the notebook's folder ``start``."""
    address = quote(Path(os.path.relpath(file, start)).as_posix())
    return f'<p class="leadline-note">{escape(words)} <a href="{address}">{escape(str(file))}</a></p>'


def write_note(text: str) -> str:
    """Write one sentence that a screen reader announces."""
    return f'<p class="leadline-note" role="status">{escape(text)}</p>' if text else ""


def write_problems(headline: str, problems: Sequence[str] = ()) -> str:
    """Write what must be put right, all at once."""
    listed = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
    below = f"<ul>{listed}</ul>" if listed else ""
    return f'<div class="leadline-problem" role="alert">{escape(headline)}{below}</div>'


def write_line(words: str, line: str) -> str:
    """Write one line to copy: a click marks the whole of it."""
    return f'<p class="leadline-note">{escape(words)}</p><pre class="leadline-line">{escape(line)}</pre>'
