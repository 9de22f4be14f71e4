from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.course.game import game as module
from leadline.course.game.game import load_game
from leadline.course.game.log import append_event, open_log
from leadline.course.game.turns import advance_quarter, submit_list
from leadline.errors import DataError


def test_the_log_alone_gives_the_same_worlds(folder: Path, write_list: Callable[..., str]) -> None:
    submit_list(folder, "A", write_list("list.csv", "call", "none", "sms"), claimed=0.5)
    played = advance_quarter(folder)
    again = load_game(folder)
    for team in ("A", "乙"):
        assert (again.worlds[team].subscribed_in == played.worlds[team].subscribed_in).all()
    assert again.events == played.events == 5
    assert again.as_of == played.as_of
    handed_in = again.submissions[1, "A"]
    assert handed_in.claimed == 0.5
    assert handed_in.arm.tolist() == [2, 0, 1]
    assert again.find_list(1, "乙")[0].tolist() == []


def test_one_teams_world_can_be_had_alone(folder: Path, write_list: Callable[..., str]) -> None:
    submit_list(folder, "A", write_list("list.csv", *["call"] * 50))
    submit_list(folder, "乙", write_list("list.csv", *["sms"] * 50))
    advance_quarter(folder)
    alone, every = load_game(folder, only="乙"), load_game(folder)
    assert list(alone.worlds) == ["乙"]
    assert alone.teams == every.teams
    assert (alone.worlds["乙"].subscribed_in == every.worlds["乙"].subscribed_in).all()
    assert (every.worlds["A"].subscribed_in != every.worlds["乙"].subscribed_in).any()


def test_other_outcomes_than_when_the_quarter_was_closed_are_noticed(folder: Path) -> None:
    advance_quarter(folder, even_if_empty=True)
    with open_log(folder, writing=True) as log:
        append_event(log, "advance", {"digest": "of another machine"}, quarter=2)
    with pytest.raises(DataError, match="quarter 2 has other outcomes"):
        load_game(folder)


def test_rules_of_another_version_are_not_played(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GAME_VERSION", 99)
    with pytest.raises(DataError, match="this leadline plays version 99"):
        load_game(folder)
