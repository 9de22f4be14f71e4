"""A worker process: takes reports from its standard input, one JSON line each, and tells how each ended.

It lives as long as its batch. When the batch's process is gone its standard input ends: the run that goes on
is then stopped as by SIGTERM, published as killed, and the worker leaves.
"""

import json
import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from leadline.errors import LeadlineError

_STOP_EVERY_SECONDS = 0.2


def work() -> None:
    """Make reports until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else prints does not disturb the answers
    jobs: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    busy = threading.Event()
    # Within a report the run itself hears the signal; while the packages load there is nothing to end.
    signal.signal(signal.SIGTERM, lambda *_: None if busy.is_set() else sys.exit())
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    while (job := jobs.get()) is not None:
        from leadline.run.runner import run_notebook  # noqa: F401, PLC0415 (see above)

        busy.set()
        try:
            answer = _make_report(job)
        except LeadlineError as error:
            answer = {"status": "failed", "run_id": None, "message": str(error)}
        except Exception as error:  # noqa: BLE001 (one report's failure must not end the others)
            answer = {"status": "failed", "run_id": None, "message": f"{type(error).__name__}: {error}"}
        try:
            print(json.dumps(answer), file=answers, flush=True)
        except BrokenPipeError:
            return
        busy.clear()


def _listen(jobs: "queue.SimpleQueue[dict[str, Any] | None]") -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    jobs.put(None)
    while True:  # until the run that goes on has ended, and this process with it
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_STOP_EVERY_SECONDS)


def _make_report(job: dict[str, Any]) -> dict[str, Any]:
    from leadline.run.request import Origin, make_request  # noqa: PLC0415 (see above)
    from leadline.run.runner import run_notebook  # noqa: PLC0415

    request = make_request(
        job["notebook"],
        job["given"],
        out=Path(job["out"]),
        limit_seconds=job["limit_seconds"],
        origin=Origin(batch=job["batch"], attempt=job["attempt"]),
    )
    record = run_notebook(request, warm=Path(job["warm"]) if job["warm"] else None).record
    failure = record["failure"] or {}
    return {
        "status": record["status"],
        "run_id": record["run_id"],
        "step": failure.get("step"),
        "message": failure.get("message"),
    }


if __name__ == "__main__":
    work()
