"""Asset tiers: core and non-core by hand, what explains contribution, and what is kept from sight."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.intervals import Estimate
from leadline.target.views import Measure, split_tiers
from leadline.target.views.explained import explain, number_cells

CORE = Measure(column="profit_cny", threshold=1_000)
LINES = {"assets": "assets_cny", "large_from": 1e6, "medium_from": 1e5}


def make_customers(rng: np.random.Generator, rows: int = 3_000) -> pd.DataFrame:
    """Style decides most of the contribution, assets a little, risk nothing."""
    assets = np.exp(rng.normal(11.5, 1.5, rows))
    style = rng.choice(["active", "calm"], rows)
    return pd.DataFrame(
        {
            "customer_id": np.arange(rows),
            "assets_cny": assets,
            "style": style,
            "risk_level": rng.integers(1, 6, rows),
            "cost_cny": rng.exponential(50, rows),
            "profit_cny": 700
            + 100 * np.log(assets / 1e5)
            + 600 * (style == "active")
            + rng.normal(0, 300, rows),
        }
    )


def test_tiers_and_core_by_hand() -> None:
    customers = pd.DataFrame(
        {
            "customer_id": range(6),
            "assets_cny": [1e6, 2e6, 999_999.0, 1e5, 99_999.0, 0],
            "profit_cny": [1_000, 999, 5_000, 0, 0, 2_000],
            "style": list("aabbab"),
        }
    )
    result = split_tiers(customers, **LINES, contribution=CORE, splits={"style": "style"}, minimum=1)
    assert result.assignments["tier"].tolist() == ["large"] * 2 + ["medium"] * 2 + ["small"] * 2
    assert result.assignments["is_core"].tolist() == [True, False, True, False, False, True]
    rows = result.tiers.set_index(["tier", "is_core"])
    assert rows.loc[("medium", True), "contribution_share"] == pytest.approx(5_000 / 8_999)
    assert rows.loc[("large", False), "assets_share"] == pytest.approx(2e6 / 4_199_998)
    split = result.splits.set_index(["tier", "level"])
    assert split.loc[("medium", "b"), ["share", "core"]].tolist() == [1, 0.5]


def test_a_range_of_the_core_threshold_is_told() -> None:
    customers = pd.DataFrame(
        {
            "customer_id": range(4),
            "assets_cny": [2e6] * 4,
            "profit_cny": [800, 950, 1_050, 1_200],
            "s": list("abab"),
        }
    )
    core = Measure(column="profit_cny", threshold=Estimate(1_000, 900, 1_100))
    result = split_tiers(customers, **LINES, contribution=core, splits={"s": "s"}, minimum=1)
    assert result.assignments["is_unsure"].tolist() == [False, True, True, False]
    assert result.unsure.value == 0.5


def test_what_explains_contribution_is_found_and_chance_is_not(rng: np.random.Generator) -> None:
    names = {"style": "trading style", "risk_level": "risk preference", "cost_cny": "cost to serve"}
    result = split_tiers(make_customers(rng), **LINES, contribution=CORE, splits=names)
    rows = result.explained.set_index("split")
    assert rows.loc["style", "explains"] > rows.loc["", "explains"] > 0.05
    assert rows.loc[["risk_level", "cost_cny"], "p_value_holm"].min() > 0.05
    assert rows.loc["risk_level", "explains"] == pytest.approx(0, abs=0.01)
    assert "trading style adds +" in result.summary
    assert len(result.splits.query("split == 'cost_cny' and tier == 'small'")) == 3  # thirds
    assert json.dumps(result.to_dict(), allow_nan=False)
    html = result._repr_html_()
    assert html.count("<table") == 5
    assert result.figure().get_label().startswith("What a customer of each tier contributes: Large, core (")


def test_levels_stand_in_order_and_beside_one_another(rng: np.random.Generator) -> None:
    """20 large and 20 small; the level c is not known of some, and the contribution tells each cell."""
    size = 120
    levels = np.arange(size) % 3 + 1.0
    customers = pd.DataFrame(
        {
            "customer_id": np.arange(size),
            "assets_cny": [2e6] * 60 + [1e3] * 60,
            "risk_level": np.where(np.arange(size) % 12 < 3, np.nan, levels),
            "orders_share": np.arange(size) / 100,
            "profit_cny": np.repeat([500.0, 20], 60) + levels,
        }
    )
    names = {"risk_level": "risk", "orders_share": "orders"}
    result = split_tiers(customers, **LINES, contribution=CORE, splits=names)
    of_large = result.splits[result.splits["tier"] == "large"]
    assert of_large["level"].tolist() == ["1", "2", "3", "?", "≤ 39.7%", "39.7%–79.3%", "> 79.3%"]
    _head, first, second = result._repr_html_().rsplit("<table", 2)
    cells = first.split("<tr>")[2]
    assert cells.index(">1</td>") < cells.index("CN¥501<") < cells.index("CN¥21<")
    assert "not known" in first
    assert "≤ 39.7%" in second


def test_what_is_added_holds_the_truth_and_chance_adds_nothing() -> None:
    """Means 0 and 1 in tiers, 0 and 1 in splits, noise 1: variance 0.25 + 0.25 + 1, a sixth each."""
    rng = np.random.default_rng(8)
    held, strong, false, chance = 0, 0, 0, []
    for _number in range(300):
        tier, split, noise = rng.integers(0, 2, 400), rng.integers(0, 2, 400), rng.integers(0, 5, 400)
        values = tier + split + rng.normal(0, 1, 400)
        cells = [
            number_cells(*(pd.Series(one) for one in them))
            for them in ((tier,), (tier, split), (tier, noise))
        ]
        added, p_value = explain(values, cells[0], cells[1])
        held += added.lower <= 1 / 6 <= added.upper
        assert p_value < 0.01
        much, _p_value = explain(values + 3 * split, cells[0], cells[1])
        strong += much.lower <= 4 / 5.25 <= much.upper  # 16 / 4 of 0.25 + 4 + 1
        nothing, p_value = explain(values, cells[0], cells[2])
        chance.append(nothing.value)
        false += p_value < 0.05
    assert 0.92 <= held / 300 <= 0.98
    assert 0.92 <= strong / 300 <= 0.98
    assert false / 300 < 0.08
    assert abs(np.mean(chance)) < 0.001


def test_few_are_hidden_within_their_tier(rng: np.random.Generator) -> None:
    customers = make_customers(rng, 300)
    result = split_tiers(customers, **LINES, contribution=CORE, splits={"risk_level": "risk"}, minimum=10)
    hidden = result.splits[result.splits["is_hidden"]]
    assert len(hidden)
    assert (hidden.groupby("tier").size() >= 2).all()
    assert hidden["contribution"].isna().all()
    shown = result.splits[~result.splits["is_hidden"]]
    assert (shown["customers"] >= 10).all()


def test_every_problem_is_named_at_once(rng: np.random.Generator) -> None:
    customers = make_customers(rng, 50).assign(name=[f"n{number}" for number in range(50)])
    with pytest.raises(DataError) as caught:
        split_tiers(
            customers,
            assets="assets",
            large_from=5,
            medium_from=5,
            contribution=CORE,
            splits={"name": "name", "profit_cny": "profit"},
            minimum=0,
        )
    text = str(caught.value)
    for expected in (
        "assets: the table of customers has no such column",
        "must be above 0 and in that order",
        "profit_cny: is the contribution itself",
        "name: 50 different values",
        "minimum == 0",
    ):
        assert expected in text
    with pytest.raises(DataError, match="splits names no column"):
        split_tiers(customers, **LINES, contribution=CORE, splits={})
