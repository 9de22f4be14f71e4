"""What a campaign's history can teach: which contacts got through by which channel, and who bought."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from leadline.data.loop.tables import NO_CONTACT
from leadline.engage.cells import BoolArray
from leadline.engage.history import place_in_history
from leadline.engage.problem import IntArray
from leadline.engage.response_model import ALONE

#: With fewer buyers, contacts that got through, or customers left alone, nothing is learned of a chance.
_FEWEST_BUYERS, _FEWEST_REACHED, _FEWEST_ALONE = 5, 5, 20
#: What the channels table says of reach counts as much as this many contacts.
_REACH_CONTACTS = 20


@dataclass(frozen=True, eq=False, kw_only=True)
class Lesson:
    """The contacts to learn from.

    Attributes
    ----------
    people
        One row a contact: ``score`` and, if known, ``obstacle``.
    channel
        From 1 the place in ``names`` of the channel that got through, or `ALONE`. Shape: (contacts,).
    is_buyer
        Shape: (contacts,).
    names
        Channels that are learned from.
    assigned_p_value
        Chance of scores differing so between the channels if these were assigned at random (Kruskal & Wallis
        1952, JASA 47:583-621).
    """

    people: pd.DataFrame
    channel: IntArray
    is_buyer: BoolArray
    names: tuple[str, ...]
    assigned_p_value: float

    @property
    def knows_alone(self) -> bool:
        """Whether enough customers were left alone, or not reached, to say who buys unasked."""
        return int((self.channel == ALONE).sum()) >= _FEWEST_ALONE


def learn_from(history: pd.DataFrame, known: pd.DataFrame, names: Sequence[str]) -> Lesson | None:
    """Take from the history what can be learned about these channels; None where it is too little.

    Parameters
    ----------
    history
        As `leadline.engage.history.join_history` returns it.
    known
        One row a customer: ``customer_id``, ``score`` and, if known, ``obstacle``.
    names
        Channels that need a chance.
    """
    columns = ["score", *(["obstacle"] if "obstacle" in known.columns else [])]
    placed = place_in_history(history, known, columns)
    placed = placed[placed["channel"].isin([NO_CONTACT, *names]).to_numpy(dtype=bool)]
    p_value = _test_assignment(placed)
    through = find_through(placed)
    counts = placed.loc[through.to_numpy(dtype=bool, na_value=False), "channel"].value_counts()
    learned = tuple(name for name in names if counts.get(name, 0) >= _FEWEST_REACHED)
    place = {name: number for number, name in enumerate(learned, start=1)}
    number = placed["channel"].map(place).astype("Float64").where(through.fillna(value=True), ALONE)
    usable = (number.notna() & through.notna()).to_numpy(dtype=bool)
    is_buyer = placed["is_subscribed"].to_numpy(dtype=bool)[usable]
    if not learned or not _FEWEST_BUYERS <= is_buyer.sum() < len(is_buyer):
        return None
    return Lesson(
        people=placed.loc[usable, columns].reset_index(drop=True),
        channel=np.asarray(number[usable], dtype=np.int64),
        is_buyer=is_buyer,
        names=learned,
        assigned_p_value=p_value,
    )


def find_through(placed: pd.DataFrame) -> pd.Series:
    """Say of each contact whether it got through; missing where unknown, no for the held out.

    Of a channel of which nothing is known every contact counts as got through.
    """
    channel, reached = placed["channel"], placed["is_reached"].astype("boolean")
    knows = set(channel[reached.notna()])
    silent = ~channel.isin(knows) & (channel != NO_CONTACT)
    return reached.mask(silent, other=True).mask(channel == NO_CONTACT, other=False)


def count_history(history: pd.DataFrame, known: pd.DataFrame, channels: pd.DataFrame) -> pd.DataFrame:
    """Count the history of each channel among these customers, and estimate its reach.

    Reach is the share of contacts that got through, drawn to what the table of channels says as if that were
    20 contacts more; a channel of whose contacts this is unknown has reach 1, its chance being that of a
    contact, got through or not.

    Returns
    -------
    pandas.DataFrame
        One row a channel: ``channel``, ``contacts``, ``reached`` (contacts that got through), ``buyers``
        among these, ``reach_stated``, ``reach``, ``reach_ci_lower``, ``reach_ci_upper`` (95%).
    """
    placed = place_in_history(history, known, ["score"])
    through = find_through(placed)
    rows = []
    for name, stated in zip(channels["channel"].astype(str), channels["reach"].astype(float), strict=True):
        mine = (placed["channel"] == name).to_numpy(dtype=bool)
        is_known = placed["is_reached"].notna().to_numpy(dtype=bool) & mine
        got = through.to_numpy(dtype=bool, na_value=False) & mine
        yes, no = (
            _REACH_CONTACTS * stated + got.sum(),
            _REACH_CONTACTS * (1 - stated) + (is_known & ~got).sum(),
        )
        silent = mine.any() and not is_known.any()
        ends = (1.0, 1.0) if silent else stats.beta.ppf((0.025, 0.975), max(yes, 1e-9), max(no, 1e-9))
        rows.append(
            {
                "channel": name,
                "contacts": int(mine.sum()),
                "reached": int(got.sum()),
                "buyers": int(placed["is_subscribed"].to_numpy(dtype=bool)[got].sum()),
                "reach_stated": stated,
                "reach": 1.0 if silent else yes / (yes + no),
                "reach_ci_lower": float(ends[0]),
                "reach_ci_upper": float(ends[1]),
            }
        )
    return pd.DataFrame(rows)


def _test_assignment(placed: pd.DataFrame) -> float:
    scores = [group["score"].to_numpy(dtype=float) for _name, group in placed.groupby("channel")]
    if len(scores) < 2 or placed["score"].nunique() < 2:  # noqa: PLR2004 (nothing to compare)
        return 1.0
    return float(stats.kruskal(*scores).pvalue)
