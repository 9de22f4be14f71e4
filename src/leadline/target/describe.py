"""A trial as tidy frames: one row a stage, a step, a split, a feature."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from leadline.channels import CHANNELS
from leadline.disclosure import MINIMUM, hide_small
from leadline.intervals import Estimate, wilson_interval
from leadline.target.compare import compare_precision, compare_readings, find_p_value, judge_gain
from leadline.target.metrics import (
    bin_calibration,
    estimate_auc,
    estimate_calibration_slope,
    estimate_lift,
    estimate_weighted_lift,
    trace_gains,
)
from leadline.target.models import LinearModel
from leadline.target.money import Money
from leadline.target.trial import StageList, Trial

#: Credit scoring's convention: this many points double the odds (Siddiqi 2006, *Credit Risk Scorecards*).
POINTS_TO_DOUBLE = 20

_SLOPE = ("slope", "slope_ci_lower", "slope_ci_upper")
_CONTACT_COLUMNS = [
    "stage",
    "tier",
    "channel",
    "customers",
    "contacts_counted",
    "buyers",
    "precision",
    "precision_ci_lower",
    "precision_ci_upper",
]
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
        (number, stage.name, made.reading.precision.value)
        for number, trial in enumerate(trials, start=1)
        for stage, made in zip(trial.plan.stages, trial.lists, strict=True)
    ]
    return pd.DataFrame(rows, columns=["split", "stage", "precision"])


def describe_stages(trial: Trial, money: Money | None = None) -> pd.DataFrame:
    """One row a stage: its list and who counts on it, ties at the cut, and each measure with its interval."""
    rows = []
    for stage, made in zip(trial.plan.stages, trial.lists, strict=True):
        method = trial.plan.recipe_up_to(stage).method
        tied, tied_listed = made.tied
        row = {
            "name": stage.name,
            "method": method,
            "columns_used": len(trial.plan.columns_up_to(stage)),
            "list_size": int(made.listed.sum()),
            "buyers_listed": made.reading.buyers,
            "contacts_counted": int((made.reading.weights > 0).sum()),
            "effective_contacts": made.reading.effective_contacts,
            "can_be_listed": int(np.isfinite(made.scores).sum()),
            "tied_at_cut": tied,
            "tied_listed": tied_listed,
        }
        for name, (value, lower, upper) in _measure(trial, made, money).items():
            row |= {name: value, f"{name}_ci_lower": lower, f"{name}_ci_upper": upper}
        rows.append(row)
    return pd.DataFrame(rows)


def _measure(trial: Trial, made: StageList, money: Money | None) -> dict[str, Estimate]:
    size, precision = int(made.listed.sum()), made.reading.precision
    measures = {
        "precision": precision,
        "recall": _estimate_recall(trial, made),
        "lift": estimate_lift(trial.buys, made.listed)
        if made.is_plain
        else estimate_weighted_lift(trial.buys, made.reading.weights, made.reading.buys),
        "auc": estimate_auc(trial.buys, made.scores),
    }
    if money:
        channel = made.channel[made.listed] if made.channel[made.listed].all() else None
        measures["profit_cny"] = money.find_profit(precision, size, channel)
    return measures


def _estimate_recall(trial: Trial, made: StageList) -> Estimate:
    """Buyers on the list, of all buyers there are when all others are contacted as the target has it."""
    others = int((trial.buys & ~made.listed).sum())
    if made.is_plain:
        return wilson_interval(made.reading.buyers, made.reading.buyers + others)
    scale = made.reading.effective_contacts / int(made.listed.sum())
    found = made.reading.precision.value * made.reading.effective_contacts
    return wilson_interval(found, found + others * scale)


def describe_steps(
    trial: Trial, splits: pd.DataFrame, unjudged: Collection[str], rng: np.random.Generator
) -> pd.DataFrame:
    """One row for each stage after the first: what it adds to the precision of the stage before.

    Stages that are ``unjudged`` change nothing that this table could show: they have no gain.
    """
    plan, rows = trial.plan, []
    precision = splits.pivot_table(index="split", columns="stage", values="precision")
    compared = [_compare(trial, before, after, rng) for before, after in pairwise(trial.lists)]
    p_values = np.array([p_value for _gain, p_value in compared])
    judged = np.array([stage.name not in unjudged for stage in plan.stages[1:]], dtype=bool)
    adjusted = np.full(len(compared), np.nan)
    if judged.any():
        adjusted[judged] = multipletests(p_values[judged], method="holm")[1]
    for place, (before, after) in enumerate(pairwise(plan.stages)):
        gain = compared[place][0] if judged[place] else Estimate(np.nan, np.nan, np.nan)
        changes = precision[after.name] - precision[before.name]
        rows.append(
            (
                after.name,
                before.name,
                len(plan.columns_up_to(after)) - len(plan.columns_up_to(before)),
                *gain,
                float(p_values[place]) if judged[place] else np.nan,
                float(adjusted[place]),
                judge_gain(gain, float(adjusted[place])) if judged[place] else "unjudged",
                len(changes),
                int((changes > 0).sum()),
                float(changes.median()),
            )
        )
    return pd.DataFrame(rows, columns=_STEP_COLUMNS)


def _compare(
    trial: Trial, before: StageList, after: StageList, rng: np.random.Generator
) -> tuple[Estimate, float]:
    if before.is_plain and after.is_plain:
        gain = compare_precision(trial.buys, before.listed, after.listed, rng=rng)
        return gain, find_p_value(trial.buys, before.listed, after.listed)
    return compare_readings(before.reading, after.reading, rng=rng)


def describe_contacts(trial: Trial) -> pd.DataFrame:
    """One row a stage, tier and channel of its list, where it has tiers or channels.

    ``stage``, ``tier``, ``channel`` (empty texts for none), ``customers`` listed, ``contacts_counted`` and
    ``buyers`` of those who count, ``precision`` with its interval. What a cell of a few who count buys is
    missing (``is_hidden``); how many are to be contacted is the desk's own plan and stays.
    """
    rows = []
    for stage, made in zip(trial.plan.stages, trial.lists, strict=True):
        cells = {*zip(made.tier[made.listed].tolist(), made.channel[made.listed].tolist(), strict=True)} - {
            ("", "")
        }
        for tier, channel in sorted(cells, key=lambda cell: (cell[0], _place_channel(cell[1]))):
            inside = made.listed & (made.tier == tier) & (made.channel == channel)
            reading = replace(made.reading, weights=made.reading.weights * inside)
            counted, buyers = int((reading.weights > 0).sum()), reading.buyers
            rows.append((stage.name, tier, channel, int(inside.sum()), counted, buyers, *reading.precision))
    return hide_few_counted(pd.DataFrame(rows, columns=_CONTACT_COLUMNS))


def hide_few_counted(contacts: pd.DataFrame) -> pd.DataFrame:
    """Empty ``buyers`` and ``precision`` of cells in which a few count; the stage's buyers are published."""
    names = {"customers": "listed", "contacts_counted": "customers"}
    cells = contacts.rename(columns=names).assign(contacts_counted=contacts["contacts_counted"])
    keys = ["stage", "tier", "channel", "listed", "contacts_counted"]
    hidden = hide_small(cells, minimum=MINIMUM, keys=keys, within=["stage"])
    return hidden.drop(columns="customers").rename(columns={"listed": "customers"})[
        [*_CONTACT_COLUMNS, "is_hidden"]
    ]


def _place_channel(channel: str) -> int:
    return CHANNELS.index(channel) if channel else -1


def describe_lists(trial: Trial) -> pd.DataFrame:
    """One row a stage and listed customer, best first.

    ``stage``, ``position`` in the table (from 0), ``rank``, ``tier``, ``channel``.
    """
    frames = []
    for stage, made in zip(trial.plan.stages, trial.lists, strict=True):
        order = np.lexsort((trial.ties, -made.scores))[: int(made.listed.sum())]
        frames.append(
            pd.DataFrame(
                {
                    "stage": stage.name,
                    "position": trial.split.test[order],
                    "rank": np.arange(1, len(order) + 1),
                    "tier": made.tier[order],
                    "channel": made.channel[order],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def describe_gains(trial: Trial) -> pd.DataFrame:
    """Gains curve of each stage (`trace_gains`), with ``stage`` and ``stage_order``."""
    return _name_stages(trial, [trace_gains(trial.buys, made.scores, trial.ties) for made in trial.lists])


def describe_calibration(trial: Trial) -> pd.DataFrame:
    """Calibration of each stage among whom it can list (`bin_calibration`): name, order and slope with it."""
    frames = []
    for made in trial.lists:
        known = np.isfinite(made.scores)
        buys, scores = trial.buys[known], made.scores[known]
        slope = dict(zip(_SLOPE, estimate_calibration_slope(buys, scores), strict=True))
        frames.append(bin_calibration(buys, scores).assign(**slope))
    return _name_stages(trial, frames)


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
    for stage, made in zip(trial.plan.stages, trial.lists, strict=True):
        if isinstance(made.model, LinearModel) and stage.method not in (None, "points"):
            used = np.flatnonzero(made.used)
            points = made.model.weights * POINTS_TO_DOUBLE / np.log(2)
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
