"""How the rows of a batch stand while it runs: in memory, and in the ledger as soon as it takes them."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from leadline.errors import RunError
from leadline.language import _
from leadline.run.batch.crew import Ended
from leadline.run.batch.ledger import BatchLedger, RowState
from leadline.run.batch.rows import PlannedReport
from leadline.run.request import Request


class Journal:
    """Keeps every change of a row; what a full disk refuses is written with the next change.

    Parameters
    ----------
    ledger, batch_id
        Where the rows are kept.
    states
        The rows as they stand at the start.
    mark
        Takes the fingerprint of a report as it is now (`Fingerprints.of`); "" where it cannot be known.
    settled
        Hears of each row that needs no further attempt; one call at a time.
    """

    def __init__(
        self,
        ledger: BatchLedger,
        batch_id: str,
        states: Sequence[RowState],
        *,
        mark: Callable[[Request], str],
        settled: Callable[[RowState], None],
    ) -> None:
        self.states = {state.row: state for state in states}
        self._ledger = ledger
        self._batch_id = batch_id
        self._mark = mark
        self._settled = settled
        self._unwritten: dict[int, RowState] = {}
        self._lock = threading.Lock()

    def began(self, report: PlannedReport, attempt: int) -> None:
        """Keep that an attempt begins, and what it is made from."""
        state = replace(self.states[report.row], fingerprint=self._mark(report.request), ended=None)
        self._keep(replace(state, status="running", attempts=attempt, run_id=None, message=None))

    def ended(self, ended: Ended, *, is_settled: bool) -> None:
        """Keep how an attempt ended; what it was made from is unknown if that changed meanwhile."""
        before = self.states[ended.report.row]
        is_same = self._mark(ended.report.request) == before.fingerprint
        state = replace(
            before,
            fingerprint=before.fingerprint if is_same else "",
            status=_read_status(ended) if is_settled else "running",
            run_id=ended.run_id,
            message=None if ended.status == "done" else _tell(ended),
        )
        self._keep(state)
        if is_settled:
            with self._lock:
                self._settled(state)

    def flush(self) -> None:
        """Write what could not be written before.

        Raises
        ------
        RunError
            If it still cannot.
        """
        with self._lock:
            self._write()

    def _keep(self, state: RowState) -> None:
        with self._lock:
            self.states[state.row] = self._unwritten[state.row] = state
            with suppress(RunError):
                self._write()

    def _write(self) -> None:
        if self._unwritten:
            self._ledger.enter(self._batch_id, self._unwritten.values())
            self._unwritten.clear()


def _read_status(ended: Ended) -> str:
    if ended.status == "lost":
        return "killed" if ended.run_id else "failed"
    return ended.status


def _tell(ended: Ended) -> str | None:
    if ended.status == "lost":
        return _("The process that made this report was killed, or memory ran out.")
    if ended.step and ended.message:
        return _("at step “{step}”: {message}", step=ended.step, message=ended.message)
    return ended.message
