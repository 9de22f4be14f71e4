"""What no real campaign shows: what each customer of a simulated market would do under every channel."""

import pandas as pd

from leadline.market.market import Market
from leadline.market.truth import ARMS


def reveal_outcomes(market: Market) -> pd.DataFrame:
    """Return every customer's potential outcomes in the three months after the day of the list.

    Returns
    -------
    pandas.DataFrame
        One row a customer: ``customer_id`` (text, as `leadline.features.read_customers` has it); for each of
        `ARMS`, ``subscribes_<arm>`` (what happens this time) and ``chance_<arm>`` (its probability, reach
        included); ``value_cny``, the contribution of twelve months if the customer subscribes.
    """
    truth = market.truth
    columns: dict[str, object] = {"customer_id": pd.Series(truth.customer_id).astype("string").astype("str")}
    for code, arm in enumerate(ARMS):
        columns[f"subscribes_{arm}"] = truth.outcome[:, code]
        columns[f"chance_{arm}"] = truth.chance[:, code].astype(float)
    return pd.DataFrame(columns | {"value_cny": truth.value_cny.astype(float)})
