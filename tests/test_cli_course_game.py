"""leadline course game, as an instructor types it."""

import stat
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from leadline.cli.course_game import game
from leadline.errors import LeadlineError


def play(*words: object) -> Result:
    done = CliRunner().invoke(game, list(map(str, words)))
    if done.exception and not isinstance(done.exception, SystemExit | LeadlineError):
        raise done.exception
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("games") / "市场竞赛"
    teams = place.parent / "teams.csv"
    teams.write_text("team\n甲队\n42\n", "utf-8")
    terms = ("--customers", 3_000, "--quarters", 1, "--budget", 900)
    done = play("new", place, *terms, "--team", "Third", "--teams", teams)
    assert done.exit_code == 0, done.output
    assert "holds a game for 3 teams (quarters: 1)" in done.output
    return place


def test_a_round_from_the_teams_table_to_the_ranks(folder: Path) -> None:
    """One test, for each step needs the one before it."""
    assert {path.name for path in (folder / "teams").iterdir()} == {"Third", "42", "甲队"}
    customers = pd.read_csv(folder / "firm" / "customers.csv")
    allowed = customers[customers["consent"] & ~customers["do_not_contact"] & ~customers["subscribed"]]
    file = folder.parent / "list.csv"
    ids, channels = allowed["customer_id"][:20], ["call"] * 15 + ["none"] * 5
    pd.DataFrame({"customer_id": ids, "channel": channels}).to_csv(file, index=False)
    assert "3 teams have handed in no list for quarter 1" in play("board", folder).output
    done = play("submit", folder, "甲队", file, "--claimed-subscribers", 4)
    assert "accepted: 甲队, quarter 1: 15 contacts for CN¥52.50, 5 held out; CN¥847.50" in done.output
    assert "It replaces" in play("submit", folder, "甲队", file).output
    refused = play("submit", folder, "甲", file)
    assert isinstance(refused.exception, LeadlineError)
    assert "Did you mean '甲队'?" in str(refused.exception)
    assert "from quarter 1 on" in play("team", folder, "Late").output
    done = play("advance", folder)
    assert "Quarter 1 is closed." in done.output
    assert "The game is over" in done.output
    before = (folder / "board.html").read_bytes()
    assert "8 entries of the log were played again" in play("replay", folder).output
    assert (folder / "board.html").read_bytes() == before
    other = folder.parent / "for class.html"
    assert str(other) in play("board", folder, "--language", "zh", "--to", other).output
    assert 'lang="zh-Hans"' in other.read_text("utf-8")
    assert (folder / "board.html").read_bytes() == before


def test_only_the_instructor_can_read_the_log(folder: Path) -> None:
    assert stat.S_IMODE((folder / "game.db").stat().st_mode) == 0o600


def test_a_table_of_teams_needs_its_column(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_text("name\nA\n")
    done = play("new", tmp_path / "game", "--teams", tmp_path / "teams.csv")
    assert "team: " in str(done.exception)
    assert "has no such column" in str(done.exception)
    assert not (tmp_path / "game").exists()
