"""Runs a submission's cells and tells the answers after each: what a student's code shares a process with.

What is told are lines of JSON, ``{"cell", "error", "answers"}`` after each cell, with the answers that
changed. Nothing here is trusted by whoever reads them.
"""

import json
import os
import random
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from leadline.course.sandbox import libc
from leadline.course.sandbox.submission import Request
from leadline.course.sandbox.values import encode_value

_LONGEST_ERROR = 500
_NEVER_SENT = object()


class _Shell(InteractiveShell):
    """IPython as in a kernel, for cells whose output nobody reads."""

    def showtraceback(self, *_arguments: Any, **_options: Any) -> None:
        """Show nothing: an error is told by its first line."""

    def showsyntaxerror(self, *_arguments: Any, **_options: Any) -> None:
        """Show nothing: an error is told by its first line."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: ``%matplotlib`` asks for it, and no window can open."""

    def ask_exit(self) -> None:
        """Go on: ``exit`` and ``quit`` end the cell that calls them."""


def run_cells(request: Request, out: int) -> None:
    """Run the cells in the working folder and write to a descriptor what `reading` reads."""
    _prepare_process()
    shell = _make_shell()
    budget = request.limits.answer_mb * 1_000_000
    sent: dict[str, Any] = dict.fromkeys(request.wanted, _NEVER_SENT)
    for cell in request.cells:
        error = _run_cell(shell, cell.source)
        answers: dict[str, Any] = {}
        for name in request.wanted:
            if name not in shell.user_ns:
                continue
            text = _write_answer(shell.user_ns[name], budget)
            if text != sent[name]:
                answers[name] = sent[name] = text
                budget -= len(text)
        told = ", ".join(f"{json.dumps(name)}: {text}" for name, text in answers.items())
        start = f'"cell": {json.dumps(cell.cell_id)}, "error": {json.dumps(error)}'
        _write(out, f'{{{start}, "answers": {{{told}}}}}\n'.encode())


def _prepare_process() -> None:
    """Give the process a home and random numbers of its own; the same numbers at each grading."""
    if sys.platform == "linux":
        with suppress(OSError):
            libc.show_own_process()
    home = str(Path.cwd())
    os.environ.update(HOME=home, IPYTHONDIR=f"{home}/.ipython", USER="student", LOGNAME="student")
    for name in ("TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME"):
        os.environ.pop(name, None)
    tempfile.tempdir = None  # found anew
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    sys.path.insert(0, home)
    sys.argv[:] = ["notebook"]


def _make_shell() -> InteractiveShell:
    settings = Config()
    settings.HistoryManager.enabled = False
    return _Shell.instance(config=settings)


def _run_cell(shell: InteractiveShell, source: str) -> str | None:
    """Run a cell; return its error's type and first line, or None."""
    try:
        result = shell.run_cell(source)
        error = result.error_before_exec or result.error_in_exec
    except BaseException as escaped:  # noqa: BLE001 (a cell may raise anything)
        error = escaped
    return _describe(error) if error is not None else None


def _describe(error: BaseException) -> str:
    kind = type(error).__name__
    with suppress(BaseException):
        text = f"{error.msg} (line {error.lineno})" if isinstance(error, SyntaxError) else str(error)
        kind += f": {text.strip().partition(chr(10))[0]}" if text.strip() else ""
    return kind[:_LONGEST_ERROR]


def _write_answer(value: object, budget: int) -> str:
    """Write an answer as JSON, or that it is too large for what is left of the budget (bytes)."""
    try:
        text = json.dumps(encode_value(value))
    except BaseException:  # noqa: BLE001 (whatever a hostile value raises)
        text = '{"unreadable": "unreadable"}'
    return text if len(text) <= budget else '{"unreadable": "too large"}'


def _write(out: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(out, rest) :]
