"""Who must not be on a list, whatever the score."""

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from leadline.data.readers import read_table
from leadline.errors import DataError
from leadline.features.profile import ID
from leadline.language import _


class OptOuts(NamedTuple):
    """Ids as text, each once, in a table of one column; and what they are called in messages."""

    ids: pa.Table
    name: str


def read_opt_outs(file: Path) -> OptOuts:
    """Read a table of opt-outs, of any form that `leadline.data.read_table` knows.

    Raises
    ------
    DataError
        If it cannot be read, has no ``customer_id``, or lacks one in some rows.
    """
    frame = read_table(file, text_columns=[ID], fewest_rows=1).frame
    ids = frame[ID]
    if missing := int(ids.isna().sum()):
        raise DataError.of(
            _("{file} cannot be used as opt-outs", file=file),
            _("{count} rows have no {column}. Fill them, or take them out.", count=f"{missing:,}", column=ID),
        )
    return OptOuts(pa.table({ID: pa.array(ids.astype("string").unique(), pa.string())}), str(file))
