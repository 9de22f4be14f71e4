"""The whole gain of a plan, split among its ingredients: every mix of them makes a list of its own."""

from collections.abc import Collection
from itertools import combinations

import numpy as np
import pandas as pd

from leadline.target.attribution import split_gain
from leadline.target.channel_outcomes import Reading
from leadline.target.compare import draw_precisions
from leadline.target.gain_split_result import MOST_INGREDIENTS, GainSplitResult
from leadline.target.plan import Stage, StagePlan
from leadline.target.trial import Trial, make_list

_COLUMNS = ["ingredient", "part", "part_ci_lower", "part_ci_upper", "part_alone", "part_last"]


def split_stages(trial: Trial, unjudged: Collection[str], rng: np.random.Generator) -> GainSplitResult:
    """Split the gain in precision from the first stage to the last among the ingredients of the plan.

    For every mix of ingredients the first stage and theirs alone make a list of the same held-out customers
    (`leadline.target.plan.StagePlan.mix`); models learn anew from the columns that are there. Ingredients
    whose stages are all ``unjudged`` are left out.
    """
    names = _name_ingredients(trial.plan, unjudged)
    nothing = pd.DataFrame(columns=_COLUMNS)
    if not 1 <= len(names) <= MOST_INGREDIENTS:
        return GainSplitResult(parts=nothing, ingredients=names, first=trial.plan.stages[0].name)
    mixes = [frozenset(some) for size in range(len(names) + 1) for some in combinations(names, size)]
    readings, unformed = [], []
    for mix in mixes:
        reading = _read_mix(trial.plan.with_ingredients(mix), trial)
        if reading is None:
            unformed.append(tuple(name for name in names if name in mix))
        else:
            readings.append(reading)
    if unformed:
        return GainSplitResult(
            parts=nothing, ingredients=names, first=trial.plan.stages[0].name, unformed=tuple(unformed)
        )
    precisions = draw_precisions(readings, rng=rng)
    draws = {mix: precisions[:, place] for place, mix in enumerate(mixes)}
    return GainSplitResult(parts=split_gain(draws, names), ingredients=names, first=trial.plan.stages[0].name)


def _name_ingredients(plan: StagePlan, unjudged: Collection[str]) -> tuple[str, ...]:
    judged = [stage for stage in plan.stages[1:] if stage.name not in unjudged]
    return tuple(dict.fromkeys(stage.ingredient or stage.name for stage in judged))


def _read_mix(stages: tuple[Stage, ...], trial: Trial) -> Reading | None:
    if stages == trial.plan.stages[: len(stages)]:
        return trial.lists[len(stages) - 1].reading
    recipe = trial.plan.mix(stages)
    return make_list(recipe, trial.ground, trial.split, trial.features).reading if recipe else None
