"""Who is drawn: only the permitted, the same again with the same salt; and whether arms are alike."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.planning import assign_test, permit_units

HALVES = {"held_out": 0.5, "call": 0.5}


def make_customers(size: int = 4_000) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:05d}" for number in range(size)],
            "consent": rng.choice(["yes", "no", None], size, p=[0.7, 0.2, 0.1]),
            "do_not_contact": rng.choice(["是", "否", None], size, p=[0.1, 0.85, 0.05]),
            "region": rng.choice(["north", "south"], size),
            "age": rng.normal(45, 12, size),
            "spend": rng.gamma(2.0, 50.0, size),
        }
    )


def draw(customers: pd.DataFrame, **fields: object) -> pd.Series:
    result = assign_test(customers, unit="customer_id", shares=HALVES, **({"salt": "autumn"} | fields))
    return result.assignment.set_index("customer_id")["arm"]


def test_only_a_plain_yes_and_a_plain_no_permit() -> None:
    customers = make_customers()
    allowed = permit_units(customers, permitted="consent", barred="do_not_contact")
    expected = (customers["consent"] == "yes") & (customers["do_not_contact"] == "否")
    assert allowed.tolist() == expected.tolist()
    drawn = draw(customers, permitted="consent", barred="do_not_contact")
    assert set(drawn.index) == set(customers.loc[expected, "customer_id"])


def test_the_same_salt_draws_the_same_whatever_the_order_of_the_rows() -> None:
    customers = make_customers()
    first = draw(customers, size=500, strata=["region"]).sort_index()
    mixed = customers.sample(frac=1, random_state=1)
    assert first.equals(draw(mixed, size=500, strata=["region"]).sort_index())
    other = draw(customers, size=500, salt="winter")
    assert 0.03 < first.index.isin(other.index).mean() < 0.25  # an eighth, by chance
    assert len(first) == 500


def test_who_is_drawn_says_nothing_of_the_arm() -> None:
    whole = draw(make_customers())
    part = draw(make_customers(), size=2_000)
    assert (whole[part.index] == part).all()  # without strata an arm depends on id and salt alone
    assert 0.45 < (part == "call").mean() < 0.55


def test_strata_meet_their_shares() -> None:
    customers = make_customers()
    result = assign_test(
        customers, unit="customer_id", shares=HALVES, salt="autumn", strata=["region"], covariates=["age"]
    )
    counts = result.assignment.groupby("region")["arm"].value_counts().to_dict()
    assert all(abs(counts[region, "held_out"] - counts[region, "call"]) <= 1 for region in ("north", "south"))
    assert result.is_alike


def test_arms_that_differ_are_told() -> None:
    customers = make_customers()
    arms = draw(customers)
    customers["leak"] = (arms.to_numpy() == "call") + np.random.default_rng(1).normal(0, 1, len(customers))
    result = assign_test(
        customers, unit="customer_id", shares=HALVES, salt="autumn", covariates=["leak", "age", "region"]
    )
    assert result.balance["covariate"].tolist() == ["leak", "age"]  # a text has no mean
    assert not result.is_alike
    assert "not alike" in result.summary
    assert result.balance.set_index("covariate")["difference"]["leak"] == pytest.approx(1.0, abs=0.1)


def test_chance_is_called_unlike_as_seldom_as_promised() -> None:
    customers = make_customers(300)
    names = ["age", "spend"]
    told = [
        assign_test(customers, unit="customer_id", shares=HALVES, salt=str(number), covariates=names).is_alike
        for number in range(200)
    ]
    assert np.mean(told) > 0.90  # 95%, and 3 standard errors


def test_the_result_names_no_customer_and_says_who_asked() -> None:
    customers = make_customers()
    result = assign_test(
        customers,
        unit="customer_id",
        shares=HALVES,
        salt="autumn",
        covariates=["age", "spend"],
        permitted="consent",
        labels={"age": "Age, years"},
    )
    shown = f"{result!r}{result._repr_html_()}{result.to_dict()}"
    assert "C00" not in shown
    assert "Age, years" in result._repr_html_()
    assert f"{result.permitted:,} customers who may be contacted" in result.summary
    assert not result.warnings
    assert result.figure().get_label().startswith("Standardised differences")
    silent = assign_test(customers, unit="customer_id", shares=HALVES, salt="autumn")
    assert any("No column of permission" in text for text in silent.warnings)
    assert silent.figure().get_label().startswith("Nothing was named")


def test_units_that_cannot_be_drawn_are_refused() -> None:
    customers = make_customers(100)
    with pytest.raises(DataError, match="no such column"):
        permit_units(customers, permitted="consented", barred="do_not_contact")
    with pytest.raises(DataError, match="neither yes nor no"):
        permit_units(customers.assign(consent="perhaps"), permitted="consent")
    with pytest.raises(DataError, match="0 of 100 units may be contacted"):
        draw(customers.assign(consent="no"), permitted="consent")
    with pytest.raises(DataError, match="repeated"):
        draw(pd.concat([customers, customers]))
    with pytest.raises(DataError, match="gone: the table of units has no such column"):
        draw(customers, covariates=["gone"])
    with pytest.raises(ParameterError, match="size == 1"):
        draw(customers, size=1)
    with pytest.raises(ParameterError, match="salt is empty"):
        draw(customers, salt=" ")
