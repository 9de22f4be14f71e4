"""Potential outcomes as a table: the market's own, by customer and channel."""

import numpy as np

from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters
from leadline.market.reveal import reveal_outcomes
from leadline.market.truth import ARMS


def test_each_outcome_and_chance_stands_with_its_customer_and_channel() -> None:
    market = simulate(MarketParameters(), 3, 5_000)
    frame = reveal_outcomes(market)
    row = int(np.flatnonzero(market.truth.outcome[:, ARMS.index("call")])[0])
    assert frame["customer_id"].iloc[row] == str(market.truth.customer_id[row])
    assert bool(frame["subscribes_call"].iloc[row])
    for code, arm in enumerate(ARMS):
        chances = market.truth.chance[:, code].astype(float)
        assert frame[f"chance_{arm}"].to_numpy().tolist() == chances.tolist()
        assert frame[f"subscribes_{arm}"].sum() == market.truth.outcome[:, code].sum()
