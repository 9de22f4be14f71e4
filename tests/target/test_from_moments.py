"""Components and regressions from moments are those that every row would have given."""

import ibis
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from sklearn.decomposition import PCA

from leadline.errors import DataError
from leadline.features.experiment.moments import whole_moments
from leadline.target.from_moments import (
    JointMoments,
    find_principal_components,
    fit_least_squares,
    read_joint_moments,
)

COLUMNS = ["spend", "sessions", "age", "assets"]


def make_rows(rows: int = 3000) -> pd.DataFrame:
    """Columns far from 0 and of very different sizes, related to one another."""
    rng = np.random.default_rng(5)
    base = rng.normal(size=rows)
    return pd.DataFrame(
        {
            "spend": 1e4 + 3 * base + rng.normal(size=rows),
            "sessions": rng.poisson(7, rows),
            "age": 40 + 0.1 * (base + rng.normal(size=rows)),
            "assets": 2e3 * (base + rng.lognormal(size=rows)),
        }
    )


def find_moments(rows: pd.DataFrame) -> JointMoments:
    connection = ibis.duckdb.connect(threads=2)
    try:
        table = connection.create_table("rows", rows)
        frame = whole_moments(table, by=[], sets=[COLUMNS]).to_pyarrow().to_pandas()
    finally:
        connection.disconnect()
    return read_joint_moments(frame, COLUMNS)


ROWS = make_rows()
MOMENTS = find_moments(ROWS)


@pytest.mark.parametrize("is_scaled", [True, False])
def test_components_are_those_of_all_rows(is_scaled: bool) -> None:
    found = find_principal_components(MOMENTS, is_scaled=is_scaled)
    scales = ROWS.std(ddof=0).to_numpy() if is_scaled else 1.0
    wanted = PCA(svd_solver="full").fit((ROWS.to_numpy(dtype=float) - ROWS.mean().to_numpy()) / scales)
    turn = np.where(wanted.components_.sum(axis=1) < 0, -1, 1)
    np.testing.assert_allclose(found.variances, wanted.explained_variance_, rtol=1e-9)
    np.testing.assert_allclose(found.shares, wanted.explained_variance_ratio_, rtol=1e-9)
    np.testing.assert_allclose(found.loadings, (wanted.components_ * turn[:, None]).T, atol=1e-9)


def test_the_regression_is_that_of_all_rows() -> None:
    found = fit_least_squares(MOMENTS, outcome="assets", terms=["age", "sessions", "spend"])
    terms = ROWS[["age", "sessions", "spend"]]
    wanted = sm.OLS(ROWS["assets"] - ROWS["assets"].mean(), sm.add_constant(terms - terms.mean())).fit()
    slopes = found.table.set_index("term").drop("intercept")
    for name, other in [
        ("estimate", wanted.params),
        ("standard_error", wanted.bse),
        ("p_value", wanted.pvalues),
    ]:
        np.testing.assert_allclose(slopes[name], other.drop("const"), rtol=1e-9)
    assert found.degrees == wanted.df_resid
    np.testing.assert_allclose(found.residual_variance, wanted.mse_resid, rtol=1e-9)
    np.testing.assert_allclose(found.r_squared, wanted.rsquared, rtol=1e-9)


def test_the_intercept_is_that_of_all_rows() -> None:
    found = fit_least_squares(MOMENTS, outcome="sessions", terms=["assets"]).table.iloc[0]
    wanted = sm.OLS(ROWS["sessions"], sm.add_constant(ROWS[["assets"]])).fit()
    np.testing.assert_allclose(
        [found["estimate"], found["standard_error"]], [wanted.params["const"], wanted.bse["const"]], rtol=1e-9
    )


def test_what_cannot_be_told_is_refused() -> None:
    lacking = ROWS.assign(age=ROWS["age"].where(ROWS.index > 4), spend=np.inf)
    with pytest.raises(DataError) as caught:
        find_moments(lacking)
    assert [text.split(" of ")[0] for text in caught.value.problems] == ["spend: 0", "age: 5"]
    with pytest.raises(DataError, match="holds 0 rows"):
        find_moments(ROWS.head(0))
    with pytest.raises(DataError, match="age: holds one value only"):
        find_principal_components(find_moments(ROWS.assign(age=1.0)))
    with pytest.raises(DataError, match="follows from the others"):
        fit_least_squares(
            find_moments(ROWS.assign(age=ROWS["spend"] * 2)), outcome="assets", terms=["age", "spend"]
        )
    with pytest.raises(DataError, match="3 rows and 3 terms"):
        fit_least_squares(find_moments(ROWS.head(3)), outcome="assets", terms=["age", "spend", "sessions"])
