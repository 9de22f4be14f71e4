"""Stages of data and method on the same held-out customers with the same list size (systems T3, T4)."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from leadline.data import check_columns
from leadline.errors import DataError
from leadline.intervals import wilson_interval
from leadline.target.checks import check_split, resolve_list_size
from leadline.target.describe import (
    describe_calibration,
    describe_gains,
    describe_splits,
    describe_stages,
    describe_steps,
    describe_weights,
)
from leadline.target.encode import read_attribute
from leadline.target.holdout import (
    Holdout,
    Split,
    check_holdout,
    draw_split,
    find_latest,
    find_marked,
    redraw_training,
)
from leadline.target.leaks import Finding, find_collinear, find_doubtful, find_repeated
from leadline.target.metrics import BoolArray
from leadline.target.money import Money, read_money
from leadline.target.outcome import name_others, read_outcome
from leadline.target.plan import StagePlan
from leadline.target.result import StagesResult
from leadline.target.trial import run_trial

_HEADLINE = "The stages cannot be compared on this table"


def stage_models(
    frame: pd.DataFrame,
    plan: StagePlan,
    *,
    target: str,
    positive: str | float | None = None,
    list_size: int | None = None,
    list_share: float | None = None,
    holdout: Holdout = "random",
    holdout_share: float = 0.4,
    holdout_column: str | None = None,
    as_of: dt.date | None = None,
    buyer_value_cny: float | None = None,
    contact_cost_cny: float | None = None,
    repeats: int = 10,
    rng: np.random.Generator,
) -> StagesResult:
    """Judge every stage of ``plan`` on the same held-out customers with the same list size.

    Parameters
    ----------
    frame
        One row a customer.
    plan
        The stages, from `leadline.target.parse_plan`.
    target, positive
        Column of the outcome, and the value that marks a buyer (may be left out for plain yes and no).
    list_size, list_share
        How many of the held-out customers are listed, or what share of them; ``list_size`` goes first.
    holdout
        ``random``: a stratified share; ``time``: the latest rows by ``holdout_column``, or by file order
        without one; ``column``: the rows that ``holdout_column`` marks (true, 1, yes, test, holdout;
        false, 0, no, train, training mark the others, and any other mark is refused).
    holdout_share
        Share held out, for ``random`` and ``time``.
    holdout_column
        See ``holdout``.
    as_of
        The day on which the list would have been drawn; columns dated later raise a warning.
    buyer_value_cny, contact_cost_cny
        What one buyer brings and one contact costs; with both, the profit of each list is shown.
    repeats
        Splits over which luck is shown. Under ``time`` and ``column`` the held-out customers are given, so
        that the training customers are drawn again instead.
    rng
        Source of all randomness: split, ties, bootstrap.

    Returns
    -------
    StagesResult

    Raises
    ------
    DataError
        With all problems of target, columns, hold-out, list size and money at once.
    """
    wanted = _Wanted(
        target=target,
        positive=positive,
        list_size=list_size,
        list_share=list_share,
        holdout=holdout,
        share=holdout_share,
        column=holdout_column,
        buyer_value_cny=buyer_value_cny,
        contact_cost_cny=contact_cost_cny,
    )
    buys, split, size, money = _prepare(frame, plan, wanted, rng)
    attributes = [read_attribute(frame[column]) for column in plan.columns]
    points = {stage.name: stage.rules.score(frame).to_numpy() for stage in plan.stages if stage.rules}
    ties = rng.permutation(len(frame))
    with threadpool_limits(limits=1):  # the same sums on every machine, and no threads that wait for others
        trials = [run_trial(plan, attributes, buys, split, points=points, list_size=size, tie_order=ties)]
        for _number in range(1, repeats):
            again = (
                draw_split(buys, holdout_share, rng)
                if holdout == "random"
                else redraw_training(split, buys, rng)
            )
            trials.append(
                run_trial(plan, attributes, buys, again, points=points, list_size=size, tie_order=ties)
            )
    trial, splits = trials[0], describe_splits(trials)
    others = name_others(frame[target], positive)
    findings = [
        *([Finding(column=target, kind="outcome", text=others)] if others else []),
        *find_repeated(frame, split),
        *find_doubtful(frame, attributes, buys, split, as_of),
        *find_collinear(attributes),
    ]
    return StagesResult(
        stages=describe_stages(trial, money),
        steps=describe_steps(trial, splits, rng),
        splits=splits,
        gains=describe_gains(trial),
        calibration=describe_calibration(trial),
        weights=describe_weights(trials),
        findings=tuple(findings),
        notes=trial.features.notes,
        holdout=holdout,
        training_customers=len(split.train),
        held_out_customers=len(split.test),
        list_size=size,
        base=wilson_interval(int(trial.buys.sum()), len(trial.buys)),
    )


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """Outcome, list and hold-out as the analyst asked for them."""

    target: str
    positive: str | float | None
    list_size: int | None
    list_share: float | None
    holdout: Holdout
    share: float
    column: str | None
    buyer_value_cny: float | None
    contact_cost_cny: float | None


def _prepare(
    frame: pd.DataFrame, plan: StagePlan, wanted: _Wanted, rng: np.random.Generator
) -> tuple[BoolArray, Split, int, Money | None]:
    """Check everything and make the split; one DataError names all problems."""
    problems: list[str] = []
    money = read_money(wanted.buyer_value_cny, wanted.contact_cost_cny, problems)
    buys = read_outcome(frame, wanted.target, wanted.positive, problems)
    problems += check_columns(frame, plan.columns, "the table")
    impossible = check_holdout(frame, wanted.holdout, wanted.share, wanted.column)
    problems += impossible
    if buys is None or impossible:
        resolve_list_size(wanted.list_size, wanted.list_share, len(frame), problems)
        raise DataError(_HEADLINE, problems)
    split = _make_split(frame, buys, wanted, rng)
    problems += check_split(buys, split)
    size = resolve_list_size(wanted.list_size, wanted.list_share, len(split.test), problems)
    if problems:
        raise DataError(_HEADLINE, problems)
    return buys, split, size, money


def _make_split(frame: pd.DataFrame, buys: BoolArray, wanted: _Wanted, rng: np.random.Generator) -> Split:
    if wanted.holdout == "random":
        return draw_split(buys, wanted.share, rng)
    if wanted.holdout == "time":
        times = None if wanted.column is None else frame[wanted.column]
        return find_latest(times, wanted.share, len(frame))
    return find_marked(frame[str(wanted.column)])
