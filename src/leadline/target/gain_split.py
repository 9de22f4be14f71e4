"""The whole gain of a plan, split among its ingredients: every mix of them makes a list of its own."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from leadline.target.attribution import split_gain
from leadline.target.channel_outcomes import Reading
from leadline.target.compare import draw_precisions
from leadline.target.plan import Stage
from leadline.target.trial import Ground, Trial, make_list

MOST_INGREDIENTS = 4
_FEWEST = 2
_COLUMNS = ["ingredient", "part", "part_ci_lower", "part_ci_upper", "part_alone", "part_last"]


@dataclass(frozen=True, eq=False, kw_only=True)
class GainSplit:
    """The parts of the gain, as `leadline.target.attribution.split_gain` returns them.

    Without rows where there is nothing to split; ``unformed`` then names mixes of ingredients (each a tuple)
    from which no list can be made, and is empty where there are too few ingredients or too many.
    """

    parts: pd.DataFrame
    unformed: tuple[tuple[str, ...], ...] = ()


def split_stages(trial: Trial, ground: Ground, rng: np.random.Generator) -> GainSplit:
    """Split the gain in precision from the first stage to the last among the ingredients of the plan.

    For every mix of ingredients the first stage and theirs alone make a list of the same held-out customers
    (`leadline.target.plan.StagePlan.mix`); models learn anew from the columns that are there.
    """
    names = trial.plan.ingredients
    if not _FEWEST <= len(names) <= MOST_INGREDIENTS:
        return GainSplit(parts=pd.DataFrame(columns=_COLUMNS))
    mixes = [frozenset(some) for size in range(len(names) + 1) for some in combinations(names, size)]
    readings, unformed = [], []
    for mix in mixes:
        reading = _read_mix(trial.plan.with_ingredients(mix), trial, ground)
        if reading is None:
            unformed.append(tuple(name for name in names if name in mix))
        else:
            readings.append(reading)
    if unformed:
        return GainSplit(parts=pd.DataFrame(columns=_COLUMNS), unformed=tuple(unformed))
    precisions = draw_precisions(readings, rng=rng)
    draws = {mix: precisions[:, place] for place, mix in enumerate(mixes)}
    return GainSplit(parts=split_gain(draws, names))


def _read_mix(stages: tuple[Stage, ...], trial: Trial, ground: Ground) -> Reading | None:
    if stages == trial.plan.stages[: len(stages)]:
        return trial.lists[len(stages) - 1].reading
    recipe = trial.plan.mix(stages)
    return make_list(recipe, ground, trial.split, trial.features).reading if recipe else None
