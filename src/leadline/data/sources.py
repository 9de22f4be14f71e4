"""Where a table came from: what a record keeps, so that a number can be traced to its file."""

import hashlib
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadline.language import _, format_value

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """One table as it entered a notebook.

    ``rows`` and ``columns`` count what was kept; ``first_date`` and ``last_date`` span all date columns (up
    to the day of analysis). ``notes`` says what was handled silently, ``warnings`` what a reader must know.
    """

    name: str
    path: str
    sha256: str
    rows: int
    columns: int
    first_date: date | None = None
    last_date: date | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON: dates in ISO form, lists for tuples."""
        return {
            "name": self.name,
            "path": self.path,
            "sha256": self.sha256,
            "rows": self.rows,
            "columns": self.columns,
            "first_date": self.first_date.isoformat() if self.first_date else None,
            "last_date": self.last_date.isoformat() if self.last_date else None,
            "notes": list(self.notes),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, eq=False)
class Table:
    """A checked frame and where it came from."""

    frame: "pd.DataFrame"
    source: Source

    def _repr_html_(self) -> str:
        """Show what was read, what was put in order and what to beware of; every value escaped."""
        source = self.source
        shape = _(
            "{rows} rows and {columns} columns, read from {path}.",
            rows=format_value(source.rows, "count"),
            columns=format_value(source.columns, "count"),
            path=source.path,
        )
        period = (
            _(
                "Dates from {first} to {last}.",
                first=format_value(source.first_date),
                last=format_value(source.last_date),
            )
            if source.first_date
            else _("No column holds dates.")
        )
        warnings = "".join(f'<p class="warning">{escape(text)}</p>' for text in source.warnings)
        notes = "".join(f"<li>{escape(text)}</li>" for text in source.notes)
        handled = f"<p>{escape(_('What was put in order on reading:'))}</p><ul>{notes}</ul>" if notes else ""
        return f"<p>{escape(shape)} {escape(period)}</p>{warnings}{handled}"


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def hash_parts(parts: list[Path]) -> str:
    """Return one SHA-256 for several files: of their names and hashes, in order of name."""
    digest = hashlib.sha256()
    for part in sorted(parts, key=lambda path: path.name):
        digest.update(f"{part.name}\0{hash_file(part)}\n".encode())
    return digest.hexdigest()


def hash_rows(cells: "pa.Table") -> str:
    """Return the SHA-256 of a table's rows, for a source that is no file."""
    digest = hashlib.sha256()
    for batch in cells.to_batches():
        digest.update(batch.serialize())
    return digest.hexdigest()
