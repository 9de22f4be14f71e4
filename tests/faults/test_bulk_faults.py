"""A list from tables in bulk on a disk that is full."""

from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.run.bulk import make_list
from tests.run.bulk.city import HERE, request, write_city

_BLOCK = 4096


@pytest.mark.covers("run_faults", "full_disk_bulk_list")
@pytest.mark.parametrize("free_blocks", [1, 6])
def test_a_full_disk_leaves_no_list_and_is_named(small_disk: Path, tmp_path: Path, free_blocks: int) -> None:
    city = write_city(tmp_path)
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            try:
                filler.write(bytes(_BLOCK))
            except OSError:
                break
        filler.truncate(filler.tell() // _BLOCK * _BLOCK - free_blocks * _BLOCK)
    with pytest.raises(RunError, match=r"list cannot be written: No space left on device\. Nothing was"):
        make_list(request(city, small_disk / "list"), engine=HERE)
    assert [path.name for path in small_disk.iterdir()] == ["filler"]
