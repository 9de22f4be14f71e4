"""The sentences of an estimate of chances: what the history says, and how little it may be."""

from collections.abc import Hashable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.engage.names import name_channel
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval

if TYPE_CHECKING:
    from leadline.engage.chances_result import Check

#: A channel counts as the best where it is so in this share of draws.
_SURE = 0.95
#: Channels whose scores differ so rarely by chance were hardly assigned at random.
_NOT_RANDOM = 0.01
#: With fewer buyers, the pooling decides more than the channel's own history.
_FEW_BUYERS = 100


def tell_summary(channels: pd.DataFrame, contacts: int, buyers: int) -> str:
    """Name the channel with the highest chance if reached, and say whether the history can tell."""
    learned = channels[channels["source"] == "history"]
    if learned.empty:
        return _("The chances were handed in or stated: no history was learned from.")
    best = learned.iloc[int(learned["chance"].argmax())]
    words = {
        "contacts": format_value(contacts, "count"),
        "buyers": format_value(buyers, "count"),
        "channel": name_channel(best["channel"]),
        "chance": format_value(float(best["chance"]), "share"),
        "interval": format_interval(best["chance_ci_lower"], best["chance_ci_upper"], "share"),
    }
    if len(learned) > 1 and not best["is_highest"] >= _SURE:
        return _(
            "From {contacts} earlier contacts with {buyers} buyers: reached by {channel} an average customer "
            "buys with a chance of {chance} (95% interval {interval}), the highest of all channels, but the "
            "history cannot yet tell which channel is best.",
            **words,
        )
    return _(
        "From {contacts} earlier contacts with {buyers} buyers: reached by {channel} an average customer "
        "buys with a chance of {chance} (95% interval {interval}), the highest of all channels.",
        **words,
    )


def tell_check(check: "Check | None") -> list[str]:
    """Say whether models that had not seen a contact predicted what came of it."""
    if check is None:
        return []
    words = {
        "expected": format_value(round(check.expected, 1), "number"),
        "range": format_interval(round(check.lower, 1), round(check.upper, 1), "number"),
        "observed": format_value(check.observed, "count"),
    }
    if check.holds:
        return [
            _(
                "Checked on contacts that each model had not seen: {observed} bought where {expected} were "
                "predicted (95 of 100 times {range}).",
                **words,
            )
        ]
    return [
        _(
            "Checked on contacts that each model had not seen, the predictions fail: {observed} bought where "
            "{expected} were predicted (95 of 100 times {range}).",
            **words,
        )
    ]


def tell_limits(
    channels: pd.DataFrame, check: "Check | None", buyers: int, assigned_p_value: float
) -> list[str]:
    """Say which channels were left out or merely stated, and what else keeps the chances from being sure."""
    notes = []
    rows = channels.to_dict("records")
    if left := [row for row in rows if row["source"] == "none"]:
        notes.append(
            _(
                "Left out, for their chance is neither stated nor to be learned: {channels}.",
                channels=_list(
                    _(
                        "{channel} ({contacts} contacts, {reached} got through)",
                        channel=name_channel(row["channel"]),
                        contacts=format_value(int(row["contacts"]), "count"),
                        reached=format_value(int(row["reached"]), "count"),
                    )
                    for row in left
                ),
            )
        )
    if stated := [name_channel(row["channel"]) for row in rows if row["source"] == "stated"]:
        notes.append(_("Stated, not measured: the chance of {channels}.", channels=_list(stated)))
    if check is not None and buyers < _FEW_BUYERS:
        notes.append(
            plural(
                "The history holds only {count} buyer: each channel's chance leans towards the average of "
                "all channels, and differences between customers come mostly from the score.",
                "The history holds only {count} buyers: each channel's chance leans towards the average of "
                "all channels, and differences between customers come mostly from the score.",
                buyers,
            )
        )
    notes += [_tell_reach(row) for row in rows if row["source"] == "history" and _is_off(row)]
    if assigned_p_value < _NOT_RANDOM:
        notes.append(
            _(
                "Channels went to customers of different scores (p {p_value}): they were not assigned at "
                "random, so a channel's chance may be that of the customers it was given.",
                p_value=format_value(assigned_p_value, "p_value"),
            )
        )
    return notes


def _is_off(row: Mapping[Hashable, Any]) -> bool:
    return not row["reach_ci_lower"] <= row["reach_stated"] <= row["reach_ci_upper"]


def _tell_reach(row: Mapping[Hashable, Any]) -> str:
    return _(
        "{channel}: {reached} of {contacts} contacts got through, while {stated} are stated; planned with is "
        "{reach}.",
        channel=name_channel(row["channel"]),
        reached=format_value(int(row["reached"]), "count"),
        contacts=format_value(int(row["contacts"]), "count"),
        stated=format_value(float(row["reach_stated"]), "share"),
        reach=format_value(float(row["reach"]), "share"),
    )


def tell_sources(channels: pd.DataFrame) -> pd.DataFrame:
    """Return the channels with ``label``, and ``basis``: in words, where each one's chance comes from."""
    names = {
        "history": _("history"),
        "given": _("handed in"),
        "stated": _("stated"),
        "none": _("nothing: left out"),
    }
    return channels.assign(basis=channels["source"].map(names), label=channels["channel"].map(name_channel))


def list_html(sentences: Sequence[str]) -> str:
    """Write sentences as a list; nothing where there is none."""
    items = "".join(f"<li>{escape(text)}</li>" for text in sentences)
    return f"<ul>{items}</ul>" if items else ""


def _list(names: Any) -> str:
    return _(", ").join(map(str, names))
