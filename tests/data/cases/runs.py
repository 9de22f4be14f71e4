"""Real notebooks on bad inputs: which notebook, what it is given, and how it must end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from tests.data.cases.files import Build

CLIENTS = 60
#: What each of the 60 clients spent, whatever else is wrong with their table.
SPEND = np.random.default_rng(9).integers(10, 300, CLIENTS).tolist()
CONCENTRATION = {"value": "spend", "among": "", "by": "", "as_of": "2026-06-30"}
#: What the sound table says of its top 20%.
ANSWER = "The top 20% of customers bring 30.2% of all spend"

Ending = Literal["refused", "verdict", "warning", "handled"]


@dataclass(frozen=True)
class RunCase:
    """A notebook's run on a bad input.

    ``prepare`` writes what the run needs into a folder and returns the parameters. ``wanted`` are words of
    the refusal, of the report's first screen (``verdict``), of one warning, or of one note on the source
    (``handled``); ``answer`` begins the report's own answer.
    """

    id: str
    notebook: str
    prepare: Callable[[Path], dict[str, Any]]
    ending: Ending
    wanted: tuple[str, ...] = ()
    answer: str = ""
    check: Callable[[Path, dict[str, Any]], None] = field(default=lambda _folder, _record: None)


def clients(**columns: Sequence[object]) -> pd.DataFrame:
    """Return the sound table of clients, with columns of one's own, or in place of its own."""
    sound = {
        "customer_id": [f"c{number:04d}" for number in range(CLIENTS)],
        "city": ["上海", "北京", "Zürich"] * (CLIENTS // 3),
        "spend": SPEND,
    }
    return pd.DataFrame(sound | columns)


def concentration(build: Build, **given: Any) -> Callable[[Path], dict[str, Any]]:
    """Ask how much the best customers bring, of a file."""
    return lambda folder: CONCENTRATION | {"data": str(build(folder))} | given


def csv(frame: pd.DataFrame, edit: Callable[[str], str] = str, encoding: str = "utf-8") -> Build:
    """Write a table as CSV, edited as text before it is encoded."""

    def build(folder: Path) -> Path:
        path = folder / "clients.csv"
        path.write_bytes(edit(frame.to_csv(index=False, lineterminator="\n")).encode(encoding))
        return path

    return build
