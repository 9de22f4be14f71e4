"""Tables in, checked: readers, contracts, and tables out."""

from leadline.data.beside import read_beside
from leadline.data.columns import check_columns
from leadline.data.contract import ColumnRule, Contract, check_table
from leadline.data.export import write_table
from leadline.data.readers import read_table
from leadline.data.sources import Source, Table
from leadline.language.escaping import guard_cell

__all__ = [
    "ColumnRule",
    "Contract",
    "Source",
    "Table",
    "check_columns",
    "check_table",
    "guard_cell",
    "read_beside",
    "read_table",
    "write_table",
]
