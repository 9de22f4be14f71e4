"""How the exercises of a lab worked as a test: difficulty, discrimination (Crocker & Algina 1986)."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from leadline.course.grades import StudentGrade
from leadline.intervals import LEVEL, Estimate

#: With fewer students neither exercises nor their discrimination are judged: chance would do it.
FEWEST_STUDENTS = 20
TOO_EASY, TOO_HARD, TOO_FLAT = 0.95, 0.2, 0.2


@dataclass(frozen=True, kw_only=True)
class Item:
    """One exercise in a class.

    ``difficulty`` is the mean credit, 0 to 1; ``discrimination`` the correlation of the score with that in
    all other exercises, None where it is not known. ``flags`` are of ``easy``, ``hard``, ``flat``.
    """

    exercise: str
    points: float
    difficulty: float
    discrimination: Estimate | None
    flags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Misconception:
    """A misconception found in so many students of those who handed in."""

    exercise: str
    name: str
    text: str
    count: int


def analyse_items(grades: Sequence[StudentGrade]) -> list[Item]:
    """Return the exercises of a lab as those who handed in did them, in the notebook's order.

    Discrimination is the corrected item-total correlation (chapter 14): the exercise is not in the total,
    which would raise it by itself. Its interval is Fisher's (1921), approximate for scores that
    take few values.
    """
    if not grades:
        return []
    names = [judgement.exercise for judgement in grades[0].judgements]
    points = {judgement.exercise: judgement.points for judgement in grades[0].judgements}
    scores = np.array([[judgement.score for judgement in grade.judgements] for grade in grades])
    return [_analyse(name, points[name], scores, place) for place, name in enumerate(names)]


def _analyse(
    name: str, points: float, scores: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", place: int
) -> Item:
    own, rest = scores[:, place], np.delete(scores, place, axis=1).sum(axis=1)
    difficulty = float(own.mean() / points) if points else math.nan
    is_judged = len(scores) >= FEWEST_STUDENTS
    discrimination = correlate(own, rest) if is_judged else None
    flags = {
        "easy": difficulty > TOO_EASY,
        "hard": difficulty < TOO_HARD,
        "flat": discrimination is not None and discrimination.upper < TOO_FLAT,
    }
    found = tuple(flag for flag, holds in flags.items() if holds and is_judged)
    return Item(
        exercise=name, points=points, difficulty=difficulty, discrimination=discrimination, flags=found
    )


def correlate(
    one: "np.ndarray[tuple[int], np.dtype[np.float64]]", other: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> Estimate | None:
    """Return Pearson's correlation with Fisher's interval; None where one of both never differs."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    found = stats.pearsonr(one, other)
    interval = found.confidence_interval(LEVEL)
    return Estimate(float(found.statistic), float(interval.low), float(interval.high))


def count_misconceptions(grades: Sequence[StudentGrade]) -> list[Misconception]:
    """Return the misconceptions found, the most frequent first."""
    found = [judgement for grade in grades for judgement in grade.judgements if judgement.mistake]
    counts = Counter((judgement.exercise, judgement.mistake) for judgement in found)
    texts = {(judgement.exercise, judgement.mistake): judgement.text for judgement in reversed(found)}
    return [
        Misconception(exercise=exercise, name=name, text=texts[exercise, name], count=count)
        for (exercise, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
