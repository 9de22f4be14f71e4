"""Data sets known by name: those that ship with leadline, and public ones that it can fetch."""

from leadline.datasets.named import (
    SAMPLE_MARKET,
    cache_folder,
    find_checksum,
    find_named,
    find_public,
    is_fetched,
    known_names,
    name_place,
    shipped_tables,
)
from leadline.datasets.public import PUBLIC_DATASETS, Packing, PublicDataset, PublicTable

#: Begins the name of a PostgreSQL table: ``postgres:VARIABLE::schema.table``.
POSTGRES = "postgres:"
#: Stands between a data set and its part: ``file.xlsx::sheet``.
PART = "::"

__all__ = [
    "PART",
    "POSTGRES",
    "PUBLIC_DATASETS",
    "SAMPLE_MARKET",
    "Packing",
    "PublicDataset",
    "PublicTable",
    "cache_folder",
    "find_checksum",
    "find_named",
    "find_public",
    "is_fetched",
    "known_names",
    "name_place",
    "shipped_tables",
]
