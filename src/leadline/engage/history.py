"""A campaign's contacts and what came of them, as far as a day knew it."""

import pandas as pd

from leadline.data.raw import counted, find_file_rows, name_rows, suggest
from leadline.engage.cells import UNKNOWN, YES_ANSWER, read_answers, read_days
from leadline.engage.ids import ID, check_lost_zeros, is_among, spell_ids
from leadline.errors import DataError

#: Stands in a history for customers left alone at random.
HOLD_OUT = "none"
CAMPAIGN = "campaign_id"


def join_history(
    contacts: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    as_of: object,
    campaigns: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Bring contacts and outcomes together, of campaigns that were over on the day.

    A contact whose outcome is not known yet is left out, never counted as a no.

    Parameters
    ----------
    contacts
        One row a customer of a campaign's list: ``customer_id``, ``channel`` (``none``: held out),
        ``contacted_on`` and, if known, ``is_reached``; ``campaign_id`` where there are several campaigns.
    outcomes
        One row a customer: ``customer_id``, ``is_subscribed`` and, with contacts that have it,
        ``campaign_id``.
    as_of
        The day; contacts after it are not seen.
    campaigns
        One row a campaign: ``campaign_id``, ``ended_on``. Without it every contact up to the day counts.

    Returns
    -------
    pandas.DataFrame
        One row a contact with a known outcome: ``customer_id`` (text), ``channel``, ``is_reached`` (missing
        where unknown), ``is_subscribed``.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = _check(contacts, outcomes, campaigns)
    if problems:
        raise DataError("The campaign history cannot be read", problems)
    day = pd.Timestamp(str(as_of))
    is_seen = (read_days(contacts["contacted_on"]) <= day).to_numpy()
    if campaigns is not None and CAMPAIGN in contacts.columns:
        over = campaigns.loc[(read_days(campaigns["ended_on"]) <= day).to_numpy(), CAMPAIGN]
        is_seen = is_seen & is_among(spell_ids(contacts[CAMPAIGN]), spell_ids(over))
    made = contacts.loc[is_seen]
    key = [ID, *([CAMPAIGN] if CAMPAIGN in contacts.columns else [])]
    reached = (
        made["is_reached"].astype("boolean")
        if "is_reached" in made.columns
        else pd.Series(pd.NA, made.index, dtype="boolean")
    )
    left = pd.DataFrame({name: spell_ids(made[name]) for name in key}).assign(
        channel=made["channel"].astype("string"), is_reached=reached
    )
    right = pd.DataFrame({name: spell_ids(outcomes[name]) for name in key}).assign(
        answer=read_answers(outcomes["is_subscribed"])
    )
    joined = left.merge(right[right["answer"] != UNKNOWN], on=key, how="inner")
    return joined.assign(is_subscribed=joined["answer"] == YES_ANSWER).drop(columns=["answer", *key[1:]])


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
        f"{column}: the {name} table has no such column.{suggest(column, map(str, table.columns))}"
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
                f"{ID}: {counted(len(rows), 'row', 'rows')} of the {name} table "
                f"({name_rows(rows)}) name a customer of the same campaign again. Keep one a campaign."
            )
    if rows := find_file_rows(contacts["channel"].isna()):
        problems.append(
            f"channel: {counted(len(rows), 'value is', 'values are')} missing in the contacts table "
            f"({name_rows(rows)}). Write {HOLD_OUT} for customers who were held out."
        )
    return problems + check_lost_zeros(contacts[ID], outcomes[ID], "the outcomes table")


def place_in_history(history: pd.DataFrame, customers: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the contacts of these customers, with ``columns`` of the customers beside them."""
    known = customers[columns].assign(**{ID: spell_ids(customers[ID]).to_numpy()})
    return history.assign(**{ID: spell_ids(history[ID]).to_numpy()}).merge(known, on=ID, how="inner")
