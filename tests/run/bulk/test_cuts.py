"""Cut points by counting parts: those of NumPy's quantiles, whatever the values are."""

import math

import ibis
import numpy as np
import pandas as pd
import pytest

from leadline.run.bulk.cuts import find_cuts

RNG = np.random.default_rng(9)
COLUMNS = {
    "one": [4.5],
    "two": [1.0, 2.0],
    "all the same": [7.25] * 50,
    "tenths": RNG.normal(0, 100, 999).round(1),
    "no two alike": RNG.lognormal(3, 2, 20_000),
    "mostly none": np.where(RNG.random(5000) < 0.9, 0.0, RNG.random(5000)),
    "over 600 decades": 10.0 ** RNG.uniform(-300, 300, 3000),
    "neighbours": np.nextafter(0.3, 1) * np.ones(30) + np.arange(30) % 3 * np.spacing(0.3),
    "gaps": [math.nan, 3.0, None, 1.0, 2.0],
    "few whole numbers": RNG.poisson(2, 5000),
    "whole numbers below zero": RNG.integers(-(10**12), 10**3, 5000),
    "two whole numbers far apart": [-(2**40), 2**40] * 20,
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("levels", [2, 5, 7])
def test_cuts_are_numpy_s_quantiles(name: str, levels: int) -> None:
    values = pd.Series(COLUMNS[name])
    found = find_cuts(ibis.memtable(values.rename("x").to_frame()), "x", levels=levels)
    wanted = np.quantile(values.dropna().astype(float), np.arange(1, levels) / levels)
    assert found.points == pytest.approx(wanted, rel=1e-12)


def test_cuts_that_are_values_are_those_values_to_the_last_digit() -> None:
    values = RNG.lognormal(3, 2, 10_001)
    found = find_cuts(ibis.memtable(pd.DataFrame({"x": values})), "x", levels=5)
    assert found.points == np.sort(values)[[2000, 4000, 6000, 8000]].tolist()


def test_what_is_not_finite_moves_no_cut() -> None:
    values = [math.inf, -math.inf, math.nan, 1.0, 2.0, 3.0, 5e-324, 1e-323]
    found = find_cuts(ibis.memtable(pd.DataFrame({"x": values})), "x", levels=2)
    assert found.points == [1.0]


def test_no_value_has_no_cuts() -> None:
    assert find_cuts(ibis.memtable(pd.DataFrame({"x": [math.nan, math.nan]})), "x").points is None


def test_rows_are_never_put_in_order() -> None:
    asked = find_cuts(ibis.memtable(pd.DataFrame({"x": RNG.random(100)})), "x").sql.upper()
    assert "GROUP BY" in asked
    assert not any(word in asked for word in ("QUANTILE", "OVER (", "NTILE"))
