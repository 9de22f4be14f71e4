"""New customers: who is placed where, who is far, what has changed, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.results import Result
from leadline.target.segments import (
    AssignmentResult,
    assign_segments,
    fit_segments,
    make_segmentation,
    read_bases,
)

COLUMNS = ["age", "spend_cny", "city", "is_member"]


def make_customers(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, rows)
    return pd.DataFrame(
        {
            "customer_id": [f"C{seed}-{place}" for place in range(rows)],
            "age": rng.normal(30 + 15 * kind, 3),
            "spend_cny": np.exp(rng.normal(4 + kind, 0.4)),
            "city": np.array(["上海", "北京", "成都"])[(kind + (rng.random(rows) < 0.2)) % 3],
            "is_member": rng.random(rows) < 0.3,
        }
    )


@pytest.fixture(scope="module")
def segmentation():
    bases = read_bases(make_customers(2_000, 0), COLUMNS, kinds={"spend_cny": "logged"})
    fit = fit_segments(bases, "kmeans", 3, np.random.default_rng(0))
    return make_segmentation(bases, fit, names=["Young", "Middle", "Old"])


def verdicts(result: AssignmentResult) -> dict[str, str]:
    return dict(zip(result.drift["column"], result.drift["verdict"], strict=True))


def test_customers_of_the_same_kind_are_placed_without_alarm(segmentation) -> None:
    new = make_customers(1_000, 1)
    result = assign_segments(new, segmentation)
    assert isinstance(result, Result)
    assert result.assigned["customer_id"].tolist() == new["customer_id"].tolist()
    assert result.table["customers"].sum() == 1_000
    assert result.far.lower <= 0.01 <= result.far.upper
    assert set(verdicts(result).values()) == {"stable"}
    assert not result.warnings
    assert (result.table["difference_ci_lower"] < 0).all()
    assert (result.table["difference_ci_upper"] > 0).all()
    assert "No column is seen to have changed" in result.summary
    assert result.assigned.index.equals(new.index)


def test_the_order_of_rows_places_nobody_elsewhere(segmentation) -> None:
    new = make_customers(200, 1)
    one = assign_segments(new, segmentation).assigned
    other = assign_segments(new.sample(frac=1, random_state=0), segmentation).assigned
    pd.testing.assert_frame_equal(one, other.sort_index())


def test_strangers_are_far(segmentation) -> None:
    new = make_customers(1_000, 1)
    new.loc[:99, "age"] = 140.0
    result = assign_segments(new, segmentation)
    assert result.assigned["is_far"].iloc[:100].all()
    assert result.assigned["is_far"].iloc[100:].mean() < 0.03
    assert any("of a kind that the segments do not know" in note for note in result.warnings)


def test_what_moved_is_named_and_what_did_not_is_not(segmentation) -> None:
    new = make_customers(1_000, 1)
    new["spend_cny"] *= 3
    new.loc[:299, "city"] = None
    new.loc[300:449, "is_member"] = not new["is_member"].iloc[0]
    result = assign_segments(new, segmentation, labels={"spend_cny": "Spending"})
    found = verdicts(result)
    assert found["spend_cny"] == found["city"] == "changed"
    assert found["age"] == "stable"
    assert "Spending" in result.summary
    assert "Changed since" in result.summary
    row = result.drift.set_index("column").loc["city"]
    assert (row["missing_then"], row["missing_now"]) == (0, 0.3)


def test_the_index_is_that_of_the_book(segmentation) -> None:
    """Two levels, 70 to 30 then and 50 to 50 now: (0.5-0.7) ln(0.5/0.7) + (0.5-0.3) ln(0.5/0.3)."""
    frame = pd.DataFrame({"a": ["x"] * 7_000 + ["y"] * 3_000, "b": ["u", "v"] * 5_000})
    bases = read_bases(frame, ["a", "b"])
    made = make_segmentation(bases, fit_segments(bases, "kmeans", 2, np.random.default_rng(0)))
    new = pd.DataFrame({"customer_id": range(20_000), "a": ["x", "y"] * 10_000, "b": ["u"] * 20_000})
    drift = assign_segments(new, made).drift.set_index("column")
    assert drift.loc["a", "psi"] == pytest.approx(0.2 * np.log(0.7 / 0.5) + 0.2 * np.log(0.5 / 0.3), abs=1e-3)
    bound = (1 / 10_000 + 1 / 20_000) * 5.731  # chi-square, 1 degree of freedom, 0.05 / 3 rows
    assert drift.loc["a", "psi_chance"] == pytest.approx(bound, rel=1e-3)
    assert drift.loc["a", "verdict"] == "watch"
    assert drift.loc["b", "verdict"] == "changed"


def test_small_tables_do_not_cry_wolf(segmentation) -> None:
    """Thirty customers of the same kind, 60 times: an index above 0.25 is mere chance."""
    results = [assign_segments(make_customers(30, seed), segmentation) for seed in range(2, 62)]
    assert np.mean([result.drift["psi"].max() > 0.25 for result in results]) > 0.5
    assert np.mean([set(verdicts(result).values()) != {"stable"} for result in results]) <= 0.05
    assert any("is chance here" in note for note in results[0].warnings)


def test_categories_never_seen_are_counted_and_named_where_many_have_them(segmentation) -> None:
    new = make_customers(500, 1)
    new.loc[:24, "city"] = ["广州"] * 12 + ["拉萨"] * 12 + ["Zhang Wei 13800138000"]
    result = assign_segments(new, segmentation)
    assert "city: 25 customers have a value that was not there" in result.warnings[0]
    assert "('广州', '拉萨')" in result.warnings[0]
    row = result.drift.set_index("column").loc["city"]
    assert (row["new_categories"], row["missing_now"]) == (0.05, 0)


def test_what_a_few_customers_have_is_neither_named_nor_counted(segmentation) -> None:
    new = make_customers(500, 1)
    new.loc[:3, "city"] = ["Zhang Wei 13800138000", "广州", "广州", "拉萨"]
    new.loc[:2, "age"] = None
    new["is_member"] = new["is_member"].astype("boolean").where(new.index < 9)
    result = assign_segments(new, segmentation)
    assert "city: fewer than 10 customers have a value that was not there" in result.warnings[0]
    drift = result.drift.set_index("column")
    assert np.isnan(drift.loc["city", "new_categories"])
    assert np.isnan(drift.loc["age", "missing_now"])
    assert np.isnan(drift.loc["is_member", "missing_now"])  # all but nine
    for told in ("\n".join(result.warnings), result._repr_html_(), json.dumps(result.to_dict())):
        assert "Zhang" not in told
        assert "拉萨" not in told


def weigh(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(w=np.where(frame["age"] > 40, 5.0, 1.0))


def test_weights_count_in_shares_and_drift() -> None:
    frame = weigh(make_customers(2_000, 0))
    bases = read_bases(frame, COLUMNS, kinds={"spend_cny": "logged"}, weight="w")
    made = make_segmentation(bases, fit_segments(bases, "kmeans", 3, np.random.default_rng(0)))
    same = assign_segments(frame, made, weight="w")
    assert set(verdicts(same).values()) == {"stable"}
    assert same.drift["psi"].max() < 1e-12
    np.testing.assert_allclose(same.table["share"], same.table["share_then"])
    counts = np.bincount(same.assigned["segment"], minlength=4)[1:]
    assert same.table["customers"].tolist() == counts.tolist()  # rows, not people
    halves = (same.table["share_ci_upper"] - same.table["share_ci_lower"]).to_numpy() / 2
    share, effective = same.table["share"].to_numpy(), frame["w"].sum() ** 2 / (frame["w"] ** 2).sum()
    np.testing.assert_allclose(halves, 1.96 * np.sqrt(share * (1 - share) / effective), rtol=0.01)
    assert same.far.value == pytest.approx(made.far_share)

    without = assign_segments(frame, made)
    assert set(verdicts(without).values()) == {"not compared"}
    assert any("made with weights" in note for note in without.warnings)
    assert not any("changed since" in note for note in without.warnings)
    assert without.table["difference"].isna().all()
    assert "cannot be told without weights" in without.summary
    assert without.figure().get_label()
    assert "<table" in without._repr_html_()
    json.dumps(without.to_dict(), allow_nan=False)


def test_three_rows_are_a_weight_of_three(segmentation) -> None:
    new = make_customers(300, 1).assign(w=[1, 3] * 150)
    rows = new.loc[new.index.repeat(new["w"])].reset_index(drop=True)
    rows["customer_id"] = range(len(rows))
    one, other = assign_segments(new, segmentation, weight="w"), assign_segments(rows, segmentation)
    np.testing.assert_allclose(one.table["share"], other.table["share"])
    assert one.far.value == pytest.approx(other.far.value)
    with pytest.raises(DataError, match="w: 150 weights are missing, zero or negative"):
        assign_segments(new.assign(w=[0, 3] * 150), segmentation, weight="w")


def test_a_share_of_then_that_speaks_of_one_customer_is_not_told() -> None:
    frame = make_customers(1_000, 0)
    frame.loc[0, ["age", "spend_cny"]] = [900.0, 1e12]
    bases = read_bases(frame, COLUMNS)
    made = make_segmentation(bases, fit_segments(bases, "kmeans", 4, np.random.default_rng(0)))
    assert min(made.counts) == 1
    result = assign_segments(make_customers(500, 1), made)
    hidden = result.table["share_then"].isna()
    assert hidden.sum() == 2
    assert result.table.loc[hidden, "difference"].isna().all()
    assert any("2 shares of then are not shown" in note for note in result.warnings)
    assert result.figure().get_label()


def test_ids_under_the_name_of_a_result_are_refused(segmentation) -> None:
    new = make_customers(30, 1).rename(columns={"customer_id": "segment"})
    with pytest.raises(DataError, match="segment: the ids are in a column that is to hold the result"):
        assign_segments(new, segmentation, customer="segment")


def test_small_cells_are_hidden(segmentation) -> None:
    new = make_customers(400, 1)
    placed = assign_segments(new, segmentation).assigned["segment"]
    few = new[(placed != 3) | (placed == 3).cumsum().le(4)].copy()  # four of the third are left
    few.loc[few.index[0], "age"] = 140.0
    result = assign_segments(few, segmentation)
    hidden = result.table[result.table["is_hidden"]]
    assert len(hidden) == 2  # the small one, and one more against subtraction
    assert hidden[["customers", "share", "difference"]].isna().all(axis=None)
    assert any("not shown" in note for note in result.warnings)
    assert "Fewer than 10 are far" in result.summary
    assert result.to_dict()["assigned_far"] is None
    assert len(result.kpis) == 2


def test_one_customer_can_be_placed(segmentation) -> None:
    result = assign_segments(make_customers(1, 1), segmentation)
    assert len(result.assigned) == 1
    assert result.table["is_hidden"].sum() == 1
    assert "<table" in result._repr_html_()
    assert result.figure().get_label()


def test_a_result_is_escaped_and_holds_no_customer(segmentation) -> None:
    new = make_customers(300, 1)
    new["city"] = "<script>alert(1)</script>"
    result = assign_segments(new, segmentation)
    assert "<script>" not in result._repr_html_()
    assert "C1-" not in repr(result) + result._repr_html_() + json.dumps(result.to_dict(), allow_nan=False)


def test_all_problems_come_at_once(segmentation) -> None:
    new = make_customers(20, 1).drop(columns="city").assign(age="old", is_member="perhaps")
    new.loc[2, "spend_cny"] = -4.0
    new.loc[5, "customer_id"] = new.loc[4, "customer_id"]
    with pytest.raises(DataError) as caught:
        assign_segments(new, segmentation)
    told = str(caught.value)
    for words in (
        "(5 problems)",
        "customer_id: 1 ids occur more than once",
        "city: the table has no such column",
        "age: holds",
        "is_member: holds texts, and held flags",
        "spend_cny: 1 value is below 0 (row 4)",
    ):
        assert words in told


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e101])
def test_infinite_values_are_refused_by_row(segmentation, value: float) -> None:
    new = make_customers(20, 1)
    new.loc[3, "age"] = value
    with pytest.raises(DataError, match=r"age: 1 value is infinite, or beyond 1e\+100 \(row 5\)"):
        assign_segments(new, segmentation)


def test_no_rows_and_no_ids_are_refused(segmentation) -> None:
    with pytest.raises(DataError, match="has no rows"):
        assign_segments(make_customers(3, 1).head(0), segmentation)
    with pytest.raises(DataError, match="client: the table of new customers has no such column"):
        assign_segments(make_customers(3, 1), segmentation, customer="client")


def test_an_empty_column_is_told_not_refused(segmentation) -> None:
    new = make_customers(300, 1).assign(age=np.nan, city=None)
    result = assign_segments(new, segmentation)
    assert verdicts(result)["age"] == verdicts(result)["city"] == "changed"


def test_inputs_stay_as_they_are(segmentation) -> None:
    new = make_customers(50, 1)
    kept = new.copy(deep=True)
    assign_segments(new, segmentation)
    pd.testing.assert_frame_equal(new, kept)
