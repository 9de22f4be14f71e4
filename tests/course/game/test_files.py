"""What lies in a game's folder: for the teams nothing of the truth, and all of it from the log."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.course.game.files import publish_files
from leadline.course.game.game import load_game
from leadline.course.game.log import GAME_FILE
from leadline.course.game.turns import advance_quarter, submit_list
from leadline.errors import RunError
from leadline.market.truth import Truth

#: Fields of the truth that a desk may know too.
_OBSERVED = {"customer_id", "age_years", "subscribed_before"}


def read_files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((GAME_FILE, "."))
    }


def test_every_file_follows_from_the_log_byte_for_byte(played: Path, tmp_path: Path) -> None:
    before = read_files(played)
    assert len(before) == 4 + 2 * 3 + 1
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(played / GAME_FILE, elsewhere / GAME_FILE)
    publish_files(elsewhere, load_game(elsewhere), anew=True)
    assert read_files(elsewhere) == before


def test_what_is_missing_is_made_again_and_what_is_there_stays(played: Path) -> None:
    missing, kept = played / "teams" / "A" / "quarter_1.csv", played / "firm" / "customers.csv"
    before = missing.read_bytes()
    missing.unlink()
    kept.write_text("annotated by the instructor")
    publish_files(played, load_game(played))
    assert missing.read_bytes() == before
    assert kept.read_text() == "annotated by the instructor"


def test_who_knows_less_does_not_write_over_who_knows_more(played: Path) -> None:
    old = load_game(played)
    old.events, old.quarter = 3, 1
    board = (played / "board.html").read_bytes()
    publish_files(played, old)
    assert (played / "board.html").read_bytes() == board


def test_no_file_of_the_teams_holds_the_seed_or_a_column_of_the_truth(played: Path) -> None:
    game = load_game(played)
    market = game.ground.market
    secret = {str(market.seed), str(game.ground.luck_seed), f"{market.seed:x}"}
    truths = set(Truth.__dataclass_fields__) - _OBSERVED
    for name, content in read_files(played).items():
        if name == "board.html":
            continue
        text = content.decode("utf-8-sig")
        assert not any(word in text for word in secret), name
        if name.endswith(".csv"):
            assert not truths & set(text.splitlines()[0].split(",")), name
    customers = pd.read_csv(played / "firm" / "customers.csv")
    assert "phone" not in customers  # numbers are scattered by the seed
    truth = market.truth
    for hidden in (truth.value_cny, truth.difficulty, truth.utility, truth.chance[:, 2]):
        for column in customers.select_dtypes("number"):
            known = customers[column].notna()
            values, wanted = customers.loc[known, column].to_numpy(float), hidden[known].astype(float)
            if np.std(values) > 0:
                assert abs(np.corrcoef(values, wanted)[0, 1]) < 0.9, column


def test_a_team_is_told_of_nobody_whom_it_did_not_list(played: Path) -> None:
    game = load_game(played)
    ids = game.ground.market.observed.customer_id
    for team, world in game.worlds.items():
        for quarter in (1, 2):
            listed = set(ids[np.concatenate([part.listed for part in world.played[: quarter + 1]])])
            told = pd.read_csv(played / "teams" / team / f"quarter_{quarter}.csv")
            assert set(told["customer_id"]) == listed
            late = world.subscribed_in[np.searchsorted(ids, told["customer_id"])] > quarter
            assert told.loc[late, "subscribed_quarter"].isna().all()  # nothing of the future
            assert (told.loc[late, "revenue_cny"] == 0).all()


def test_the_firms_tables_end_before_the_first_quarter(played: Path) -> None:
    game = load_game(played)
    customers = pd.read_csv(played / "firm" / "customers.csv")
    before = game.worlds["A"].subscribed_until(1)
    assert (customers["subscribed"] == before).all()
    assert before.sum() > game.ground.market.truth.subscribed_before.sum()


def test_while_the_game_runs_the_board_holds_no_truth(folder: Path, write_list: Callable[..., str]) -> None:
    submit_list(folder, "A", write_list("a.csv", *["call"] * 50), claimed=30)
    advance_quarter(folder)
    running = (folder / "board.html").read_text("utf-8")
    for word in ("True profit", "Won for good", "Computer", "claimed", "Truth"):
        assert word not in running
    advance_quarter(folder, even_if_empty=True)
    final = (folder / "board.html").read_text("utf-8")
    assert "True profit" in final
    assert "Computer: a random list" in final


def test_files_that_cannot_be_written_lose_nothing(folder: Path) -> None:
    shutil.rmtree(folder / "teams")
    (folder / "teams").write_text("in the way")
    with pytest.raises(RunError, match="Nothing is lost"):
        advance_quarter(folder, even_if_empty=True)
    (folder / "teams").unlink()
    game = load_game(folder)
    assert game.quarter == 2
    publish_files(folder, game)
    assert (folder / "teams" / "A" / "quarter_1.csv").is_file()
