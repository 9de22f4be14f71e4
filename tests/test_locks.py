"""A lock that leaves no file still keeps everybody else out."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filelock import FileLock

from leadline.locks import clear_locks, passing_lock


def test_it_is_held_by_one_at_a_time_though_its_file_comes_and_goes(tmp_path: Path) -> None:
    inside, most = 0, 0
    counting = threading.Lock()

    def enter(_number: int) -> None:
        nonlocal inside, most
        for _again in range(30):
            with passing_lock(tmp_path / ".a.lock"):
                with counting:
                    inside += 1
                    most = max(most, inside)
                (tmp_path / "work").write_bytes(bytes(10_000))  # long enough for another to come in
                with counting:
                    inside -= 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(enter, range(6)))
    assert most == 1
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_locks_of_dead_processes_are_cleared_and_held_ones_stay(tmp_path: Path) -> None:
    (tmp_path / ".dead.lock").touch()
    (tmp_path / "mine.lock").touch()
    with FileLock(tmp_path / ".held.lock"):
        clear_locks(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == [".held.lock", "mine.lock"]
