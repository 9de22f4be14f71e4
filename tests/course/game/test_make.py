from pathlib import Path

import pytest

from leadline.course.game.game import load_game
from leadline.course.game.make import add_team, make_game
from leadline.course.game.turns import advance_quarter
from leadline.errors import ParameterError


def test_every_game_has_a_market_of_its_own(tmp_path: Path) -> None:
    games = [
        make_game(tmp_path / name, ["A"], customers=2_000, quarters=1, budget_cny=0)
        for name in ("one", "two")
    ]
    seeds = {(game.ground.market.seed, game.ground.luck_seed) for game in games}
    assert len({seed for pair in seeds for seed in pair}) == 4
    assert all(seed > 2**80 for pair in seeds for seed in pair)  # nobody tries them all


def test_everything_wrong_is_told_at_once_and_nothing_is_left(tmp_path: Path) -> None:
    place = tmp_path / "game"
    with pytest.raises(ParameterError) as caught:
        make_game(place, ["A", "a", "../x", ""], customers=10, quarters=0, budget_cny=-1, language="fr")
    told = str(caught.value)
    for wrong in (
        "customers is 10",
        "quarters is 0",
        "budget is -1",
        "'fr'",
        "'../x', ''",
        "'a' is named twice",
    ):
        assert wrong in told
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("budget", [float("nan"), float("inf")])
def test_a_budget_is_a_number(tmp_path: Path, budget: float) -> None:
    with pytest.raises(ParameterError, match="budget"):
        make_game(tmp_path / "game", ["A"], customers=2_000, quarters=1, budget_cny=budget)


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ParameterError, match="not empty"):
        make_game(tmp_path, ["A"], customers=2_000, quarters=1, budget_cny=0)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_team_that_comes_late_did_nothing_until_then(folder: Path) -> None:
    advance_quarter(folder, even_if_empty=True)
    game = add_team(folder, "late team")
    assert game.teams == ["A", "乙", "late team"]
    assert (game.worlds["late team"].subscribed_in == game.worlds["A"].subscribed_in).all()
    assert (folder / "teams" / "late team" / "quarter_1.csv").is_file()
    with pytest.raises(ParameterError, match="named twice"):
        add_team(folder, "LATE team")
    advance_quarter(folder, even_if_empty=True)
    with pytest.raises(ParameterError, match="over"):
        add_team(folder, "too late")
    assert len(load_game(folder).teams) == 3
