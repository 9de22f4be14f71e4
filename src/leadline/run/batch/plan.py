"""A batch's plan: which notebook, over which parameters; read from YAML, nothing guessed."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.errors import ParameterError
from leadline.language import _
from leadline.parameters.places import allow_folders, find_file
from leadline.plain_yaml import read_yaml
from leadline.run.request import DEFAULT_LIMIT_SECONDS

Row = dict[str, Any]

DEFAULT_RETRIES = 1
MAXIMUM_ROWS = 100_000
MAXIMUM_RETRIES = 10
_KEYS = frozenset(
    {"notebook", "title", "parameters", "grid", "rows", "table", "name", "time_limit_seconds", "retries"}
)
_SOURCES = ("grid", "rows", "table")


@dataclass(frozen=True, kw_only=True)
class BatchPlan:
    """What a plan file asks for.

    ``parameters`` go to every row, ``rows`` hold what differs (values as the file wrote them: text, lists),
    ``row_name`` is the template of a report's name, empty where the plan has none. ``limit_seconds`` is the
    time limit of one report, ``retries`` how often it is tried again.
    """

    path: Path
    notebook: str
    title: str
    parameters: Row
    rows: tuple[Row, ...]
    row_name: str
    limit_seconds: float
    retries: int

    @property
    def name(self) -> str:
        """The plan's name: its file's, without the ending."""
        return self.path.stem


def read_plan(path: Path) -> BatchPlan:
    """Read a plan.

    Raises
    ------
    DataError
        If the file, or the table it names, cannot be read.
    ParameterError
        With all problems of the plan itself; the rows' parameters are checked by `check_rows`.
    """
    document = read_yaml(path)
    headline = _("{path} is no batch plan", path=path)
    if not isinstance(document, dict):
        raise ParameterError.of(headline, _("It must hold one 'key: value' a line, 'notebook:' among them."))
    problems = list(_find_problems(document))
    if problems:
        raise ParameterError(headline, problems)
    allow_folders([path.parent])
    rows = tuple(_read_rows(document, path))
    if not 0 < len(rows) <= MAXIMUM_ROWS:
        problem = _("It has {count} rows; 1 to {maximum} can be run.", count=len(rows), maximum=MAXIMUM_ROWS)
        raise ParameterError.of(headline, problem)
    return BatchPlan(
        path=path,
        notebook=document["notebook"],
        title=document.get("title") or "",
        parameters=document.get("parameters") or {},
        rows=rows,
        row_name=document.get("name") or "",
        limit_seconds=float(document.get("time_limit_seconds") or DEFAULT_LIMIT_SECONDS),
        retries=int(document.get("retries") or DEFAULT_RETRIES),
    )


def _find_problems(document: dict[str, Any]) -> Iterator[str]:
    for key in sorted(document.keys() - _KEYS):
        yield _("{key}: is not known. A plan has: {keys}.", key=key, keys=", ".join(sorted(_KEYS)))
    if not isinstance(document.get("notebook"), str):
        yield _("notebook: must name the notebook to run.")
    for key in ("title", "name", "table"):
        if not isinstance(document.get(key, ""), str | None):
            yield _("{key}: must be text.", key=key)
    if not isinstance(document.get("parameters") or {}, dict):
        yield _("parameters: must hold one 'name: value' a line.")
    yield from _find_row_problems(document)
    limit, retries = document.get("time_limit_seconds"), document.get("retries")
    if limit is not None and not (_is_whole(limit) and int(limit) > 0):
        yield _("time_limit_seconds == {value!r}, must be a whole number of seconds, 1 or more.", value=limit)
    if retries is not None and not (_is_whole(retries) and int(retries) <= MAXIMUM_RETRIES):
        yield _(
            "retries == {value!r}, must be a whole number from 0 to {maximum}.",
            value=retries,
            maximum=MAXIMUM_RETRIES,
        )


def _find_row_problems(document: dict[str, Any]) -> Iterator[str]:
    given = [key for key in _SOURCES if document.get(key)]
    if len(given) != 1:
        yield _("A plan has one of grid:, rows: and table:; this one has {count}.", count=len(given))
    grid, rows = document.get("grid") or {}, document.get("rows") or []
    if not isinstance(grid, dict) or not all(isinstance(values, list) and values for values in grid.values()):
        yield _("grid: must hold 'parameter: [value, value, …]' a line.")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        yield _("rows: must be a list of '{example}'.", example="{parameter: value, …}")


def _is_whole(text: Any) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit()


def _read_rows(document: dict[str, Any], path: Path) -> Iterator[Row]:
    if grid := document.get("grid"):
        combinations = itertools.product(*grid.values())
        for values in itertools.islice(combinations, MAXIMUM_ROWS + 1):
            yield dict(zip(grid, values, strict=True))
    elif rows := document.get("rows"):
        yield from rows
    else:
        yield from _read_table(document["table"], path)


def _read_table(text: str, path: Path) -> Iterator[Row]:
    """Rows of a table, every cell as its text: the notebook's types read it, and ids keep their zeros."""
    from leadline.data import read_table  # noqa: PLC0415 (pandas is loaded for those who need it)

    beside = path.parent / text
    try:
        file = find_file(str(beside if beside.exists() else text))
    except ValueError as error:
        raise ParameterError.of(
            _("{path} is no batch plan", path=path),
            _("table == {text} {problem}.", text=repr(text), problem=error),
        ) from None
    columns = list(read_table(file, fewest_rows=1).frame.columns)
    frame = read_table(file, text_columns=columns, fewest_rows=1).frame
    for record in frame.astype(object).to_dict("records"):
        yield {str(name): value for name, value in record.items() if isinstance(value, str) and value != ""}
