"""How each stage's list is contacted, and who buys in each tier by each channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_estimates, draw_note
from leadline.disclosure import MINIMUM
from leadline.intervals import Estimate
from leadline.language import _, format_value, plural
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FEW = 30


@dataclass(frozen=True, eq=False, kw_only=True)
class ContactsResult:
    """Tiers and channels of the lists.

    Attributes
    ----------
    contacts
        One row a stage, tier and channel of its list, where it has any: ``stage``, ``tier`` and ``channel``
        (empty texts for none), ``customers`` listed, ``contacts_counted`` and ``buyers`` among them, and
        ``precision`` (0 to 1) with its interval; ``is_hidden`` where buyers and precision are missing,
        since a few count.
    last
        Name of the last stage.
    list_size
        Customers on each list.
    base
        Share of buyers among all held-out customers.
    """

    contacts: pd.DataFrame
    last: str
    list_size: int
    base: Estimate

    @property
    def summary(self) -> str:
        """How the last list is contacted."""
        cells = self._of_last()
        if cells.empty:
            return _("The plan has no tiers and no channels.")
        by = "channel" if cells["channel"].all() else "tier"
        sizes = cells.groupby(by, sort=False)["customers"].sum().sort_values(ascending=False, kind="stable")
        names = _name_channels() if by == "channel" else {}
        told = _(", ").join(
            _("{name} {count}", name=names.get(str(name), str(name)), count=format_value(int(size), "count"))
            for name, size in sizes.items()
        )
        if by == "channel":
            return _(
                "“{stage}” contacts its {listed} customers by: {told}.",
                stage=self.last,
                listed=format_value(self.list_size, "count"),
                told=told,
            )
        return _(
            "“{stage}” puts its {listed} customers into tiers: {told}.",
            stage=self.last,
            listed=format_value(self.list_size, "count"),
            told=told,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a stage, tier and channel."""
        return self.contacts

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No card: the list's precision has one."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Nothing: what small groups do not say stands beside the table."""
        return ()

    @property
    def sentences(self) -> list[str]:
        """What comparing channels does not say, and small groups."""
        cells = self._of_last()
        hidden = self._tell_hidden(cells)
        if cells.empty or not cells["channel"].all() or len(set(cells["channel"])) == 1:
            return hidden
        few = int((cells["contacts_counted"] < _FEW).sum())
        words = _(
            "Channels are not compared here: each goes to other customers, so a higher share does not say "
            "that a channel works better."
        )
        if not few:
            return [words, *hidden]
        return [
            words,
            *hidden,
            _(
                "{few} of {groups} groups count fewer than {least} customers: read their intervals.",
                few=format_value(few, "count"),
                groups=format_value(len(cells), "count"),
                least=format_value(_FEW, "count"),
            ),
        ]

    def _tell_hidden(self, cells: pd.DataFrame) -> list[str]:
        count = int(cells["is_hidden"].sum())
        if not count:
            return []
        return [
            plural(
                "The buyers of {count} group are not shown: fewer than {minimum} of its customers count, or "
                "it would give such a group away by subtraction.",
                "The buyers of {count} groups are not shown: fewer than {minimum} of their customers count, "
                "or they would give such a group away by subtraction.",
                count,
                minimum=MINIMUM,
            )
        ]

    def figure(self) -> "Figure":
        """Draw the share of buyers in each group of the last list."""
        cells = self._of_last()
        if cells.empty:
            return draw_note(self.summary)
        names = _name_channels()
        labels = [
            _(" · ").join(part for part in (row["tier"], names.get(row["channel"], "")) if part)
            for row in cells.to_dict("records")
        ]
        frame = cells.assign(label=labels).rename(
            columns={"precision": "value", "precision_ci_lower": "lower", "precision_ci_upper": "upper"}
        )
        known = frame[(frame["contacts_counted"] > 0) & ~frame["is_hidden"]]
        if known.empty:
            return draw_note(self.summary)
        values = _("; ").join(
            f"{row['label']} {format_value(row['value'], 'share')}" for row in known.to_dict("records")
        )
        return draw_estimates(
            known,
            title=_("Buyers by tier and channel: “{stage}”", stage=self.last),
            axis_label=_("Buyers among those listed, with 95% interval"),
            unit="share",
            alt=_("Share of buyers by tier and channel: {values}.", values=values),
            reference=self.base.value,
            reference_label=_("random list {share}", share=format_value(self.base.value, "share")),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "contacts": self.contacts.astype(object).where(self.contacts.notna(), None).to_dict("records")
        }

    def _repr_html_(self) -> str:
        if self.contacts.empty:
            return result_html(self, "")
        cells = self._of_last()
        columns = {
            "tier": Column(_("Tier")),
            "channel": Column(_("Channel")),
            "customers": Column(_("Listed"), "count"),
            "contacts_counted": Column(_("Counted"), "count"),
            "buyers": Column(_("Buyers"), "count"),
            "precision": Column(_("Precision"), "share"),
            "precision_ci_lower": Column(_("95% CI"), "share", upper="precision_ci_upper"),
        }
        if (cells["contacts_counted"] == cells["customers"]).all():
            del columns["contacts_counted"]
        for name in ("tier", "channel"):
            if not cells[name].any():
                del columns[name]
        shown = cells.assign(channel=cells["channel"].map(lambda name: _name_channels().get(name, "")))
        caption = _("The list of “{stage}” by tier and channel", stage=self.last)
        sentences = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        table = table_html(shown, columns, name="contacts", caption=caption)
        return result_html(self, f"{table}<ul>{sentences}</ul>" if sentences else table)

    def _of_last(self) -> pd.DataFrame:
        return self.contacts[self.contacts["stage"] == self.last]


def _name_channels() -> dict[str, str]:
    return {
        "sms": _("text message"),
        "call": _("call"),
        "branch": _("branch visit"),
        "trial": _("free trial"),
        "referral": _("friend’s referral"),
    }
