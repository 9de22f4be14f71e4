"""The tables of the board: what may be seen while the game runs, and the truth when it is over."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from leadline.course.game.game import Game
from leadline.course.game.players import name_players, play_policy
from leadline.course.game.profit import QuarterTruth, measure_profit
from leadline.course.game.readings import name_readings, read_team
from leadline.course.game.world import World
from leadline.language import _


def list_running(game: Game) -> pd.DataFrame:
    """Return what teams may know of one another: one row a team.

    Returns
    -------
    pandas.DataFrame
        ``team``; ``submitted``, whether a list for the open quarter is in; ``contacts`` made so far,
        ``cost_cny``, ``left_cny`` of the budget; ``subscribers`` of the firm in the closed quarters, whether
        contacts won them or not.
    """
    return pd.DataFrame(
        {
            "team": team,
            "submitted": _("yes") if (game.quarter, team) in game.submissions else _("no"),
            **_count(world),
            "left_cny": game.terms.budget_cny - world.cost_cny,
        }
        for team, world in game.worlds.items()
    )


def list_final(game: Game) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ranks and quarters of a game that is over, best first; computers and doing nothing among them.

    Returns
    -------
    standings : pandas.DataFrame
        One row a player: ``rank`` (missing for what is no team; equal profits share one), ``team``,
        ``profit_cny`` (true, what the rank goes by), ``realised_cny``, ``cost_cny``, ``contacts``,
        ``subscribers``, ``won`` (in the quarters of the contacts), ``won_for_good``.
    quarters : pandas.DataFrame
        One row a player in the same order: ``team`` and the true profit of each quarter, ``q1``, ``q2``, …
    """
    untouched = game.play_untouched()
    computers = [
        (name, play_policy(game.ground, game.terms, policy, game.terms.quarters))
        for policy, name in name_players().items()
    ]
    others = [*computers, (_("Doing nothing"), untouched)]
    rows: list[dict[str, object]] = []
    quarters: list[dict[str, object]] = []
    for name, world in (*game.worlds.items(), *others):
        truths = measure_profit(world, untouched)
        rows.append({"team": name, "is_team": len(rows) < len(game.worlds), **_count(world), **_add(truths)})
        quarters.append({"team": name} | {f"q{truth.quarter}": truth.profit_cny for truth in truths})
    standings = pd.DataFrame(rows)
    teams = standings["profit_cny"].where(standings["is_team"])
    standings.insert(0, "rank", teams.rank(method="min", ascending=False))
    order = standings.sort_values("profit_cny", ascending=False, kind="stable").index
    return standings.loc[order], pd.DataFrame(quarters).loc[order]


def list_readings(game: Game, teams: Iterable[str]) -> pd.DataFrame:
    """Return what ``teams`` claimed and could have read from their data, beside the truth.

    Returns
    -------
    pandas.DataFrame
        One row a team and reading: ``team``, ``kind`` and ``reading`` (its name), ``quarters`` covered,
        ``estimate``, ``ci_lower``, ``ci_upper``, ``truth``, ``error``.
    """
    names = name_readings()
    rows = [
        {
            "team": team,
            "kind": reading.kind,
            "reading": names[reading.kind],
            "quarters": reading.quarters,
            "estimate": reading.estimate.value,
            "ci_lower": reading.estimate.lower,
            "ci_upper": reading.estimate.upper,
            "truth": reading.truth,
            "error": reading.estimate.value - reading.truth,
        }
        for team in teams
        for reading in read_team(game, team)
    ]
    columns = ["team", "kind", "reading", "quarters", "estimate", "ci_lower", "ci_upper", "truth", "error"]
    return pd.DataFrame(rows, columns=columns)


def average_errors(readings: pd.DataFrame) -> pd.DataFrame:
    """Return how far each kind of reading was off over all teams.

    Returns
    -------
    pandas.DataFrame
        One row a kind: ``reading``, ``teams``, ``error`` (mean: above 0 is too much), ``distance`` (mean
        without sign).
    """
    kinds = readings.groupby(["kind", "reading"], sort=False)["error"]
    averages = kinds.agg(teams="size", error="mean", distance=lambda errors: errors.abs().mean())
    return averages.reset_index()


def _count(world: World) -> dict[str, float]:
    return {
        "contacts": sum(len(played.contacted) for played in world.played),
        "cost_cny": world.cost_cny,
        "subscribers": sum(len(played.subscribed) for played in world.played[1:]),
    }


def _add(truths: list[QuarterTruth]) -> dict[str, float]:
    return {
        name: float(np.sum([getattr(truth, name) for truth in truths]))
        for name in ("profit_cny", "realised_cny", "won", "won_for_good")
    }
