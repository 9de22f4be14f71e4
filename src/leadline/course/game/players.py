"""Players to compare teams with: policies of the market, which know what a firm knows and no more."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from leadline.course.game.ground import Ground
from leadline.course.game.rules import FATIGUE_QUARTERS, Terms
from leadline.course.game.world import World
from leadline.language import _
from leadline.market import assignment
from leadline.market.policies import POLICIES, Policy

#: Of the market's customers, on each quarter's list.
_LIST_SHARE = 0.005
_STREAM = 1_000_000  # beside the quarters' luck


def name_players() -> Mapping[str, str]:
    """Return the policies that play, and what they are called."""
    return {
        "random": _("Computer: a random list, called"),
        "rules": _("Computer: the case's rules, called"),
        "channels": _("Computer: the case's rules and channels"),
    }


def play_policy(ground: Ground, terms: Terms, policy: str, quarters: int) -> World:
    """Let a policy play; it leaves whom it contacted in peace for as long as a contact wearies.

    Parameters
    ----------
    ground
        The market.
    terms
        The game's; the policy keeps to the budget.
    policy
        A name of `leadline.market.policies.POLICIES`.
    quarters
        How many quarters it plays.
    """
    market = ground.market
    rng = np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(ground.luck_seed, spawn_key=(_STREAM, len(policy))))
    )
    size = max(1, round(_LIST_SHARE * market.customers))
    limits = assignment.Terms(list_size=size, capacity=market.parameters.capacity(market.customers))
    world = World(ground)
    for _quarter in range(quarters):
        made = _choose(world, POLICIES[policy], limits, rng)
        costs = np.array(market.parameters.contact_costs())[made.channel].cumsum()
        kept = costs <= terms.budget_cny - world.cost_cny
        world.play(made.row[kept], made.channel[kept])
    return world


def _choose(
    world: World, policy: Policy, limits: assignment.Terms, rng: np.random.Generator
) -> assignment.Assignment:
    observed = world.ground.market.observed
    now = replace(
        observed,
        subscribed_before=world.subscribes,
        recently_contacted=world.count_contacts(FATIGUE_QUARTERS) > 0,
        do_not_contact=observed.do_not_contact | world.has_opted_out,
    )
    return policy(now, limits, rng)
