"""The segmentation notebook on a public table and on a table of one's own, to the files that it leaves."""

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from leadline.paths import NOTEBOOKS, PLANS
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome, run_notebook
from leadline.target.segments import assign_segments, parse_segmentation

QUICK = {"pairs": "2", "most_segments": "3"}


def run(given: dict[str, str]) -> RunOutcome:
    path = NOTEBOOKS / "2_target" / "segment_market.ipynb"
    return run_notebook(make_request(str(path), QUICK | given, out=Path("out")))


@pytest.mark.public_data
def test_answers_on_a_brand_are_told_without_money_or_a_second_period(
    working_folder: Path, public_data: Path
) -> None:
    table = public_data / "mcdonalds" / "mcdonalds.csv"
    Path("mcdonalds.csv").write_bytes(table.read_bytes())
    plan = str(PLANS / "segments_mcdonalds.yml")
    outcome = run({"data": "mcdonalds.csv", "id_column": "", "plan": plan, "segment_count": "4"})
    assert outcome.record["failure"] is None
    results = outcome.record["results"]
    assert results["natural_segments"] == 1
    sizes = sorted(row["customers"] for row in results["segment_sizes"])
    book = np.array([240, 309, 324, 580])  # near-equal optima differ from the book's by some customers
    assert np.abs(np.array(sizes) - book).max() < 10
    assert [row["criterion"] for row in results["criteria"]] == ["measurable"]
    page = (outcome.folder / "report.html").read_text("utf-8")
    assert "There is no natural structure here" in page
    assert "name what customers bring" in page


def test_own_customers_leave_files_that_place_them_alike(working_folder: Path) -> None:
    rng = np.random.default_rng(3)
    group = rng.integers(0, 2, 600)
    frame = pd.DataFrame(
        {
            "客户号": [f"c{number:04d}" for number in range(600)],
            "月消费": (50 + 150 * group + rng.normal(0, 8, 600)).round(2),
            "访问": rng.poisson(2 + 9 * group),
            "城市": rng.choice(["上海", "北京"], 600),
            "利润": (10 + 30 * group + rng.normal(0, 20, 600)).round(2),
        }
    )
    frame.to_csv("clients.csv", index=False)
    frame.assign(月消费=frame["月消费"] + rng.normal(0, 5, 600)).to_csv("before.csv", index=False)
    Path("names.yml").write_text(
        "customer_id: 客户号\nspend_cny: 月消费\nvisits: 访问\ncity: 城市\nprofit_cny: 利润\n", "utf-8"
    )
    Path("plan.yml").write_text(
        "bases: {behavioural: [spend_cny, visits]}\nknown: [city]\nprofit: profit_cny\nnames: [Big, Small]\n",
        "utf-8",
    )
    given = {"data": "clients.csv", "mapping": "names.yml", "plan": "plan.yml", "earlier": "before.csv"}
    outcome = run(given)
    assert outcome.record["failure"] is None
    results = outcome.record["results"]
    assert results["natural_segments"] == 2
    judged = {row["criterion"]: row["verdict"] for row in results["criteria"]}
    assert judged == {"measurable": "no", "profitable": "yes", "stable": "yes"}

    tables = outcome.folder / "tables"
    placed = pd.read_csv(tables / "customer_segments.csv", dtype={"customer_id": str})
    assert (pd.crosstab(placed["segment"], group) > 0).to_numpy().sum() == 2
    own = frame.set_axis(["customer_id", "spend_cny", "visits", "city", "profit_cny"], axis=1)
    made = parse_segmentation(json.loads((tables / "segmentation.json").read_text("utf-8")))
    by_artefact = assign_segments(own, made).assigned
    customers = own
    by_sql = duckdb.sql((tables / "segmentation.sql").read_text("utf-8")).df()
    assert len(customers) == len(by_sql) == 600
    for found in (by_artefact, by_sql):
        again = found.set_index("customer_id").loc[placed["customer_id"]]
        assert again["segment"].tolist() == placed["segment"].tolist()
        assert again["is_far"].tolist() == placed["is_far"].tolist()
    for name in frame["客户号"].head(3):
        assert name not in (outcome.folder / "report.html").read_text("utf-8")


def test_bases_that_cannot_be_are_refused_in_one_message(working_folder: Path) -> None:
    pd.DataFrame({"customer_id": ["a", "b", "c"] * 40, "x": [1, 2, 3] * 40}).to_csv("twice.csv", index=False)
    outcome = run({"data": "twice.csv", "plan": "null", "columns": '["x"]'})
    assert outcome.exit_code == 2
    assert "117 ids occur more than once" in str(outcome.record["failure"])
