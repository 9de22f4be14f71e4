"""What the next round's model learns from: contacts with their outcome, as known on a day."""

import datetime as dt
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import pandas as pd

from leadline.data.loop.coverage import OFF_ARM, warn_of_arms, warn_of_coverage
from leadline.data.loop.query import ON_KEY, open_parts
from leadline.data.loop.tables import HELD_OUT, NO_CONTACT
from leadline.errors import ParameterError
from leadline.language import _, format_value, join_sentences, plural
from leadline.results import Column, table_html

Population: TypeAlias = Literal["contacted", "listed"]

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CAMPAIGNS_NAMED = 10
#: A subscription counts from the first day to the last day of the horizon. Of those contacted the first day
#: is the contact's; of those listed it is the campaign's, one day for both arms, since the day of a contact
#: depends on what happened until then. The arm is the list's, whatever happened; without one, the contact's.
_PEOPLE = f"""
    SELECT campaign_id, customer_id, coalesce(l.round_id, c.round_id) AS round_id,
        CASE WHEN $listed THEN l.channel ELSE c.channel END AS channel,
        coalesce(l.arm, CASE WHEN c.channel = '{NO_CONTACT}' THEN '{HELD_OUT}' ELSE 'treated' END) AS arm,
        c.contacted_on, c.is_reached, coalesce({OFF_ARM}, false) AS is_off_arm,
        CASE WHEN $listed THEN first_on ELSE c.contacted_on END AS counted_from,
        l.customer_id IS NOT NULL AS is_listed, c.customer_id IS NOT NULL AS is_contacted
    FROM (SELECT * FROM contacts WHERE contacted_on <= $as_of) c
    FULL JOIN lists l {ON_KEY}
    JOIN (SELECT campaign_id, min(contacted_on) AS first_on FROM contacts GROUP BY campaign_id)
        USING (campaign_id)
    WHERE first_on <= $as_of AND campaign_id = coalesce($campaign, campaign_id)
"""  # noqa: S608 - our own names

_JOINED = f"""
    SELECT p.*, o.customer_id IS NOT NULL AS is_told, coalesce(o.subscribed_on <= $as_of, false) AS is_yes,
        coalesce(o.subscribed_on BETWEEN counted_from AND counted_from + $horizon, false) AS is_subscribed,
        CASE
            WHEN NOT is_listed AND $listed THEN 'unlisted'
            WHEN NOT is_contacted AND NOT $listed THEN 'not_contacted'
            WHEN o.subscribed_on < counted_from THEN 'subscribed_before'
            WHEN counted_from + $horizon > $as_of THEN 'open'
            WHEN o.observed_until IS NULL OR counted_from + $horizon > o.observed_until THEN 'unobserved'
            ELSE 'known'
        END AS state
    FROM ({_PEOPLE}) p LEFT JOIN outcomes o {ON_KEY}
"""  # noqa: S608 - our own names

_COVERED = """
    SELECT campaign_id, count(*), count_if(is_told), count_if(is_yes) FROM joined
    WHERE state IN ('known', 'unobserved') GROUP BY campaign_id ORDER BY campaign_id
"""

_HISTORY = f"""
    SELECT customer_id, CAST(max(contacted_on) AS TIMESTAMP) AS last_contacted_on,
        count_if(contacted_on > $as_of - $window) AS contacts_in_window
    FROM contacts WHERE contacted_on <= $as_of AND channel <> '{NO_CONTACT}'
    GROUP BY customer_id ORDER BY customer_id
"""  # noqa: S608 - our own names


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelsResult:
    """Customers whose outcome was known on a day, and how many others were left out, and why.

    Attributes
    ----------
    frame
        One row a customer of a campaign, in order of both: campaign_id, customer_id, round_id, model,
        channel, arm, contacted_on, is_reached (known after the contact: no feature), is_subscribed
        (within the horizon). Of the population ``contacted``, channel is the contact's; of ``listed`` it
        is the one assigned, and contacted_on may be missing. The arm is the list's, where there is one.
    as_of, horizon_days, population
        As asked.
    open_windows
        Customers whose horizon ends after ``as_of``, whatever is known of them already: to keep those that
        subscribed early would make the rest look worse than they are.
    unobserved
        Customers whose horizon is over, but no import of outcomes reaches to its end.
    subscribed_before
        Customers who had the product already.
    not_contacted
        Customers on the list of a campaign that had begun, in any arm, who are not among its contacts: left
        out of ``contacted``, kept in ``listed``.
    unlisted
        Contacts of customers on no list: left out of ``listed``, kept in ``contacted``.
    warnings
        What makes the rows misleading: outcomes of some customers only, contacts against the list's arm.
    """

    frame: pd.DataFrame
    as_of: dt.date
    horizon_days: int
    population: Population
    open_windows: int
    unobserved: int
    subscribed_before: int
    not_contacted: int
    unlisted: int
    warnings: tuple[str, ...]

    @property
    def summary(self) -> str:
        """Say what there is to learn from and what was left out."""
        facts = {
            "rows": format_value(len(self.frame), "count"),
            "yes": format_value(int(self.frame["is_subscribed"].sum()), "count"),
            "as_of": format_value(self.as_of),
            "days": format_value(self.horizon_days, "count"),
            "open": format_value(self.open_windows, "count"),
            "unobserved": format_value(self.unobserved, "count"),
            "before": format_value(self.subscribed_before, "count"),
        }
        if self.population == "listed":
            said = _(
                "{rows} customers listed with an outcome known by {as_of}, {yes} of them subscribed within "
                "{days} days of the campaign's first contact. Left out: {open} whose window is open, "
                "{unobserved} not observed to its end, {before} subscribed before.",
                **facts,
            )
        else:
            said = _(
                "{rows} contacts with an outcome known by {as_of}, {yes} of them subscribed within {days} "
                "days. Left out: {open} whose window is open, {unobserved} not observed to its end, "
                "{before} subscribed before.",
                **facts,
            )
        return join_sentences([said, *self._say_who_differs()])

    def _say_who_differs(self) -> list[str]:
        """Say how the lists and the contacts differ."""
        said = []
        if self.not_contacted and self.population == "listed":
            said.append(
                plural("{count} listed, not contacted.", "{count} listed, not contacted.", self.not_contacted)
            )
        elif self.not_contacted:
            said.append(
                plural(
                    "{count} listed, not contacted: left out too. To compare arms, ask for all listed.",
                    "{count} listed, not contacted: left out too. To compare arms, ask for all listed.",
                    self.not_contacted,
                )
            )
        if self.unlisted and self.population == "listed":
            said.append(
                plural(
                    "{count} contacted, on no list: left out too.",
                    "{count} contacted, on no list: left out too.",
                    self.unlisted,
                )
            )
        return said

    @property
    def table(self) -> pd.DataFrame:
        """One row a campaign and channel: both, ``customers``, ``subscribed`` and their ``share``."""
        groups = self.frame.groupby(["campaign_id", "channel"])["is_subscribed"]
        return groups.agg(customers="size", subscribed="sum", share="mean").reset_index()

    def _repr_html_(self) -> str:
        columns = {
            "campaign_id": Column(_("Campaign")),
            "channel": Column(_("Channel")),
            "customers": Column(_("Customers"), "count"),
            "subscribed": Column(_("Subscribed"), "count"),
            "share": Column(_("Share"), "share"),
        }
        caption = _("Outcomes known, by campaign and channel")
        shown = self.table.replace({"channel": {NO_CONTACT: _("hold-out")}})
        table = table_html(shown, columns, name="labels", caption=caption)
        said = "".join(f"<p>{escape(warning)}</p>" for warning in self.warnings)
        return f'<div class="result"><p class="summary">{escape(self.summary)}</p>{said}{table}</div>'


def read_labels(
    parts: dict[str, list[Path]],
    models: dict[str, str],
    *,
    as_of: dt.date,
    campaign: str | None,
    horizon_days: int,
    population: Population,
) -> LabelsResult:
    """Join contacts, outcomes and lists; see `LoopLedger.labels`."""
    _check_days("horizon_days", horizon_days)
    if population not in get_args(Population):
        raise ParameterError(
            _(
                "population == {population}, must be one of {args}.",
                population=repr(population),
                args=_(", ").join(get_args(Population)),
            )
        )
    values = {"as_of": as_of, "horizon": horizon_days, "campaign": campaign, "listed": population == "listed"}
    with open_parts(parts) as connection:
        _check_campaign(connection, campaign)
        connection.execute(f"CREATE TEMP TABLE joined AS {_JOINED}", values)
        counts = dict(connection.execute("SELECT state, count(*) FROM joined GROUP BY state").fetchall())
        (not_contacted, unlisted, off_arm), *_none = connection.execute(
            "SELECT count(*) FILTER (NOT is_contacted), count(*) FILTER (NOT is_listed), "
            "count(*) FILTER (is_off_arm) FROM joined"
        ).fetchall()
        warnings = [*warn_of_coverage(connection.execute(_COVERED).fetchall()), *warn_of_arms(off_arm)]
        cells = connection.sql(
            "SELECT campaign_id, customer_id, round_id, channel, arm, "
            "CAST(contacted_on AS TIMESTAMP) AS contacted_on, is_reached, is_subscribed "
            "FROM joined WHERE state = 'known' ORDER BY campaign_id, customer_id"
        ).to_arrow_table()
    frame = cells.to_pandas(types_mapper=_map_types).astype({"is_subscribed": "bool"})
    frame.insert(3, "model", frame["round_id"].map(models).astype("str"))
    return LabelsResult(
        frame=frame,
        as_of=as_of,
        horizon_days=horizon_days,
        population=population,
        open_windows=counts.get("open", 0),
        unobserved=counts.get("unobserved", 0),
        subscribed_before=counts.get("subscribed_before", 0),
        not_contacted=not_contacted,
        unlisted=unlisted,
        warnings=tuple(warnings),
    )


def _check_campaign(connection: "DuckDBPyConnection", campaign: str | None) -> None:
    """Refuse a campaign that the ledger does not know, which would give no labels and no word why."""
    found = connection.execute(
        "SELECT campaign_id FROM contacts UNION SELECT campaign_id FROM lists ORDER BY campaign_id"
    ).fetchall()
    known = [name for (name,) in found]
    if campaign is not None and campaign not in known:
        shown = _(", ").join(known[:_CAMPAIGNS_NAMED]) or _("none")
        raise ParameterError.of(
            _("There are no labels to read"),
            _(
                "campaign == {campaign}: the ledger does not know it. It knows: {shown}.",
                campaign=repr(campaign),
                shown=shown,
            ),
        )


def read_contact_history(parts: dict[str, list[Path]], *, as_of: dt.date, window_days: int) -> pd.DataFrame:
    """Count contacts by customer; see `LoopLedger.contact_history`."""
    _check_days("window_days", window_days)
    with open_parts(parts) as connection:
        cells = connection.sql(_HISTORY, params={"as_of": as_of, "window": window_days}).to_arrow_table()
    frame: pd.DataFrame = cells.to_pandas().astype({"contacts_in_window": "int64"})
    return frame


def _map_types(kind: Any) -> Any:
    """Return pandas' type for truth values that may be missing; others follow their default."""
    return pd.BooleanDtype() if str(kind) == "bool" else None


def _check_days(name: str, days: int) -> None:
    if isinstance(days, bool) or not isinstance(days, int) or days < 1:
        raise ParameterError(
            _("{name} == {days}, must be a whole number of days, at least 1.", name=name, days=repr(days))
        )
