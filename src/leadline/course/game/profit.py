"""What a team's contacts truly brought, to the end of the game, beside a world in which nobody was contacted.

A customer whom a contact wins today might have come unasked later, so that the gain of a contact is not the
difference it makes to today's chance. Let p be the chance of subscribing in quarter t as it was in the team's
world, p0 the chance in the world without any contact, and V the chance of coming unasked in a later quarter
of that world. Then the gain is (p - p0)(1 - V): it is the advantage of what was done over doing nothing, and
the advantages along the way add up, in expectation, to the difference of both worlds at the end (performance
difference lemma: Kakade & Langford 2002, ICML, lemma 6.1). Customers lost by opting out have p = 0 and count
against the team in each quarter that follows; friends of those won count for it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.course.game.world import Played, World


@dataclass(frozen=True, kw_only=True)
class QuarterTruth:
    """One quarter of one team.

    Attributes
    ----------
    won
        Subscribers expected in the quarter less those expected without this quarter's contacts.
    won_for_good
        The same against nobody ever contacted, less those who would have come unasked by the end of the game.
    profit_cny
        Contribution in twelve months of those won for good, less the cost of the contacts.
    realised_cny
        Contribution of the quarter's subscribers less that of the same quarter without any contact, less the
        cost: what happened, luck included.
    """

    quarter: int
    won: float
    won_for_good: float
    profit_cny: float
    realised_cny: float
    cost_cny: float


def measure_profit(world: World, untouched: World) -> list[QuarterTruth]:
    """Measure the quarters of a world, from the first on.

    Parameters
    ----------
    world
        The team's world.
    untouched
        The world of the same ground in which nobody was contacted, with as many quarters played.
    """
    value = world.ground.value_cny
    truths = []
    for number, stays in _find_stays(untouched).items():
        mine, theirs = world.played[number], untouched.played[number]
        gain = mine.at_risk * (mine.chance - theirs.alone) * stays
        truths.append(
            QuarterTruth(
                quarter=number,
                won=count_won(mine),
                won_for_good=float(gain.sum()),
                profit_cny=float(gain @ value) - mine.cost_cny,
                realised_cny=_sum_value(world, mine) - _sum_value(world, theirs) - mine.cost_cny,
                cost_cny=mine.cost_cny,
            )
        )
    return truths


def count_won(quarter: Played) -> float:
    """Count the subscribers whom a quarter's contacts are expected to win in that quarter."""
    return float((quarter.at_risk * (quarter.chance - quarter.alone)).sum())


def _find_stays(untouched: World) -> dict[int, NDArray[np.float64]]:
    """Return by quarter the chance of each of the able not to come unasked in any later one."""
    stays = np.ones(len(untouched.ground.able))
    found = {}
    for number in range(len(untouched.played) - 1, 0, -1):
        found[number] = stays
        stays = stays * (1 - untouched.played[number].alone)
    return dict(sorted(found.items()))


def _sum_value(world: World, quarter: Played) -> float:
    return float(world.ground.market.truth.value_cny[quarter.subscribed].sum(dtype=float))
