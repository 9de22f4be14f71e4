"""What an estimate of chances by channel returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from leadline.engage import chances_figures, chances_story
from leadline.engage.ids import ID, spell_ids
from leadline.language import _
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from leadline.engage.response_spread import Spread


class Check(NamedTuple):
    """Predictions of contacts by models that had not seen them, against what came of them.

    ``expected`` buyers; in 95 of 100 campaigns between ``lower`` and ``upper`` if the chances hold;
    ``observed`` ones. ``groups`` has one row a third of the contacts: ``contacts``, ``predicted``,
    ``observed`` (0 to 1) with ``lower`` and ``upper`` (95%).
    """

    expected: float
    lower: float
    upper: float
    observed: int
    groups: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether the observed number lies where the predictions put it."""
        return self.lower <= self.observed <= self.upper


@dataclass(frozen=True, eq=False, kw_only=True)
class ChancesResult:
    """The chance of each customer to buy if a channel reaches them.

    Attributes
    ----------
    chances
        One row a customer, in the order handed in: ``customer_id`` (text), ``chance_<channel>`` (0 to 1) of
        each channel that has one, and ``chance_none`` if known: buys when left alone.
    channels
        One row a channel: ``channel``; ``source`` of its chance (history, given, stated, none: left out); of
        its history ``contacts``, ``reached``, ``buyers`` among these, ``raw_chance``, their quotient; the
        model's average ``chance`` of the customers; ``reach`` to plan with; each with ``_ci_lower`` and
        ``_ci_upper`` (95%); ``reach_stated``; ``is_highest``: share of draws in which its chance is highest.
    tiers
        One row a tier and channel: ``tier``, ``channel``, ``customers``, ``chance`` with its interval; None
        where the customers have no tiers.
    terms
        The table of channels to plan with: those that have a chance, with the reach found.
    check
        Cross-validation; None where nothing was learned.
    contacts, buyers
        Contacts of the history learned from, held-out ones among them, and buyers among these.
    assigned_p_value
        Of a test that scores do not differ between channels, as they would not if assigned at random.
    spread
        Draws of average chances.
    """

    chances: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    channels: pd.DataFrame
    tiers: pd.DataFrame | None
    terms: pd.DataFrame
    check: Check | None
    contacts: int
    buyers: int
    assigned_p_value: float
    spread: "Spread" = field(repr=False)

    def add_to(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Return the customers with their chances, by ``customer_id``."""
        rest = customers.drop(
            columns=[name for name in self.chances.columns[1:] if name in customers.columns]
        )
        keyed = rest.assign(**{ID: spell_ids(rest[ID]).to_numpy()})
        return keyed.merge(self.chances, on=ID, how="left", validate="one_to_one")

    @property
    def summary(self) -> str:
        """Which channel has the highest chance, and whether the history can tell."""
        return chances_story.tell_summary(self.channels, self.contacts, self.buyers)

    @property
    def sentences(self) -> list[str]:
        """Whether the predictions hold, and who buys unasked."""
        return chances_story.tell_check(self.check)

    @property
    def table(self) -> pd.DataFrame:
        """One row a channel."""
        return self.channels

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No cards: chances serve a plan, which has its own."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """What keeps the chances from being believed."""
        return chances_story.tell_limits(self.channels, self.check, self.buyers, self.assigned_p_value)

    def figure(self) -> "Figure":
        """Draw each channel's chance with its interval, beside what was simply counted."""
        return chances_figures.draw_chances(self.channels)

    def tiers_figure(self) -> "Figure":
        """Draw the chance by tier and channel."""
        return chances_figures.draw_tier_chances(self.tiers)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        check = None
        if self.check is not None:
            check = self.check._asdict() | {"groups": self.check.groups.to_dict("records")}
        return {
            "chances_channels": _records(self.channels),
            "chances_tiers": None if self.tiers is None else _records(self.tiers),
            "chances_check": check,
            "chances_contacts": self.contacts,
            "chances_buyers": self.buyers,
        }

    def _repr_html_(self) -> str:
        frame = chances_story.tell_sources(self.channels)
        columns = {
            "label": Column(_("Channel")),
            "contacts": Column(_("Contacts in the history"), "count"),
            "reached": Column(_("Got through"), "count"),
            "buyers": Column(_("Bought"), "count"),
            "chance": Column(_("Chance to buy if reached"), "share"),
            "chance_ci_lower": Column(_("95% interval"), "share", upper="chance_ci_upper"),
            "reach": Column(_("Reach to plan with"), "share"),
            "basis": Column(_("Rests on")),
        }
        caption = _("Chance to buy if reached, average of the customers to be assigned")
        table = table_html(frame, columns, name="channel_chances", caption=caption)
        return result_html(self, chances_story.list_html(self.sentences) + table)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object)
    return list(plain.where(plain.notna(), None).to_dict("records"))  # type: ignore[arg-type]  # names are text
