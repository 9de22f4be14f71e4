"""Which notebooks there are: the project's own, and those in the analyst's working folder."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from leadline.datasets import hide_connection, is_address
from leadline.errors import ParameterError
from leadline.language import _
from leadline.parameters.declared import read_notebook
from leadline.paths import NOTEBOOKS

TEMPLATE = NOTEBOOKS / "0_start" / "template.ipynb"


@dataclass(frozen=True, kw_only=True)
class NotebookFile:
    """A notebook that can be run: its name, its stage of the loop (a folder) and the question it answers."""

    name: str
    stage: str
    path: Path

    @property
    def question(self) -> str:
        """The notebook's first heading, in the language in use."""
        for cell in read_notebook(self.path)["cells"]:
            if cell.get("cell_type") != "markdown":
                continue
            source = "".join(cell.get("source", ""))
            if heading := re.search(r"^#\s+(.+)$", _(source), re.MULTILINE):
                return heading[1].strip()
        return self.name

    @property
    def cell_count(self) -> int:
        """How many cells it has."""
        return len(read_notebook(self.path)["cells"])


def list_notebooks() -> list[NotebookFile]:
    """Return the project's notebooks in the loop's order, then those of the working folder."""
    return list(_found())


def find_notebook(text: str) -> NotebookFile:
    """Return the notebook that ``text`` names: a path, or the name that `list_notebooks` shows.

    Raises
    ------
    ParameterError
        If there is none, with the nearest name; or if it is an address on a network.
    """
    if is_address(text):
        raise ParameterError(
            _("{text} is an address on a network; only local notebooks are run.", text=hide_connection(text))
        )
    path = Path(text).expanduser()
    if path.suffix == ".ipynb" and path.is_file():
        return NotebookFile(name=path.stem, stage=path.parent.name, path=path.resolve())
    known = {notebook.name: notebook for notebook in list_notebooks()}
    name = path.stem if path.suffix == ".ipynb" else text
    if name in known and path.parent == Path():
        return known[name]
    near = get_close_matches(name, known, n=1)
    hint = (
        _("Did you mean {near}?", near=repr(near[0])) if near else _("'leadline list' shows what there is.")
    )
    raise ParameterError(_("There is no notebook {text}. {hint}", text=repr(text), hint=hint))


def _found() -> Iterator[NotebookFile]:
    for path in sorted(NOTEBOOKS.rglob("*.ipynb")):
        if path.parent.name not in (".ipynb_checkpoints", "labs"):  # labs are the course's
            yield NotebookFile(name=path.stem, stage=path.parent.name, path=path)
    for path in sorted(Path.cwd().glob("*.ipynb")):
        yield NotebookFile(name=path.stem, stage="", path=path)
