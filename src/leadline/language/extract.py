"""Collect every text that a report's reader sees into ``locale/messages.pot`` (``make messages``).

Messages stand in the code as ``_("…")`` and ``plural("…", "…", n)``, in the page's template likewise, and in
the notebooks as Markdown cells.
"""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from leadline.language.messages import LOCALE_FOLDER

_PACKAGE = LOCALE_FOLDER.parents[1]
_NOTEBOOKS = _PACKAGE.parents[1] / "notebooks"
_METHODS = [
    ("**.py", "python"),
    ("**.jinja", "jinja2.ext:babel_extract"),
    ("**.j2", "jinja2.ext:babel_extract"),
]
_KEYWORDS = {"_": None, "plural": (1, 2)}
TEMPLATE_FILE = LOCALE_FOLDER / "messages.pot"


def extract_messages() -> str:
    """Return the catalogue's template (gettext POT) as the sources stand now."""
    catalogue = Catalog(project="leadline", charset="utf-8")
    for file, _line, message, comments, _context in extract_from_dir(_PACKAGE, _METHODS, keywords=_KEYWORDS):
        catalogue.add(message, locations=[(f"src/leadline/{file}", 0)], auto_comments=comments)
    for path in sorted(_NOTEBOOKS.rglob("*.ipynb")):
        for text in _markdown(path):
            catalogue.add(text, locations=[(path.relative_to(_NOTEBOOKS.parent).as_posix(), 0)])
    buffer = BytesIO()
    write_po(buffer, catalogue, omit_header=True, sort_output=True, include_lineno=False, width=100)
    return buffer.getvalue().decode()


def _markdown(notebook: Path) -> Iterator[str]:
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield "".join(cell["source"])


if __name__ == "__main__":
    TEMPLATE_FILE.parent.mkdir(exist_ok=True)
    TEMPLATE_FILE.write_text(extract_messages(), "utf-8")
