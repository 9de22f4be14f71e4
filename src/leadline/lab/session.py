"""A notebook opened by hand: its file, its reports' folder, what its kernel ran and when."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython import get_ipython

from leadline.errors import ParameterError
from leadline.lab.order import is_export
from leadline.language import _, use_language
from leadline.paths import PROJECT
from leadline.run.request import DEFAULT_OUT


@dataclass(kw_only=True, eq=False)
class Session:
    """One kernel and the notebook that it belongs to.

    ``ended_at`` is when the last cell ended (seconds since 1970; None where none ended since the session is
    known), ``applied_at`` the execution count from which on cells saw the parameters that the form set,
    ``language`` the one that the next cell shall speak.
    """

    path: Path
    out: Path
    shell: Any
    ended_at: float | None = None
    is_running: bool = False
    applied_at: int = 0
    language: str | None = None
    clock: Callable[[], float] = time.time

    @property
    def values(self) -> dict[str, Any]:
        """The kernel's global names."""
        namespace: dict[str, Any] = self.shell.user_ns
        return namespace

    @property
    def history(self) -> dict[int, str]:
        """What the kernel ran: execution count → source. Cells that export are no part of a report."""
        ran = enumerate(self.shell.history_manager.input_hist_raw)
        return {count: source for count, source in ran if count and not is_export(source)}

    @property
    def next_count(self) -> int:
        """Execution count of the next cell."""
        return len(self.shell.history_manager.input_hist_raw)

    def watch(self) -> None:
        """Note from here on when cells run."""
        self.shell.events.register("pre_run_cell", self._note_begin)
        self.shell.events.register("post_run_cell", self._note_end)

    def _note_begin(self, *_: object) -> None:
        self.is_running = True
        if self.language:  # a button's own thread cannot set it for the cells
            use_language(self.language)
            self.language = None

    def _note_end(self, result: Any) -> None:
        self.is_running = False
        if not is_export(result.info.raw_cell or ""):  # such a cell changes nothing of the report
            self.ended_at = self.clock()


_sessions: dict[Any, Session] = {}


def open_session(notebook: str | Path | None = None, out: str | Path | None = None) -> Session:
    """Return this kernel's session; one a kernel, so that it knows what ran before.

    Raises
    ------
    ParameterError
        If the notebook's file is neither given nor told by what shows the notebook, or is not there.
    """
    shell = get_ipython()
    path = _find_notebook(notebook, shell)
    place = Path(out) if out else find_out(path)
    session = _sessions.get(shell)
    if session is None:
        session = _sessions[shell] = Session(path=path, out=place, shell=shell)
        session.watch()
    session.path, session.out = path, place
    return session


def find_out(notebook: Path) -> Path:
    """Return the folder for a notebook's reports: the project's for its own, else one beside the notebook."""
    return (PROJECT if notebook.is_relative_to(PROJECT) else notebook.parent) / DEFAULT_OUT


def _find_notebook(given: str | Path | None, shell: Any) -> Path:
    told = given or os.environ.get("JPY_SESSION_NAME") or _tell_code(shell)
    if not told:
        raise ParameterError(
            _('This notebook is not told its own file here. Name it: parameter_form("my_notebook.ipynb").')
        )
    path = Path(told).expanduser().resolve()
    if path.suffix != ".ipynb" or not path.is_file():
        raise ParameterError(
            _("{path} is no notebook. If it was renamed, restart the kernel; else name its file.", path=path)
        )
    return path


def _tell_code(shell: Any) -> str | None:
    """Return what VS Code tells of the notebook's file."""
    return shell.user_ns.get("__vsc_ipynb_file__") if shell else None
