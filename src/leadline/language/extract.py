"""Collect every text that a report's reader sees into ``locale/messages.pot`` (``make messages``).

Messages stand in the code as ``_("…")``, ``N_("…")`` and ``plural("…", "…", n)``, in the page's template
likewise, and in the notebooks as Markdown cells, as their title, and as the comment beside each parameter.
"""

import ast
import json
import tokenize
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from leadline.language.messages import LOCALE_FOLDER

_PACKAGE = LOCALE_FOLDER.parents[1]
_NOTEBOOKS = _PACKAGE.parents[1] / "notebooks"
_TEMPLATES = [("**.j2", "jinja2.ext:babel_extract")]
_KEYWORDS = {"_": None, "plural": (1, 2)}
TEMPLATE_FILE = LOCALE_FOLDER / "messages.pot"


def extract_messages() -> str:
    """Return the catalogue's template (gettext POT) as the sources stand now."""
    catalogue = Catalog(project="leadline", charset="utf-8")
    for path in sorted(_PACKAGE.rglob("*.py")):
        for message in _find_calls(path):
            catalogue.add(message, locations=[(f"src/leadline/{path.relative_to(_PACKAGE).as_posix()}", 0)])
    for file, _line, text, _comments, _context in extract_from_dir(_PACKAGE, _TEMPLATES, keywords=_KEYWORDS):
        catalogue.add(text, locations=[(f"src/leadline/{file}", 0)])
    for path in sorted(_NOTEBOOKS.rglob("*.ipynb")):
        if path.parent.name == "labs":  # they have a catalogue of their own (leadline.course.catalogue)
            continue
        for text in _notebook_texts(path):
            catalogue.add(text, locations=[(path.relative_to(_NOTEBOOKS.parent).as_posix(), 0)])
    return write_template(catalogue)


def write_template(catalogue: Catalog) -> str:
    """Return a catalogue of messages without translations as POT."""
    buffer = BytesIO()
    write_po(buffer, catalogue, omit_header=True, sort_output=True, include_lineno=False, width=100)
    return buffer.getvalue().decode()


def _find_calls(path: Path) -> Iterator[str | tuple[str, str]]:
    """Messages of a module, also those inside f-strings, which Babel's own reader of Python passes over."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        match node.func.id, texts:
            case "_" | "N_", [str(message), *_rest] if message:
                yield message
            case "plural", [str(one), str(many), *_rest]:
                yield one, many


def _notebook_texts(notebook: Path) -> Iterator[str]:
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield source
            if source.startswith("# "):  # the title, which stands alone in lists of reports
                yield source.splitlines()[0].removeprefix("# ").strip()
        elif "parameters" in cell["metadata"].get("tags", []):
            yield from _parameter_help(source)


def _parameter_help(source: str) -> Iterator[str]:
    """Yield the comment at the end of each typed line, as `leadline.parameters.declared` reads it."""
    typed = {line.end_lineno for line in ast.parse(source).body if isinstance(line, ast.AnnAssign)}
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.start[0] in typed:
            yield token.string.lstrip("# ").strip()


if __name__ == "__main__":
    TEMPLATE_FILE.parent.mkdir(exist_ok=True)
    TEMPLATE_FILE.write_text(extract_messages(), "utf-8")
