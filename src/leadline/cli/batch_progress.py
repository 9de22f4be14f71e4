"""How a batch's progress is shown: a bar where somebody looks on, lines in a log elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from leadline.run.batch.pace import Clock, Pace

if TYPE_CHECKING:
    from rich.progress import Progress

    from leadline.run.batch.batch import Listener
    from leadline.run.batch.ledger import RowState

_LINE_EVERY_SECONDS = 30.0


@contextmanager
def show_progress(name: str) -> Iterator["Listener"]:
    """Show how far the batch ``name`` is, on standard error."""
    if not sys.stderr.isatty():
        yield ProgressLines(name, time.monotonic)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar)


class _Bar:
    def __init__(self, bar: "Progress") -> None:
        self._bar = bar
        self._pace = Pace(time.monotonic)
        self._task = bar.add_task("")

    def begin(self, total: int, unchanged: int) -> None:
        self._pace.begin(total, unchanged)
        self._show()

    def settled(self, state: "RowState") -> None:
        self._pace.count(is_failed=state.status != "done")
        self._show()

    def _show(self) -> None:
        pace = self._pace
        self._bar.update(self._task, total=pace.total, completed=pace.settled, description=pace.tell())


class ProgressLines:
    """A line for each failure, one at the start and at the end, and one every half minute."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._name = name
        self._clock = clock
        self._pace = Pace(clock)
        self._told = clock()

    def begin(self, total: int, unchanged: int) -> None:
        """Hear how many rows there are, and how many need no run."""
        self._pace.begin(total, unchanged)
        self._say(self._pace.tell())

    def settled(self, state: "RowState") -> None:
        """Hear that a row needs no further attempt."""
        self._pace.count(is_failed=state.status != "done")
        if state.status != "done":
            self._say(f"{state.row} {state.name}: {state.message or state.status}")
        if self._pace.settled == self._pace.total or self._clock() - self._told >= _LINE_EVERY_SECONDS:
            self._told = self._clock()
            self._say(self._pace.tell())

    def _say(self, text: str) -> None:
        click.echo(f"{self._name}: {text}", err=True)
