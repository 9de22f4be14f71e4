"""Mend a submitted notebook before it is graded, where cells were duplicated, deleted, retyped or changed.

Each repair is told. What counts are the student's answer cells; every other cell that is graded or locked is
the released one.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from leadline.course.cells import Cell, Exercise, find_names, grade_id, role, source_of
from leadline.course.sandbox import Cell as SandboxCell
from leadline.language import N_, _

_TWICE = N_("{cell}: the cell was there {count} times. The last one that you changed counts.")
_TWICE_LOCKED = N_("{cell}: the cell was there {count} times. The released one was used, once.")
_MISSING_ANSWER = N_("{cell}: the answer cell is missing.")
_MISSING = N_("{cell}: the cell was deleted. It was put back.")
_RETYPED = N_("{cell}: the cell was of another type ({found}). It was put back to {wanted}.")
_CHANGED = N_("{cell}: the cell must not be changed. The released one was used.")
_UNMARKED = N_("{cell}: the cell had lost its mark for grading. It was recognised and marked again.")
_NOT_FIRST = N_("{cell}: the cell was not the first. It was moved to the front.")


@dataclass(frozen=True)
class Repaired:
    """A submission as it can be run: its code ``cells`` in order, ``repairs`` told, ``answers`` by exercise.

    ``blank`` names the answer cells that stand as they were released.
    """

    cells: tuple[SandboxCell, ...]
    repairs: tuple[str, ...]
    answers: Mapping[str, str]
    blank: frozenset[str]


class _Kept(NamedTuple):
    """A cell that is run; its number in the notebook, 0 where it was put back."""

    name: str
    source: str
    number: int = 0


def repair_cells(
    submitted: Sequence[Cell], released: Sequence[Cell], exercises: Sequence[Exercise]
) -> Repaired:
    """Mend a submission's cells after those that were released.

    Parameters
    ----------
    submitted
        As handed in.
    released
        Of the notebook that students were given.
    exercises
        Of the instructor's notebook.
    """
    return _Repair(released, exercises).mend(submitted)


class _Repair:
    def __init__(self, released: Sequence[Cell], exercises: Sequence[Exercise]) -> None:
        self._given = {grade_id(cell): cell for cell in released if grade_id(cell)}
        self._by_cell_id = {cell["id"]: cell for cell in released if "id" in cell}
        self._exercises = {exercise.name: exercise for exercise in exercises}
        self._repairs: list[str] = []

    def mend(self, submitted: Sequence[Cell]) -> Repaired:
        named = list(zip(self._name(submitted), submitted, strict=True))
        answers: dict[str, str] = {}
        kept: list[_Kept] = []
        for place, (name, cell) in enumerate(named):
            source = source_of(cell)
            if not name:
                kept += [_Kept("", source, place + 1)] if self._is_code(cell) else []
                continue
            copies = [other for other, (known, _cell) in enumerate(named) if known == name]
            self._compare(name, cell, is_first=place == copies[0], copies=len(copies))
            if role(self._given[name]) != "answer":
                kept += [_Kept(name, source_of(self._given[name]), place + 1)] if place == copies[0] else []
            elif self._counts(name, place, {other: source_of(named[other][1]) for other in copies}):
                kept.append(_Kept(name, source, place + 1))
                answers[name] = source
        kept = self._put_back(kept)
        blank = frozenset(name for name, source in answers.items() if self._is_as_given(name, source))
        return Repaired(tuple(_give_ids(self._only_code(kept))), tuple(self._repairs), answers, blank)

    def _tell(self, message: str, name: str, **values: object) -> None:
        told = _(message, cell=name, **values)
        if told not in self._repairs:
            self._repairs.append(told)

    def _name(self, submitted: Sequence[Cell]) -> list[str]:
        """Return each cell's name among the released; empty for a student's own, or one free to change."""
        names = [name if (name := grade_id(cell)) in self._given else "" for cell in submitted]
        for place, cell in enumerate(submitted):
            found = "" if names[place] else self._recognise(cell)
            if found and found not in names:
                names[place] = found
                self._tell(_UNMARKED, found)
        for name in self._exercises:
            if name not in names and (found_at := self._find_answer(name, submitted, names)) is not None:
                names[found_at] = name
                self._tell(_UNMARKED, name)
        return names

    def _recognise(self, cell: Cell) -> str:
        same_id = self._by_cell_id.get(str(cell.get("id")))
        if same_id is not None:
            return grade_id(same_id)
        source = _plain(source_of(cell))
        return next((name for name, given in self._given.items() if _plain(source_of(given)) == source), "")

    def _find_answer(self, name: str, submitted: Sequence[Cell], names: list[str]) -> int | None:
        """Find the last unnamed cell that sets the variables of an exercise."""
        wanted = set(self._exercises[name].answers)
        setting = [
            place
            for place, cell in enumerate(submitted)
            if not names[place] and wanted and wanted <= _assigned(source_of(cell))
        ]
        return setting[-1] if setting else None

    def _is_code(self, cell: Cell) -> bool:
        """Tell whether an unmarked cell is run: worked examples are code, whatever they became."""
        given = self._by_cell_id.get(str(cell.get("id")))
        if given is not None and given["cell_type"] == "code" != cell["cell_type"]:
            self._tell(_RETYPED, str(cell["id"]), found=cell["cell_type"], wanted="code")
            return True
        return bool(cell["cell_type"] == "code")

    def _compare(self, name: str, cell: Cell, *, is_first: bool, copies: int) -> None:
        given = self._given[name]
        if cell["cell_type"] != given["cell_type"]:
            self._tell(_RETYPED, name, found=cell["cell_type"], wanted=given["cell_type"])
        if role(given) == "answer":
            if copies > 1:
                self._tell(_TWICE, name, count=copies)
            return
        if is_first and not self._is_as_given(name, source_of(cell)):
            self._tell(_CHANGED, name)
        if copies > 1:
            self._tell(_TWICE_LOCKED, name, count=copies)

    def _counts(self, name: str, place: int, copies: Mapping[int, str]) -> bool:
        """Tell whether a copy of an answer cell is run: those that were changed, in order; else the last."""
        changed = [other for other, source in copies.items() if not self._is_as_given(name, source)]
        return place in (changed or [max(copies)])

    def _is_as_given(self, name: str, source: str) -> bool:
        return _plain(source) in ("", _plain(source_of(self._given[name])))

    def _put_back(self, kept: list[_Kept]) -> list[_Kept]:
        """Put the cells that were deleted behind the one before them, and the first cell first."""
        behind = 0
        for name, given in self._given.items():
            places = [place for place, one in enumerate(kept) if one.name == name]
            if not places and role(given) == "answer":
                self._tell(_MISSING_ANSWER, name)
            elif not places and role(given) != "task":
                self._tell(_MISSING, name)
                kept.insert(behind, _Kept(name, source_of(given)))
                places = [behind]
            behind = places[-1] + 1 if places else behind
        first = next((name for name, given in self._given.items() if given["cell_type"] == "code"), "")
        order = [one.name for one in kept if one.name]
        if first in order and order[0] != first:
            self._tell(_NOT_FIRST, first)
        return sorted(kept, key=lambda one: one.name != first or not first)

    def _only_code(self, kept: Iterable[_Kept]) -> Iterator[_Kept]:
        for one in kept:
            if one.source.strip() and (not one.name or self._given[one.name]["cell_type"] == "code"):
                yield one


def _give_ids(kept: Iterable[_Kept]) -> Iterator[SandboxCell]:
    """Give each cell an id that a reader understands: its name, or its number in the notebook."""
    named: set[str] = set()
    for name, source, number in kept:
        yield SandboxCell(name if name and name not in named else str(number), source)
        named.add(name)


def _plain(source: str) -> str:
    """Return a source without what editors change by themselves: line ends, blanks behind a line."""
    return "\n".join(line.rstrip() for line in source.splitlines()).strip()


def _assigned(source: str) -> set[str]:
    try:
        return find_names(source, ast.Store)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
