"""What a campaign's history cannot tell of today's customers, in words for the report."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pandas as pd

from leadline.engage.cells import read_days
from leadline.engage.history import is_dated_by_campaign
from leadline.engage.ids import ID, is_among, spell_ids
from leadline.language import _, format_value

#: Ending of a column of behaviour (`leadline.features`) -> months that it looks back.
_ENDINGS = {"_3m": 3, "_12m": 12, "_mean": 3}
_COLUMNS = {
    "use_streak_months": 3,
    "use_level": 12,
    "holder_calls": 3,
    "holder_contacts": 3,
    "staff_calls": 3,
}
_NAMED = 4


def tell_history(
    history: pd.DataFrame | None,
    customers: pd.DataFrame,
    *,
    as_of: object,
    columns: Iterable[str] = (),
    labels: Mapping[str, str] = MappingProxyType({}),
    contacts: pd.DataFrame | None = None,
    campaigns: pd.DataFrame | None = None,
    id_column: str = ID,
) -> str:
    """Say what makes a history a worse teacher than it looks; nothing where nothing does.

    Parameters
    ----------
    history
        What `leadline.engage.join_history` returned; None where there is none.
    customers
        One row a customer: ``id_column``, and columns of behaviour as of the day.
    as_of
        The day.
    columns
        Columns that the score reads. Those that look back over days after the contact hold behaviour which
        the contact may have changed (Rosenbaum 1984, JRSS A 147:656-666); none: the score's are not known.
    labels
        Column -> what a reader sees.
    contacts, campaigns
        As in `leadline.engage.join_history`.
    """
    if history is None or history.empty:
        return ""
    notes = []
    if not is_among(spell_ids(history[ID]), spell_ids(customers[id_column])).any():
        notes.append(
            _("No customer of the campaign's history is among these customers. Are the ids the same?")
        )
    if contacts is not None and not is_dated_by_campaign(contacts, campaigns):
        notes.append(
            _(
                "No table says when the campaigns ended: who has not bought yet may still do so, and counts "
                "as one who does not buy."
            )
        )
    names = list(columns)
    touched = _find_touched(names, read_days(history["contacted_on"]).min(), pd.Timestamp(str(as_of)))
    if touched:
        more = len(touched) - _NAMED
        named = [
            *(labels.get(name, name) for name in touched[:_NAMED]),
            *([_("{count} more", count=format_value(more, "count"))] if more > 0 else []),
        ]
        notes.append(
            _(
                "Customers of the history are described as of today, after their contact: {names} look back "
                "over days on which the contact may have changed what customers do. What is learned from "
                "them, and the tiers' rates, may flatter; the customers of the next list have not been "
                "contacted yet.",
                names=_("; ").join(named),
            )
        )
    elif not names:
        notes.append(
            _(
                "The scores come from a file. If they were made after the contacts of the history, from what "
                "customers did since, what is learned with them may flatter."
            )
        )
    return "\n\n".join(notes)


def _find_touched(columns: list[str], first_contact: pd.Timestamp, day: pd.Timestamp) -> list[str]:
    """Name the columns whose window reaches beyond the first contact."""
    touched = []
    for name in columns:
        months = _COLUMNS.get(name) or next((_ENDINGS[end] for end in _ENDINGS if name.endswith(end)), 0)
        if months and first_contact > day - pd.DateOffset(months=months):
            touched.append(name)
    return touched
