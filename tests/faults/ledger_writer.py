"""A process that writes into a ledger and lets its parent choose the moment of its death."""

import os
import sqlite3
import sys
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from leadline.data.contract import check_table
from leadline.data.loop.ledger import LoopLedger
from leadline.data.tables import CONTACTS, OUTCOMES
from tests.data.loop.ledger_rows import MADE, OBSERVED, contacts, outcomes

ROWS = 30
EARLY, LATE = MADE.replace(month=7, day=10), OBSERVED
_silent = 0
_TELLING = {"open", "os.rename", "os.remove", "os.mkdir", "fcntl.flock"}

# What is loaded at the first check is loaded once, before the writers are forked off.
check_table(contacts(range(2)), CONTACTS, "contacts")
check_table(outcomes({0: None, 1: "2025-07-01"}), OUTCOMES, "outcomes")


def write_rounds(folder: Path, parent: Connection, first: int, silent: int = 0) -> None:
    """Write round after round; before every step on the disk tell the parent and wait for its leave.

    The first ``silent`` steps are only counted.
    """
    global _silent  # noqa: PLW0603 - the process has this one purpose
    _silent = silent
    _tell_every_step(folder, parent)
    ledger = LoopLedger(folder)
    for number in range(first, first + 1000):
        write_round(ledger, number)
        _say(parent, f"done {number}")


def write_round(ledger: LoopLedger, number: int) -> None:
    """Open a round, import its contacts, their outcomes, and the outcomes followed up."""
    name, campaign = f"r{number}", f"c{number}"
    ledger.open_round(name, name=name, product_id="p", model="m", as_of=MADE)
    ledger.add_contacts(contacts(range(ROWS), campaign), round_id=name)
    days: dict[int, str | None] = dict.fromkeys(range(ROWS))
    ledger.add_outcomes(outcomes(days, campaign), round_id=name, observed_until=EARLY)
    days[0] = "2025-07-20"
    ledger.add_outcomes(outcomes(days, campaign), round_id=name, observed_until=LATE)


def write_campaigns(folder: Path, numbers: list[int], started: Connection) -> None:
    """Import campaigns into one round, once told to start; tell how many rows each import added."""
    ledger = LoopLedger(folder)
    started.recv_bytes()
    results = [ledger.add_contacts(contacts(range(ROWS), f"c{n}"), round_id="r1") for n in numbers]
    started.send([result.added for result in results])


def _say(parent: Connection, text: str) -> None:
    global _silent  # noqa: PLW0603 - the process has this one purpose
    if _silent:
        _silent -= 1
        return
    parent.send_bytes(text.encode())
    parent.recv_bytes()


def _tell_every_step(folder: Path, parent: Connection) -> None:
    """Listen to files and folders of the ledger, to what goes to the disk, and to each SQL statement."""

    def hear(event: str, values: tuple[Any, ...]) -> None:
        if event in _TELLING and (event == "fcntl.flock" or str(folder) in str(values[0])):
            _say(parent, event)

    sync, connect = os.fsync, sqlite3.connect

    def tell_and_sync(descriptor: int) -> None:
        _say(parent, "os.fsync")
        sync(descriptor)

    def connect_and_tell(*values: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*values, **options)
        connection.set_trace_callback(partial(_say, parent))
        return connection

    os.fsync = tell_and_sync
    sqlite3.connect = connect_and_tell
    sys.addaudithook(hear)
