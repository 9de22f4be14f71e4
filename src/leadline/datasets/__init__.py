"""Data sets known by name: those that ship with leadline, and public ones that it can fetch."""

from leadline.datasets.connections import (
    PART,
    POSTGRES,
    hide_connection,
    is_address,
    read_postgres_name,
)
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
    "hide_connection",
    "is_address",
    "is_fetched",
    "known_names",
    "name_place",
    "read_postgres_name",
    "shipped_tables",
]
