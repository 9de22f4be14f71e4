"""What is written outlives a power cut only once it was put onto the disk."""

import os
from pathlib import Path


def sync_to_disk(path: Path) -> None:
    """Put a file, or a folder's entries, onto the disk (where folders cannot be opened, not those)."""
    is_windows = os.name == "nt"
    if is_windows and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if is_windows else os.O_RDONLY)  # Windows syncs no read-only handle
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
