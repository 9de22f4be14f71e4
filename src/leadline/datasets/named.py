"""What a bare name stands for: the file of a shipped or a fetched table."""

import os
from pathlib import Path

from leadline import paths
from leadline.datasets.public import PUBLIC_DATASETS, PublicDataset, PublicTable

#: Environment variable that names the folder of fetched tables.
CACHE_VARIABLE = "LEADLINE_CACHE"


def shipped_tables() -> dict[str, Path]:
    """Return the shipped tables: name → file."""
    return {path.stem: path for path in sorted(paths.SAMPLES.glob("*.parquet"))}


def known_names() -> list[str]:
    """Return every name that needs no file beside it: shipped tables first."""
    return [*shipped_tables(), *PUBLIC_DATASETS]


def find_named(name: str, part: str = "") -> Path | None:
    """Return the file of the table that ``name`` stands for, None when it is no such name.

    Parameters
    ----------
    name
        A shipped table or a public data set.
    part
        One of the data set's tables, by default its first.

    Raises
    ------
    ValueError
        If the data set is not fetched yet, or has no such part; the text continues "NAME …".
    """
    if shipped := shipped_tables().get(name):
        if part:
            raise ValueError(f"is one table and has no part {part!r}")
        return shipped
    if name not in PUBLIC_DATASETS:
        return None
    dataset = PUBLIC_DATASETS[name]
    known = {table.name: table for table in dataset.tables}
    if part and part not in known:
        raise ValueError(f"has no table {part!r}; it has {', '.join(known)}")
    path = fetched_file(dataset, known[part] if part else dataset.tables[0])
    if not path.is_file():
        raise ValueError(f"is not here yet: leadline data get {name}")
    return path


def fetched_file(dataset: PublicDataset, table: PublicTable) -> Path:
    """Return where a public table is, or will be, once fetched."""
    return cache_folder() / dataset.name / table.file


def cache_folder() -> Path:
    """Return the folder of fetched tables: ``LEADLINE_CACHE``, else the user's cache folder."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_cache_path  # noqa: PLC0415 - only who reads a public table pays for it

    return user_cache_path("leadline", appauthor=False)
