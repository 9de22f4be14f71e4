"""The base of the views, which of them can be made of it, and what they say side by side."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.target import views

DAY = dt.date(2025, 6, 30)
NONE_NAMED = dict.fromkeys(["contribution", "assets", "potential", "willingness", "spend"])
INTERESTS = {"interests": {"golf": ["golf club"]}}
WEIGHTS = {
    "name": "score",
    "criteria": [
        {"name": "value", "weight": 60, "columns": [{"column": "net_cny", "worst": 0, "best": 100}]},
        {"name": "money", "weight": 40, "columns": [{"column": "assets_cny", "worst": 0, "best": 1000}]},
    ],
}


def make_frame(size: int = 60) -> pd.DataFrame:
    """Every second customer orders much and is rich; every third calls, at 30 yuan a call."""
    number = np.arange(size)
    return pd.DataFrame(
        {
            "customer_id": number + 100,
            "order_value_3m_cny": np.where(number % 2 == 0, 100_000.0, 1_000),
            "assets_cny": np.where(number % 2 == 0, 900.0, 100),
            "products_held": (number % 5 == 0).astype(int),
            "calls": np.where(number % 3 == 0, 1.0, 0),
            "visits": np.where(number % 3 == 1, 2.0, 0),
            "tenure_months": number,
        }
    )


def make_ledger() -> pd.DataFrame:
    rows = [("Calls", 600.0, "calls"), ("Visits", 800.0, "visits"), ("Rent", 50.0, None)]
    return pd.DataFrame(rows, columns=["activity", "cost_cny", "driver"])


def lay(frame: pd.DataFrame, **named: str) -> views.Base:
    return views.lay_base(frame, named=NONE_NAMED | named, commission=0.001, labels={"calls": "Calls made"})


def make_all(frame: pd.DataFrame, purchases: pd.DataFrame | None = None, **named: str) -> views.ViewsResult:
    base = lay(frame, **named)
    costs = views.view_costs(base, make_ledger())
    if isinstance(costs, views.CostsResult):
        base = base.with_costs(costs.costs)
    interests = views.view_interests(base, purchases, INTERESTS, as_of=DAY)
    return views.gather_views(
        base,
        types=views.view_types(base, value_from=50, potential_from=500, reach=0.2),
        costs=costs,
        service=views.view_service(base, branch_from=50, potential_from=500, willing_from=1, reach=0),
        score=views.view_score(base, WEIGHTS, top_share=0.2, seed=7),
        tiers=views.view_tiers(base, large_from=800, medium_from=90, core_from=50, splits=["calls"], reach=0),
        interests=interests,
        spenders=views.view_spenders(base, interests, vip_from=800, spend_from=100, reach=0),
    )


def make_purchases() -> pd.DataFrame:
    """Customers 101, 103 … 139 play golf in June; customer 102 only after the day of the analysis."""
    keen = [
        (str(100 + number), "golf club", f"2025-06-{day:02}", 50.0)
        for number in range(1, 41, 2)
        for day in range(1, 9)
    ]
    usual = [
        (str(100 + number), "meals", f"2025-05-{day:02}", 5.0) for number in range(60) for day in range(1, 11)
    ]
    late = [("102", "golf club", f"2025-07-{day:02}", 50.0) for day in range(1, 9)]
    frame = pd.DataFrame(keen + usual + late, columns=["customer_id", "category", "bought_on", "amount_cny"])
    return frame.assign(bought_on=pd.to_datetime(frame["bought_on"]))


def test_a_commission_is_assumed_and_said() -> None:
    base = lay(make_frame())
    assert sorted(set(base.customers["contribution_cny"])) == [1.0, 100.0]
    assert base.customers["customer_id"].tolist()[:2] == ["100", "101"]
    assert "60 customers bring CN¥3,030 together, CN¥50 each" in base.summary
    assert "taken as 0.1% of the value of orders" in base.warnings[0]


def test_a_contribution_that_is_known_is_not_assumed() -> None:
    base = lay(make_frame().assign(profit=7), contribution="profit")
    assert set(base.customers["contribution_cny"]) == {7}
    assert base.warnings == ()


def test_all_that_is_wrong_with_named_columns_stands_in_one_message() -> None:
    frame = make_frame().drop(columns="order_value_3m_cny")
    frame.loc[3:5, "assets_cny"] = np.nan
    frame.loc[7, "customer_id"] = 100
    with pytest.raises(DataError) as caught:
        lay(frame, potential="asets_cny", spend="spnding")
    text = str(caught.value)
    assert "(5 problems)" in text
    assert "asets_cny: the table of customers has no such column. Did you mean 'assets_cny'?" in text
    assert "spnding: " in text
    assert "1 ids occur more than once (first: 100)" in text
    assert "Name the column with contribution" in text
    assert "assets_cny: 3 of 60 values are missing" in text


def test_no_report_speaks_of_a_few_customers() -> None:
    with pytest.raises(DataError, match="holds 9 customers, and no report speaks of fewer than 10"):
        lay(make_frame(9))


def test_costs_come_off_what_a_customer_brings_and_the_way_is_what_is_used_most() -> None:
    found = make_all(make_frame())
    costs = found.views["costs"]
    assert isinstance(costs, views.CostsResult)
    assert costs.services["group"].tolist() == ["Calls", "Visits", "none of these"]
    assert costs.services["cost_cny"].tolist() == [30, 40, 0]
    assert "Calls made" in costs._repr_html_()
    net = found.base.customers.set_index("customer_id")["net_cny"]
    assert net[["100", "101", "102"]].tolist() == [70, -39, 100]
    assert costs.kpis[0].value == pytest.approx(20 / 60)  # callers and visitors who order little


def test_every_view_says_what_each_customer_is() -> None:
    found = make_all(make_frame(), make_purchases())
    rows = found.tell_customers().set_index("customer_id")
    assert len(rows) == 60
    first, second = rows.loc["100"], rows.loc["101"]
    assert (first["type"], second["type"]) == ("invest", "abandon")
    assert (first["service"], second["service"]) == ("branch", "remote")
    assert rows.loc["105", "service"] == "develop"  # takes new products, leaves nothing
    assert first["score"] == pytest.approx(0.6 * 70 + 0.4 * 90)
    assert (first["asset_tier"], second["asset_tier"]) == ("large", "medium")
    assert rows["interest"].dropna().unique().tolist() == ["golf"]
    assert "102" not in rows.index[rows["interest"].notna()]  # played after the day
    assert set(rows.index[rows["is_big_spender"]]) == {str(100 + number) for number in range(1, 41, 2)}
    assert found.table["is_made"].all()
    assert found.summary == found.views["types"].summary
    assert found._repr_html_().count("<tr>") == 8
    assert json.dumps(found.to_dict())


def test_a_view_without_its_columns_is_a_sentence() -> None:
    frame = make_frame().drop(columns=["assets_cny", "products_held", "calls"])
    base = lay(frame)
    costs = views.view_costs(base, make_ledger())
    interests = views.view_interests(base, None, INTERESTS, as_of=DAY)
    absent = [
        costs,
        views.view_costs(base, None),
        interests,
        views.view_types(base, value_from=50, potential_from=500, reach=0.2),
        views.view_service(base, branch_from=50, potential_from=500, willing_from=1, reach=0),
        views.view_score(base, WEIGHTS, top_share=0.2, seed=7),
        views.view_score(base, None, top_share=0.2, seed=7),
        views.view_tiers(base, large_from=800, medium_from=90, core_from=50, splits=[], reach=0),
        views.view_spenders(base, interests, vip_from=800, spend_from=100, reach=0),
    ]
    assert not any(views.is_made(view) for view in absent)
    assert "no column calls" in costs.summary
    assert "the weight file names net_cny, assets_cny" in absent[5].summary
    assert all("<p" in view._repr_html_() for view in absent)
    with pytest.raises(DataError, match="No view can be made"):
        views.gather_views(base, types=absent[3], costs=costs)


def test_the_first_view_that_could_be_made_answers_and_the_others_are_named() -> None:
    base = lay(make_frame())
    types = views.view_types(base, value_from=50, potential_from=500, reach=0.2)
    absent = views.view_costs(base, None)
    found = views.gather_views(base, costs=absent, types=types)
    assert found.summary == types.summary
    assert found.made == (types,)
    assert absent.summary in found.warnings
    assert base.warnings[0] in found.warnings


def test_a_known_column_of_spending_goes_before_purchases() -> None:
    base = lay(make_frame().assign(spend_cny=[200.0] * 30 + [1.0] * 30))
    interests = views.view_interests(base, make_purchases(), INTERESTS, as_of=DAY)
    found = views.view_spenders(base, interests, vip_from=800, spend_from=100, reach=0)
    assert isinstance(found, views.BigSpendersResult)
    assert found.overlooked["customer_id"].tolist() == [str(100 + number) for number in range(1, 30, 2)]


def test_purchases_know_customers_by_the_id_column_of_their_firm() -> None:
    """A number in one table, text in the other, and another column's name."""
    frame = make_frame().rename(columns={"customer_id": "户号"})
    base = views.lay_base(frame, named=NONE_NAMED, commission=0.001, labels={}, id_column="户号")
    purchases = make_purchases().rename(columns={"customer_id": "户号"}).astype({"户号": "int64"})
    found = views.view_interests(base, purchases, INTERESTS, as_of=DAY, id_column="户号")
    assert isinstance(found, views.InterestsResult)
    assert found.labels["customer_id"].nunique() == 20
    assert found.unknown == 0


def test_a_broken_file_of_weights_is_refused() -> None:
    with pytest.raises(ParameterError, match="must sum to 100"):
        views.view_score(lay(make_frame()), {"criteria": WEIGHTS["criteria"][:1]}, top_share=0.2, seed=7)


def test_a_line_may_lie_lower_or_higher() -> None:
    line = lay(make_frame()).measure("assets_cny", -200, reach=0.1).line
    assert line == (-200, -220, -180)


@pytest.mark.parametrize("driver", ["city", "willing", "visits_known"])
def test_a_driver_that_is_no_use_counted_everywhere_is_refused(driver: str) -> None:
    frame = make_frame().assign(city="x", willing=True, visits_known=[np.nan] * 59 + [1.0])
    with pytest.raises(DataError, match=f"{driver}: ") as caught:
        views.view_costs(lay(frame), make_ledger().assign(driver=driver))
    assert len(caught.value.problems) == 1


def test_a_ledger_without_drivers_charges_nobody() -> None:
    found = views.view_costs(lay(make_frame()), make_ledger().assign(driver=None))
    assert isinstance(found, views.CostsResult)
    assert found.allocated_cny == 0
    assert found.costs["cost_cny"].tolist() == [0.0] * 60


def test_purchases_that_say_nothing() -> None:
    base, bought = lay(make_frame()), make_purchases()
    with pytest.raises(DataError, match="bought_on: holds .*, must be dates"):
        views.view_interests(base, bought.assign(bought_on="June"), INTERESTS, as_of=DAY)
    early = views.view_interests(base, bought, INTERESTS, as_of=dt.date(2025, 1, 1))
    assert early.summary == "Interests are not known: nothing was bought up to Jan 1, 2025."
    other = views.view_interests(base, bought, {"interests": {"a": ["no such word"]}}, as_of=DAY)
    assert isinstance(other, views.InterestsResult)
    assert other.labels.empty
    assert "No purchase is of: no such word." in other.warnings
    assert other.figure().get_label() == "No group is large enough to be shown."


def test_a_line_beyond_all_customers_is_said() -> None:
    found = views.view_types(lay(make_frame()), value_from=50, potential_from=1e9, reach=0)
    assert "All customers stand on one side of the line: Assets CN¥1,000,000,000." in found.warnings[-1]
    assert not any("Contribution CN" in text for text in found.warnings)


def test_flags_count_as_numbers() -> None:
    base = lay(make_frame().assign(willing=[True, False] * 30), willingness="willing")
    found = views.view_service(base, branch_from=1e6, potential_from=1e6, willing_from=1, reach=0)
    assert isinstance(found, views.ServicePlanResult)
    assert found.assignments["plan"].value_counts().to_dict() == {"develop": 30, "remote": 30}
