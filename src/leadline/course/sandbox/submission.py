"""What is handed to the sandbox, and what comes back."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one submission may use, all its processes together.

    Attributes
    ----------
    seconds
        Wall time from the first cell to the last.
    memory_mb
        Memory beyond that of the preloaded packages (MB).
    disk_mb
        Files it may write, all together (MB).
    processes
        Processes and threads at one time.
    answer_mb
        Answers, encoded (MB).
    """

    seconds: float = 120
    memory_mb: int = 2_000
    disk_mb: int = 100
    processes: int = 64
    answer_mb: int = 8


@dataclass(frozen=True)
class Cell:
    """A code cell; cells run in order, and an error in one does not stop the next."""

    cell_id: str
    source: str


@dataclass(frozen=True)
class Ran:
    """What came back from a submission.

    Attributes
    ----------
    answers
        Name → plain value (None, bool, int, float, str, list, dict, Series, DataFrame) of the wanted names
        that exist; ``{"unreadable": "type name"}`` for anything else.
    errors
        Cell id → type and first line of the error that ended the cell.
    ended
        Empty when every cell was run; else a message for the student: why not.
    unprotected
        Messages: protections that this machine does not give.
    """

    answers: dict[str, Any]
    errors: dict[str, str]
    ended: str = ""
    unprotected: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the process of one submission is asked; paths are absolute.

    Attributes
    ----------
    folder
        An empty folder of this submission's own.
    data
        Folder whose files are copied for the submission, or None.
    hidden
        Folders that nobody inside may see.
    """

    cells: list[Cell]
    wanted: list[str]
    limits: Limits
    folder: str
    data: str | None = None
    hidden: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Request":
        """Build it from `to_dict`."""
        cells = [Cell(**cell) for cell in plain["cells"]]
        return cls(**plain | {"cells": cells, "limits": Limits(**plain["limits"])})
