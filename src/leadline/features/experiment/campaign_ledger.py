"""A campaign out of the loop's ledger: its list, contacts and outcomes, by the arm that was drawn (V8)."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds

from leadline.data.loop import LoopLedger
from leadline.data.loop.coverage import warn_of_arms
from leadline.data.loop.tables import HELD_OUT, LOOP_TABLES, NO_CONTACT
from leadline.data.sources import Source, hash_parts
from leadline.datasets import name_place
from leadline.features.experiment.campaign_units import ID
from leadline.language import plural


def list_ledger_campaigns(folder: Path) -> pd.DataFrame:
    """List the campaigns of a ledger that have contacts.

    Returns
    -------
    pandas.DataFrame
        One row a campaign: ``campaign_id``, ``name``, ``started_on`` (first contact), ``ended_on`` (last day
        observed; missing without outcomes), ``design``.

    Raises
    ------
    DataError
        If there is no ledger, or it is damaged.
    """
    ledger = LoopLedger(folder)
    contacts = _read(ledger, "contacts", ["campaign_id", "contacted_on"])
    outcomes = _read(ledger, "outcomes", ["campaign_id", "observed_until"])
    started = pd.to_datetime(contacts["contacted_on"]).groupby(contacts["campaign_id"]).min()
    ended = pd.to_datetime(outcomes["observed_until"]).groupby(outcomes["campaign_id"]).max()
    found = started.rename("started_on").to_frame().join(ended.rename("ended_on")).reset_index()
    return found.assign(name=found["campaign_id"], design="")


def read_ledger_rows(
    folder: Path, campaign_id: str, started_on: dt.date, as_of: dt.date | None = None
) -> tuple[pd.DataFrame, Source]:
    """Read a campaign's customers: all of its list by the arm drawn (intention to treat).

    A campaign without a list has its contacts, the channel being the arm. Contacts after ``as_of`` are not
    seen: who is called later is on the list and has no contact yet.

    Returns
    -------
    pandas.DataFrame, Source
        One row a customer: ``customer_id``, ``arm``, ``channel``, ``entered_on`` (the campaign's first
        contact, the same for both arms), ``contacted_on``, ``is_reached``, ``cost_cny``, ``is_subscribed``
        (missing without an outcome), ``subscribed_on``, ``revenue_cny``; with a list ``rank``, ``score``
        and ``tier``.
    """
    ledger = LoopLedger(folder)
    lists, contacts, outcomes = (
        _read(ledger, kind, LOOP_TABLES[kind].schema.names, campaign_id) for kind in LOOP_TABLES
    )
    warnings = []
    if as_of is not None:
        contacts = contacts[~(pd.to_datetime(contacts["contacted_on"]) > pd.Timestamp(as_of))]
    made = contacts[[ID, "channel", "contacted_on", "is_reached", "cost_cny"]]
    if lists.empty:
        arm = made["channel"].where(made["channel"] != NO_CONTACT, HELD_OUT)
        rows = made.assign(arm=arm)
    else:
        listed = lists[[ID, "rank", "score", "tier", "channel", "arm"]]
        rows = listed.merge(made.rename(columns={"channel": "made_by"}), on=ID, how="left")
        off = rows["made_by"].notna() & ((rows["arm"] == HELD_OUT) != (rows["made_by"] == NO_CONTACT))
        warnings += warn_of_arms(int(off.sum()))
        unlisted = int((~made[ID].isin(listed[ID])).sum())
        if unlisted:
            warnings.append(
                plural(
                    "{count} contact of a customer on no list is left out.",
                    "{count} contacts of customers on no list are left out.",
                    unlisted,
                )
            )
        rows = rows.drop(columns="made_by")
    told = outcomes[[ID, "is_subscribed", "subscribed_on", "revenue_cny"]]
    rows = rows.merge(told, on=ID, how="left", validate="one_to_one")
    rows = rows.assign(entered_on=pd.Timestamp(started_on), contacted_on=pd.to_datetime(rows["contacted_on"]))
    paths = [path for kind in LOOP_TABLES for path in ledger.parts(kind)]
    return rows, Source(
        name=f"ledger: campaign {campaign_id}",
        path=name_place(folder),
        sha256=hash_parts(paths),
        rows=len(rows),
        columns=len(rows.columns),
        warnings=tuple(warnings),
    )


def _read(ledger: LoopLedger, kind: str, columns: list[str], campaign_id: str | None = None) -> pd.DataFrame:
    schema = LOOP_TABLES[kind].schema
    paths = ledger.parts(kind)
    if not paths:
        return pd.DataFrame(schema.empty_table().select(columns).to_pandas())
    wanted = None if campaign_id is None else ds.field("campaign_id") == campaign_id
    frame: pd.DataFrame = ds.dataset(paths, schema).to_table(columns, filter=wanted).to_pandas()
    return frame
