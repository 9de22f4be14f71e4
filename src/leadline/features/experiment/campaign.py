"""A campaign as a test: one row a customer, from a folder of tables or the loop's ledger (V1, V3, V8)."""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from leadline.data.ids import spell_ids
from leadline.data.loop.tables import HELD_OUT
from leadline.data.raw import suggest
from leadline.data.readers import read_table
from leadline.data.sources import Table
from leadline.errors import DataError
from leadline.features.customers import read_customers
from leadline.features.experiment.campaign_folder import list_campaigns, read_folder_rows
from leadline.features.experiment.campaign_ledger import list_ledger_campaigns, read_ledger_rows
from leadline.features.experiment.campaign_units import HEADLINE, ID, finish_units, name_flat_columns
from leadline.features.experiment.metric import parse_metrics
from leadline.features.experiment.scan import ExperimentDesign
from leadline.language import _, format_value, plural

_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class CampaignFacts:
    """Which campaign, and when it ran.

    Attributes
    ----------
    campaign_id, name
        As the tables have them.
    started_on
        Day of the first contact.
    ended_on
        Last day on which an outcome counts; None where the tables do not say.
    design
        How customers were chosen and assigned, in the tables' words; '' where they do not say.
    """

    campaign_id: str
    name: str
    started_on: dt.date
    ended_on: dt.date | None
    design: str = ""


def find_campaign(
    data: str | Path | None,
    campaign: str | None = None,
    *,
    mapping: str | Path | None = None,
    as_of: dt.date | None = None,
    ledger: str | Path | None = None,
) -> CampaignFacts:
    """Find a campaign by its id or name; by default the one that began last.

    Parameters are those of `read_campaign`.

    Raises
    ------
    DataError
        If there is none, or none of that name: those known are listed.
    """
    if ledger:
        found = list_ledger_campaigns(Path(ledger))
    elif _is_folder(data):
        found = list_campaigns(str(data), mapping)
    else:
        flat = name_flat_columns(_read_flat(data, mapping, as_of).frame)
        started = pd.to_datetime(flat["entered_on"]).min()
        name = Path(str(data)).stem
        found = pd.DataFrame(
            [{"campaign_id": name, "name": name, "started_on": started, "ended_on": pd.NaT, "design": ""}]
        )
    if as_of is not None:
        found = found[found["started_on"] <= pd.Timestamp(as_of)]
    if found.empty:
        raise DataError.of(
            _(HEADLINE),
            _("no campaign had begun by the day of the analysis. Choose a later day, or other data."),
        )
    chosen = _choose(found.sort_values(["started_on", "campaign_id"]), campaign)
    ended = chosen["ended_on"]
    return CampaignFacts(
        campaign_id=str(chosen["campaign_id"]),
        name=str(chosen["name"]),
        started_on=chosen["started_on"].date(),
        ended_on=None if pd.isna(ended) else ended.date(),
        design=str(chosen["design"]),
    )


def read_campaign(
    data: str | Path | None,
    campaign: str | None = None,
    *,
    mapping: str | Path | None = None,
    as_of: dt.date | None = None,
    ledger: str | Path | None = None,
    control: str | None = None,
) -> Table:
    """Read a campaign as a test: whom it listed, what was done, what came of it, what was known before.

    In the simulated market the arms of one campaign are drawn alike for everybody on its list (the pilot six
    equal arms, the launch a share held out and halves called and messaged); the partner's customers are more
    often on the pilot's *list*, not in another arm. Its sample ratio may be judged over all units.

    Parameters
    ----------
    data
        A folder that holds ``contacts`` and ``outcomes`` (any form; `leadline.data.tables`) and, if known,
        ``campaigns`` and ``customers``; or with ``ledger`` a folder of ``customers``, or None. One table is
        returned as `leadline.data.read_table` reads it, or with ``control`` brought to the form below.
    campaign
        Id or name; by default the one that began last.
    mapping
        YAML or CSV file that maps our column names to those of the tables.
    as_of
        Day of the analysis; nothing later is seen: who entered later is no row, who subscribed later has not
        subscribed. By default all that the tables hold.
    ledger
        Folder of the loop's ledger, from which lists, contacts and outcomes then come.
    control
        Of one table: what its column ``arm`` (or ``channel``) says of those held out.

    Returns
    -------
    Table
        One row a customer on the campaign's list, by ``customer_id`` (text): ``arm`` (``held_out``; the
        contacted by their channel, in the ledger by the list's arm), ``channel``, ``entered_on`` (day of the
        contact; for those held out the day it would have been; in the ledger the campaign's first day for
        all), ``is_reached`` (missing where unknown), ``contact_cost_cny``, ``is_subscribed`` (missing
        without an outcome), ``subscribed_on``, ``revenue_cny`` (0 for who did not subscribe; missing while
        not known: with ``as_of`` until twelve months after the subscription); of the ledger's lists
        ``rank``, ``score`` and ``tier``; and what was known of the customer on the day before the campaign
        (`read_customers`).

    Raises
    ------
    DataError
        With all problems of a table at once; if nobody was held out or contacted.
    """
    if ledger is None and not _is_folder(data):
        table = _read_flat(data, mapping, as_of if control is None else None)
        if control is None:
            return table
        rows, source = name_flat_columns(table.frame, control), table.source
        units, notes, warnings = finish_units(rows, name=Path(str(data)).stem, ended_on=None, as_of=as_of)
        kept = [name for name in rows.columns if name not in units.columns and name != "cost_cny"]
        frame = units.merge(rows[[ID, *kept]], on=ID, how="left", validate="one_to_one")
        first, last = units["entered_on"].min().date(), units["entered_on"].max().date()
    else:
        facts = find_campaign(data, campaign, mapping=mapping, as_of=as_of, ledger=ledger)
        if ledger:
            rows, source = read_ledger_rows(Path(ledger), facts.campaign_id, facts.started_on, as_of)
        else:
            rows, source = read_folder_rows(str(data), facts.campaign_id, mapping)
        units, notes, warnings = finish_units(rows, name=facts.name, ended_on=facts.ended_on, as_of=as_of)
        frame = _add_customers(units, data, mapping, facts, notes)
        first, last = facts.started_on, as_of or facts.ended_on
    told = replace(
        source,
        rows=len(frame),
        columns=len(frame.columns),
        first_date=first,
        last_date=last,
        notes=tuple(dict.fromkeys([*notes, *source.notes])),
        warnings=tuple(dict.fromkeys([*warnings, *source.warnings])),
    )
    return Table(frame, told)


def campaign_metrics() -> tuple[str, str]:
    """Return what a campaign is judged by unless an analyst asks for something else."""
    return (
        f"is_subscribed: conversion, as {_('Subscribed')}",
        f"revenue_cny: mean, CNY, as {_('Revenue')}",
    )


def design_campaign(facts: CampaignFacts, **fields: Any) -> ExperimentDesign:
    """Describe a campaign of `read_campaign` as a test against those held out.

    Parameters
    ----------
    facts
        As `find_campaign` returns them.
    fields
        Of `ExperimentDesign`, instead of the defaults: metrics `campaign_metrics`, unit, day, outcome.
    """
    defaults: dict[str, Any] = {
        "arm": "arm",
        "control": HELD_OUT,
        "unit": ID,
        "day": "entered_on",
        "exposed_at": "entered_on",
        "outcome_at": "subscribed_on",
        "start": facts.started_on,
        "end": facts.ended_on,
    }
    metrics = fields.pop("metrics", None) or parse_metrics(campaign_metrics())
    return ExperimentDesign(metrics=metrics, **(defaults | fields))


def _is_folder(data: str | Path | None) -> bool:
    return data is not None and Path(data).is_dir()


def _read_flat(data: str | Path | None, mapping: str | Path | None, as_of: dt.date | None) -> Table:
    if data is None:
        raise DataError.of(_(HEADLINE), _("neither data nor a ledger is named. Name one of them."))
    return read_table(data, mapping=mapping, as_of=as_of)


def _choose(found: pd.DataFrame, campaign: str | None) -> Any:
    if campaign is None:
        return found.iloc[-1]
    wanted = str(campaign).strip()
    hits = found[(found["campaign_id"] == wanted) | (found["name"] == wanted)]
    if len(hits) == 1:
        return hits.iloc[0]
    known = [
        f"{name} ({key})" if name != key else str(key)
        for key, name in zip(found["campaign_id"], found["name"], strict=True)
    ]
    names = [*found["campaign_id"].astype(str), *found["name"].astype(str)]
    told = {"wanted": wanted, "hint": suggest(wanted, names), "known": _(", ").join(known[-_NAMED:])}
    raise DataError.of(
        _(HEADLINE),
        _("campaign “{wanted}”: names several campaigns; give the id.{hint} Known: {known}.", **told)
        if len(hits)
        else _("campaign “{wanted}”: there is no such campaign.{hint} Known: {known}.", **told),
    )


def _add_customers(
    units: pd.DataFrame,
    data: str | Path | None,
    mapping: str | Path | None,
    facts: CampaignFacts,
    notes: list[str],
) -> pd.DataFrame:
    """Add what was known of each customer on the day before the campaign."""
    if data is None or not _holds_customers(Path(data)):
        notes.append(_("Nothing is known of the customers before the campaign: no table of customers."))
        return units
    before = facts.started_on - dt.timedelta(days=1)
    known = read_customers(data, mapping=mapping, as_of=before)
    ids = spell_ids(known.frame[ID]).astype("str")
    columns = [name for name in known.frame.columns if name not in units.columns]
    frame = units.merge(
        known.frame[columns].assign(customer_id=ids), on=ID, how="left", validate="many_to_one"
    )
    notes.append(_("What is said of a customer was known on {day}.", day=format_value(before)))
    if strange := int((~units[ID].isin(ids)).sum()):
        notes.append(
            plural(
                "{count} customer of the campaign is not in the table of customers.",
                "{count} customers of the campaign are not in the table of customers.",
                strange,
            )
        )
    return frame


def _holds_customers(folder: Path) -> bool:
    return folder.is_dir() and any(entry.name.split(".")[0] == "customers" for entry in folder.iterdir())
