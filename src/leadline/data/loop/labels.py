"""What the next round's model learns from: contacts with their outcome, as known on a day."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.dataset as ds

from leadline.data.loop.tables import HELD_OUT, KEY, LOOP_TABLES, NO_CONTACT
from leadline.errors import ParameterError
from leadline.language import _, format_value
from leadline.results import Column, table_html

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ON_KEY = f"USING ({', '.join(KEY)})"

#: A subscription counts from the day of the contact to the last day of the horizon.
_CONTACTS = f"""
    SELECT c.campaign_id, c.customer_id, c.round_id, c.channel, c.contacted_on, c.is_reached,
        CASE WHEN c.channel = '{NO_CONTACT}' THEN '{HELD_OUT}' ELSE coalesce(l.arm, 'treated') END AS arm,
        coalesce(o.subscribed_on BETWEEN c.contacted_on AND c.contacted_on + $horizon, false)
            AS is_subscribed,
        CASE
            WHEN o.subscribed_on < c.contacted_on THEN 'subscribed_before'
            WHEN c.contacted_on + $horizon > $as_of THEN 'open'
            WHEN o.observed_until IS NULL OR c.contacted_on + $horizon > o.observed_until THEN 'unobserved'
            ELSE 'known'
        END AS state
    FROM contacts c LEFT JOIN outcomes o {_ON_KEY} LEFT JOIN lists l {_ON_KEY}
    WHERE c.contacted_on <= $as_of AND c.campaign_id = coalesce($campaign, c.campaign_id)
"""  # noqa: S608 - our own names

_HISTORY = f"""
    SELECT customer_id, CAST(max(contacted_on) AS TIMESTAMP) AS last_contacted_on,
        count_if(contacted_on > $as_of - $window) AS contacts_in_window
    FROM contacts WHERE contacted_on <= $as_of AND channel <> '{NO_CONTACT}'
    GROUP BY customer_id ORDER BY customer_id
"""  # noqa: S608 - our own names


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelsResult:
    """Contacts whose outcome was known on a day, and how many others were left out, and why.

    Attributes
    ----------
    frame
        One row a customer on a campaign's list, contacted or held out, in order of campaign and customer:
        campaign_id, customer_id, round_id, model, channel, arm, contacted_on, is_reached (known after the
        contact: no feature), is_subscribed (within the horizon).
    as_of, horizon_days
        As asked.
    open_windows
        Contacts whose horizon ends after ``as_of``, whatever is known of them already: to keep those that
        subscribed early would make the rest look worse than they are.
    unobserved
        Contacts whose horizon is over, but no import of outcomes reaches to its end.
    subscribed_before
        Contacts of customers who had the product already.
    """

    frame: pd.DataFrame
    as_of: dt.date
    horizon_days: int
    open_windows: int
    unobserved: int
    subscribed_before: int

    @property
    def summary(self) -> str:
        """Say what there is to learn from and what was left out."""
        return _(
            "{rows} contacts with an outcome known by {as_of}, {yes} of them subscribed within {days} days. "
            "Left out: {open} whose window is open, {unobserved} not observed to its end, "
            "{before} subscribed before.",
            rows=format_value(len(self.frame), "count"),
            yes=format_value(int(self.frame["is_subscribed"].sum()), "count"),
            as_of=format_value(self.as_of),
            days=format_value(self.horizon_days, "count"),
            open=format_value(self.open_windows, "count"),
            unobserved=format_value(self.unobserved, "count"),
            before=format_value(self.subscribed_before, "count"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a campaign and channel: both, ``contacts``, ``subscribed`` and their ``share``."""
        groups = self.frame.groupby(["campaign_id", "channel"])["is_subscribed"]
        return groups.agg(contacts="size", subscribed="sum", share="mean").reset_index()

    def _repr_html_(self) -> str:
        columns = {
            "campaign_id": Column(_("Campaign")),
            "channel": Column(_("Channel")),
            "contacts": Column(_("Contacts"), "count"),
            "subscribed": Column(_("Subscribed"), "count"),
            "share": Column(_("Share"), "share"),
        }
        caption = _("Outcomes known, by campaign and channel")
        shown = self.table.replace({"channel": {NO_CONTACT: _("hold-out")}})
        table = table_html(shown, columns, name="labels", caption=caption)
        return f'<div class="result"><p class="summary">{escape(self.summary)}</p>{table}</div>'


def read_labels(
    parts: dict[str, list[Path]],
    models: dict[str, str],
    *,
    as_of: dt.date,
    campaign: str | None,
    horizon_days: int,
) -> LabelsResult:
    """Join contacts, outcomes and lists; see `LoopLedger.labels`."""
    _check_days("horizon_days", horizon_days)
    values = {"as_of": as_of, "horizon": horizon_days, "campaign": campaign}
    with _open_parts(parts) as connection:
        connection.execute(f"CREATE TEMP TABLE joined AS {_CONTACTS}", values)
        counts = dict(connection.execute("SELECT state, count(*) FROM joined GROUP BY state").fetchall())
        cells = connection.sql(
            "SELECT * EXCLUDE (state) REPLACE (CAST(contacted_on AS TIMESTAMP) AS contacted_on) "
            "FROM joined WHERE state = 'known' ORDER BY campaign_id, customer_id"
        ).to_arrow_table()
    frame = cells.to_pandas(types_mapper=_map_types)
    frame.insert(3, "model", frame["round_id"].map(models).astype("str"))
    columns = ["arm", "contacted_on", "is_reached", "is_subscribed"]
    frame = frame[[*KEY, "round_id", "model", "channel", *columns]].astype({"is_subscribed": "bool"})
    return LabelsResult(
        frame=frame,
        as_of=as_of,
        horizon_days=horizon_days,
        open_windows=counts.get("open", 0),
        unobserved=counts.get("unobserved", 0),
        subscribed_before=counts.get("subscribed_before", 0),
    )


def read_contact_history(parts: dict[str, list[Path]], *, as_of: dt.date, window_days: int) -> pd.DataFrame:
    """Count contacts by customer; see `LoopLedger.contact_history`."""
    _check_days("window_days", window_days)
    with _open_parts(parts) as connection:
        cells = connection.sql(_HISTORY, params={"as_of": as_of, "window": window_days}).to_arrow_table()
    frame: pd.DataFrame = cells.to_pandas().astype({"contacts_in_window": "int64"})
    return frame


@contextmanager
def _open_parts(parts: dict[str, list[Path]]) -> Iterator["DuckDBPyConnection"]:
    """Open DuckDB with one table a kind; it can open no other file."""
    import duckdb  # noqa: PLC0415 - costs a tenth of a second that a refused call need not pay

    with duckdb.connect() as connection:
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        for kind, paths in parts.items():
            schema = LOOP_TABLES[kind].schema
            connection.register(kind, ds.dataset(paths, schema) if paths else schema.empty_table())
        yield connection


def _map_types(kind: Any) -> Any:
    """Return pandas' type for truth values that may be missing; others follow their default."""
    return pd.BooleanDtype() if str(kind) == "bool" else None


def _check_days(name: str, days: int) -> None:
    if isinstance(days, bool) or not isinstance(days, int) or days < 1:
        raise ParameterError(f"{name} == {days!r}, must be a whole number of days, at least 1.")
