from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from leadline.course.game.game import Game, Submission, load_game
from leadline.course.game.ground import Ground
from leadline.course.game.readings import read_team
from leadline.course.game.rules import Terms
from leadline.course.game.turns import advance_quarter, submit_list
from leadline.evaluate.estimates.shares import compare_shares


def play(ground: Ground, *arms: np.ndarray, claims: tuple[float | None, ...]) -> Game:
    """A game of one team that lists all able customers, in other arms each quarter."""
    game = Game(
        ground=ground, terms=Terms(quarters=len(arms), budget_cny=1e9), language="en", as_of="2026-01-01"
    )
    game.teams, game.worlds = ["A"], {"A": game.play_untouched()}
    for number, (arm, claimed) in enumerate(zip(arms, claims, strict=True), start=1):
        game.submissions[number, "A"] = Submission(
            row=ground.able, arm=arm.astype(np.int8), claimed=claimed, at="2026-01-01"
        )
        game.close_quarter()
    return game


def draw_arms(ground: Ground, seed: int, held_out: float = 0.5) -> np.ndarray:
    return np.where(np.random.default_rng(seed).random(len(ground.able)) < held_out, 0, 2)


def test_each_reading_is_what_the_team_could_count(ground: Ground) -> None:
    game = play(ground, draw_arms(ground, 1), 0 * ground.able + 2, claims=(70, None))
    found = {reading.kind: reading for reading in read_team(game, "A")}
    world = game.worlds["A"]
    first, second = world.played[1:]
    won = [int(np.isin(played.subscribed, played.contacted).sum()) for played in (first, second)]
    assert (found["claim"].estimate.value, found["claim"].quarters) == (70, 1)
    assert (found["gross"].estimate.value, found["gross"].quarters) == (sum(won), 2)
    before = len(world.played[0].subscribed)
    assert found["before"].estimate.value == len(first.subscribed) + len(second.subscribed) - 2 * before
    held_out = ground.able[(first.planned == 0) & first.at_risk]
    effect = compare_shares(
        won[0], len(first.contacted), int(np.isin(held_out, first.subscribed).sum()), len(held_out)
    )
    holdout = found["holdout"]
    assert holdout.quarters == 1  # in the second nobody was held out
    assert holdout.estimate.value == pytest.approx(effect.value * len(first.contacted))
    assert holdout.estimate.lower == pytest.approx(effect.lower * len(first.contacted))
    one = ((first.chance - first.alone) * first.at_risk).sum()
    two = ((second.chance - second.alone) * second.at_risk).sum()
    assert found["claim"].truth == holdout.truth == pytest.approx(one)
    assert found["gross"].truth == pytest.approx(one + two)


def test_a_random_hold_out_is_right_on_average_and_the_others_are_not(ground: Ground) -> None:
    """And its 95% interval holds the truth about that often, summed over quarters too."""
    errors: dict[str, list[float]] = {"gross": [], "holdout": []}
    covered = []
    for luck in range(60):
        other = Ground(ground.market, luck)
        game = play(other, draw_arms(other, luck), draw_arms(other, luck + 1_000), claims=(None, None))
        for reading in read_team(game, "A"):
            if reading.kind in errors:
                errors[reading.kind].append(reading.estimate.value - reading.truth)
            if reading.kind == "holdout":
                covered.append(reading.estimate.lower <= reading.truth <= reading.estimate.upper)
    mean = {kind: np.mean(values) for kind, values in errors.items()}
    error = {kind: np.std(values) / 60**0.5 for kind, values in errors.items()}
    assert abs(mean["holdout"]) < 3 * error["holdout"]
    assert mean["gross"] > 5 * error["gross"]
    assert np.mean(covered) >= 0.85


def test_a_team_that_did_nothing_has_nothing_to_read(folder: Path, write_list: Callable[..., str]) -> None:
    submit_list(folder, "A", write_list("list.csv", "none", "none"))
    advance_quarter(folder)
    game = load_game(folder)
    assert read_team(game, "A") == []
    assert read_team(game, "乙") == []
