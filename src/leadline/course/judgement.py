"""What a test of an exercise finds: the credit earned, and the misconception behind a wrong answer."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """A misconception, known by the value that it leads to on the student's own data.

    ``name`` is short and stable, for statistics; ``text`` tells the student what went wrong, not the answer.
    ``credit`` is the share of the points that the answer still earns.
    """

    name: str
    value: float
    text: str
    credit: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The outcome of one exercise.

    ``credit`` is the share of the ``points`` earned, 0 to 1; ``mistake`` the name of the misconception found,
    or empty; ``text`` what the student is told, without the truth. ``kind`` is ``right``, ``mistake``,
    ``wrong``, ``missing`` (no answer) or ``form`` (not an answer of the kind asked for).
    """

    exercise: str
    points: float
    credit: float
    kind: str
    text: str
    mistake: str = ""

    @property
    def score(self) -> float:
        """The points earned, to the hundredth."""
        return round(self.points * self.credit, 2)

    def to_dict(self) -> dict[str, Any]:
        """Return the judgement as plain JSON."""
        return asdict(self)
