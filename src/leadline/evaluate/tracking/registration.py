"""A campaign's contacts and outcomes in the loop's ledger, so that the next model learns from them (V8)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.channels import CHANNELS
from leadline.chart.draw import draw_note
from leadline.data.columns import check_columns
from leadline.data.loop.tables import NO_CONTACT
from leadline.errors import DataError
from leadline.language import N_, _, format_value
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from leadline.data.loop import LoopLedger

_HEADLINE = N_("The outcomes cannot be registered")


@dataclass(frozen=True, eq=False, kw_only=True)
class OutcomesRegistration:
    """What the ledger took over.

    Attributes
    ----------
    campaign
        Under which campaign; None if no ledger was named.
    rows
        One row a kind: ``kind`` (contacts, outcomes), ``added``, ``known``, ``followed_up``.
    notes
        What the ledger warned of.
    """

    campaign: str | None = None
    rows: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What was entered."""
        if self.campaign is None:
            return _("Contacts and outcomes are not registered in a ledger.")
        changed = self.rows.set_index("kind")[["added", "followed_up"]].sum(axis=1)
        if not changed.sum():
            return _(
                "Contacts and outcomes of {campaign} were in the ledger before: nothing was changed.",
                campaign=self.campaign,
            )
        return _(
            "Entered into the ledger under {campaign}: {contacts} contacts and {outcomes} outcomes, all new.",
            campaign=self.campaign,
            contacts=format_value(int(changed["contacts"]), "count"),
            outcomes=format_value(int(changed["outcomes"]), "count"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a kind."""
        return self.rows

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No cards: the lessons have their own."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """What is lost without a ledger, and what the ledger warned of."""
        if self.campaign is None:
            return (_("Without a ledger the next model does not see what came of this round: name one."),)
        return self.notes

    def figure(self) -> "Figure":
        """Draw the sentence; there is nothing to measure."""
        return draw_note(self.summary)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        return {"ledger_campaign": self.campaign, "ledger_rows": self.rows.to_dict("records")}

    def _repr_html_(self) -> str:
        if self.campaign is None:
            return result_html(self, "")
        names = {"contacts": _("contacts"), "outcomes": _("outcomes")}
        columns = {
            "kind": Column(_("Rows")),
            "added": Column(_("New"), "count"),
            "followed_up": Column(_("Observed for longer"), "count"),
            "known": Column(_("Known before"), "count"),
        }
        shown = self.rows.assign(kind=self.rows["kind"].map(names))
        caption = _("What the ledger took over")
        return result_html(self, table_html(shown, columns, name="ledger_rows", caption=caption))


def register_outcomes(
    units: pd.DataFrame,
    ledger: "LoopLedger | None",
    *,
    campaign: str,
    product_id: str,
    model: str,
    started_on: dt.date,
    observed_until: dt.date | None,
    channels: Mapping[str, str] | None = None,
) -> OutcomesRegistration:
    """Enter a campaign's contacts and outcomes; the same rows once more change nothing.

    A campaign that build_list registered keeps its round; another is entered as a round of its own, as of the
    day before it started. Customers without an outcome are entered as contacts alone.

    Parameters
    ----------
    units
        As `leadline.features.experiment.campaign.read_campaign` returns them.
    ledger
        Where; None enters them nowhere.
    campaign
        Name of round and campaign in the ledger.
    product_id, model
        What was offered, and what ranked the customers; of a new round only.
    started_on, observed_until
        First day; last day on which an outcome would have been noticed.
    channels
        A firm's own name of a channel → leadline's.

    Raises
    ------
    DataError
        If a fact or a column is missing, or the ledger refuses: other values under the same key, or outcomes
        of nobody on the campaign's list.
    """
    nothing = pd.DataFrame(columns=["kind", "added", "followed_up", "known"])
    if ledger is None:
        return OutcomesRegistration(rows=nothing)
    until = _check(
        units, {"campaign": campaign, "product_id": product_id, "model": model}, observed_until, channels
    )
    round_id = _find_round(ledger, campaign)
    if round_id is None:
        round_id, before = campaign, started_on - dt.timedelta(days=1)
        ledger.open_round(campaign, name=campaign, product_id=product_id, model=model, as_of=before)
    rows = units.assign(campaign_id=campaign, cost_cny=units["contact_cost_cny"])
    day = rows["contacted_on"] if "contacted_on" in rows else rows["entered_on"]
    rows = rows.assign(
        contacted_on=day, channel=rows["channel"].fillna(NO_CONTACT).replace(dict(channels or {}))
    )
    contacts = rows[["campaign_id", "customer_id", "channel", "contacted_on", "is_reached", "cost_cny"]]
    known = rows[rows["is_subscribed"].notna()]
    outcomes = known[["campaign_id", "customer_id", "is_subscribed", "subscribed_on", "revenue_cny"]].assign(
        is_subscribed=known["is_subscribed"].astype("bool"),
        revenue_cny=known["revenue_cny"].where(known["is_subscribed"].astype("bool")),
    )
    made = {
        "contacts": ledger.add_contacts(contacts[contacts["contacted_on"].notna()], round_id=round_id),
        "outcomes": ledger.add_outcomes(outcomes, round_id=round_id, observed_until=until),
    }
    counts = [(kind, one.added, one.followed_up, one.known) for kind, one in made.items()]
    return OutcomesRegistration(
        campaign=campaign,
        rows=pd.DataFrame(counts, columns=["kind", "added", "followed_up", "known"]),
        notes=tuple(dict.fromkeys(warning for one in made.values() for warning in one.warnings)),
    )


def _find_round(ledger: "LoopLedger", campaign: str) -> str | None:
    """Return the round of a campaign that is known: that of its list, or the one of its own name."""
    try:
        rounds = {str(row["round_id"]) for row in ledger.rounds()}
    except DataError:  # there is no ledger yet: the first round makes it
        return None
    listed = {line["campaign_id"]: str(line["round_id"]) for line in ledger.list_audit()}
    return listed.get(campaign, campaign if campaign in rounds else None)


def _check(
    units: pd.DataFrame, facts: dict[str, str], until: dt.date | None, channels: Mapping[str, str] | None
) -> dt.date:
    problems = [
        _("{name}: it is empty, and the ledger keeps it. Give it.", name=name)
        for name, value in facts.items()
        if not value
    ]
    if until is None:
        problems.append(_("observed_until: name the last day on which an outcome would have been noticed."))
    problems += check_columns(
        units, ["customer_id", "channel", "entered_on", "is_subscribed"], _("the units")
    )
    if "contact_cost_cny" in units and (missing := int(units["contact_cost_cny"].isna().sum())):
        problems.append(
            _(
                "contact_cost_cny: {missing} contacts have no cost, and the ledger keeps it. Map "
                "your column.",
                missing=f"{missing:,}",
            )
        )
    if "channel" in units:
        named = units["channel"].dropna().replace(dict(channels or {}))
        strange = sorted(set(map(str, named)) - {NO_CONTACT, *CHANNELS})
        if strange:
            problems.append(
                _(
                    "channel: the ledger does not know {strange}. Say which of {channels} each is, with "
                    "the parameter channels.",
                    strange=_(", ").join(strange[:5]),
                    channels=_(", ").join(CHANNELS),
                )
            )
    if problems or until is None:
        raise DataError(_(_HEADLINE), problems)
    return until
