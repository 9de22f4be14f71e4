"""Costs to the fen, who is served how, and the plan of service."""

import json
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.intervals import Estimate
from leadline.target.views import Measure, allocate_costs, plan_service


def make_ledger(*rows: tuple[str, float, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["activity", "cost_cny", "driver"])


def make_customers(**columns: object) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    return pd.DataFrame({"customer_id": [f"C{number:04}" for number in range(size)], **columns})


def test_a_cost_by_hand() -> None:
    """900 yuan for 9 visits: 100 a visit; 60 for 2 calls."""
    customers = make_customers(visits=[6, 3, 0], calls=[0, 1, 1])
    ledger = make_ledger(("visits", 900, "visits"), ("calls", 60, "calls"))
    result = allocate_costs(ledger, customers, minimum=1)
    assert result.costs["cost_cny"].tolist() == [600, 330, 30]
    assert result.activities["cost_per_unit_cny"].tolist() == [100, 30]
    assert result.costs_by_activity.loc["C0001"].tolist() == [300, 30]


@pytest.mark.parametrize("seed", range(20))
def test_every_fen_is_charged_once_and_as_an_exact_division_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    units = rng.choice([0, 1, 2, 3, 7, 1_000_003], 400).astype(int)
    fen = int(rng.integers(1, 10**12))
    result = allocate_costs(make_ledger(("a", fen / 100, "visits")), make_customers(visits=units))
    charged = [round(cost * 100) for cost in result.costs["cost_cny"]]
    assert sum(charged) == fen
    for cost, unit in zip(charged, units.tolist(), strict=True):
        assert abs(cost - Fraction(fen * unit, int(units.sum()))) < 1
        assert cost == 0 or unit > 0


def test_remainders_go_to_the_largest_then_to_the_smaller_id() -> None:
    customers = make_customers(visits=[1, 1, 1, 0])
    result = allocate_costs(make_ledger(("a", 1.0, "visits")), customers.iloc[::-1])
    assert result.costs["cost_cny"].tolist() == [0.34, 0.33, 0.33, 0]
    uneven = allocate_costs(make_ledger(("a", 0.10, "visits")), make_customers(visits=[1, 1, 5]))
    assert uneven.costs["cost_cny"].tolist() == [0.02, 0.01, 0.07]  # 1.43, 1.43, 7.14 fen


def test_a_ledger_of_awkward_amounts_reconciles(rng: np.random.Generator) -> None:
    customers = make_customers(visits=rng.poisson(2, 3_001), calls=rng.exponential(1, 3_001))
    costs = [0.1, 0.2, 1_234_567.89, 99.99]
    ledger = make_ledger(
        *((f"a{place}", cost, ("visits", "calls")[place % 2]) for place, cost in enumerate(costs))
    )
    ledger.loc[4] = ["head office", 500_000.01, None]
    result = allocate_costs(ledger, customers)
    assert result.ledger_cny == 1_734_668.19
    assert result.allocated_cny == 1_234_668.18
    assert round(float(result.costs["cost_cny"].sum()), 6) == 1_234_668.18
    assert (result.activities["allocated_cny"] + result.activities["unallocated_cny"]).tolist() == [
        *costs,
        500_000.01,
    ]
    assert "CN¥500,000 (28.8%) of the ledger has no driver" in result.warnings[0]


def test_a_few_users_are_not_counted() -> None:
    """Nine callers: neither how many they are nor how often they call, which the price of a call tells."""
    customers = make_customers(calls=[2] * 9 + [0] * 31, visits=[1] * 10 + [0] * 30)
    result = allocate_costs(make_ledger(("calls", 90, "calls"), ("visits", 90, "visits")), customers)
    told = result.activities.set_index("activity")[["units", "cost_per_unit_cny", "customers"]]
    assert told.loc["calls"].isna().all()
    assert told.loc["visits"].tolist() == [10, 9, 10]


def test_who_is_served_at_a_loss() -> None:
    customers = make_customers(
        visits=[10] * 20 + [0] * 30,
        calls=[1] * 50,
        way=["branch"] * 20 + ["remote"] * 30,
        profit=[90.0] * 10 + [150] * 40,
    )
    ledger = make_ledger(("visits", 20_000, "visits"), ("calls", 500, "calls"))
    result = allocate_costs(ledger, customers, service="way", contribution="profit")
    rows = result.services.set_index("group")
    assert rows["cost_cny"].tolist() == pytest.approx([1_010, 10])
    assert rows["at_loss"].tolist() == [1.0, 0.0]
    assert rows.loc["branch", "net_cny"] == pytest.approx(120 - 1_010)
    assert rows["cost_cny_share"].sum() == pytest.approx(1)
    assert "serving “branch” costs most, CN¥1,010 a customer" in result.summary
    assert result.figure().get_label().startswith("What a customer leaves after cost: branch -CN¥890")
    assert json.dumps(result.to_dict(), allow_nan=False)
    html = result._repr_html_()
    assert 'data-name="services"' in html
    assert 'data-name="activities"' in html


def test_few_are_hidden() -> None:
    customers = make_customers(visits=[1] * 55, way=["branch"] * 5 + ["remote"] * 30 + [None] * 20)
    result = allocate_costs(make_ledger(("a", 55, "visits")), customers, service="way")
    assert result.services.set_index("group")["is_hidden"].to_dict() == {
        "?": True,
        "branch": True,
        "remote": False,
    }


def test_every_problem_is_named_at_once() -> None:
    customers = make_customers(visits=[1, -1], calls=[0, 0], fax=["x", "y"])
    ledger = make_ledger(
        ("a", -5, "visits"), ("b", 5.001, "calls"), ("c", 5, "fax"), ("d", 1, "vsits"), ("e", 0, "calls")
    )
    with pytest.raises(DataError) as caught:
        allocate_costs(ledger, customers.assign(customer_id="x"), minimum=0)
    text = str(caught.value)
    for expected in (
        "a: cost_cny == -5.00, must be from 0",
        "visits: 1 values are below 0",
        "b: cost_cny == 5.001 is no whole number of fen",
        "b: nobody used its driver calls",
        "fax: holds",
        "Did you mean 'visits'?",
        "1 ids occur more than once",
        "minimum == 0",
    ):
        assert expected in text
    assert len(caught.value.problems) == 8
    with pytest.raises(DataError, match="repeats or lacks names"):
        allocate_costs(make_ledger(("a", 1, "visits"), ("a", 1, "visits")), customers)


def measure(column: str, threshold: float | Estimate) -> Measure:
    return Measure(column=column, threshold=threshold)


def test_the_plan_of_service_and_its_border() -> None:
    customers = make_customers(
        net=[100, 99, 99, 99, 120, 0], grows=[0, 10, 0, 0, 0, 0], takes=[0, 0, 0.5, 0.49, 0, 0.1]
    )
    plan = {"net": measure("net", Estimate(100, 95, 110)), "growth": measure("grows", 10)}
    result = plan_service(customers, **plan, willingness=measure("takes", 0.5), minimum=1)
    assert result.assignments["plan"].tolist() == [
        "branch",
        "develop",
        "develop",
        "remote",
        "branch",
        "remote",
    ]
    assert result.assignments["is_unsure"].tolist() == [True, True, True, True, False, False]
    assert "for 66.7% (30.0% to 90.3%) another way is possible" in result.summary
    assert "by remote service" in result._repr_html_()
    assert result.figure().get_label().startswith("How customers are to be served: at the branch ")
