"""Stages of data and method on the same held-out customers with the same list size (systems T3, T4)."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from leadline.intervals import wilson_interval
from leadline.target.contacts_result import ContactsResult
from leadline.target.describe import (
    describe_calibration,
    describe_contacts,
    describe_gains,
    describe_lists,
    describe_splits,
    describe_stages,
    describe_steps,
    describe_weights,
)
from leadline.target.gain_split import split_stages
from leadline.target.ground import Wanted, prepare_ground
from leadline.target.holdout import Holdout, Split, draw_split, redraw_training
from leadline.target.leaks import Finding, find_collinear, find_doubtful, find_repeated
from leadline.target.outcome import name_others
from leadline.target.plan import StagePlan
from leadline.target.result import StagesResult
from leadline.target.trial import Ground, run_trial


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
    contact_cost_cny: float | Mapping[str, float] | None = None,
    channel_outcomes: Mapping[str, str] | None = None,
    channel_column: str | None = None,
    channel_shares: Mapping[str, float] | None = None,
    reference_channel: str | None = None,
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
        What one buyer brings and one contact costs (one cost for all, or channel → cost); with both, the
        profit of each list is shown.
    channel_outcomes
        For plans with channels: channel → column of the outcome that each customer has under it, known for
        all (a simulated market). Models learn from ``target`` all the same.
    channel_column, channel_shares
        Or: column of the channel by which each customer was contacted, drawn at random ("none" for who was
        left alone: taught to no model and judged on no list, so that a step tells of lists and channels, not
        of being contacted at all). A list without channels is judged at the mix of channels. On the list
        of a stage with channels only those count whose channel was the planned one, each weighted by one over
        the share of customers so contacted: given, or found in the column.
    reference_channel
        The channel by which customers were contacted when ``target`` was observed; needed where costs go by
        channel and nothing else tells it.
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
    wanted = Wanted(
        target=target,
        positive=positive,
        list_size=list_size,
        list_share=list_share,
        holdout=holdout,
        holdout_share=holdout_share,
        holdout_column=holdout_column,
        buyer_value_cny=buyer_value_cny,
        contact_cost_cny=contact_cost_cny,
        channel_outcomes=channel_outcomes,
        channel_column=channel_column,
        channel_shares=channel_shares,
        reference_channel=reference_channel,
    )
    prepared = prepare_ground(frame, plan, wanted, rng)
    ground, split = prepared.ground, prepared.split
    with threadpool_limits(limits=1):  # the same sums on every machine, and no threads that wait for others
        trials = [run_trial(plan, ground, split)]
        for _number in range(1, repeats):
            again = (
                draw_split(ground.buys, holdout_share, rng)
                if holdout == "random"
                else redraw_training(split, ground.buys, rng)
            )
            trials.append(
                run_trial(plan, ground, ground.outcomes.keep_contacted(again) if ground.outcomes else again)
            )
        trial, splits = trials[0], describe_splits(trials)
        unjudged = prepared.find_unjudged(plan)
        steps = describe_steps(trial, splits, unjudged, rng)
        gain_split = split_stages(trial, unjudged, rng)
    base = wilson_interval(int(trial.buys.sum()), len(trial.buys))
    return StagesResult(
        stages=describe_stages(trial, prepared.money),
        steps=steps,
        splits=splits,
        gains=describe_gains(trial),
        calibration=describe_calibration(trial),
        weights=describe_weights(trials),
        contacts=ContactsResult(
            contacts=describe_contacts(trial),
            last=plan.stages[-1].name,
            list_size=ground.list_size,
            base=base,
        ),
        lists=describe_lists(trial),
        gain_split=gain_split,
        findings=tuple(_find_all(frame, ground, split, wanted, as_of)),
        notes=trial.features.notes,
        holdout=holdout,
        channels_judged=prepared.channels_judged,
        training_customers=len(split.train),
        held_out_customers=len(split.test),
        list_size=ground.list_size,
        base=base,
        trial=trial,
    )


def _find_all(
    frame: pd.DataFrame, ground: Ground, split: Split, wanted: Wanted, as_of: dt.date | None
) -> list[Finding]:
    others = name_others(frame[wanted.target], wanted.positive)
    return [
        *([Finding(column=wanted.target, kind="outcome", text=others)] if others else []),
        *find_repeated(frame, split),
        *find_doubtful(frame, ground.attributes, ground.buys, split, as_of),
        *find_collinear(ground.attributes),
    ]
