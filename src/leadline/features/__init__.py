"""Features in bulk: Ibis tables in, Ibis expressions out; no engine is known here.

Nothing dated after ``as_of`` is seen, whole numbers stay whole, and no result depends on the order of rows.
Rows of a result stand in no order.
"""

from leadline.features.circle import circle_features
from leadline.features.customers import read_customers, read_earlier
from leadline.features.names import name_columns
from leadline.features.trades import holding_features, trade_features
from leadline.features.usage import usage_features
from leadline.features.value import value_cuts, value_features, value_points

__all__ = [
    "circle_features",
    "holding_features",
    "name_columns",
    "read_customers",
    "read_earlier",
    "trade_features",
    "usage_features",
    "value_cuts",
    "value_features",
    "value_points",
]
