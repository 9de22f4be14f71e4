"""The rows of a campaign in one form, as a day knew them."""

import datetime as dt
from typing import Any

import pandas as pd

from leadline.data.flags import NO, YES
from leadline.data.ids import spell_ids
from leadline.data.loop.tables import HELD_OUT, NO_CONTACT
from leadline.data.raw import shorten
from leadline.errors import DataError
from leadline.language import N_, _, plural

ID = "customer_id"
HEADLINE = N_("The campaign cannot be read")
_REVENUE_MONTHS = 12
_NAMED = 5
#: What every campaign's row holds; what was known of the customer before follows.
UNIT_COLUMNS = (
    "customer_id",
    "arm",
    "channel",
    "entered_on",
    "is_reached",
    "contact_cost_cny",
    "is_subscribed",
    "subscribed_on",
    "revenue_cny",
)
_OF_LISTS = ("rank", "score", "tier", "contacted_on")


def name_flat_columns(table: pd.DataFrame, control: str | None = None) -> pd.DataFrame:
    """Name what one table of a campaign tells as the rows of `finish_units`.

    Parameters
    ----------
    table
        One row a customer: ``customer_id``; ``arm`` or ``channel``; ``entered_on`` or ``contacted_on``;
        ``is_subscribed`` or ``subscribed_on``; anything else.
    control
        What the arm says of those held out.

    Raises
    ------
    DataError
        With every column that is absent, and ids that are missing or there twice.
    """
    choices = ((ID,), ("arm", "channel"), ("entered_on", "contacted_on"), ("is_subscribed", "subscribed_on"))
    problems = [
        _(
            "{names}: the column is absent. Name your own column for it in a mapping file.",
            names=(" " + _("or") + " ").join(names),
        )
        for names in choices
        if not set(names) & set(table.columns)
    ]
    if problems:
        raise DataError(_(HEADLINE), problems)
    ids = spell_ids(table[ID])
    if wrong := int((ids.isna() | ids.duplicated(keep=False)).sum()):
        problems.append(
            _(
                "{id}: {wrong} rows have no id, or one that others have. Keep one row a customer.",
                id=ID,
                wrong=f"{wrong:,}",
            )
        )
    arm = table["arm" if "arm" in table else "channel"].astype("string").str.strip()
    if missing := int(arm.isna().sum()):
        problems.append(
            _("arm: {missing} rows have none. Fill it in, or remove these rows.", missing=f"{missing:,}")
        )
    named = table.rename(columns={"contact_cost_cny": "cost_cny"})
    if "entered_on" not in table:
        named = named.assign(entered_on=table["contacted_on"])
    if "is_subscribed" not in table:
        named = named.assign(is_subscribed=table["subscribed_on"].notna())
    named = _read_cells(named, problems)
    if problems:
        raise DataError(_(HEADLINE), problems)
    if control is not None:
        arm = arm.mask(arm == control.strip(), HELD_OUT)
    return named.assign(
        customer_id=ids.astype("str"),
        arm=arm.astype("str"),
        channel=arm.mask(arm == HELD_OUT, NO_CONTACT).astype("str"),
    )


def _read_cells(table: pd.DataFrame, problems: list[str]) -> pd.DataFrame:
    """Read the days, answers and amounts of one table; what cannot be read goes to ``problems``."""
    read: dict[str, pd.Series] = {}
    for one in ("entered_on", "subscribed_on"):
        if one in table:
            read[one] = pd.to_datetime(table[one], errors="coerce", format="ISO8601")
            _tell(table[one], read[one], _("no date such as 2025-07-01"), problems)
    for one in ("is_subscribed", "is_reached"):
        if one in table:
            words = table[one].astype("string").str.strip().str.casefold().str.removesuffix(".0")
            read[one] = words.isin(YES).astype("boolean").mask(~words.isin(YES | NO))
            _tell(table[one], read[one], _("neither yes nor no"), problems)
    for one in ("cost_cny", "revenue_cny"):
        if one in table:
            read[one] = pd.to_numeric(table[one], errors="coerce")
            _tell(table[one], read[one], _("no number"), problems)
    return table.assign(**read)


def _tell(given: pd.Series, read: pd.Series, what: str, problems: list[str]) -> None:
    wrong = given.notna() & read.isna()
    if wrong.any():
        first = shorten(str(given[wrong].iloc[0]))
        problems.append(
            _(
                "{name}: {count} values are {what} (first: {first}). Correct them.",
                name=given.name,
                count=f"{int(wrong.sum()):,}",
                what=what,
                first=first,
            )
        )


def add_columns(units: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Add what ``others`` tell of the same customers and ``units`` do not."""
    more = [name for name in others.columns if name not in units.columns]
    return units.merge(others[[ID, *more]], on=ID, how="left", validate="one_to_one")


def finish_units(
    rows: pd.DataFrame, *, name: str, ended_on: dt.date | None, as_of: dt.date | None
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Bring a campaign's rows to one form, as the day knew them.

    Parameters
    ----------
    rows
        One row a customer: ``customer_id``, ``arm``, ``channel``, ``entered_on``, ``is_subscribed``;
        if known ``is_reached``, ``cost_cny``, ``subscribed_on``, ``revenue_cny``, ``rank``, ``score``,
        ``tier``, ``contacted_on``.
    name, ended_on, as_of
        The campaign's name, its last day if known, and the day of the analysis.

    Returns
    -------
    DataFrame, list of str, list of str
        `UNIT_COLUMNS` and those of lists that are there, by customer; notes; warnings.

    Raises
    ------
    DataError
        If a day is no date, or nobody was held out or contacted.
    """
    absent: dict[str, Any] = {
        "is_reached": pd.NA,
        "cost_cny": float("nan"),
        "subscribed_on": pd.NaT,
        "revenue_cny": float("nan"),
    }
    rows = rows.assign(**{one: value for one, value in absent.items() if one not in rows})
    rows = rows.rename(columns={"cost_cny": "contact_cost_cny"})
    subscribed_on = pd.to_datetime(rows["subscribed_on"])
    is_subscribed = rows["is_subscribed"].astype("boolean")
    revenue = rows["revenue_cny"].astype("float64")
    notes, warnings = [], []
    if as_of is not None:
        day = pd.Timestamp(as_of)
        is_later = subscribed_on > day
        is_subscribed = is_subscribed.mask(is_later, other=False)
        subscribed_on = subscribed_on.mask(is_later)
        is_early = ~(subscribed_on <= day - pd.DateOffset(months=_REVENUE_MONTHS))
        revenue = revenue.mask(is_early & is_subscribed.fillna(value=False).to_numpy(dtype=bool))
        if ended_on and as_of < ended_on:
            notes.append(_("The campaign still runs: who has not subscribed yet counts as no."))
    revenue = revenue.mask(is_subscribed.eq(other=False).fillna(value=False).to_numpy(dtype=bool), 0.0)
    units = rows.assign(
        is_reached=rows["is_reached"].astype("boolean"),
        contact_cost_cny=rows["contact_cost_cny"].astype("float64").mask(rows["arm"] == HELD_OUT, 0.0),
        entered_on=pd.to_datetime(rows["entered_on"]),
        is_subscribed=is_subscribed,
        subscribed_on=subscribed_on,
        revenue_cny=revenue,
    )
    if as_of is not None:
        units = units[~(units["entered_on"] > pd.Timestamp(as_of))]
    _check_arms(units, name)
    if unknown := int(units["is_subscribed"].isna().sum()):
        warnings.append(
            plural(
                "{count} customer of the campaign has no outcome.",
                "{count} customers of the campaign have no outcome.",
                unknown,
            )
        )
    extra = [one for one in _OF_LISTS if one in units]
    return units[[*UNIT_COLUMNS, *extra]].sort_values(ID, ignore_index=True), notes, warnings


def _check_arms(units: pd.DataFrame, name: str) -> None:
    arms = set(units["arm"])
    if HELD_OUT not in arms or len(arms) == 1:
        missing = _("held out") if HELD_OUT not in arms else _("contacted")
        known = _(", ").join(sorted(map(str, arms))[:_NAMED]) or _("none")
        raise DataError.of(
            _(HEADLINE),
            _(
                "campaign {name}: nobody was {missing} by the day (arms: {known}). Without both, "
                "nothing tells what the contacts changed. Write “{no_contact}” as the channel of "
                "those held out; of one table, say with control what its arm calls them.",
                name=name,
                missing=missing,
                known=known,
                no_contact=NO_CONTACT,
            ),
        )
