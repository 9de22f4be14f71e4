"""Features in bulk: Ibis tables in, Ibis expressions out; no engine is known here.

Nothing dated after ``as_of`` is seen, whole numbers stay whole, and no result depends on the order of rows.
Rows of a result stand in no order.
"""

from leadline.features.circle import circle_features
from leadline.features.customers import read_customers, read_earlier
from leadline.features.cuts import quantile_cuts, quantile_points
from leadline.features.names import name_columns
from leadline.features.profile import customer_features
from leadline.features.ranking import top_customers
from leadline.features.sampling import bucket_number, sample_customers, split_arms, stratified_sample
from leadline.features.trades import holding_features, trade_features
from leadline.features.usage import usage_features
from leadline.features.value import value_cuts, value_features, value_points

__all__ = [
    "bucket_number",
    "circle_features",
    "customer_features",
    "holding_features",
    "name_columns",
    "quantile_cuts",
    "quantile_points",
    "read_customers",
    "read_earlier",
    "sample_customers",
    "split_arms",
    "stratified_sample",
    "top_customers",
    "trade_features",
    "usage_features",
    "value_cuts",
    "value_features",
    "value_points",
]
