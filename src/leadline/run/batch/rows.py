"""Every row of a plan as a checked request, before any kernel starts; all problems of all rows at once."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.errors import ParameterError
from leadline.language import _
from leadline.parameters.declared import declared_parameters, read_notebook
from leadline.run.batch.plan import BatchPlan
from leadline.run.notebooks import find_notebook
from leadline.run.request import Request, make_request

_FIELD = re.compile(r"\{(\w+)\}")
_ROWS_NAMED = 3
_NAME_LENGTH = 120


@dataclass(frozen=True, kw_only=True)
class PlannedReport:
    """One row of a plan: its number (1 is the first), the report's name and the checked request."""

    row: int
    name: str
    request: Request

    @property
    def parameters(self) -> str:
        """The report's parameters as the ledger of runs keeps them."""
        return json.dumps(self.request.values, ensure_ascii=False, sort_keys=True, default=str)


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One part of a plan's rows: part ``number`` (from 1) of ``count``."""

    number: int
    count: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """Read ``3/8``.

        Raises
        ------
        ParameterError
            If it is none.
        """
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        number, count = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 1 <= number <= count:
            raise ParameterError(
                _("--shard {text} is no part of a batch. Write 3/8 for the third of eight.", text=text)
            )
        return cls(number=number, count=count)

    def holds(self, row: int) -> bool:
        """Tell whether a row (from 1) belongs to this part."""
        return (row - 1) % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def check_rows(
    plan: BatchPlan,
    *,
    out: Path,
    allow: tuple[Path, ...] = (),
    language: str | None = None,
    limit_seconds: float | None = None,
) -> list[PlannedReport]:
    """Return all rows as checked requests.

    Parameters
    ----------
    plan
        As `read_plan` returns it.
    out
        Folder for the reports.
    allow
        Further folders that may be read.
    language
        Language of every report, in place of the plan's.
    limit_seconds
        Time limit of a report, in place of the plan's.

    Raises
    ------
    ParameterError
        With the problems of all rows; a problem that several rows share is told once, with their numbers.
    """
    notebook = find_notebook(plan.notebook)
    declared = declared_parameters(read_notebook(notebook.path), notebook.name)
    problems: dict[str, list[str]] = defaultdict(list)
    if language and "language" not in declared:
        raise ParameterError(_("{notebook} has no parameter 'language'.", notebook=notebook.name))
    extra = {"language": language} if language else {}
    varied = list(dict.fromkeys(name for row in plan.rows for name in row))
    reports = []
    for number, row in enumerate(plan.rows, start=1):
        given = plan.parameters | row | extra
        name = _name_row(plan.row_name, number, given, varied)
        try:
            request = make_request(
                str(notebook.path),
                given,
                out=out,
                allow=(*allow, plan.path.parent),
                limit_seconds=limit_seconds or plan.limit_seconds,
            )
        except ParameterError as error:
            for problem in error.problems or (error.headline,):
                problems[problem].append(f"{number} ({name})")
            continue
        reports.append(PlannedReport(row=number, name=name, request=request))
    for problem in _find_wrong_fields(plan, {*declared, "row"}):
        problems[problem] = []
    problems |= dict((*_find_twins(reports, "name"), *_find_twins(reports, "parameters")))
    if problems:
        headline = _("{path} cannot run: {count} rows were checked", path=plan.path, count=len(plan.rows))
        raise ParameterError(
            headline, [_place(rows, problem, len(plan.rows)) for problem, rows in problems.items()]
        )
    return reports


def _name_row(template: str, number: int, given: dict[str, Any], varied: Sequence[str]) -> str:
    """Fill the template's ``{parameter}`` by plain replacement: nothing is evaluated."""
    if template:
        values = given | {"row": number}
        name = _FIELD.sub(lambda field: _write(values.get(field[1], field[0])), template)
    else:
        name = ", ".join(f"{key}={_write(given[key])}" for key in varied if key in given)
    return " ".join(name.split())[:_NAME_LENGTH] or str(number)


def _write(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _find_wrong_fields(plan: BatchPlan, known: set[str]) -> Iterator[str]:
    for field in dict.fromkeys(_FIELD.findall(plan.row_name)):
        if field not in known:
            yield _("name: {field} is no parameter of the notebook.", field=f"{{{field}}}")


def _find_twins(reports: Sequence[PlannedReport], what: str) -> Iterator[tuple[str, list[str]]]:
    rows: dict[str, list[str]] = defaultdict(list)
    for report in reports:
        rows[getattr(report, what)].append(f"{report.row} ({report.name})")
    for key, alike in rows.items():
        if len(alike) > 1 and what == "name":
            yield _("several reports are named {name!r}; let name: tell them apart.", name=key), alike
        elif len(alike) > 1:
            yield _("these rows have the same parameters; remove all but one."), alike


def _place(rows: Sequence[str], problem: str, count: int) -> str:
    if not rows or len(rows) == count > 1:
        return problem
    named = ", ".join(rows[:_ROWS_NAMED])
    if len(rows) == 1:
        return _("row {row}: {problem}", row=named, problem=problem)
    if len(rows) <= _ROWS_NAMED:
        return _("rows {rows}: {problem}", rows=named, problem=problem)
    more = len(rows) - _ROWS_NAMED
    return _("rows {rows} and {more} more: {problem}", rows=named, more=more, problem=problem)
