"""CSV and its kin: separators, quotes and ragged rows; read as text, refused when not whole."""

import contextlib
import csv
import gzip
import io
import itertools
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from leadline.data.encoding import decode_bytes
from leadline.data.layout import ROWS_LOOKED_AT, find_titles, lay_out
from leadline.data.quoting import find_open_quotes
from leadline.data.raw import Findings, RawTable, name_rows, shorten, unreadable
from leadline.data.truncation import find_cut_end
from leadline.data.unpacking import unpacked_limit
from leadline.errors import DataError
from leadline.language import N_, _, plural

_SEPARATORS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab"), "|": N_("bar")}
_SAMPLE_BYTES = 1 << 16
_UNPACKED_LIMIT_BYTES = 4 << 30
_BLOCK_LIMIT_BYTES = 2**31 - 1
_RAGGED_REMEDY = N_(
    "Look for a separator or line break inside a value: such a value needs quotation marks around it."
)


def read_delimited(path: Path, findings: Findings) -> RawTable:
    """Read a delimited text file, all cells as text.

    Parameters
    ----------
    path
        A CSV, TSV or TXT file, gzipped or not; separated by comma, semicolon, tab or bar.
    findings
        Takes the notes and warnings met.

    Raises
    ------
    DataError
        If the file is empty, of unknown encoding, ragged, cut off, or its header or quotes are broken.
    """
    name = str(path)
    decoded = decode_bytes(_read_bytes(path), name)
    findings.notes.extend(decoded.notes)
    if not decoded.utf8.strip():
        raise DataError.of(
            _("{name} is empty", name=name), _("it holds no header and no rows. Export it again.")
        )
    separator, head = _sniff(decoded.utf8)
    if not head:
        raise unreadable(name, [_("its first row holds a text far too long for a name. Export it again.")])
    if titles := find_titles(head):
        raise unreadable(name, [titles])
    cells, bad_rows = _parse(decoded.utf8, separator, width=len(head[0]), name=name)
    findings.problems.extend(_describe_ragged(bad_rows, cells, separator))
    findings.problems.extend(find_open_quotes(decoded.utf8, cells, separator))
    findings.problems.extend(find_cut_end(decoded.utf8, cells))
    bad = [row.number for row in bad_rows]
    rows = np.setdiff1d(np.arange(1, cells.num_rows + len(bad) + 1), bad, assume_unique=True)
    return lay_out(cells, rows, findings, name)


def _read_bytes(path: Path) -> bytes:
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    limit = unpacked_limit(path.stat().st_size, _UNPACKED_LIMIT_BYTES)
    try:
        with gzip.open(path) as file:
            data = file.read(limit + 1)
    except (EOFError, OSError, zlib.error):
        raise unreadable(
            str(path), [_("the gzip file is cut off or damaged. Copy or export it again.")]
        ) from None
    if len(data) > limit:
        problem = _(
            "it unpacks to more than {limit} MB, a hundred times its size or 4 GB. If it is sound, split it, "
            "or save it as Parquet.",
            limit=f"{limit / 1_000_000:,.0f}",
        )
        raise unreadable(str(path), [problem])
    return data


def _sniff(utf8: bytes) -> tuple[str, list[list[str]]]:
    """Return the separator that cuts most of the first records into the same number of fields, and those."""
    sample = utf8[:_SAMPLE_BYTES]
    if len(utf8) > _SAMPLE_BYTES:
        end = sample.rfind(b"\n") + 1 or utf8.find(b"\n", _SAMPLE_BYTES) + 1  # a header of very many columns
        sample = utf8[: end or len(utf8)]
    text = sample.decode("utf-8", "ignore")
    heads = {separator: _split(text, separator) for separator in _SEPARATORS}
    best = max(heads, key=lambda separator: _evenness(heads[separator]))
    return best, heads[best]


def _split(text: str, separator: str) -> list[list[str]]:
    """Cut the first lines into records; an empty line is an empty record, at the beginning it is left out."""
    lines = text.lstrip("\r\n")
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=separator)
    records: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a field beyond csv's limit: what came before it suffices
        records.extend(itertools.islice(reader, ROWS_LOOKED_AT))
    return records


def _evenness(records: list[list[str]]) -> tuple[float, int]:
    widths = Counter(len(record) for record in records if record)
    if not widths:
        return (0.0, 0)
    width, count = widths.most_common(1)[0]
    return (count / widths.total(), width) if width > 1 else (0.0, 1)


def _parse(
    utf8: bytes, separator: str, *, width: int, name: str
) -> tuple[pa.Table, list[arrow_csv.InvalidRow]]:
    """Cut the text into cells; records of another width than the first are returned apart."""
    invalid: list[arrow_csv.InvalidRow] = []

    def set_apart(row: arrow_csv.InvalidRow) -> str:
        invalid.append(row)
        return "skip"

    names = [f"f{position}" for position in range(width)]
    # One thread and one block: only then are rows numbered and long quoted texts in one piece.
    read_options = arrow_csv.ReadOptions(
        column_names=names, use_threads=False, block_size=min(len(utf8) + 1, _BLOCK_LIMIT_BYTES)
    )
    parse_options = arrow_csv.ParseOptions(
        delimiter=separator,
        newlines_in_values=b'"' in utf8,
        ignore_empty_lines=False,
        invalid_row_handler=set_apart,
    )
    as_text = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
    )
    try:
        cells = arrow_csv.read_csv(pa.BufferReader(utf8), read_options, parse_options, as_text)
    except pa.ArrowInvalid as error:
        raise unreadable(
            name, [_("its rows cannot be told apart ({error}). Export it again.", error=shorten(error, 200))]
        ) from None
    return cells, invalid


def _describe_ragged(bad_rows: list[arrow_csv.InvalidRow], cells: pa.Table, separator: str) -> list[str]:
    """Say which records are wider or narrower than the header, and what may be the matter."""
    if not bad_rows:
        return []
    width = bad_rows[0].expected_columns
    first = bad_rows[0]
    if cells.num_rows == 1 and {row.actual_columns for row in bad_rows} == {width + 1}:
        return [
            _(
                "all {count} rows have {width} fields, the header names {named} (first: row "
                "{number}). Name the missing column in the header, or remove the separator at the "
                "end of each row.",
                count=f"{len(bad_rows):,}",
                width=width + 1,
                named=width,
                number=f"{first.number:,}",
            )
        ]
    other = _other_separator(bad_rows, separator, width)
    remedy = (
        _("They seem separated by {other}: use one separator throughout.", other=other)
        if other
        else _(_RAGGED_REMEDY)
    )
    narrow = [row for row in bad_rows if row.actual_columns < width]
    wide = [row for row in bad_rows if row.actual_columns > width]
    problems = []
    if narrow:
        problems.append(
            plural(
                "{count} row has fewer fields than the {width} of the header ({rows}: {first}). {remedy}",
                "{count} rows have fewer fields than the {width} of the header ({rows}: {first}). {remedy}",
                len(narrow),
                **_name_ragged(narrow, width, remedy),
            )
        )
    if wide:
        problems.append(
            plural(
                "{count} row has more fields than the {width} of the header ({rows}: {first}). {remedy}",
                "{count} rows have more fields than the {width} of the header ({rows}: {first}). {remedy}",
                len(wide),
                **_name_ragged(wide, width, remedy),
            )
        )
    return problems


def _name_ragged(rows: list[arrow_csv.InvalidRow], width: int, remedy: str) -> dict[str, object]:
    first = shorten(rows[0].text)
    return {"width": width, "rows": name_rows([row.number for row in rows]), "first": first, "remedy": remedy}


def _other_separator(bad_rows: list[arrow_csv.InvalidRow], separator: str, width: int) -> str:
    for other, name in _SEPARATORS.items():
        if other != separator and all(row.text.count(other) == width - 1 for row in bad_rows) and width > 1:
            return _(name)
    return ""
