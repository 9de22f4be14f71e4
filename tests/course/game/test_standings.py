from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.course.game.game import load_game
from leadline.course.game.profit import measure_profit
from leadline.course.game.standings import average_errors, list_final, list_readings, list_running


def test_ranks_go_by_true_profit_among_teams_alone(finished: Path) -> None:
    game = load_game(finished)
    standings, quarters = list_final(game)
    assert standings["profit_cny"].is_monotonic_decreasing
    teams = standings[standings["is_team"]]
    assert teams["rank"].tolist() == [1, 2]
    assert standings.loc[~standings["is_team"], "rank"].isna().all()
    assert standings.set_index("team").loc["Doing nothing", ["profit_cny", "realised_cny"]].tolist() == [0, 0]
    for team in ("A", "乙"):
        truths = measure_profit(game.worlds[team], game.play_untouched())
        row = standings.set_index("team").loc[team]
        assert row["profit_cny"] == pytest.approx(sum(truth.profit_cny for truth in truths))
        assert row["realised_cny"] == pytest.approx(sum(truth.realised_cny for truth in truths))
        by_quarter = quarters.set_index("team").loc[team, ["q1", "q2"]]
        assert by_quarter.tolist() == [truth.profit_cny for truth in truths]


def test_equal_profits_share_a_rank(finished: Path) -> None:
    game = load_game(finished)
    game.worlds["乙"] = game.worlds["A"]
    standings, _quarters = list_final(game)
    assert standings.loc[standings["is_team"], "rank"].tolist() == [1, 1]


def test_a_team_may_be_called_what_it_does(finished: Path) -> None:
    game = load_game(finished)
    game.worlds["Doing nothing"] = game.worlds.pop("A")
    standings, quarters = list_final(game)
    assert standings["is_team"].sum() == 2
    assert len(standings) == len(quarters) == 6


def test_what_firms_see_of_each_other(finished: Path) -> None:
    game = load_game(finished)
    running = list_running(game).set_index("team")
    world = game.worlds["A"]
    assert running.loc["A", "subscribers"] == (world.subscribed_in >= 1).sum()
    assert running.loc["A", "left_cny"] == pytest.approx(500 - world.cost_cny)
    assert running["submitted"].tolist() == ["no", "no"]


def test_claims_stand_beside_the_truth_in_the_order_asked(finished: Path) -> None:
    readings = list_readings(load_game(finished), ["乙", "A"])
    assert readings["team"].drop_duplicates().tolist() == ["乙", "A"]
    claim = readings[readings["kind"] == "claim"].iloc[0]
    assert (claim["team"], claim["estimate"], claim["quarters"]) == ("A", 18, 2)
    assert claim["error"] == pytest.approx(18 - claim["truth"])
    assert readings.loc[readings["team"] == "乙", "kind"].tolist() == ["gross", "before"]


def test_errors_are_averaged_with_and_without_sign() -> None:
    readings = pd.DataFrame(
        {"kind": ["gross", "gross", "claim"], "reading": ["G", "G", "C"], "error": [-2.0, 4.0, 3.0]}
    )
    averages = average_errors(readings).set_index("kind")
    assert averages.loc["gross", ["teams", "error", "distance"]].tolist() == [2, 1.0, 3.0]
    assert np.isclose(averages.loc["claim", "distance"], 3)
