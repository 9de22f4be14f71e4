"""Search what is handed out for what its reader must not see: solutions, hidden tests, notes, seeds."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.course.cells import Region, find_regions, read_region, role, source_of
from leadline.course.releasing.contents import find_names, find_texts, has_outputs, iter_files
from leadline.language import _

_REGIONS: tuple[Region, ...] = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
#: The instructor's tools by name; "judge" alone is an English word.
_TOOLS = re.compile(
    r"###\s*(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS|MARK SCHEME)|leadline\.course\.instructor|\bmakes_data\b"
    r"|\bjudge\.(?:number|choice|give|rows|refuse_list|market|world|data)\b|\bMistake\("
)
#: Names under which a table, a note or metadata would tell the seed or the truth.
_TELLING_NAME = re.compile(r"seed|truth|true_\w+|\w+_(?:truth|seed)", re.IGNORECASE)
#: A line this short is found only as a line of its own: parts of other text look like it.
_SHORT_LINE = 16
_FEWEST_LETTERS = 3
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Hidden:
    """What stands only in the hidden parts of an instructor's notebook: lines, and messages of the tests."""

    lines: frozenset[str]
    texts: frozenset[str]


def find_hidden(notebook: Mapping[str, Any]) -> Hidden:
    """Return what an instructor's notebook hides; what it also shows elsewhere is not hidden."""
    shown: list[str] = []
    hidden: set[str] = set()
    texts: set[str] = set()
    for cell in notebook["cells"]:
        source = source_of(cell)
        lines = source.split("\n")
        inside = {n for first, last in _find_hidden_spans(cell) for n in range(first, last + 1)}
        shown += [_squeeze(line) for number, line in enumerate(lines) if number not in inside]
        hidden.update(_squeeze(line) for number, line in enumerate(lines) if number in inside)
        if cell["cell_type"] == "code":
            texts.update(find_messages(read_region(source, "HIDDEN TESTS")))
    everything, lines_shown = " ".join(shown), set(shown)
    kept = {line for line in hidden if sum(map(str.isalnum, line)) >= _FEWEST_LETTERS}
    return Hidden(
        lines=frozenset(line for line in kept if not _is_in(line, lines_shown, everything)),
        texts=frozenset(text for text in texts if _squeeze(text) not in everything),
    )


def find_leaks(
    place: Path, notebook: Mapping[str, Any], secrets: Iterable[str] = (), *, own: str = ""
) -> list[str]:
    """Search every file for what its reader must not see.

    Files are looked into as a curious reader would: archives, the strings of JSON with their escapes, HTML
    without its tags, the cells, names and metadata of Parquet, and whatever is Base64.

    Parameters
    ----------
    place
        A folder, a ZIP archive or a file.
    notebook
        The instructor's, as JSON.
    secrets
        Texts that must be nowhere: seeds, the course's secret in its forms.
    own
        What the reader wrote or was told by right: who found the solution may read it in the feedback.

    Returns
    -------
    list of str
        One message a file and finding; empty where nothing leaks.
    """
    hidden, known = find_hidden(notebook), _squeeze(own)
    told = [secret for secret in secrets if secret]
    lines = {line for line in hidden.lines if line not in known}
    texts = {text for text in hidden.texts if _squeeze(text) not in known}
    leaks = []
    for name, content in iter_files(place):
        found = dict.fromkeys(
            finding
            for text in find_texts(name, content)
            for finding in _search(text, lines, texts, told, own)
        )
        found |= dict.fromkeys(_search_names(name, content))
        leaks += [_("{file}: {finding}.", file=name, finding=finding) for finding in found]
    return leaks


def _search(text: str, lines: set[str], texts: set[str], secrets: list[str], own: str) -> Iterator[str]:
    if any(secret in text for secret in secrets):
        yield _("a seed, or the secret of the course")
    for tool in dict.fromkeys(match[0] for match in _TOOLS.finditer(text) if match[0] not in own):
        yield _("a tool or mark of the instructor ({text})", text=tool)
    squeezed = {_squeeze(line) for line in text.split("\n")}
    whole = _squeeze(text)
    for line in sorted(lines):
        if _is_in(line, squeezed, whole):
            yield _(
                "a line of a solution, a hidden test or a mark scheme ({line})", line=line[:_LONGEST_SHOWN]
            )
    for part in sorted(texts):
        if _squeeze(part) in whole:
            yield _("a message of a hidden test ({text})", text=part[:_LONGEST_SHOWN])


def _is_in(line: str, lines: set[str], whole: str) -> bool:
    return line in lines or (len(line) >= _SHORT_LINE and line in whole)


def _search_names(name: str, content: bytes) -> Iterator[str]:
    for telling in filter(_TELLING_NAME.fullmatch, find_names(name, content)):
        yield _("a column or key called {name}", name=telling)
    if has_outputs(name, content):
        yield _("outputs of cells")


def _find_hidden_spans(cell: Mapping[str, Any]) -> list[tuple[int, int]]:
    source = source_of(cell)
    spans = [span for region in _REGIONS for span in find_regions(source, region)]
    if role(cell) == "answer" and not find_regions(source, "SOLUTION"):
        return [(0, source.count("\n"))]  # an answer cell without a region is all solution
    return spans


def find_mistakes(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Return the misconceptions that hidden tests know: name → what is told of it."""
    found: dict[str, str] = {}
    for cell in notebook["cells"]:
        source = read_region(source_of(cell), "HIDDEN TESTS") if cell["cell_type"] == "code" else ""
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(
                    func=ast.Name(id="Mistake"), args=[ast.Constant(value=str(name)), _value, told, *_credit]
                ):
                    found.update((name, text) for text in find_messages(ast.unparse(told)))
    return found


def find_messages(source: str) -> Iterator[str]:
    """Yield what hidden tests tell about misconceptions."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="N_"), args=[ast.Constant(value=str(text))]):
                yield text


def _squeeze(text: str) -> str:
    return " ".join(text.split())
