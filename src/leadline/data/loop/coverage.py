"""What an import or its labels cannot tell: outcomes of a part only, contacts that left the list's plan."""
# ruff: noqa: S608 - every name in a query is the ledger's own

from collections.abc import Iterable
from pathlib import Path

from leadline.data.loop.query import ON_KEY, open_parts
from leadline.data.loop.tables import HELD_OUT, KEY, NO_CONTACT
from leadline.language import _, format_value, plural

#: Whether a contact ``c`` is against the arm of its line on the list ``l``; null where one of them is absent.
OFF_ARM = f"(l.arm = '{HELD_OUT}') <> (c.channel = '{NO_CONTACT}')"

_COVERED = f"""
    SELECT campaign_id, count(*), count(o.customer_id), count_if(o.is_subscribed)
    FROM (SELECT {", ".join(KEY)} FROM contacts UNION SELECT {", ".join(KEY)} FROM lists)
    LEFT JOIN outcomes o {ON_KEY}
    WHERE list_contains($campaigns, campaign_id) GROUP BY campaign_id ORDER BY campaign_id
"""
_OFF_LIST = f"""
    SELECT count(*) FILTER ({OFF_ARM}), count(*) FILTER (l.customer_id IS NULL)
    FROM contacts c LEFT JOIN lists l {ON_KEY}
    WHERE list_contains($campaigns, campaign_id) AND campaign_id IN (SELECT campaign_id FROM lists)
"""


def find_import_warnings(kind: str, parts: dict[str, list[Path]], campaigns: Iterable[str]) -> list[str]:
    """Say what the ledger, once an import of a kind is in it, lacks or contradicts in its campaigns.

    Outcomes are held against everybody who was contacted or listed, contacts and lists against each other.
    """
    values = {"campaigns": sorted(campaigns)}
    with open_parts(parts) as connection:
        if kind == "outcomes":
            return warn_of_coverage(connection.execute(_COVERED, values).fetchall())
        off_arm, unlisted = connection.execute(_OFF_LIST, values).fetchall()[0]
    return [*warn_of_arms(off_arm), *_warn_of_unlisted(unlisted)]


def warn_of_coverage(rows: Iterable[tuple[str, int, int, int]]) -> list[str]:
    """Warn of campaigns of which some customers have an outcome and others none.

    Parameters
    ----------
    rows
        One row a campaign: its id, customers, customers with an outcome, customers who subscribed.
    """
    warnings = []
    for campaign, customers, told, subscribed in rows:
        if not 0 < told < customers:
            continue
        facts = {
            "campaign": campaign,
            "told": format_value(told, "count"),
            "customers": format_value(customers, "count"),
        }
        warnings.append(
            _(
                "Campaign {campaign}: only {told} of {customers} customers have an outcome, and every one of "
                "them subscribed. A list of subscribers teaches nothing: import a row for those who did not "
                "subscribe, too.",
                **facts,
            )
            if told == subscribed
            else _(
                "Campaign {campaign}: only {told} of {customers} customers have an outcome. Import the "
                "others', or the shares hold for these alone.",
                **facts,
            )
        )
    return warnings


def warn_of_arms(count: int) -> list[str]:
    """Warn of contacts against the arm of the list."""
    if not count:
        return []
    return [
        plural(
            "{count} customer was contacted though held out by the list, or the reverse; the list's arm "
            "holds.",
            "{count} customers were contacted though held out by the list, or the reverse; the list's arm "
            "holds.",
            count,
        )
    ]


def _warn_of_unlisted(count: int) -> list[str]:
    if not count:
        return []
    return [
        plural(
            "{count} contact is of a customer who is not on the campaign's list; it has no arm of a test.",
            "{count} contacts are of customers who are not on the campaign's list; they have no arm of a "
            "test.",
            count,
        )
    ]
