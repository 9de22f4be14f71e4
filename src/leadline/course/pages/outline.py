"""What a lab's notebook says of its exercises: their headings, and the reading to go back to for each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leadline.course.cells import Exercise, find_exercises, grade_id, role, source_of
from leadline.course.releasing.leaks import find_messages

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_TITLE = re.compile(r"^#\s+(.+?)\s*#*$", re.MULTILINE)
_SECTION = re.compile(r"^##\s+(.+?)\s*#*$", re.MULTILINE)
#: A second reading this near to the best one is named as well.
_NEARLY = 0.9
_MOST_READINGS = 2


@dataclass(frozen=True)
class Outlined:
    """An exercise as its students know it: its heading, and the headings of the reading behind it."""

    exercise: Exercise
    heading: str
    readings: tuple[str, ...]


def find_title(notebook: Mapping[str, Any]) -> str:
    """Return the first heading of a lab, empty where there is none."""
    texts = (source_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    return next((found[1] for text in texts if (found := _TITLE.search(text))), "")


def outline(notebook: Mapping[str, Any]) -> list[Outlined]:
    """Return a lab's exercises in order.

    The reading of an exercise is the section before the first code whose words are nearest to its text and
    misconceptions (cosine of TF-IDF over groups of letters, which serves Chinese too; Manning, Raghavan &
    Schütze 2008, chapter 6); two are named where the second is nearly as near.
    """
    cells = notebook["cells"]
    sections, tasks = _find_sections(cells), _find_tasks(cells)
    exercises = find_exercises(cells)
    tests = {grade_id(cell): source_of(cell) for cell in cells if role(cell) == "test"}
    words = [
        "\n".join([tasks.get(exercise.name, ""), *find_messages(tests[exercise.test_id])])
        for exercise in exercises
    ]
    return [
        Outlined(exercise, _find_heading(tasks.get(exercise.name, "")) or exercise.name, readings)
        for exercise, readings in zip(exercises, _match(words, sections), strict=True)
    ]


def _find_sections(cells: list[dict[str, Any]]) -> list[str]:
    """Return the Markdown cells that are read before anything runs and have a heading of their own."""
    sections: list[str] = []
    for cell in cells:
        if cell["cell_type"] == "code":
            break
        if _SECTION.search(source_of(cell)):
            sections.append(source_of(cell))
    return sections


def _find_tasks(cells: list[dict[str, Any]]) -> dict[str, str]:
    """Map each answer cell to the text before it."""
    tasks: dict[str, str] = {}
    text = ""
    for cell in cells:
        if cell["cell_type"] == "markdown":
            text = source_of(cell)
        elif role(cell) == "answer":
            tasks[grade_id(cell)] = text
    return tasks


def _find_heading(text: str) -> str:
    found = _HEADING.search(text)
    return found[1] if found else ""


def _match(words: list[str], sections: list[str]) -> list[tuple[str, ...]]:
    if not words or not sections:
        return [() for _text in words]
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 (slow to load)

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    known = vectorizer.fit_transform(sections)
    near = (vectorizer.transform(words) @ known.T).toarray()
    headings = [_find_heading(section) for section in sections]
    return [_name_nearest(headings, list(row)) for row in near]


def _name_nearest(headings: list[str], near: list[float]) -> tuple[str, ...]:
    best = sorted(range(len(near)), key=near.__getitem__, reverse=True)[:_MOST_READINGS]
    return tuple(headings[place] for place in sorted(best) if near[place] >= _NEARLY * max(near))
