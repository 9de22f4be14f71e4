"""A file that breaks off: its last line lacks its end, and its last cell looks cut."""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.raw import shorten
from leadline.language import _

_WIDTH_FROM = 3
_DIGITS = r"^[\d.:/+-]+$"


def find_cut_end(utf8: bytes, cells: pa.Table) -> list[str]:
    """Return the problem of a last cell that looks cut off, or nothing.

    Many sound files lack the last line's end. It is a problem only when all other cells of the last column
    have one length, three characters or more, and the last one is shorter and either digits as all others,
    or the beginning of one of them. (A record with too few cells is found as such.)
    """
    last = cells.num_rows - 1
    if utf8.endswith((b"\n", b"\r")) or last <= _WIDTH_FROM - 1:
        return []
    column = cells.column(cells.num_columns - 1).slice(1)
    widths = pc.min_max(pc.utf8_length(column.slice(0, last - 1))).as_py()
    cell = column[last - 1].as_py()
    if widths["min"] != widths["max"] or widths["max"] < _WIDTH_FROM or len(cell) >= widths["max"]:
        return []
    others = column.slice(0, last - 1)
    digits = pc.all(pc.match_substring_regex(column, _DIGITS)).as_py()
    if not digits and not (cell and pc.any(pc.starts_with(others, cell)).as_py()):
        return []
    name = cells.column(cells.num_columns - 1)[0].as_py()
    return [
        _(
            "{name}: the file ends without a line end in row {last}, and its last value {cell} "
            "is shorter than the {widths} characters of all others: it looks cut off. Copy or "
            "export it again; if it is whole, add a line end.",
            name=name,
            last=f"{last + 1:,}",
            cell=shorten(cell),
            widths=widths["max"],
        )
    ]
