"""What a team believed its contacts won, and what naive readings of its own data say, beside the truth."""

from dataclasses import dataclass

import numpy as np

from leadline.course.game.game import Game
from leadline.course.game.profit import count_won
from leadline.course.game.rules import BEFORE
from leadline.course.game.world import Played, World
from leadline.evaluate.estimates.shares import compare_shares
from leadline.intervals import Estimate
from leadline.language import _

CLAIM = "claim"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Subscribers won by the contacts, summed over the quarters that the reading covers.

    ``kind`` is one of `name_readings`. ``estimate`` is what the reading says (with its 95% interval, missing
    where it has none), ``truth`` the number truly to be expected of the same contacts (`QuarterTruth.won`).
    """

    kind: str
    quarters: int
    estimate: Estimate
    truth: float


def name_readings() -> dict[str, str]:
    """Return the kinds of readings and what they are called."""
    return {
        CLAIM: _("What the team claimed"),
        "gross": _("Every subscriber among the contacted"),
        "before": _("Subscribers less the quarter before the game"),
        "holdout": _("Contacted against its own hold-out"),
    }


def read_team(game: Game, team: str) -> list[Reading]:
    """Read a team's quarters in the ways that its data allow.

    Returns
    -------
    list of Reading
        What it claimed; all subscribers among the contacted; the firm's subscribers less those of the
        quarter before the game; contacted against its own hold-out (Newcombe 1998 in each quarter, summed by
        Zou & Donner 2008, Statistics in Medicine 27:1693-1702). A reading without data is left out.
    """
    world = game.worlds[team]
    active = [number for number, played in enumerate(world.played) if len(played.contacted)]
    before = len(world.played[BEFORE].subscribed)
    claims = {number: game.submissions[number, team].claimed for number in active}
    compared = {number: _compare_holdout(world, number) for number in active}
    gross = {number: _count_gross(world.played[number]) for number in active}
    risen = {number: len(world.played[number].subscribed) - before for number in active}
    found: dict[str, dict[int, Estimate]] = {
        CLAIM: {number: _plain(claim) for number, claim in claims.items() if claim is not None},
        "gross": {number: _plain(count) for number, count in gross.items()},
        "before": {number: _plain(count) for number, count in risen.items()},
        "holdout": {number: estimate for number, estimate in compared.items() if estimate is not None},
    }
    return [
        Reading(
            kind=kind,
            quarters=len(parts),
            estimate=_add(list(parts.values())),
            truth=sum(count_won(world.played[number]) for number in parts),
        )
        for kind, parts in found.items()
        if parts
    ]


def _plain(value: float) -> Estimate:
    return Estimate(float(value), float("nan"), float("nan"))


def _count_gross(played: Played) -> int:
    return int(np.isin(played.contacted, played.subscribed).sum())


def _compare_holdout(world: World, number: int) -> Estimate | None:
    """Contacted less held out, times the contacted; of the held out who could still be won."""
    played = world.played[number]
    held_out = played.listed[played.planned == 0]
    held_out = held_out[~(world.subscribed_until(number) | world.opted_out_until(number))[held_out]]
    if not len(held_out):
        return None
    contacts = len(played.contacted)
    yes = int(np.isin(held_out, played.subscribed).sum())
    found = compare_shares(_count_gross(played), contacts, yes, len(held_out))
    return Estimate(*(contacts * part for part in (found.value, found.lower, found.upper)))


def _add(parts: list[Estimate]) -> Estimate:
    """Add independent estimates; each end of the interval by the distances of the parts' ends."""
    value = sum(part.value for part in parts)
    below = float(np.sqrt(sum((part.value - part.lower) ** 2 for part in parts)))
    above = float(np.sqrt(sum((part.upper - part.value) ** 2 for part in parts)))
    return Estimate(value, value - below, value + above)
