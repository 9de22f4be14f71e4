import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from leadline.course.game.game import load_game
from leadline.course.game.log import GAME_FILE, append_event, count_events, open_log, read_events
from leadline.errors import DataError, ParameterError, RunError


def test_the_log_is_its_owners_alone(folder: Path) -> None:
    with open_log(folder, writing=True) as log:
        append_event(log, "advance", {}, quarter=1)
        beside = list(folder.glob(f"{GAME_FILE}*"))
        assert len(beside) == 3  # with SQLite's own two
        for file in beside:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_committed_is_on_the_disk(folder: Path) -> None:
    with open_log(folder) as log:
        assert log.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
        assert log.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize("change", ["UPDATE events SET team = 'B'", "DELETE FROM events"])
def test_no_entry_is_ever_changed(folder: Path, change: str) -> None:
    with pytest.raises(RunError, match="never changed"), open_log(folder, writing=True) as log:
        log.execute(change)
    assert load_game(folder).teams == ["A", "乙"]


def test_a_quarter_is_closed_once(folder: Path) -> None:
    with open_log(folder, writing=True) as log:
        append_event(log, "advance", {}, quarter=1)
    with pytest.raises(RunError, match="UNIQUE"), open_log(folder, writing=True) as log:
        append_event(log, "advance", {}, quarter=1)


def test_an_entry_that_was_not_finished_is_not_there(folder: Path) -> None:
    with suppress(ZeroDivisionError), open_log(folder, writing=True) as log:
        append_event(log, "team", {}, team="C")
        raise ZeroDivisionError
    with open_log(folder) as log:
        assert count_events(log) == len(read_events(log)) == 3


def test_a_damaged_log_is_named(folder: Path) -> None:
    connection = sqlite3.connect(folder / GAME_FILE)
    connection.execute("INSERT INTO events (at, kind, body) VALUES ('2026-01-01', 'team', x'00')")
    connection.commit()
    connection.close()
    with pytest.raises(DataError, match="entry 4 is damaged"):
        load_game(folder)


def test_a_folder_without_a_game_is_named_and_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="leadline course game new"):
        load_game(tmp_path)
    assert not list(tmp_path.iterdir())
