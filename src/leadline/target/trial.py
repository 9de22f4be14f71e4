"""All stages of a plan on one split."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from leadline.target.channel_outcomes import ChannelOutcomes, Reading
from leadline.target.channel_rules import TextArray, cut_tiers, match_channels
from leadline.target.encode import Attribute, Features, IntArray, encode_attributes
from leadline.target.holdout import Split
from leadline.target.metrics import BoolArray, FloatArray, choose_list
from leadline.target.models import Model, fit_model
from leadline.target.plan import Recipe, StagePlan


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """What no split changes: the customers, one row each, and what is known of them.

    ``among`` has, for each column that decides who can be listed, who says yes; ``outcomes`` is None where
    nothing is known of outcomes by channel.
    """

    frame: pd.DataFrame
    attributes: Sequence[Attribute]
    buys: BoolArray
    among: dict[str, BoolArray]
    outcomes: ChannelOutcomes | None
    tie_order: IntArray
    list_size: int


@dataclass(frozen=True, eq=False, kw_only=True)
class StageList:
    """The list that one recipe makes of the held-out customers.

    Arrays have one row a held-out customer: ``scores`` (minus infinity for who cannot be listed), ``listed``,
    ``tier`` and ``channel`` (empty texts where the recipe has none; who is not listed has what he would have
    next), ``reading`` (weights 0 for who is not listed) and ``everybody``, the same as if all were listed.
    ``used`` marks the features that the ``model`` takes; ``is_plain`` says that everybody listed counts
    alike, with the plain outcome.
    """

    model: Model
    used: BoolArray
    scores: FloatArray
    listed: BoolArray
    tier: TextArray
    channel: TextArray
    reading: Reading
    everybody: Reading
    is_plain: bool

    @property
    def tied(self) -> tuple[int, int]:
        """Customers who share the score at the cut, and those of them who are listed."""
        at_cut = self.scores == self.scores[self.listed].min()
        return int(at_cut.sum()), int((at_cut & self.listed).sum())


@dataclass(frozen=True, eq=False, kw_only=True)
class Trial:
    """Lists of all stages, made of the same held-out customers.

    ``lists`` has one entry a stage; ``buys`` and ``ties`` one row a held-out customer: the plain outcome, and
    the order among equal scores.
    """

    plan: StagePlan
    ground: Ground
    split: Split
    features: Features
    buys: BoolArray
    ties: IntArray
    lists: list[StageList]


def run_trial(plan: StagePlan, ground: Ground, split: Split) -> Trial:
    """Fit each stage on the training rows and list the best-scored held-out customers."""
    features = encode_attributes(ground.attributes, split.train)
    return Trial(
        plan=plan,
        ground=ground,
        split=split,
        features=features,
        buys=ground.buys[split.test],
        ties=ground.tie_order[split.test],
        lists=[make_list(plan.recipe_up_to(stage), ground, split, features) for stage in plan.stages],
    )


def make_list(recipe: Recipe, ground: Ground, split: Split, features: Features) -> StageList:
    """Make the list of one recipe; whoever is not among those whom it can list ranks below them all."""
    can_be_listed = ground.among[recipe.among] if recipe.among else np.ones(len(ground.buys), dtype=bool)
    training = split.train[can_be_listed[split.train]]
    if recipe.rules:
        used = np.zeros(len(features.names), dtype=bool)
        matrix = recipe.rules.score(ground.frame).to_numpy()[:, None].astype(float)
    else:
        used = features.of(recipe.columns)
        varies = np.ptp(features.matrix[training], axis=0) > 0
        if (
            recipe.among and (used & varies).any()
        ):  # what all of them share, as "the partner knows", says nothing
            used = used & varies
        matrix = features.matrix[:, used]
    model = fit_model(recipe.method, matrix[training], ground.buys[training])
    scores = np.where(can_be_listed[split.test], model.score(matrix[split.test]), -np.inf)
    ties = ground.tie_order[split.test]
    listed = choose_list(scores, ground.list_size, ties)
    tier, channel = _contact(recipe, ground, split, np.lexsort((ties, -scores)), can_be_listed)
    buys = ground.buys[split.test]
    everybody = (
        Reading(weights=np.ones(len(scores)), buys=buys)
        if ground.outcomes is None or not recipe.contacts.rules
        else ground.outcomes.read(split.test, channel, buys)
    )
    return StageList(
        model=model,
        used=used,
        scores=scores,
        listed=listed,
        tier=tier,
        channel=channel,
        reading=Reading(weights=everybody.weights * listed, buys=everybody.buys & listed),
        everybody=everybody,
        is_plain=bool((everybody.weights[listed] == 1).all() and (everybody.buys == buys)[listed].all()),
    )


def _contact(
    recipe: Recipe, ground: Ground, split: Split, order: IntArray, can_be_listed: BoolArray
) -> tuple[TextArray, TextArray]:
    """Return tier and channel of each held-out customer; ``order`` ranks them, best first."""
    tier = np.full(len(order), "", dtype="U1")
    channel = np.full(len(order), "", dtype="U16")
    tier[order] = cut_tiers(len(order), ground.list_size, recipe.contacts.tiers)
    if recipe.contacts.rules:
        held_out = ground.frame.iloc[split.test]
        channel[order] = match_channels(
            recipe.contacts, order, held_out, can_be_listed[split.test], list_size=ground.list_size
        )
    return tier, channel
