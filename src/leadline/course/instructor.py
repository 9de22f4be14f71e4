"""What the hidden parts of an instructor's notebook use; no student file names it.

The tests judge against the truth of the student's own market, within its sampling error, never against the
number that the instructor's solution gives. Each returns the points earned, which nbgrader reads as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from leadline.course.answers import is_missing, read_choice, read_ids, read_number
from leadline.course.judgement import Judgement, Mistake
from leadline.course.nbgrader_sitting import find_sitting
from leadline.course.sitting import MakeData, Maker, Sitting, sit_down
from leadline.course.worlds import World
from leadline.language import N_, _, join_sentences
from leadline.language.formats import Unit, format_value
from leadline.market.market import Market

__all__ = ["N_", "Mistake", "judge", "makes_data"]

#: An answer within this share of what a misconception leads to came from it: students round.
_ROUNDING = 0.005
#: From here on a distance says nothing.
_FAR = 1_000_000
#: Found in every exercise that asks for percent.
SHARE_NOT_PERCENT = Mistake(
    "share_not_percent", 0, N_("You gave a share where percent were asked for: multiply by 100."), 0.75
)


def makes_data(*, customers: int) -> Callable[[MakeData], MakeData]:
    """Declare the function that makes a lab's tables from a world of so many ``customers``."""

    def declare(make_data: MakeData) -> MakeData:
        sit_down(find_sitting).maker = Maker(customers, make_data)
        return make_data

    return declare


class Judge:
    """Judges the answers of whoever sits now."""

    @property
    def world(self) -> World:
        """The student's market, with its truth."""
        return self._sitting.world

    @property
    def market(self) -> Market:
        """Its customers: ``observed`` and ``truth``."""
        return self.world.market

    @property
    def data(self) -> Mapping[str, pd.DataFrame]:
        """The tables that the student was given, whatever the notebook did to them."""
        return self._sitting.data

    @property
    def _sitting(self) -> Sitting:
        return sit_down(find_sitting)

    def number(
        self,
        exercise: str,
        answer: Any,
        *,
        points: float,
        truth: float,
        tolerance: float,
        unit: Unit | str = "number",
        estimate: float | None = None,
        mistakes: Sequence[Mistake] = (),
    ) -> float:
        """Judge a number.

        Parameters
        ----------
        exercise
            Its ``grade_id`` in the notebook.
        answer
            What the student gave.
        points
            Of the exercise.
        truth
            The true value in the student's market.
        tolerance
            How far an honest answer from the student's data may lie from it: four standard errors, say. With
            0, for what can be counted, no distance is told.
        unit
            For telling the distance; ``percent`` for numbers from 0 to 100.
        estimate
            What a sound analysis of the data gives: no answer this close to it is called a mistake.
        mistakes
            Misconceptions by the value that each leads to; the nearest within rounding is named.
        """
        value = read_number(answer)
        if value is None:
            return self._refuse(exercise, answer, points, _("a number"))
        is_sound = estimate is not None and abs(value - estimate) <= _ROUNDING * abs(estimate) / 2
        off = _tell_distance(value - truth, unit) if tolerance and abs(value - truth) < _FAR else ""
        known = [*mistakes, _share_for_percent(truth if estimate is None else estimate, unit)]
        found = None if is_sound else _find_nearest(value, known)
        if found is not None:
            return self.give(exercise, points=points, credit=found.credit, mistake=found, off=off)
        if abs(value - truth) <= tolerance:
            return self.give(exercise, points=points, credit=1)
        return self.give(exercise, points=points, credit=0, off=off)

    def choice(
        self, exercise: str, answer: Any, *, points: float, right: str, mistakes: Mapping[str, Mistake]
    ) -> float:
        """Judge one of several options; ``mistakes`` maps each wrong one to what it shows."""
        value = read_choice(answer)
        if value is None or is_missing(answer):
            return self._refuse(exercise, answer, points, _("one of the options, as text"))
        if value == right.casefold():
            return self.give(exercise, points=points, credit=1)
        found = {option.casefold(): mistake for option, mistake in mistakes.items()}.get(value)
        return self.give(exercise, points=points, credit=found.credit if found else 0, mistake=found)

    def rows(self, answer: Any) -> "np.ndarray[Any, np.dtype[np.int64]] | None":
        """Return the market's rows of the customers listed, each once; None where it is no list of them."""
        ids = None if is_missing(answer) else read_ids(answer)
        if ids is None:
            return None
        rows = self._sitting.customer_ids.get_indexer(pd.Index(list(dict.fromkeys(ids))))
        return None if (rows < 0).any() else np.asarray(rows, dtype=np.int64)

    def refuse_list(self, exercise: str, answer: Any, *, points: float) -> float:
        """Give nothing for what is no list of the student's own customers."""
        return self._refuse(exercise, answer, points, _("a list of ids of your customers"))

    def give(
        self,
        exercise: str,
        *,
        points: float,
        credit: float,
        mistake: Mistake | None = None,
        off: str = "",
    ) -> float:
        """Judge by rules of the lab's own: ``credit`` is the share of the points earned."""
        told: Iterable[str]
        if mistake is not None:
            far = _("That is about {off} off.", off=off) if off else ""
            kind, told = "mistake", [_(mistake.text), *([far] if far else [])]
        elif credit >= 1:
            kind, told = "right", [_("Right.")]
        else:
            far = _("It is about {off} off, more than chance explains.", off=off) if off else ""
            kind = "wrong"
            told = [_("Partly right.") if credit > 0 else _("Not right."), *([far] if far else [])]
        return self._note(
            Judgement(
                exercise=exercise,
                points=points,
                credit=float(np.clip(credit, 0, 1)),
                kind=kind,
                text=join_sentences(told),
                mistake=mistake.name if mistake else "",
            )
        )

    def _refuse(self, exercise: str, answer: Any, points: float, wanted: str) -> float:
        is_blank = is_missing(answer)
        text = _("Not answered.") if is_blank else _("The answer is not {wanted}.", wanted=wanted)
        kind = "missing" if is_blank else "form"
        return self._note(Judgement(exercise=exercise, points=points, credit=0, kind=kind, text=text))

    def _note(self, judgement: Judgement) -> float:
        sitting = self._sitting
        sitting.judgements.append(judgement)
        if not sitting.is_quiet:
            print(judgement.text)  # noqa: T201 (read below the cell)
        return judgement.score


judge = Judge()


def _find_nearest(value: float, mistakes: Iterable[Mistake]) -> Mistake | None:
    near = [
        (abs(value - mistake.value), position, mistake)
        for position, mistake in enumerate(mistakes)
        if abs(value - mistake.value) <= max(_ROUNDING * abs(mistake.value), 1e-12)
    ]
    return min(near)[2] if near else None


def _share_for_percent(sound: float, unit: str) -> Mistake:
    value = sound / 100 if unit == "percent" else np.nan
    name, text, credit = SHARE_NOT_PERCENT.name, SHARE_NOT_PERCENT.text, SHARE_NOT_PERCENT.credit
    return Mistake(name, value, text, credit)


def _tell_distance(distance: float, unit: str) -> str:
    """Write a distance to one digit: told closer, it would give the truth away."""
    size = abs(distance)
    rough = float(f"{size:.1g}")
    if unit == "percent":
        return _("{number} points", number=f"{rough:g}")
    if unit == "share":
        return _("{number} points", number=f"{float(f'{100 * size:.1g}'):g}")
    return f"{rough:g}" if unit == "number" else format_value(rough, unit)  # type: ignore[arg-type] # a Unit
