import numpy as np
import pandas as pd
import pytest

from leadline.target import parse_plan


@pytest.fixture
def customers():
    """1,500 customers whose ``income`` and ``segment`` help and whose ``noise`` does not."""
    rng = np.random.default_rng(11)
    income, segment = rng.normal(size=1_500), rng.choice(["a", "b", "c"], 1_500)
    chance = 1 / (1 + np.exp(2 - income - 1.2 * (segment == "c")))
    return pd.DataFrame(
        {
            "income": income,
            "segment": segment,
            "noise": rng.normal(size=1_500),
            "buys": np.where(rng.random(1_500) < chance, "yes", "no"),
        }
    )


@pytest.fixture
def make_plan():
    def build(*stages):
        document = {
            "stages": [
                {"name": f"stage {place}", "columns": list(columns), "method": method}
                for place, (columns, method) in enumerate(stages, start=1)
            ]
        }
        return parse_plan(document, [column for columns, _ in stages for column in columns])

    return build
