"""A trial as tidy frames: one row a stage, a step, a split, a feature."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from leadline.intervals import wilson_interval
from leadline.target.compare import compare_precision, find_p_value, judge_gain
from leadline.target.metrics import bin_calibration, estimate_auc, estimate_lift, trace_gains
from leadline.target.models import LinearModel
from leadline.target.money import Money
from leadline.target.trial import Trial

#: Credit scoring's convention: this many points double the odds (Siddiqi 2006, *Credit Risk Scorecards*).
POINTS_TO_DOUBLE = 20

_STEP_COLUMNS = [
    "stage",
    "against",
    "columns_added",
    "gain",
    "gain_ci_lower",
    "gain_ci_upper",
    "p_value",
    "p_value_holm",
    "verdict",
    "splits",
    "splits_helped",
    "median_gain",
]


def describe_splits(trials: Sequence[Trial]) -> pd.DataFrame:
    """One row a split and stage: ``split`` (from 1, the one reported), ``stage``, ``precision``."""
    rows = [
        (number, stage.name, float(trial.buys[listed].mean()))
        for number, trial in enumerate(trials, start=1)
        for stage, listed in zip(trial.plan.stages, trial.lists, strict=True)
    ]
    return pd.DataFrame(rows, columns=["split", "stage", "precision"])


def describe_stages(trial: Trial, money: Money | None = None) -> pd.DataFrame:
    """One row a stage: size of the list, buyers on it, and each measure with its interval."""
    buys, rows = trial.buys, []
    for stage, scores, listed in zip(trial.plan.stages, trial.scores, trial.lists, strict=True):
        found = int(buys[listed].sum())
        row = {
            "name": stage.name,
            "method": stage.method,
            "columns_used": len(trial.plan.columns_up_to(stage)),
            "list_size": int(listed.sum()),
            "buyers_listed": found,
        }
        measures = {
            "precision": wilson_interval(found, int(listed.sum())),
            "recall": wilson_interval(found, int(buys.sum())),
            "lift": estimate_lift(buys, listed),
            "auc": estimate_auc(buys, scores),
        }
        if money:
            measures["profit_cny"] = money.find_profit(measures["precision"], int(listed.sum()))
        for name, (value, lower, upper) in measures.items():
            row |= {name: value, f"{name}_ci_lower": lower, f"{name}_ci_upper": upper}
        rows.append(row)
    return pd.DataFrame(rows)


def describe_steps(trial: Trial, splits: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row for each stage after the first: what it adds to the precision of the stage before."""
    plan, rows = trial.plan, []
    precision = splits.pivot_table(index="split", columns="stage", values="precision")
    pairs = list(pairwise(trial.lists))
    p_values = [find_p_value(trial.buys, before, after) for before, after in pairs]
    adjusted = multipletests(p_values, method="holm")[1] if p_values else []
    for place, (before, after) in enumerate(pairwise(plan.stages)):
        gain = compare_precision(trial.buys, *pairs[place], rng=rng)
        changes = precision[after.name] - precision[before.name]
        rows.append(
            (
                after.name,
                before.name,
                len(plan.columns_up_to(after)) - len(plan.columns_up_to(before)),
                *gain,
                p_values[place],
                float(adjusted[place]),
                judge_gain(gain, float(adjusted[place])),
                len(changes),
                int((changes > 0).sum()),
                float(changes.median()),
            )
        )
    return pd.DataFrame(rows, columns=_STEP_COLUMNS)


def describe_gains(trial: Trial) -> pd.DataFrame:
    """Gains curve of each stage (`trace_gains`), with ``stage`` and ``stage_order``."""
    return _name_stages(trial, [trace_gains(trial.buys, scores, trial.ties) for scores in trial.scores])


def describe_calibration(trial: Trial) -> pd.DataFrame:
    """Calibration of each stage (`bin_calibration`), with ``stage`` and ``stage_order``."""
    return _name_stages(trial, [bin_calibration(trial.buys, scores) for scores in trial.scores])


def describe_weights(trials: Sequence[Trial]) -> pd.DataFrame:
    """One row a feature of each linear stage, in points for one standard deviation more of it.

    ``points_per_sd`` is that of the reported split; ``points_lowest`` and ``points_highest`` its range over
    all splits (splits may group rare levels differently).
    """
    weights = pd.concat(
        [_points(trial).assign(split=number) for number, trial in enumerate(trials)], ignore_index=True
    )
    reported = weights[weights["split"] == 0].drop(columns="split")
    spread = weights.groupby(["stage", "feature"])["points_per_sd"].agg(["min", "max"])
    spread = spread.rename(columns={"min": "points_lowest", "max": "points_highest"}).reset_index()
    return reported.merge(spread, on=["stage", "feature"], how="left", validate="one_to_one")


def _points(trial: Trial) -> pd.DataFrame:
    rows = []
    for stage, model in zip(trial.plan.stages, trial.models, strict=True):
        if isinstance(model, LinearModel) and not stage.rules:
            used = np.flatnonzero(trial.features.of(trial.plan.columns_up_to(stage)))
            points = model.weights * POINTS_TO_DOUBLE / np.log(2)
            rows += [
                (stage.name, trial.features.names[place], _label(trial, int(place)), float(point))
                for place, point in zip(used, points, strict=True)
            ]
    return pd.DataFrame(rows, columns=["stage", "feature", "label", "points_per_sd"])


def _label(trial: Trial, place: int) -> str:
    source = trial.features.sources[place]
    return trial.features.names[place].replace(source, trial.plan.label(source), 1)


def _name_stages(trial: Trial, frames: list[pd.DataFrame]) -> pd.DataFrame:
    named = [
        frame.assign(stage=stage.name, stage_order=place)
        for place, (stage, frame) in enumerate(zip(trial.plan.stages, frames, strict=True))
    ]
    return pd.concat(named, ignore_index=True)
