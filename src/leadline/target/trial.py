"""All stages of a plan on one split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leadline.target.encode import Attribute, Features, IntArray, encode_attributes
from leadline.target.holdout import Split
from leadline.target.metrics import BoolArray, FloatArray, choose_list
from leadline.target.models import Model, fit_model
from leadline.target.plan import StagePlan


@dataclass(frozen=True, eq=False, kw_only=True)
class Trial:
    """Models of all stages, and scores and lists of the held-out customers.

    ``models``, ``scores`` and ``lists`` have one entry a stage; scores and lists one row a held-out customer;
    ``buys`` and ``ties`` are those of the held-out customers.
    """

    plan: StagePlan
    split: Split
    features: Features
    buys: BoolArray
    ties: IntArray
    models: list[Model]
    scores: list[FloatArray]
    lists: list[BoolArray]


def run_trial(
    plan: StagePlan,
    attributes: Sequence[Attribute],
    buys: BoolArray,
    split: Split,
    *,
    points: Mapping[str, IntArray],
    list_size: int,
    tie_order: IntArray,
) -> Trial:
    """Fit each stage on the training rows and list the best-scored held-out customers.

    ``points`` has the points of every customer for each stage that has rules, by its name.
    """
    features = encode_attributes(attributes, split.train)
    ties = tie_order[split.test]
    models, scores, lists = [], [], []
    for stage in plan.stages:
        matrix = (
            points[stage.name][:, None].astype(float)
            if stage.rules
            else features.matrix[:, features.of(plan.columns_up_to(stage))]
        )
        model = fit_model(stage.method, matrix[split.train], buys[split.train])
        models.append(model)
        scores.append(model.score(matrix[split.test]))
        lists.append(choose_list(scores[-1], list_size, ties))
    return Trial(
        plan=plan,
        split=split,
        features=features,
        buys=buys[split.test],
        ties=ties,
        models=models,
        scores=scores,
        lists=lists,
    )
