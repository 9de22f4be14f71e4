"""What a staged comparison asks next: of list sizes, of proof, and of labels in place of data."""

from itertools import pairwise

import numpy as np

from leadline.target.labels import match_labels
from leadline.target.labels_result import LabelsResult
from leadline.target.list_curve import ListCurveResult, trace_precision
from leadline.target.planner import describe_overlaps, plan_list_sizes
from leadline.target.planner_result import ListPlanResult
from leadline.target.result import StagesResult


def trace_stages(result: StagesResult) -> ListCurveResult:
    """Follow each stage's precision over list sizes, everybody contacted as the stage would contact him."""
    trial = result.trial
    made = dict(zip((stage.name for stage in trial.plan.stages), trial.lists, strict=True))
    return trace_precision(
        {name: one.everybody.buys for name, one in made.items()},
        {name: one.scores for name, one in made.items()},
        trial.ties,
        list_size=result.list_size,
        weights={name: one.everybody.weights for name, one in made.items()},
    )


def plan_lists(result: StagesResult, *, power: float = 0.8) -> ListPlanResult | None:
    """Say how long lists must be to prove each step; None where no step can be judged."""
    stages = result.stages[~result.stages["name"].isin(_find_unjudged(result))]
    if len(stages) < 2:  # noqa: PLR2004 (a step has two ends)
        return None
    lists = [one.listed for one in result.trial.lists]
    names = result.stages["name"].tolist()
    overlaps = describe_overlaps(names, lists, result.trial.buys)
    plain = [
        after
        for after, (one, other) in zip(names[1:], pairwise(result.trial.lists), strict=True)
        if one.is_plain and other.is_plain
    ]
    return plan_list_sizes(
        stages.reset_index(drop=True),
        list_size=result.list_size,
        power=power,
        steps=result.steps,
        overlaps=overlaps[overlaps["stage"].isin(plain)],
    )


def match_stages(result: StagesResult, *, draws: int = 5, rng: np.random.Generator) -> LabelsResult | None:
    """Ask of each step that brings data or rules how many labels would have brought as much; None of none."""
    trial = result.trial
    steps = [
        (before, after) for before, after in pairwise(trial.plan.stages) if after.method and after.scored
    ]
    if not steps:
        return None
    features, split = trial.features, trial.split
    return match_labels(
        features.matrix,
        trial.ground.buys,
        train=split.train,
        test=split.test,
        tie_order=trial.ties,
        before={after.name: features.of(trial.plan.columns_up_to(before)) for before, after in steps},
        stages=result.stages,
        list_size=result.list_size,
        draws=draws,
        rng=rng,
    )


def _find_unjudged(result: StagesResult) -> list[str]:
    return result.steps.loc[result.steps["verdict"] == "unjudged", "stage"].tolist()
