"""Files of the catalogue of bad inputs, each as the program that wrote it would leave it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest

from tests.scorecard.catalogue import read_catalogue

AS_OF = dt.date(2026, 6, 30)
Build = Callable[[Path], Path]


@dataclass(frozen=True)
class Case:
    """One bad input; ``wanted`` are words of the error, the warning or the note."""

    id: str
    build: Build
    wanted: tuple[str, ...]
    cells: dict[str, list[object]] = field(default_factory=dict)


def as_params(cases: Sequence[Case]) -> list[object]:
    """Parameters of a test; those with an id of the catalogue cover it."""
    known = read_catalogue()["bad_inputs"].cases
    return [
        pytest.param(
            case, id=case.id, marks=[pytest.mark.covers("bad_inputs", case.id)] if case.id in known else []
        )
        for case in cases
    ]


def text_file(content: str | bytes, encoding: str = "utf-8", name: str = "t.csv") -> Build:
    def build(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return build


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> Build:
    def build(folder: Path) -> Path:
        book = openpyxl.Workbook()
        fill(book)
        path = folder / "t.xlsx"
        book.save(path)
        return path

    return build


def rows(*records: list[object]) -> Callable[[openpyxl.Workbook], None]:
    def fill(book: openpyxl.Workbook) -> None:
        for record in records:
            book.active.append(record)

    return fill
