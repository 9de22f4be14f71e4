"""Files appear whole; what a killed writer left goes with the next, what a living one has stays."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leadline.durable import replace_file, replacing, scratch_folder

HOLD = "import sys\nfrom pathlib import Path\nfrom leadline.durable import replacing, scratch_folder\n"
HOLD_PART = (
    HOLD
    + "with replacing(Path('a.txt')) as f:\n f.write(b'half'); f.flush(); print('on', flush=True); input()"
)
HOLD_SCRATCH = HOLD + "with scratch_folder('.mine-', Path()) as f:\n print('on', flush=True); input()"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_there_stays_until_the_new_content_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    replace_file(path, b"old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert (path.read_bytes(), names(tmp_path)) == (b"new", ["a.txt"])


def test_an_error_half_way_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    replace_file(path, b"old")
    with pytest.raises(ValueError, match="half way"), replacing(path) as file:  # noqa: PT012 - what happens between
        file.write(b"new")
        raise ValueError("half way")
    assert (path.read_bytes(), names(tmp_path)) == (b"old", ["a.txt"])


def test_rights_are_those_that_were_asked_for(tmp_path: Path) -> None:
    with replacing(tmp_path / "list.csv", mode=0o600) as file:
        assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]
        file.write(b"1")
    assert (tmp_path / "list.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("source", [HOLD_PART, HOLD_SCRATCH], ids=["part", "scratch"])
def test_a_living_writer_is_let_be_and_a_dead_one_cleared(tmp_path: Path, source: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", source], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"on\n"
        (left,) = names(tmp_path)
        replace_file(tmp_path / "b.txt", b"b")
        with scratch_folder(".mine-", tmp_path):
            assert left in names(tmp_path)
        child.kill()
    assert names(tmp_path) == [left, "b.txt"]
    replace_file(tmp_path / "b.txt", b"b")
    with scratch_folder(".mine-", tmp_path):
        assert left not in names(tmp_path)
    assert names(tmp_path) == ["b.txt"]


def test_many_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    def write(number: int) -> None:
        for _again in range(20):
            replace_file(tmp_path / "a.txt", bytes([number]) * 100_000)
            assert len(set((tmp_path / "a.txt").read_bytes())) == 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert names(tmp_path) == ["a.txt"]


def test_a_file_with_a_name_of_somebody_else_stays(tmp_path: Path) -> None:
    for name in (".a.part", f".a.{'0' * 31}.part", f"a.{'0' * 32}.part"):
        (tmp_path / name).touch()
    before = names(tmp_path)
    replace_file(tmp_path / "b.txt", b"")
    assert names(tmp_path) == sorted([*before, "b.txt"])
