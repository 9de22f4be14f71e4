"""Execute a notebook on papermill, and say truthfully how it ended.

A valid file, cells marked "completed" and exit code 0 are each no proof that a notebook finished. The proof
here is a last cell of ours whose output carries a word that only this run knows.
"""

import json
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode, v4
from nbformat.validator import NotebookValidationError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.parameterize import parameterize_notebook

from leadline.language import _
from leadline.run.kernels import START_TIMEOUT_SECONDS
from leadline.run.sentinel import FINISHED_MIME

ENGINE = "leadline"
SAVE_EVERY_SECONDS = 10
STREAM_CAP = 200_000
OUTPUT_CAP = 50_000_000
_IOPUB_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a run did not finish: ``kind`` for programs, ``message`` for people, ``step`` of the story."""

    kind: str
    step: str
    cell: int
    message: str


class Listener(Protocol):
    """Who wants to know how far a run is."""

    def cell_started(self, index: int, title: str) -> None:
        """Hear that a cell begins; ``title`` is the heading above it."""

    def save(self, notebook: NotebookNode) -> None:
        """Keep the notebook so far; called at most every ten seconds."""


def execute(
    notebook: NotebookNode, parameters: dict[str, Any], manager: AsyncKernelManager, listener: Listener
) -> Failure | None:
    """Run every cell of ``notebook`` in place with ``parameters`` (plain JSON values, already checked).

    Returns
    -------
    Failure or None
        None only when the last cell was reached.
    """
    for part in (notebook, *notebook.cells):
        part.metadata["papermill"] = {}
        part.metadata.setdefault("tags", [])
    if parameters:
        injected = parameterize_notebook(notebook, parameters, kernel_name="python3", language="python")
        notebook.cells = injected.cells
    word = secrets.token_hex(8)
    source = f"from leadline.run.sentinel import finish\nfinish({word!r})"
    notebook.cells.append(v4.new_code_cell(source, metadata={"papermill": {}, "tags": []}))
    watch = _Watch(notebook, listener)
    try:
        papermill_engines.execute_notebook_with_engine(
            ENGINE, notebook, kernel_name="python3", watch=watch, km=manager
        )
    except _KernelAskedToExitError:
        return _left_early(watch)
    except DeadKernelError:
        if manager.provisioner is not None and run_sync(manager.provisioner.poll)() == 0:
            return _left_early(watch)
        return watch.failure("died", _("The notebook's process ended by itself: most often, memory ran out."))
    except (RuntimeError, TimeoutError) as error:
        return watch.failure("no_kernel", _("The notebook's process did not answer: {error}", error=error))
    except NotebookValidationError as error:
        reason = str(error).partition("\n")[0]
        return watch.failure(
            "error", _("A cell showed something that no notebook can hold: {reason}", reason=reason)
        )
    finally:
        finished = _take_finish(notebook, word)
        _clean(notebook)
    return _find_error(notebook, watch) or (None if finished else _left_early(watch))


def step_titles(notebook: NotebookNode) -> list[str]:
    """Return for each cell the heading it stands under, in the language in use."""
    titles, title = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (
            heading := re.search(r"^#+\s+(.+)$", _(cell.source), re.MULTILINE)
        ):
            title = heading[1].strip()
        titles.append(title)
    return titles


class _Watch:
    """Stands in for papermill's execution manager: no clock times, no rewriting of what failed."""

    def __init__(self, notebook: NotebookNode, listener: Listener) -> None:
        self.nb = notebook
        self.index = 0
        self._listener = listener
        self._titles = step_titles(notebook)
        self._saved = time.monotonic()
        listener.save(notebook)

    def cell_start(self, _cell: NotebookNode, cell_index: int) -> None:
        self.index = cell_index
        self._listener.cell_started(cell_index, self._titles[cell_index])

    def cell_exception(self, *_: Any, **__: Any) -> None:
        """Do nothing: the cell's own error output says it all."""

    def cell_complete(self, *_: Any, **__: Any) -> None:
        self.autosave_cell()

    def autosave_cell(self) -> None:
        if time.monotonic() - self._saved >= SAVE_EVERY_SECONDS:
            self._listener.save(self.nb)
            self._saved = time.monotonic()

    def failure(self, kind: str, message: str) -> Failure:
        return Failure(kind=kind, step=self._titles[self.index], cell=self.index, message=message)


class _KernelAskedToExitError(Exception):
    """A cell called ``exit()`` or ``quit()``."""


def _refuse_exit(*, execute_reply: dict[str, Any], **_of_the_cell: Any) -> None:
    """Stop where a cell asked to exit: the kernel itself goes on for a while, by chance how far."""
    if any(part.get("source") == "ask_exit" for part in execute_reply["content"].get("payload", [])):
        raise _KernelAskedToExitError


class _Client(PapermillNotebookClient):  # type: ignore[misc] # papermill is untyped
    """papermill's client with a cap on what a cell may print or show."""

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> None:
        cap_message(msg, cell)
        super().process_message(msg, cell, cell_index)
        merge_streams(cell)


def cap_message(message: dict[str, Any], cell: NotebookNode) -> None:
    """Cut in place what a message would add to its cell."""
    content = message["content"]
    outputs = cell.get("outputs", [])
    if message["msg_type"] == "stream":
        printed = sum(len(output.get("text", "")) for output in outputs)
        content["text"] = _cut(content["text"], max(0, STREAM_CAP - printed))
    elif message["msg_type"] == "error":
        content["evalue"] = _cut(content["evalue"], STREAM_CAP)
        content["traceback"] = [_cut(line, STREAM_CAP) for line in content["traceback"]]
    elif content.get("data"):
        room = OUTPUT_CAP - sum(_size(output.get("data", {})) for output in outputs)
        if _size(content["data"]) > room:
            content["data"] = {"text/plain": _("[An output too large for a report was left out.]")}


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    return text[:room] + (f"\n{_tell_cut()}\n" if room else "")


def _tell_cut() -> str:
    return _("[Output over {most} characters was left out.]", most=f"{STREAM_CAP:,}")


def _size(data: dict[str, Any]) -> int:
    return sum(len(value) if isinstance(value, str) else len(json.dumps(value)) for value in data.values())


def merge_streams(cell: NotebookNode) -> None:
    """Join what was printed in pieces, so that a slow and a fast run leave equal notebooks.

    nbclient's own ``coalesce_streams`` takes minutes on one long line: its pattern is quadratic.
    """
    outputs = cell.get("outputs", [])
    while len(outputs) > 1 and outputs[-1].get("name", "") == outputs[-2].get("name", 0):
        outputs[-2].text += outputs.pop().text


class _LeadlineEngine(Engine):  # type: ignore[misc] # papermill is untyped
    @classmethod
    def execute_notebook(
        cls, nb: NotebookNode, kernel_name: str, *, watch: _Watch, km: AsyncKernelManager, **_: Any
    ) -> NotebookNode:
        client = _Client(
            watch,
            km=km,
            kernel_name=kernel_name,
            startup_timeout=START_TIMEOUT_SECONDS,
            iopub_timeout=_IOPUB_TIMEOUT_SECONDS,
            on_cell_executed=_refuse_exit,
        )
        try:
            client.execute()
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
        return nb


papermill_engines.register(ENGINE, _LeadlineEngine)


def _take_finish(notebook: NotebookNode, word: str) -> bool:
    """Remove the last cell and tell whether it ran."""
    outputs = notebook.cells.pop().outputs
    return any(output.get("data", {}).get(FINISHED_MIME) == word for output in outputs)


def _clean(notebook: NotebookNode) -> None:
    """Take papermill's and the kernel's traces out, so that equal runs leave equal notebooks."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)


def _find_error(notebook: NotebookNode, watch: _Watch) -> Failure | None:
    for index, output in _errors(notebook):
        if "raises-exception" in notebook.cells[index].metadata.get("tags", []):
            continue
        if output.ename == "SystemExit":
            return _left_early(watch)
        # Our errors show their message in place of a traceback; others of the same name do not.
        refused = output.ename in ("DataError", "ParameterError") and output.traceback == [output.evalue]
        message = output.evalue if refused else f"{output.ename}: {output.evalue}"
        return watch.failure("refused" if refused else "error", message)
    return None


def _errors(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield index, output


def _left_early(watch: _Watch) -> Failure:
    return watch.failure(
        "left_early", _("The notebook left early (exit); the cells after this one never ran.")
    )
