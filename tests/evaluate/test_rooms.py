"""Each room of evaluate can be imported first, as a notebook does."""

import subprocess
import sys
from pathlib import Path

import pytest

import leadline.evaluate

ROOMS = sorted(path.parent.name for path in Path(leadline.evaluate.__file__).parent.glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_can_be_imported_alone(room: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import leadline.evaluate.{room}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
