"""Tables that belong to another one: named by a parameter, or lying in the same folder."""

from pathlib import Path

from leadline.data.contract import Contract
from leadline.data.readers import read_table
from leadline.data.sources import Table


def read_beside(
    data: str | Path,
    name: str,
    *,
    given: str | Path | None = None,
    mapping: str | Path | None = None,
    contract: Contract | None = None,
) -> Table | None:
    """Read the table ``name`` that belongs to ``data``.

    Parameters
    ----------
    data
        Where the customers come from: a table, or a folder of tables.
    name
        Name of the table, as in `leadline.data.tables`.
    given
        Where it lies, if it was named; goes before the folder's own.
    mapping
        One file may serve all tables: names that this one lacks are passed over.
    contract
        As in `leadline.data.read_table`.

    Returns
    -------
    Table or None
        None if it was not named, and ``data`` is no folder that holds it.

    Raises
    ------
    DataError
        As `leadline.data.read_table`.
    """
    folder = Path(data)
    if given is None and not (
        folder.is_dir() and any(entry.name.split(".")[0] == name for entry in folder.iterdir())
    ):
        return None
    return read_table(
        given if given is not None else f"{data}::{name}",
        mapping=mapping,
        contract=contract,
        fewest_rows=1,  # a firm may have one product
        is_mapping_shared=True,
    )
