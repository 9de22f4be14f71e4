"""The errors an analyst may meet; each message says where, what was found and what to do."""

from collections.abc import Sequence
from typing import Self

from leadline.language import plural


class LeadlineError(Exception):
    """Base of every error that is shown as its message alone, never as a traceback."""

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """Jupyter shows the message alone; the traceback says nothing to an analyst."""
        return [str(self)]


class ProblemsError(LeadlineError):
    """All problems of one thing at once.

    Parameters
    ----------
    headline
        What was checked and that it failed, without the count of problems.
    problems
        One entry a problem: what was found (count, first rows) and the remedy.
    """

    exit_code = 2

    def __init__(self, headline: str, problems: Sequence[str] = ()) -> None:
        self.headline = headline
        self.problems = tuple(problems)
        self._told = self._tell()  # in the language of who asked, whoever shows it later
        super().__init__(headline, self.problems)

    def __str__(self) -> str:
        return self._told

    def _tell(self) -> str:
        if not self.problems:
            return self.headline
        return plural(
            "{headline} ({count} problem):\n{lines}",
            "{headline} ({count} problems):\n{lines}",
            len(self.problems),
            headline=self.headline,
            lines="\n".join(f"  - {problem}" for problem in self.problems),
        )

    @classmethod
    def of(cls, headline: str, *problems: str) -> Self:
        """Build the error from problems given one by one."""
        return cls(headline, problems)


class DataError(ProblemsError):
    """A table cannot be used as it is."""


class ParameterError(ProblemsError):
    """A parameter is unknown, missing or out of its range."""


class RunError(LeadlineError):
    """A run could not be started, executed or published."""
