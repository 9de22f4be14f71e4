"""Sentences on the lists themselves: ties at the cut, who fills them, how channels are judged."""

import pandas as pd

from leadline.language import _, format_value, plural
from leadline.target.ground import ChannelsJudged
from leadline.target.plan import StagePlan


def tell_ties(stages: pd.DataFrame, plan: StagePlan) -> list[str]:
    """Say for each ranking whose cut falls inside a tie how many share the score, and what settles it."""
    return [
        plural(
            "The cut of “{stage}” falls among {tied} customers with the same score; {count} of them is "
            "listed, picked by a random order of the customers that the seed fixes: the same for all stages, "
            "and on every run.",
            "The cut of “{stage}” falls among {tied} customers with the same score; {count} of them are "
            "listed, picked by a random order of the customers that the seed fixes: the same for all stages, "
            "and on every run.",
            int(row["tied_listed"]),
            stage=row["name"],
            tied=_count(row["tied_at_cut"]),
        )
        for row, stage in zip(stages.to_dict("records"), plan.stages, strict=True)
        if stage.method and row["tied_listed"] < row["tied_at_cut"]
    ]


def tell_filled(stages: pd.DataFrame, plan: StagePlan) -> list[str]:
    """Warn of stages that can list fewer customers than the list is long."""
    return [
        _(
            "“{stage}” can list {count} of the held-out customers only; the other {rest} places of its list "
            "are filled at random from all others. Ask for a list of {count} or fewer.",
            stage=row["name"],
            count=_count(row["can_be_listed"]),
            rest=_count(row["list_size"] - row["can_be_listed"]),
        )
        for row, stage in zip(stages.to_dict("records"), plan.stages, strict=True)
        if stage.method and row["can_be_listed"] < row["list_size"]
    ]


def tell_channels(judged: ChannelsJudged, stages: pd.DataFrame) -> list[str]:
    """Say by which outcome lists with channels are judged; nothing where that is plain."""
    last = stages.iloc[-1]
    if judged == "known":
        return [
            _(
                "What everybody would do under each channel is known here: each listed customer counts with "
                "the outcome under the channel planned for him, and everybody else with the target."
            )
        ]
    if judged == "random":
        return [
            _(
                "Customers had been contacted by channels drawn at random. Of a list with channels those "
                "count whom the planned channel had reached for: {counted} of {listed} on the last list, "
                "each weighted by how rarely his channel was drawn; they tell as much as {effective} of "
                "equal weight. Who was left alone is judged on no list. A list without channels is judged at "
                "the mix of channels by which its customers had been contacted.",
                counted=_count(last["contacts_counted"]),
                listed=_count(last["list_size"]),
                effective=_count(round(last["effective_contacts"])),
            )
        ]
    return []


def tell_unjudged(judged: ChannelsJudged) -> list[str]:
    """Warn that channels have no outcome of their own on this table."""
    if judged != "not":
        return []
    return [
        _(
            "What the channels add cannot be judged on this table: it does not tell what a customer does "
            "under another channel. All lists are judged by the target as it stands. To know, contact some "
            "customers by channels drawn at random and name that column (channel_column)."
        )
    ]


def _count(value: float) -> str:
    return format_value(int(value), "count")
