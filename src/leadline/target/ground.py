"""The ground on which stages are compared: everything checked and the split made, or all problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from leadline.data import check_columns
from leadline.data.flags import read_yes
from leadline.errors import DataError
from leadline.language import N_, _
from leadline.target.channel_outcomes import ChannelOutcomes, read_channel_outcomes
from leadline.target.checks import check_conditions, check_listing, check_split, resolve_list_size
from leadline.target.encode import read_attribute
from leadline.target.holdout import Holdout, Split, check_holdout, draw_split, find_latest, find_marked
from leadline.target.metrics import BoolArray
from leadline.target.money import Money, read_money
from leadline.target.outcome import read_outcome
from leadline.target.plan import StagePlan
from leadline.target.trial import Ground

_HEADLINE = N_("The stages cannot be compared on this table")

#: How far the channels of a plan can be judged: it has none that matter, everybody's outcome under each
#: channel is known, customers were contacted by channels drawn at random, or neither.
ChannelsJudged = Literal["", "known", "random", "not"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Outcome, list, hold-out, money and channels as the analyst asked for them (`stage_models`)."""

    target: str
    positive: str | float | None
    list_size: int | None
    list_share: float | None
    holdout: Holdout
    holdout_share: float
    holdout_column: str | None
    buyer_value_cny: float | None
    contact_cost_cny: float | Mapping[str, float] | None
    channel_outcomes: Mapping[str, str] | None
    channel_column: str | None
    channel_shares: Mapping[str, float] | None
    reference_channel: str | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Prepared:
    """Ground and split, money if it is known, and how far channels can be judged."""

    ground: Ground
    split: Split
    money: Money | None
    channels_judged: ChannelsJudged

    def find_unjudged(self, plan: StagePlan) -> frozenset[str]:
        """Name the stages that add channels alone, where channels cannot be judged."""
        if self.channels_judged != "not":
            return frozenset()
        return frozenset(stage.name for stage in plan.stages if not stage.method)


def prepare_ground(
    frame: pd.DataFrame, plan: StagePlan, wanted: Wanted, rng: np.random.Generator
) -> Prepared:
    """Check everything and make the split; one DataError names all problems."""
    problems: list[str] = []
    buys = read_outcome(frame, wanted.target, wanted.positive, problems)
    problems += check_columns(frame, list(dict.fromkeys([*plan.columns, *plan.asked])), _("the table"))
    problems += check_conditions(frame, plan)
    outcomes = read_channel_outcomes(
        frame,
        plan.channels,
        positive=wanted.positive,
        outcomes=wanted.channel_outcomes,
        column=wanted.channel_column,
        shares=wanted.channel_shares,
        problems=problems,
    )
    money = _read_money(plan, wanted, outcomes, problems)
    among = {
        stage.among: read_yes(frame[stage.among], problems)
        for stage in plan.stages
        if stage.among and stage.among in frame.columns
    }
    impossible = check_holdout(frame, wanted.holdout, wanted.holdout_share, wanted.holdout_column)
    problems += impossible
    if buys is None or impossible:
        resolve_list_size(wanted.list_size, wanted.list_share, len(frame), problems)
        raise DataError(_(_HEADLINE), problems)
    split = _make_split(frame, buys, wanted, rng)
    if outcomes is not None:
        split = outcomes.keep_contacted(split)
    problems += check_split(buys, split)
    size = resolve_list_size(wanted.list_size, wanted.list_share, len(split.test), problems)
    if not problems:
        problems += check_listing(frame, plan, buys, split, among)
    if problems:
        raise DataError(_(_HEADLINE), problems)
    attributes = [read_attribute(frame[column]) for column in plan.columns]
    ground = Ground(
        frame=frame,
        attributes=attributes,
        buys=buys,
        among=among,
        outcomes=outcomes,
        tie_order=rng.permutation(len(frame)),
        list_size=size,
    )
    return Prepared(
        ground=ground, split=split, money=money, channels_judged=_judge_channels(plan, wanted, outcomes)
    )


def _judge_channels(plan: StagePlan, wanted: Wanted, outcomes: ChannelOutcomes | None) -> ChannelsJudged:
    if not plan.channels or (outcomes is None and plan.channels == (wanted.reference_channel,)):
        return ""
    if outcomes is None:
        return "not"
    return "known" if outcomes.by_channel is not None else "random"


def _read_money(
    plan: StagePlan, wanted: Wanted, outcomes: ChannelOutcomes | None, problems: list[str]
) -> Money | None:
    reference: Mapping[str, float] | None = None
    same = [name for name, column in (wanted.channel_outcomes or {}).items() if column == wanted.target]
    if wanted.reference_channel or same:
        reference = {wanted.reference_channel or same[0]: 1.0}
    elif outcomes is not None and outcomes.contacted_by is not None:
        reference = outcomes.contacted_shares
    elif plan.stages[0].contacts and plan.stages[0].contacts.rules:
        reference = MappingProxyType({})
    return read_money(
        wanted.buyer_value_cny,
        wanted.contact_cost_cny,
        problems,
        channels=plan.channels,
        reference=reference,
    )


def _make_split(frame: pd.DataFrame, buys: BoolArray, wanted: Wanted, rng: np.random.Generator) -> Split:
    if wanted.holdout == "random":
        return draw_split(buys, wanted.holdout_share, rng)
    if wanted.holdout == "time":
        times = None if wanted.holdout_column is None else frame[wanted.holdout_column]
        return find_latest(times, wanted.holdout_share, len(frame))
    return find_marked(frame[str(wanted.holdout_column)])
