"""What a bare name stands for: the file of a shipped or a fetched table."""

import os
from difflib import get_close_matches
from pathlib import Path

from leadline import paths
from leadline.datasets.public import PUBLIC_DATASETS, PublicDataset, PublicTable
from leadline.errors import DataError
from leadline.language import _

#: The simulated market that a notebook makes in the cache when first asked for (`leadline.market.sample`).
SAMPLE_MARKET = "market"
#: Environment variable that names the folder of fetched tables.
CACHE_VARIABLE = "LEADLINE_CACHE"


def shipped_tables() -> dict[str, Path]:
    """Return the shipped tables: name → file."""
    return {path.stem: path for path in sorted(paths.SAMPLES.glob("*.parquet"))}


def known_names() -> list[str]:
    """Return every name that needs no file beside it: shipped tables first."""
    return [*shipped_tables(), SAMPLE_MARKET, *PUBLIC_DATASETS]


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
            raise ValueError(_("is one table and has no part {part}", part=repr(part)))
        return shipped
    if name == SAMPLE_MARKET:
        raise ValueError(
            _("is a folder, made by the notebooks that take it. Make one by hand: leadline market make")
        )
    if name not in PUBLIC_DATASETS:
        return None
    dataset = PUBLIC_DATASETS[name]
    known = {table.name: table for table in dataset.tables}
    if part and part not in known:
        raise ValueError(_("has no table {part}; it has {known}", part=repr(part), known=_(", ").join(known)))
    path = fetched_file(dataset, known[part] if part else dataset.tables[0])
    if not path.is_file():
        raise ValueError(_("is not here yet: leadline data get {name}", name=name))
    return path


def find_checksum(name: str, part: str = "") -> str:
    """Return the SHA-256 that the file of a public table must have; empty for any other name."""
    dataset = PUBLIC_DATASETS.get(name)
    if dataset is None or name in shipped_tables():
        return ""
    return next((table.sha256 for table in dataset.tables if not part or table.name == part), "")


def find_public(name: str) -> PublicDataset:
    """Return a public data set by its name.

    Raises
    ------
    DataError
        If there is none; the nearest is suggested.
    """
    if name not in PUBLIC_DATASETS:
        near = get_close_matches(name, PUBLIC_DATASETS, n=1)
        hint = (
            _("Did you mean {near}?", near=repr(near[0]))
            if near
            else _("Known are {public_datasets}.", public_datasets=_(", ").join(PUBLIC_DATASETS))
        )
        raise DataError(_("{name} is no public data set. {hint}", name=name, hint=hint))
    return PUBLIC_DATASETS[name]


def is_fetched(dataset: PublicDataset) -> bool:
    """Tell whether every table of a data set is in the cache."""
    return all(fetched_file(dataset, table).is_file() for table in dataset.tables)


def fetched_file(dataset: PublicDataset, table: PublicTable) -> Path:
    """Return where a public table is, or will be, once fetched."""
    return cache_folder() / dataset.name / table.file


def cache_folder() -> Path:
    """Return the folder of fetched tables: ``LEADLINE_CACHE``, else the user's cache folder."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_cache_path  # noqa: PLC0415 - only who reads a public table pays for it

    return user_cache_path("leadline", appauthor=False)


def name_place(path: Path) -> str:
    """Write a path for a reader: from the working folder, the project or leadline's cache; else absolute."""
    cache = cache_folder()
    return (
        f"cache/{path.relative_to(cache).as_posix()}"
        if path.is_relative_to(cache)
        else paths.shorten_path(path)
    )
