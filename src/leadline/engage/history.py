"""A campaign's contacts and what came of them, as far as a day knew it."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.channels import CHANNELS
from leadline.data.loop.tables import NO_CONTACT
from leadline.data.raw import find_file_rows, name_rows, shorten, suggest
from leadline.engage.cells import NO_ANSWER, UNKNOWN, YES_ANSWER, read_answers, read_channels, read_days
from leadline.engage.ids import ID, check_lost_zeros, is_among, spell_ids
from leadline.errors import DataError
from leadline.language import _, plural

CAMPAIGN = "campaign_id"


def join_history(
    contacts: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    as_of: object,
    campaigns: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Bring contacts and outcomes together, of campaigns that were over on the day.

    A contact whose outcome is not known yet is left out, never counted as a no. A subscription after the day
    is not known on it: where the table of campaigns says that the campaign was over, the day knew a no,
    otherwise nothing.

    Parameters
    ----------
    contacts
        One row a customer of a campaign's list: ``customer_id``, ``channel`` (``none``: held out),
        ``contacted_on`` and, if known, ``is_reached`` (yes or no); ``campaign_id`` where
        there are several campaigns.
    outcomes
        One row a customer: ``customer_id``, ``is_subscribed``; if known ``subscribed_on``; and, with contacts
        that have it, ``campaign_id``.
    as_of
        The day; contacts and subscriptions after it are not seen.
    campaigns
        One row a campaign: ``campaign_id``, ``ended_on``. Without it every contact up to the day counts,
        although not all of its buyers may be known: `leadline.engage.history_notes` says so.

    Returns
    -------
    pandas.DataFrame
        One row a contact with a known outcome: ``customer_id`` (text), ``channel``, ``is_reached`` (missing
        where unknown), ``contacted_on``, ``is_subscribed``.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = _check(contacts, outcomes, campaigns)
    if problems:
        raise DataError(_("The campaign history cannot be read"), problems)
    day = pd.Timestamp(str(as_of))
    contacted_on = read_days(contacts["contacted_on"])
    is_seen = (contacted_on <= day).to_numpy()
    is_over = is_dated_by_campaign(contacts, campaigns)
    if is_over and campaigns is not None:
        over = campaigns.loc[(read_days(campaigns["ended_on"]) <= day).to_numpy(), CAMPAIGN]
        is_seen = is_seen & is_among(spell_ids(contacts[CAMPAIGN]), spell_ids(over))
    made = contacts.loc[is_seen]
    key = [ID, *([CAMPAIGN] if CAMPAIGN in contacts.columns else [])]
    left = pd.DataFrame({name: spell_ids(made[name]) for name in key}).assign(
        channel=read_channels(made["channel"]),
        is_reached=_read_reached(made),
        contacted_on=contacted_on[is_seen],
    )
    right = pd.DataFrame({name: spell_ids(outcomes[name]) for name in key}).assign(
        answer=_read_known(outcomes, day, later=NO_ANSWER if is_over else UNKNOWN)
    )
    joined = left.merge(right[right["answer"] != UNKNOWN], on=key, how="inner")
    return joined.assign(is_subscribed=joined["answer"] == YES_ANSWER).drop(columns=["answer", *key[1:]])


def is_dated_by_campaign(contacts: pd.DataFrame, campaigns: pd.DataFrame | None) -> bool:
    """Say whether it is known of each contact if its campaign was over."""
    return campaigns is not None and CAMPAIGN in contacts.columns


def _read_reached(contacts: pd.DataFrame) -> pd.Series:
    if "is_reached" not in contacts.columns:
        return pd.Series(pd.NA, contacts.index, dtype="boolean")
    answers = pd.Series(read_answers(contacts["is_reached"]), contacts.index)
    return (answers == YES_ANSWER).astype("boolean").mask(answers == UNKNOWN)


def _read_known(outcomes: pd.DataFrame, day: pd.Timestamp, *, later: int) -> npt.NDArray[np.int8]:
    """Read the answers as the day knew them: a yes dated after it is ``later``."""
    answers = read_answers(outcomes["is_subscribed"])
    if "subscribed_on" not in outcomes.columns:
        return answers
    is_later = (read_days(outcomes["subscribed_on"]) > day).to_numpy() & (answers == YES_ANSWER)
    return np.where(is_later, np.int8(later), answers)


def _check(contacts: pd.DataFrame, outcomes: pd.DataFrame, campaigns: pd.DataFrame | None) -> list[str]:
    wanted = {
        "contacts": (contacts, [ID, "channel", "contacted_on"]),
        "outcomes": (outcomes, [ID, "is_subscribed"]),
    }
    if CAMPAIGN in contacts.columns:
        wanted["outcomes"][1].append(CAMPAIGN)
        if campaigns is not None:
            wanted["campaigns"] = (campaigns, [CAMPAIGN, "ended_on"])
    problems = [
        _(
            "{column}: the {name} table has no such column.{hint}",
            column=column,
            name=name,
            hint=suggest(column, map(str, table.columns)),
        )
        for name, (table, columns) in wanted.items()
        for column in columns
        if column not in table.columns
    ]
    if problems:
        return problems
    key = [ID, *([CAMPAIGN] if CAMPAIGN in contacts.columns else [])]
    for name, table in (("contacts", contacts), ("outcomes", outcomes)):
        spelled = pd.DataFrame({column: spell_ids(table[column]) for column in key})
        if rows := find_file_rows(spelled.duplicated()):
            problems.append(
                plural(
                    "{id}: {count} row of the {name} table ({rows}) name a customer of the same campaign "
                    "again. Keep one a campaign.",
                    "{id}: {count} rows of the {name} table ({rows}) name a customer of the same "
                    "campaign again. Keep one a campaign.",
                    len(rows),
                    id=ID,
                    name=name,
                    rows=name_rows(rows),
                )
            )
    if rows := find_file_rows(contacts["channel"].isna()):
        problems.append(
            plural(
                "channel: {count} value is missing in the contacts table ({rows}). Write "
                "{no_contact} for customers who were held out.",
                "channel: {count} values are missing in the contacts table ({rows}). Write "
                "{no_contact} for customers who were held out.",
                len(rows),
                rows=name_rows(rows),
                no_contact=NO_CONTACT,
            )
        )
    return (
        problems
        + _check_cells(contacts, outcomes)
        + check_lost_zeros(contacts[ID], outcomes[ID], _("the outcomes table"))
    )


def _check_cells(contacts: pd.DataFrame, outcomes: pd.DataFrame) -> list[str]:
    channels = read_channels(contacts["channel"])
    problems = []
    is_unknown = channels.notna() & ~channels.isin([*CHANNELS, NO_CONTACT])
    if rows := find_file_rows(is_unknown):
        first = str(contacts["channel"][is_unknown].iloc[0])
        problems.append(
            plural(
                "channel: {count} value is no channel ({rows}: {first}).{hint} Known: {value}.",
                "channel: {count} values are no channel ({rows}: {first}).{hint} Known: {value}.",
                len(rows),
                rows=name_rows(rows),
                first=shorten(first),
                hint=suggest(first, CHANNELS),
                value=_(", ").join((*CHANNELS, NO_CONTACT)),
            )
        )
    if "is_reached" in contacts.columns:
        reached = contacts["is_reached"]
        if rows := find_file_rows(reached.notna() & (read_answers(reached) == UNKNOWN)):
            problems.append(
                plural(
                    "is_reached: {count} value is neither yes nor no ({rows}). Write yes or no; leave it "
                    "empty where it is not known.",
                    "is_reached: {count} values are neither yes nor no ({rows}). Write yes or no; leave "
                    "it empty where it is not known.",
                    len(rows),
                    rows=name_rows(rows),
                )
            )
    if "subscribed_on" in outcomes.columns:
        dates = outcomes["subscribed_on"]
        is_given = dates.notna() & dates.astype("string").str.strip().ne("").fillna(value=False)
        if rows := find_file_rows(is_given & read_days(dates).isna()):
            problems.append(
                plural(
                    "subscribed_on: {count} value is no date ({rows}). Write dates as 2025-06-30.",
                    "subscribed_on: {count} values are no date ({rows}). Write dates as 2025-06-30.",
                    len(rows),
                    rows=name_rows(rows),
                )
            )
    return problems


def place_in_history(history: pd.DataFrame, customers: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the contacts of these customers, with ``columns`` of the customers beside them."""
    known = customers[columns].assign(**{ID: spell_ids(customers[ID]).to_numpy()})
    return history.assign(**{ID: spell_ids(history[ID]).to_numpy()}).merge(known, on=ID, how="inner")
