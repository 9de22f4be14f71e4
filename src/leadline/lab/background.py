"""A report run beside the notebook, in a process of its own that tells how far it is.

``python -m leadline.lab.background`` reads what to run from its input (JSON) and writes a line of JSON for
every cell that begins, and one for the end.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path
from threading import Thread
from typing import Any, TextIO

from leadline.errors import LeadlineError
from leadline.run.request import make_request

#: What a listener hears: ``{"cell", "cells", "title"}``, and in the end ``{"error"}``, or ``{"folder",
#: "status", "message"}``.
Message = dict[str, Any]


class BackgroundRun:
    """A run that goes on while the notebook is used; ``hear`` is called from a thread of its own."""

    def __init__(
        self, notebook: Path, given: dict[str, Any], out: Path, hear: Callable[[Message], None]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # interrupting a cell is not meant for the report
        )
        asked = {"notebook": str(notebook), "given": given, "out": str(out)}
        self._thread = Thread(target=self._listen, args=(json.dumps(asked), hear), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the run; what it has kept is published with a page that says so."""
        self._process.terminate()

    def wait(self) -> None:
        """Wait until all was heard."""
        self._thread.join()

    def _listen(self, asked: str, hear: Callable[[Message], None]) -> None:
        with self._process as process:
            if process.stdin is None or process.stdout is None:
                return
            process.stdin.write(asked)
            process.stdin.close()
            ended = False
            for line in process.stdout:
                message = json.loads(line)
                ended = ended or "cell" not in message
                hear(message)
        if not ended:
            hear({"error": None})


def main(asked: TextIO, told: TextIO) -> None:
    """Run what ``asked`` says and tell it."""

    def tell(message: Message) -> None:
        with suppress(OSError):  # nobody listens any more; the report is made all the same
            print(json.dumps(message), file=told, flush=True)

    task = json.load(asked)
    try:
        request = make_request(task["notebook"], task["given"], out=Path(task["out"]))
        from leadline.run.runner import run_notebook, sweep  # noqa: PLC0415 (heavy: only what is right runs)

        sweep(request.out)
        cells = request.notebook.cell_count
        outcome = run_notebook(
            request, lambda cell, title: tell({"cell": cell, "cells": cells, "title": title})
        )
    except LeadlineError as error:
        tell({"error": str(error)})
        return
    failure = outcome.record["failure"]
    message = failure["message"] if failure else outcome.record["answer"]
    tell({"folder": str(outcome.folder), "status": outcome.record["status"], "message": message or ""})


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):  # whatever else prints, what is told stays readable
        main(sys.stdin, sys.__stdout__ or sys.stdout)
