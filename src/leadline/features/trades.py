"""What the partner's clients order and what customers hold, as a day knows it."""

import datetime as dt

import ibis.expr.types as ir

from leadline.features.whole import add_up_cny
from leadline.features.window import day_after, within_months

_MONTHS = 3
#: Places of an order, as `leadline.data.tables.TRANSACTIONS` names them; each becomes a column.
_PLACES = ("hall", "phone", "pc", "mobile")
#: The columns of `trade_features` beside the account.
TRADE_FACTS = ("order_value_3m_cny", *(f"orders_{place}_3m" for place in _PLACES))


def trade_features(transactions: ir.Table, *, as_of: dt.date) -> ir.Table:
    """Describe each account's orders in the three months that end with ``as_of``.

    Parameters
    ----------
    transactions
        One row an order, as `leadline.data.tables.TRANSACTIONS`.
    as_of
        Day of the analysis, the last of the window.

    Returns
    -------
    ibis Table
        One row an account with an order in the window: ``account_id``; ``order_value_3m_cny`` (sum, missing
        counts as 0; added up in whole fen, so that the order of rows cannot change a digit);
        ``orders_hall_3m``, ``orders_phone_3m``, ``orders_pc_3m``, ``orders_mobile_3m``.
    """
    seen = transactions.filter(
        within_months(transactions.traded_on, as_of=as_of, months=_MONTHS),
        transactions.account_id.notnull(),
    )
    return seen.group_by("account_id").aggregate(
        order_value_3m_cny=add_up_cny(seen.amount_cny),
        **{
            f"orders_{place}_3m": seen.count(where=(seen.channel == place).fill_null(False))  # noqa: FBT003
            for place in _PLACES
        },
    )


def holding_features(holdings: ir.Table, *, as_of: dt.date) -> ir.Table:
    """Count the products that each customer holds when ``as_of`` ends.

    Parameters
    ----------
    holdings
        One row a product and customer, as `leadline.data.tables.HOLDINGS`: held on the day of ``since``, no
        longer on that of ``until``.
    as_of
        Day of the analysis.

    Returns
    -------
    ibis Table
        One row a customer who holds any: ``customer_id``, ``products_held`` (different products).
    """
    after = day_after(as_of)
    held = holdings.filter(
        holdings.since < after,
        holdings.until.isnull() | (holdings.until >= after),
        holdings.customer_id.notnull(),
    )
    return held.group_by("customer_id").aggregate(products_held=held.product_id.nunique())
