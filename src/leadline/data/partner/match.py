"""Matching accounts with customers where both lists lie in one folder of ours: nothing crosses a boundary."""

import secrets
from collections.abc import Sequence

import pandas as pd

from leadline.data.partner.join import join_partner
from leadline.data.partner.keyed_lists import key_list
from leadline.data.partner.result import PartnerJoinResult
from leadline.shared_key import FEWEST_BYTES, SharedKey

_PURPOSE = "customers"


def match_accounts(
    customers: pd.DataFrame, accounts: pd.DataFrame, *, columns: Sequence[str]
) -> PartnerJoinResult:
    """Find customers on a partner's list by number, under a key that is made for the purpose and thrown away.

    Lists of two firms are never matched so: each keys its own (`leadline partner`).

    Parameters
    ----------
    customers
        One row a customer: ``customer_id``, ``phone``.
    accounts
        One row an account: ``phone`` and the columns wanted.
    columns
        The partner's columns to take over; those that are absent are left out.

    Raises
    ------
    DataError
        As `leadline.data.partner.join.join_partner`.
    """
    wanted = [name for name in columns if name in accounts]
    key = SharedKey(secrets.token_bytes(FEWEST_BYTES))
    return join_partner(
        key_list(customers, key),
        key_list(accounts[["phone", *wanted]], key),
        allow={_PURPOSE: wanted},
        purpose=_PURPOSE,
        audit=None,
        columns=wanted,
    )
