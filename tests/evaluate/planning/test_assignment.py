"""Assignment: the hash as any language finds it, shares, independence, strata; the balance of its arms."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from leadline.errors import DataError, ParameterError
from leadline.evaluate.planning.assignment import assign_arms, check_balance, hash_units

HALVES = {"control": 0.5, "mail": 0.5}
THREE = {"control": 0.5, "mail": 0.3, "call": 0.2}
MANY = pd.DataFrame({"id": np.arange(100_000)})


def test_the_hash_is_sha_256_of_salt_and_id() -> None:
    found = hash_units(pd.Series(["17", "客户"]), "spring")
    expected = [
        int.from_bytes(hashlib.sha256(b"spring\0" + text.encode()).digest()[:8], "big")
        for text in ("17", "客户")
    ]
    assert found.tolist() == expected
    assert hash_units(pd.Series([17]), "spring")[0] == expected[0]
    assert hash_units(pd.Series(["abc"]), "")[0] != hash_units(pd.Series(["bc"]), "a")[0]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(min_size=1), min_size=2, unique=True),
    st.text(min_size=1).filter(str.strip),
    st.randoms(),
)
def test_a_unit_keeps_its_arm_whoever_else_is_there(names: list[str], salt: str, random) -> None:
    names = [name for name in names if name.strip() == name and name.isalnum()] + ["one", "two"]
    units = pd.DataFrame({"id": list(dict.fromkeys(names))})
    arms = assign_arms(units, unit="id", shares=THREE, salt=salt)
    part = units.sample(frac=0.6, random_state=random.randint(0, 10**6))
    again = assign_arms(part, unit="id", shares=THREE, salt=salt)
    assert again.tolist() == arms.loc[part.index].tolist()


def test_shares_are_met_as_chance_allows() -> None:
    counts = assign_arms(MANY, unit="id", shares=THREE, salt="a").value_counts()[list(THREE)]
    assert stats.chisquare(counts, [50_000, 30_000, 20_000]).pvalue > 0.001


def test_another_salt_is_independent_of_the_first() -> None:
    """100,000 running ids, ten pairs of salts; the p-values of independence are themselves uniform."""
    chances = []
    first = [assign_arms(MANY, unit="id", shares=THREE, salt=f"test {number}") for number in range(5)]
    for left in range(5):
        for right in range(left):
            table = pd.crosstab(first[left], first[right])
            chances.append(stats.chi2_contingency(table).pvalue)
    assert min(chances) > 0.001
    assert stats.kstest(chances, "uniform").pvalue > 0.001


def test_neighbours_are_independent() -> None:
    arms = assign_arms(MANY, unit="id", shares=HALVES, salt="a").to_numpy()
    assert stats.chi2_contingency(pd.crosstab(arms[1:], arms[:-1])).pvalue > 0.001


def test_strata_are_cut_into_the_shares_up_to_one_unit() -> None:
    rng = np.random.default_rng(4)
    units = pd.DataFrame({"id": np.arange(3_000), "city": rng.choice(["A", "B", None], 3_000), "age": 0})
    units["tier"] = rng.integers(0, 40, 3_000)
    arms = assign_arms(units, unit="id", shares=THREE, salt="s", strata=["city", "tier"])
    counts = pd.crosstab([units["city"].fillna("none"), units["tier"]], arms)
    exact = counts.sum(axis=1).to_numpy()[:, None] * np.array([THREE[name] for name in counts.columns])
    assert (abs(counts - exact) <= 1).to_numpy().all()
    shuffled = units.sample(frac=1, random_state=1)
    again = assign_arms(shuffled, unit="id", shares=THREE, salt="s", strata=["city", "tier"])
    assert again.sort_index().tolist() == arms.tolist()


def test_strata_of_one_unit_meet_the_shares_too() -> None:
    units = MANY.iloc[:20_000].assign(stratum=lambda frame: frame["id"])
    arms = assign_arms(units, unit="id", shares=THREE, salt="s", strata=["stratum"])
    assert stats.chisquare(arms.value_counts()[list(THREE)], [10_000, 6_000, 4_000]).pvalue > 0.001


def test_every_unit_of_a_stratum_has_the_same_chance_of_each_arm() -> None:
    units = pd.DataFrame({"id": np.arange(9_000), "s": np.repeat(np.arange(3_000), 3)})
    arms = assign_arms(units, unit="id", shares=THREE, salt="x", strata=["s"]).to_numpy()
    for place in range(3):
        counts = pd.Series(arms[place::3]).value_counts()[list(THREE)]
        assert stats.chisquare(counts, [1_500, 900, 600]).pvalue > 0.001


def test_the_expected_size_of_a_difference_is_that_of_chance() -> None:
    rng = np.random.default_rng(2)
    names = [f"x{number}" for number in range(400)]
    units = pd.DataFrame(rng.exponential(size=(1_500, 400)), columns=names).assign(id=np.arange(1_500))
    units["arm"] = assign_arms(units, unit="id", shares=THREE, salt="b")
    told = check_balance(units, arm="arm", control="control", shares=THREE, covariates=names)
    for _arm, rows in told.covariates.groupby("arm"):
        assert rows["difference"].abs().mean() == pytest.approx(rows["expected_size"].mean(), rel=0.1)
        assert 0.02 < (rows["p_value"] < 0.05).mean() < 0.085
    assert told.shares_p_value > 0.001


def test_a_standardised_difference_by_hand() -> None:
    """Means 2 and 4, variances 1 and 4: 2 / √2.5; counts 3 and 3 against 50 : 50."""
    units = pd.DataFrame({"arm": ["control"] * 3 + ["mail"] * 3, "x": [1.0, 2, 3, 2, 4, 6]})
    told = check_balance(units, arm="arm", control="control", shares=HALVES, covariates=["x"])
    assert told.covariates["difference"][0] == pytest.approx(2 / 2.5**0.5)
    assert told.shares_p_value == pytest.approx(1)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(ParameterError) as refused:
        assign_arms(MANY, unit="id", shares={"a": 0.5, "b": 0.6, "c": 0}, salt=" ")
    assert len(refused.value.problems) == 3
    with pytest.raises(DataError) as caught:
        assign_arms(
            pd.DataFrame({"id": ["1", "1", None]}), unit="id", shares=HALVES, salt="s", strata=["city"]
        )
    assert len(caught.value.problems) == 3
    units = pd.DataFrame({"arm": ["control", "control", "fax"], "x": ["a", "b", "b"]})
    with pytest.raises(DataError) as caught:
        check_balance(units, arm="arm", control="none", shares=HALVES, covariates=["x", "y"])
    assert len(caught.value.problems) == 5
