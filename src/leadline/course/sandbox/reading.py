"""Reads what a submission told, trusting none of it, and says in words how it ended."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from leadline.course.sandbox.submission import Limits, Ran, Request
from leadline.course.sandbox.values import decode_value
from leadline.errors import RunError
from leadline.language import _, join_sentences

_CHUNK_BYTES = 1 << 16
_LONGEST_ERROR = 500


def receive_end(channel: socket.socket, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """Receive how a submission ended, and what it told.

    Raises
    ------
    OSError, ValueError
        If the process that watches over it is gone.
    """
    received = bytearray()
    while chunk := channel.recv(_CHUNK_BYTES):
        received += chunk
        if len(received) > 2 * limits.answer_mb * 1_000_000 + _CHUNK_BYTES * 16:
            raise ValueError("more than a watched submission can tell")
    line, _line_end, told = bytes(received).partition(b"\n")
    end = json.loads(line)
    if len(told) != end["length"]:
        raise ValueError("cut off")
    return end, told


def read_end(request: Request, end: dict[str, Any], told: bytes) -> Ran:
    """Put together what came back.

    Parameters
    ----------
    request
        What was asked.
    end
        As `supervisor` tells it; or ``{"end": "lost"}``.
    told
        Lines as `inside` writes them, or anything else.

    Raises
    ------
    RunError
        If the submission could not be started.
    """
    if end["end"] == "broken":
        raise RunError(
            _("A submission could not be started, and nobody was graded: {reason}", reason=end["detail"])
        )
    cells = [cell.cell_id for cell in request.cells]
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    done: set[str] = set()
    for line in _read_lines(told):
        if line["cell"] not in cells:
            continue
        done.add(line["cell"])
        if line["error"] is not None:
            errors[line["cell"]] = str(line["error"])[:_LONGEST_ERROR]
        answers |= {name: value for name, value in line["answers"].items() if name in request.wanted}
    left = [cell for cell in cells if cell not in done]
    return Ran(
        answers={name: _decode(plain) for name, plain in answers.items()},
        errors=errors,
        ended=_explain(end, left[0], request.limits) if left else "",
        unprotected=tuple(map(explain_missing, end.get("missing") or ())),
    )


def explain_missing(protection: str) -> str:
    """Say that a protection is not to be had on this machine, and what that means."""
    match protection:
        case "network":
            return _(
                "Network: submissions can reach the network from here. Grade offline, or on Linux with user "
                "namespaces."
            )
        case "processes":
            return _(
                "Other processes: submissions can see other processes of this computer and may stop them. "
                "Grade on Linux with user namespaces."
            )
    return _(
        "Files: submissions can read what the grading account can read on this computer, the course folder "
        "too. Grade on Linux with user namespaces."
    )


def _read_lines(told: bytes) -> Iterator[dict[str, Any]]:
    """Yield the lines that have the shape of what `inside` writes; others are a student's own."""
    for text in told.split(b"\n"):
        with suppress(ValueError, RecursionError):
            line = json.loads(text)
            if (
                isinstance(line, dict)
                and isinstance(line.get("answers"), dict)
                and isinstance(line.get("cell"), str)
            ):
                yield {"error": None} | line


def _decode(plain: Any) -> Any:
    try:
        return decode_value(plain)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return {"unreadable": "unreadable"}


def _explain(end: dict[str, Any], cell: str, limits: Limits) -> str:
    """Say why the cells from one on were not run."""
    match end["end"]:
        case "exit":
            why = _explain_exit(int(end["detail"]), cell)
        case "channel":
            why = _("Cell {cell} closed the way by which answers reach grading.", cell=cell)
        case "lost":
            why = _("Cell {cell} ended the process that watches over it.", cell=cell)
        case limit:
            why = _explain_limit(limit, cell, limits)
    return join_sentences([why, _("It and the cells after it have no answers.")])


def _explain_exit(code: int, cell: str) -> str:
    if code >= 0:
        return _("Cell {cell} ended the kernel (exit code {code}).", cell=cell, code=code)
    names = {member.value: member.name for member in signal.Signals}
    return _("Cell {cell} killed the kernel (signal {signal}).", cell=cell, signal=names.get(-code, -code))


def _explain_limit(limit: str, cell: str, limits: Limits) -> str:
    match limit:
        case "time":
            return _(
                "Cell {cell} was still running at the time limit of {seconds} seconds and was stopped. Is "
                "there a loop without end?",
                cell=cell,
                seconds=f"{limits.seconds:g}",
            )
        case "memory":
            return _(
                "Cell {cell} used more than the {size} MB of memory that a submission may use and was "
                "stopped.",
                cell=cell,
                size=limits.memory_mb,
            )
        case "processes":
            return _(
                "Cell {cell} started as many processes as a submission may have ({most}) and was stopped.",
                cell=cell,
                most=limits.processes,
            )
    return _(
        "Cell {cell} gave more than the {size} MB of answers that a submission may give and was stopped.",
        cell=cell,
        size=limits.answer_mb,
    )
