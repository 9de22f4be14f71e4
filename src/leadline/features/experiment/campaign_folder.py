"""Campaigns out of a folder of tables: contacts and outcomes, brought together by customer."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from leadline.data.beside import read_beside
from leadline.data.contract import Contract
from leadline.data.ids import spell_ids
from leadline.data.loop.tables import HELD_OUT, NO_CONTACT
from leadline.data.sources import Source, Table
from leadline.data.tables import CAMPAIGNS, CONTACTS, OUTCOMES
from leadline.datasets import name_place
from leadline.errors import DataError
from leadline.features.experiment.campaign_units import HEADLINE, ID
from leadline.language import _

_OPTIONAL = ("campaign_id", "is_reached", "cost_cny", "subscribed_on", "revenue_cny", "product_id", "design")


def list_campaigns(data: str, mapping: str | Path | None) -> pd.DataFrame:
    """List a folder's campaigns: from their table, or from the days of their contacts."""
    told = read_beside(data, "campaigns", mapping=mapping, contract=_ease(CAMPAIGNS))
    if told is not None:
        frame = told.frame
        return frame.assign(
            campaign_id=spell_ids(frame["campaign_id"]),
            design=frame.get("design", pd.Series("", frame.index)),
        )
    contacts = _read_rows(data, "contacts", CONTACTS, mapping).frame
    names = (
        spell_ids(contacts["campaign_id"]) if "campaign_id" in contacts else pd.Series("1", contacts.index)
    )
    started = contacts["contacted_on"].groupby(names).min().rename_axis("campaign_id")
    frame = started.rename("started_on").reset_index()
    return frame.assign(name=frame["campaign_id"], ended_on=pd.Timestamp("NaT"), design="")


def read_folder_rows(data: str, campaign_id: str, mapping: str | Path | None) -> tuple[pd.DataFrame, Source]:
    """Join a campaign's contacts and outcomes; refuse a customer who is there twice."""
    tables = {
        name: _read_rows(data, name, contract, mapping)
        for name, contract in (("contacts", CONTACTS), ("outcomes", OUTCOMES))
    }
    parts, problems = {}, []
    for name, table in tables.items():
        frame = table.frame
        if "campaign_id" in frame:
            frame = frame[
                (spell_ids(frame["campaign_id"]) == campaign_id).to_numpy(dtype=bool, na_value=False)
            ]
        part = frame.assign(customer_id=spell_ids(frame[ID]).astype("str")).drop(
            columns="campaign_id", errors="ignore"
        )
        again = part.loc[part[ID].duplicated(), ID]
        if len(again):
            problems.append(
                _(
                    "{name}: {count} customers are in campaign {campaign_id} more than once "
                    "({first}). Keep one row a customer.",
                    name=name,
                    count=f"{again.nunique():,}",
                    campaign_id=campaign_id,
                    first=_(", ").join(again.unique()[:5]),
                )
            )
        parts[name] = part
    if problems:
        raise DataError(_(HEADLINE), problems)
    told = [*parts["outcomes"].columns.intersection(["is_subscribed", "subscribed_on", "revenue_cny"])]
    rows = parts["contacts"].merge(parts["outcomes"][[ID, *told]], on=ID, how="left", validate="one_to_one")
    channel = rows["channel"].astype("str").str.strip()
    is_held_out = channel.str.casefold().isin([NO_CONTACT, HELD_OUT])
    rows = rows.assign(channel=channel.mask(is_held_out, NO_CONTACT), arm=channel.mask(is_held_out, HELD_OUT))
    sources = [table.source for table in tables.values()]
    return rows.rename(columns={"contacted_on": "entered_on"}), replace(
        sources[0],
        name=_("{place}: campaign {campaign}", place=name_place(Path(data)), campaign=campaign_id),
        path=name_place(Path(data)),
        notes=tuple(note for source in sources for note in source.notes),
        warnings=tuple(warning for source in sources for warning in source.warnings),
    )


def _read_rows(data: str, name: str, contract: Contract, mapping: str | Path | None) -> Table:
    table = read_beside(data, name, mapping=mapping, contract=_ease(contract))
    if table is None:
        raise DataError.of(
            _(HEADLINE),
            _(
                "{data} holds no table {name}. Put {name}.csv, .xlsx or .parquet there, or name a ledger.",
                data=data,
                name=name,
            ),
        )
    return table


def _ease(contract: Contract) -> Contract:
    """Ask of a firm's own table only what is needed, and take any name of a channel."""
    return replace(
        contract,
        key=(),
        columns=tuple(
            replace(rule, required=rule.required and rule.name not in _OPTIONAL, allowed=())
            for rule in contract.columns
        ),
    )
