"""What is known of each customer's outcome under the channel that a plan gives him."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from leadline.channels import CHANNELS
from leadline.data.loop.tables import NO_CONTACT
from leadline.intervals import Estimate, wilson_interval
from leadline.language import _
from leadline.target.channel_rules import TextArray
from leadline.target.encode import IntArray
from leadline.target.holdout import Split
from leadline.target.metrics import BoolArray, FloatArray
from leadline.target.outcome import FILE_ROW_OF_FIRST, read_outcome

_NAMED = 5
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Reading:
    """How a list is judged: whose outcome counts how much, and who of them buys.

    Both arrays have one row a held-out customer; ``weights`` are 0 for who is not listed, and for who is
    listed but was contacted in another way than planned.
    """

    weights: FloatArray
    buys: BoolArray

    @property
    def buyers(self) -> int:
        """Customers who count and buy."""
        return int((self.buys & (self.weights > 0)).sum())

    @property
    def effective_contacts(self) -> float:
        """As many contacts of equal weight tell as much (Kish 1965, *Survey Sampling*, ch. 11)."""
        total = self.weights.sum()
        return float(total**2 / (self.weights**2).sum()) if total else 0.0

    @property
    def precision(self) -> Estimate:
        """Weighted share of buyers, with the Wilson interval of the effective number of contacts.

        The weights are scaled to sum to 1: the estimator of Hájek (1971, in *Foundations of Statistical
        Inference*), more stable than that of Horvitz & Thompson (1952, JASA 47:663-685).
        """
        effective = self.effective_contacts
        scale = effective / self.weights.sum() if effective else 0.0
        return wilson_interval(float(self.weights[self.buys].sum()) * scale, effective)

    @property
    def is_equal(self) -> bool:
        """Whether everybody who counts counts alike."""
        counted = self.weights[self.weights > 0]
        return bool(len(counted) == 0 or (counted == counted[0]).all())


@dataclass(frozen=True, eq=False, kw_only=True)
class ChannelOutcomes:
    """Outcomes by channel, one row a customer of the whole table.

    Either ``by_channel``, everybody's outcome under each channel, or ``contacted_by``, the channel by which
    each customer was contacted at random, with the share of those contacted whom each channel had.
    """

    by_channel: Mapping[str, BoolArray] | None = None
    contacted_by: TextArray | None = None
    shares: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def contacted_shares(self) -> dict[str, float]:
        """Share of each channel in all contacts; nothing where everybody's outcomes are known."""
        if self.contacted_by is None:
            return {}
        made = self.contacted_by[self.contacted_by != NO_CONTACT]
        found = {name: float((made == name).mean()) for name in CHANNELS}
        return {name: share for name, share in found.items() if share}

    def keep_contacted(self, split: Split) -> Split:
        """Leave out those who were left alone: beside them any contact looks like the merit of a channel."""
        if self.contacted_by is None:
            return split
        is_contacted = self.contacted_by != NO_CONTACT
        return Split(split.train[is_contacted[split.train]], split.test[is_contacted[split.test]])

    def read(self, rows: IntArray, channel: TextArray, buys: BoolArray) -> Reading:
        """Return weights and outcomes of the customers at ``rows``, each under the ``channel`` planned.

        ``channel`` and ``buys`` (what was observed) have one entry for each of ``rows``.
        """
        if self.by_channel is not None:
            found = np.zeros(len(rows), dtype=bool)
            for name in np.unique(channel):
                at = channel == name
                found[at] = self.by_channel[name][rows[at]]
            return Reading(weights=np.ones(len(rows)), buys=found)
        assert self.contacted_by is not None  # noqa: S101 (one of the two is given)
        as_planned = self.contacted_by[rows] == channel
        share = np.array([self.shares[name] for name in channel.tolist()])
        return Reading(weights=np.where(as_planned, 1 / share, 0.0), buys=buys)


def read_channel_outcomes(
    frame: pd.DataFrame,
    channels: Sequence[str],
    *,
    positive: str | float | None,
    outcomes: Mapping[str, str] | None,
    column: str | None,
    shares: Mapping[str, float] | None,
    problems: list[str],
) -> ChannelOutcomes | None:
    """Read what is known of outcomes by channel; None where nothing is, or after adding to ``problems``.

    Parameters
    ----------
    frame
        One row a customer.
    channels
        Those that the plan uses.
    positive
        The value that marks a buyer, as of the target.
    outcomes
        Channel → column of everybody's outcome under it.
    column
        Column of the channel by which each customer was contacted, drawn at random; "none" was left alone.
    shares
        Chance of each channel, if the draw's own are known; else the shares found among the contacted.
    problems
        Problems found are added here.
    """
    if outcomes is not None and column is not None:
        problems.append(_("channel_outcomes and channel_column are both given. Give one of them."))
        return None
    if column is None and (outcomes is None or not channels):
        return None
    if outcomes is not None:
        return _read_all(frame, channels, positive, outcomes, problems)
    return _read_random(frame, channels, str(column), shares, problems)


def _read_all(
    frame: pd.DataFrame,
    channels: Sequence[str],
    positive: str | float | None,
    outcomes: Mapping[str, str],
    problems: list[str],
) -> ChannelOutcomes | None:
    problems += [
        _(
            "the plan contacts by {name}, and channel_outcomes names no column for it. Add the "
            "column, or take the channel out of the plan.",
            name=name,
        )
        for name in channels
        if name not in outcomes
    ]
    found = {
        name: read_outcome(frame, outcomes[name], positive, problems) for name in channels if name in outcomes
    }
    known = {name: buys for name, buys in found.items() if buys is not None}
    return ChannelOutcomes(by_channel=known) if len(known) == len(channels) else None


def _read_random(
    frame: pd.DataFrame,
    channels: Sequence[str],
    column: str,
    shares: Mapping[str, float] | None,
    problems: list[str],
) -> ChannelOutcomes | None:
    if column not in frame.columns:
        problems.append(_("the channel column {column} is not in the table.", column=repr(column)))
        return None
    count = len(problems)
    found = frame[column].astype("string").str.strip().str.lower().fillna("").to_numpy(dtype=str)
    unknown = ~np.isin(found, [NO_CONTACT, *CHANNELS])
    if unknown.any():
        named = _(", ").join(map(repr, np.unique(found[unknown])[:_NAMED].tolist()))
        first = int(np.flatnonzero(unknown)[0]) + FILE_ROW_OF_FIRST
        problems.append(
            _(
                "{column}: {count} values are no channel ({named}; first: row {first}). Channels: "
                "{channels}; {no_contact} for who was left alone.",
                column=column,
                count=f"{int(unknown.sum()):,}",
                named=named,
                first=f"{first:,}",
                channels=_(", ").join(CHANNELS),
                no_contact=NO_CONTACT,
            )
        )
    problems += [
        _(
            "{column}: nobody was contacted by {name}, which the plan uses. Take it out of the plan.",
            column=column,
            name=name,
        )
        for name in channels
        if not (found == name).any()
    ]
    made = found[found != NO_CONTACT]
    if not len(made):
        problems.append(_("{column}: nobody was contacted at all, so no list can be judged.", column=column))
        return None
    drawn = {name: float((made == name).mean()) for name in channels} if shares is None else dict(shares)
    if shares is not None:
        problems += _check_shares(channels, drawn)
    if len(problems) > count:
        return None
    return ChannelOutcomes(contacted_by=found, shares=MappingProxyType(drawn))


def _check_shares(channels: Sequence[str], shares: Mapping[str, float]) -> list[str]:
    problems = [
        _("channel_shares names no share for {name}. Add it.", name=name)
        for name in channels
        if name not in shares
    ]
    problems += [
        _(
            "channel_shares of {name} == {share}, must be above 0 and at most 1.",
            name=name,
            share=f"{share:g}",
        )
        for name, share in shares.items()
        if not 0 < share <= 1
    ]
    if sum(shares.values()) > 1 + _ROUNDING:
        problems.append(
            _("channel_shares sum to {shares}, must sum to 1 at most.", shares=f"{sum(shares.values()):g}")
        )
    return problems
