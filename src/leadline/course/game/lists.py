"""A list that a team hands in: read by the house's readers, everything wrong with it told at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from leadline.course.game.game import Game
from leadline.course.game.ground import Rows
from leadline.data import read_table
from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.errors import DataError
from leadline.language import _, format_value, plural
from leadline.market.score import CustomerList, check_list
from leadline.market.truth import ARMS, Codes, Flags


@dataclass(frozen=True, eq=False, kw_only=True)
class TeamList:
    """A list without fault.

    ``row`` and ``arm`` have shape (listed,). ``idle`` counts those on it who, as the team knows, subscribe
    already: they are not contacted and cost nothing. ``cost_cny`` is of the other contacts.
    """

    row: Rows
    arm: Codes
    idle: int
    cost_cny: float


def check_team_list(
    game: Game, team: str, file: str, *, mapping: Path | None = None, claimed: float | None = None
) -> TeamList:
    """Read and check a list for the open quarter.

    Parameters
    ----------
    game
        The game as it stands.
    team
        Name of the team.
    file
        CSV, Excel or Parquet: ``customer_id`` and ``channel`` (one of `ARMS`; none is the hold-out).
    mapping
        Our column names for those of the list.
    claimed
        Subscribers that the team says its contacts win in the quarter.

    Raises
    ------
    DataError
        One message with every problem.
    """
    problems = list(_check_turn(game, team))
    frame = None
    try:
        frame = read_table(file, mapping=mapping, fewest_rows=1).frame
    except DataError as error:
        problems += error.problems or [error.headline]
    listed = None
    if frame is not None:
        listed, found = _check_frame(frame, game, file)
        problems += found
        problems += _check_opt_outs(frame, game, team)
        problems += _check_budget(frame, game, team)
    problems += _check_claim(claimed, listed)
    if problems or listed is None:
        raise DataError(_("{file} was not accepted", file=file), problems)
    is_idle = find_idle(game, team)[listed.row] & (listed.arm > 0)
    return TeamList(
        row=listed.row,
        arm=listed.arm,
        idle=int(is_idle.sum()),
        cost_cny=float(np.array(game.ground.market.parameters.contact_costs())[listed.arm[~is_idle]].sum()),
    )


def find_idle(game: Game, team: str) -> Flags:
    """Tell who, as the team knows, uses the service: a contact is not made, and costs nothing."""
    return game.worlds[team].find_known_subscribers() | game.ground.market.truth.subscribed_before


def _is_one_of(frame: pd.DataFrame, game: Game, flags: Flags) -> "pd.Series[bool]":
    """Tell of each row of a list whether the flag of its customer is set."""
    return (
        frame["customer_id"].astype("string").isin(game.ground.market.observed.customer_id[flags].astype(str))
    )


def _check_turn(game: Game, team: str) -> Iterator[str]:
    if team not in game.teams:
        yield _(
            "there is no team {team}.{hint} The teams are {teams}.",
            team=repr(team),
            hint=suggest(team, game.teams),
            teams=_(", ").join(game.teams),
        )
    if game.is_over:
        yield plural(
            "the game is over: its {count} quarter is closed.",
            "the game is over: all its {count} quarters are closed.",
            game.terms.quarters,
        )


def _check_frame(frame: pd.DataFrame, game: Game, file: str) -> tuple[CustomerList | None, list[str]]:
    problems = []
    if "channel" not in frame.columns:
        problems.append(
            _(
                "channel: the column is absent.{hint} Write {arms} for each customer; none is the hold-out.",
                hint=suggest("channel", frame.columns),
                arms=_(", ").join(ARMS),
            )
        )
    try:
        return check_list(frame, game.ground.market, source_name=file), problems
    except DataError as error:
        return None, [*problems, *error.problems]


def _check_opt_outs(frame: pd.DataFrame, game: Game, team: str) -> Iterator[str]:
    """Name those who opted out in the game; the market's own opt-outs are found by `check_list`."""
    world = game.worlds.get(team)
    if world is None or "customer_id" not in frame.columns:
        return
    found = _is_one_of(frame, game, world.has_opted_out)
    if found.any():
        yield plural(
            "customer_id: {count} customer opted out after your contacts ({rows}). Remove such customers: "
            "opted_out in your quarters' files says who they are.",
            "customer_id: {count} customers opted out after your contacts ({rows}). Remove such customers: "
            "opted_out in your quarters' files says who they are.",
            int(found.sum()),
            rows=name_rows(find_file_rows(found)),
        )


def _check_budget(frame: pd.DataFrame, game: Game, team: str) -> Iterator[str]:
    world = game.worlds.get(team)
    if world is None or "channel" not in frame.columns:
        return
    prices = dict(zip(ARMS, game.ground.market.parameters.contact_costs(), strict=True))
    costs = frame["channel"].astype("string").map(prices).fillna(0)
    if "customer_id" in frame.columns:
        costs = costs[~_is_one_of(frame, game, find_idle(game, team))]
    cost = float(costs.sum())
    left = game.terms.budget_cny - world.cost_cny
    if cost > left + 1e-6:
        yield _(
            "channel: these contacts cost {cost}, and {left} of the budget is left. Contact fewer customers, "
            "or by cheaper channels.",
            cost=format_value(cost, "price_cny"),
            left=format_value(left, "price_cny"),
        )


def _check_claim(claimed: float | None, listed: CustomerList | None) -> Iterator[str]:
    contacts = None if listed is None else int((listed.arm > 0).sum())
    if claimed is not None and (not claimed >= 0 or (contacts is not None and claimed > contacts)):
        yield _(
            "claimed subscribers: {claimed} is not possible, must be from 0 to the number of contacts.",
            claimed=format_value(claimed, "number"),
        )
