"""The labs that come with leadline, and their texts in a course's language.

The labs have a catalogue of their own, beside them: it holds the instructor's notes and is in no student's
package.
"""

import ast
import gettext
import io
import json
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from leadline.course.cells import Cell, source_of
from leadline.language import LANGUAGES
from leadline.paths import NOTEBOOKS

LABS = NOTEBOOKS / "labs"
LABS_LOCALE = LABS / "locale"
LABS_DOMAIN = "labs"
Translate = Callable[[str], str]


def list_labs() -> tuple[Path, ...]:
    """Return the instructor's notebooks of the labs, in the order they are taught."""
    return tuple(sorted(LABS.glob("*.ipynb")))


def read_lab(path: Path) -> dict[str, Any]:
    """Return a notebook as plain JSON."""
    return dict(json.loads(path.read_text("utf-8")))


def translate_lab(notebook: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a lab with its text, comments and messages in ``language``; the code stays as it is."""
    translate = _catalogue(language).gettext if language != "en" else str
    cells = [_translate_cell(cell, translate) for cell in notebook["cells"]]
    return notebook | {"cells": cells}


def find_texts(notebook: dict[str, Any]) -> Iterator[str]:
    """Yield what `translate_lab` looks up: Markdown cells, messages marked ``N_``, whole-line comments."""
    for cell in notebook["cells"]:
        source = source_of(cell)
        if cell["cell_type"] == "markdown":
            yield source
        else:
            yield from (text for *_place, text in _find_spans(source))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(LABS_DOMAIN, LABS_LOCALE, languages=[LANGUAGES[language]], fallback=True)


def _translate_cell(cell: Cell, translate: Translate) -> Cell:
    source = source_of(cell)
    if cell["cell_type"] == "markdown":
        return cell | {"source": translate(source)}
    lines = source.split("\n")
    for row, start, end, text in sorted(_find_spans(source), reverse=True):
        told = translate(text)
        written = f"# {told}" if lines[row][start] == "#" else json.dumps(told, ensure_ascii=False)
        lines[row] = lines[row][:start] + written + lines[row][end:]
    return cell | {"source": "\n".join(lines)}


def _find_spans(source: str) -> list[tuple[int, int, int, str]]:
    """Find the texts of a code cell: row, first and last column, text; each stands on one line."""
    return [*_find_messages(source), *_find_comments(source)]


def _find_messages(source: str) -> Iterator[tuple[int, int, int, str]]:
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="N_"), args=[ast.Constant(value=str(text)) as told]):
                raw, row = lines[told.lineno - 1].encode(), told.lineno - 1  # ast counts bytes
                start, end = told.col_offset, told.end_col_offset or 0
                yield row, len(raw[:start].decode()), len(raw[:end].decode()), text


def _find_comments(source: str) -> Iterator[tuple[int, int, int, str]]:
    """Yield comments that have a line of their own; marks of regions are none."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        (row, start), text = token.start, token.string.lstrip("# ").strip()
        is_alone = not token.line[:start].strip()
        if token.type == tokenize.COMMENT and is_alone and not token.string.startswith("###"):
            yield row - 1, start, token.end[1], text
