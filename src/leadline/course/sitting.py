"""Who is being judged now: the lab, the student's world, and the judgements so far.

A sitting is set by the grader. In an instructor's own notebook there is a demonstration's; while nbgrader
grades, that of the student whose folder it works in.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from leadline.course.judgement import Judgement
from leadline.course.worlds import DEMO_SEED, World
from leadline.errors import RunError
from leadline.language import _

MakeData = Callable[[World], Mapping[str, pd.DataFrame]]


@dataclass(frozen=True)
class Maker:
    """What a lab's instructor notebook declares: how to make the student's tables of a world of this size."""

    customers: int
    make_data: MakeData


@dataclass(eq=False)
class Sitting:
    """One student at one lab. ``is_quiet`` where nobody reads what is printed."""

    student_id: str
    seed: int
    is_quiet: bool = False
    maker: Maker | None = None
    judgements: list[Judgement] = field(default_factory=list)

    @cached_property
    def world(self) -> World:
        """The student's market; RunError before the lab has said of what size."""
        return World(self.seed, self._ask_maker().customers)

    @cached_property
    def data(self) -> dict[str, pd.DataFrame]:
        """The tables that the student was given, made anew."""
        return dict(self._ask_maker().make_data(self.world))

    @cached_property
    def customer_ids(self) -> "pd.Index[str]":
        """The ids of all customers of the student's market, as text and in the order of its rows."""
        ids: pd.Index[str] = pd.Index(self.world.market.observed.customer_id.astype(str))
        return ids

    def _ask_maker(self) -> Maker:
        if self.maker is None:
            raise RunError(_("The lab has not said how its data are made. Run its first cell."))
        return self.maker


class _Chair:
    """Holds the sitting of this process, across the cells of a notebook."""

    sitting: Sitting | None = None


_chair = _Chair()


def current_sitting() -> Sitting | None:
    """Return the sitting that goes on, None in a student's own notebook."""
    return _chair.sitting


def sit_down(make: Callable[[], Sitting] = lambda: Sitting("demo", DEMO_SEED)) -> Sitting:
    """Return the sitting that goes on; where there is none, begin the one that ``make`` gives."""
    _chair.sitting = _chair.sitting or make()
    return _chair.sitting


@contextmanager
def seated(sitting: Sitting) -> Iterator[Sitting]:
    """Judge this student inside the block, and nobody after it."""
    before, _chair.sitting = _chair.sitting, sitting
    try:
        yield sitting
    finally:
        _chair.sitting = before
