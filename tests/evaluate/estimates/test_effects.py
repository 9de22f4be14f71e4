from pathlib import Path

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.effects import (
    ArmEstimate,
    Effect,
    adjust_means,
    estimate_mean,
    estimate_ratio,
    find_difference,
    find_lift,
)
from leadline.evaluate.estimates.moments import Moments, read_moments
from leadline.features.experiment.moments import moment_features


def moments_of(**arms: npt.ArrayLike) -> Moments:
    """One measure, x, by arm."""
    frame = pd.DataFrame(
        [
            {"arm": name, "count": np.size(x), "x_mean": np.mean(x), "x__x_cov": np.var(x)}
            for name, x in arms.items()
        ]
    )
    return read_moments(frame, by=["arm"], columns=["x"])


def read_units(units: pd.DataFrame, arm: str, columns: list[str]) -> Moments:
    frame = moment_features(ibis.memtable(units), by=[arm], columns=columns).execute()
    return read_moments(frame, by=[arm], columns=columns)


def from_sums(count: int, total: float, squares: float) -> ArmEstimate:
    mean = total / count
    return ArmEstimate(mean, (squares - count * mean**2) / (count - 1) / count, count)


# Student (1908, Biometrika 6:1-25): extra hours of sleep under two drugs; R's data set `sleep`.
FIRST_DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND_DRUG = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
# The sums of the project's reference numbers for experiment statistics (GrowthBook's frequentist tests).
CONTROL = from_sums(3_407, 1_396.87, 52_377.9767)
TREATED = from_sums(3_461, 2_422.7, 134_698.29)


def test_welch_as_in_the_help_page_of_r() -> None:
    """R, ?t.test, t.test(extra ~ group, data = sleep): p 0.07939, interval −3.3654832 to 0.2054832."""
    arms = moments_of(first=FIRST_DRUG, second=SECOND_DRUG)
    found = find_difference(
        estimate_mean(arms.only(arm="first"), "x"), estimate_mean(arms.only(arm="second"), "x")
    )
    assert found.value == pytest.approx(0.75 - 2.33)
    assert (found.lower, found.upper) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)
    assert found.p_value == pytest.approx(0.07939, abs=5e-6)
    assert found.method == "Welch t"


def test_difference_and_lift_of_the_reference_sums() -> None:
    found = find_difference(TREATED, CONTROL)
    assert found[:4] == pytest.approx((0.29, 0.04538, 0.53462, 0.02016), abs=5e-6)
    found = find_lift(TREATED, CONTROL, method="delta")
    assert found[:4] == pytest.approx((0.70732, -0.03526, 1.44989, 0.06191), abs=5e-6)
    assert "delta" in found.method


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_fiellers_bounds_are_where_the_test_of_a_ratio_turns(level: float) -> None:
    found = find_lift(TREATED, CONTROL, level=level)
    parts = [one.variance / (TREATED.variance + CONTROL.variance) for one in (TREATED, CONTROL)]
    freedom = 1 / (parts[0] ** 2 / (TREATED.units - 1) + parts[1] ** 2 / (CONTROL.units - 1))
    for bound in (found.lower, found.upper):
        error = np.sqrt(TREATED.variance + (1 + bound) ** 2 * CONTROL.variance)
        statistic = abs(TREATED.value - (1 + bound) * CONTROL.value) / error
        assert 2 * stats.t.sf(statistic, freedom) == pytest.approx(1 - level, rel=1e-9)
    assert found.p_value == find_difference(TREATED, CONTROL).p_value
    assert (found.lower > 0) == (found.p_value < 1 - level)


def test_fieller_without_bound_where_the_control_may_be_nothing() -> None:
    found = find_lift(ArmEstimate(2.0, 0.1, 50), ArmEstimate(1.0, 0.5, 50))
    assert (found.lower, found.upper) == (-np.inf, np.inf)
    assert "no bound" in found.method


@pytest.mark.covers("reference_numbers", "hillstrom_effects")
@pytest.mark.public_data
@pytest.mark.parametrize(
    ("arm", "column", "published"),
    [
        ("Mens E-Mail", "visit", 0.0766),
        ("Mens E-Mail", "conversion", 0.0068),
        ("Mens E-Mail", "spend", 0.77),
        ("Womens E-Mail", "visit", 0.0452),
        ("Womens E-Mail", "conversion", 0.0031),
        ("Womens E-Mail", "spend", 0.42),
    ],
)
def test_hillstroms_effects(hillstrom: pd.DataFrame, arm: str, column: str, published: float) -> None:
    """K. Hillstrom (2008), MineThatData E-Mail challenge, to the digits of its answers."""
    moments = read_units(hillstrom, "segment", ["visit", "conversion", "spend"])
    assert moments.count.tolist() == [21_307, 21_306, 21_387]
    treated, control = moments.only(segment=arm), moments.only(segment="No E-Mail")
    found = find_difference(estimate_mean(treated, column), estimate_mean(control, column))
    assert found.value == pytest.approx(published, abs=0.005 if column == "spend" else 5e-5)
    assert 0 < found.lower < found.value < found.upper
    rows = hillstrom.groupby("segment")[column]
    oracle = stats.ttest_ind(rows.get_group(arm), rows.get_group("No E-Mail"), equal_var=False)
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found[1:3] == pytest.approx(tuple(oracle.confidence_interval()), rel=1e-9)


@pytest.fixture(scope="module")
def hillstrom(public_data: Path) -> pd.DataFrame:
    return pd.read_csv(public_data / "hillstrom" / "hillstrom.csv.zip")


# Snedecor & Cochran (1967, Statistical Methods, 6th ed., p. 422): bacilli of leprosy before and after drugs.
BACILLI = {
    "A": ([11, 8, 5, 14, 19, 6, 10, 6, 11, 3], [6, 0, 2, 8, 11, 4, 13, 1, 8, 0]),
    "D": ([6, 6, 7, 8, 18, 8, 19, 8, 5, 15], [0, 2, 3, 1, 18, 4, 14, 9, 1, 9]),
    "F": ([16, 13, 11, 9, 21, 16, 12, 12, 7, 12], [13, 10, 18, 5, 23, 12, 5, 16, 1, 20]),
}
LEPROSY = pd.concat(
    pd.DataFrame({"drug": drug, "before": before, "after": after})
    for drug, (before, after) in BACILLI.items()
)


def test_adjusted_means_as_in_the_covariance_example_of_sas() -> None:
    """SAS/STAT User's Guide, PROC GLM, analysis of covariance: LS-means and differences of the drugs."""
    arms = read_units(LEPROSY, "drug", ["after", "before"])
    a, d, f = adjust_means(arms, "after", ["before"])
    assert (a.value, d.value, f.value) == pytest.approx((6.7149635, 6.8239348, 10.1611017), abs=5e-8)
    assert find_difference(a, f).value == pytest.approx(-3.446138280, abs=5e-9)
    assert find_difference(d, f).value == pytest.approx(-3.337166948, abs=5e-9)


def make_campaign(seed: int, rows: int = 400, effect: float = 0.5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    before, age = rng.lognormal(0, 0.5, rows), rng.normal(40, 10, rows)
    arm = rng.choice(["control", "mail"], rows, p=[0.4, 0.6])
    spend = 2 * before + 0.05 * age + effect * (arm == "mail") + rng.normal(0, 1, rows)
    return pd.DataFrame({"arm": arm, "before": before, "age": age, "spend": spend})


def test_several_covariates_give_the_analysis_of_covariance() -> None:
    units = make_campaign(1)
    control, mail = adjust_means(
        read_units(units, "arm", ["spend", "before", "age"]), "spend", ["before", "age"]
    )
    fitted = smf.ols("spend ~ C(arm) + before + age", units).fit(cov_type="HC1")
    found = find_difference(mail, control)
    assert found.value == pytest.approx(fitted.params["C(arm)[T.mail]"], rel=1e-10)
    error = (found.upper - found.lower) / 2 / 1.965
    assert error == pytest.approx(fitted.bse["C(arm)[T.mail]"], rel=0.02)


def test_a_covariate_of_no_use_does_no_harm() -> None:
    units = make_campaign(2).assign(same=7.0, twice=lambda rows: rows["before"] * 1e6)
    wanted = adjust_means(read_units(units, "arm", ["spend", "before"]), "spend", ["before"])
    arms = read_units(units, "arm", ["spend", "before", "same", "twice"])
    found = adjust_means(arms, "spend", ["before", "same", "twice"])
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    plain = [estimate_mean(arms.only(arm=name), "spend") for name in ("control", "mail")]
    assert adjust_means(arms, "spend", []) == plain


def test_the_adjusted_interval_covers_and_is_shorter() -> None:
    """800 campaigns, seed 3: 95% cover the truth within 3 Monte-Carlo errors (0.77 points each)."""
    units = make_campaign(3, rows=800 * 120).assign(campaign=np.repeat(range(800), 120))
    columns = ["spend", "before", "age"]
    frame = moment_features(ibis.memtable(units), by=["campaign", "arm"], columns=columns).execute()
    moments = read_moments(frame, by=["campaign", "arm"], columns=columns)
    covered, shorter = 0, []
    for campaign in range(800):
        arms = moments.take(slice(2 * campaign, 2 * campaign + 2))
        control, mail = adjust_means(arms, "spend", ["before", "age"])
        plain_control, plain_mail = adjust_means(arms, "spend", [])
        found, plain = find_difference(mail, control), find_difference(plain_mail, plain_control)
        covered += found.lower <= 0.5 <= found.upper
        shorter.append((found.upper - found.lower) / (plain.upper - plain.lower))
    assert covered / 800 == pytest.approx(0.95, abs=0.0231)
    # Variance of the rest 1 of 1 + 4 Var(before) + 0.25: the root of that share.
    spread = (np.exp(0.25) - 1) * np.exp(0.25)
    assert np.mean(shorter) == pytest.approx(1 / np.sqrt(1.25 + 4 * spread), rel=0.05)


def test_a_ratio_has_the_variance_of_the_survey_formula() -> None:
    """Cochran (1977, Sampling Techniques, 3rd ed., ch. 6, without finite correction)."""
    rng = np.random.default_rng(8)
    orders = rng.poisson(3, 500) + 1
    units = pd.DataFrame({"arm": "a", "orders": orders, "spend": orders * rng.gamma(2, 5, 500)})
    found = estimate_ratio(read_units(units, "arm", ["spend", "orders"]), "spend", "orders")
    ratio = units["spend"].sum() / units["orders"].sum()
    residual = units["spend"] - ratio * units["orders"]
    assert found.value == pytest.approx(ratio, rel=1e-12)
    assert found.variance == pytest.approx(residual.pow(2).sum() / 499 / 500 / orders.mean() ** 2, rel=1e-9)


def test_the_intervals_of_a_ratio_cover() -> None:
    """600 campaigns of customers with many orders each, seed 9; orders of one customer are alike."""
    rng = np.random.default_rng(9)
    campaign, place = np.divmod(np.arange(600 * 600), 600)
    orders = rng.poisson(3, len(place)) + 1
    spend = orders * np.where(place < 300, 12.0, 10.0) * rng.gamma(4, 1 / 4, len(place))
    units = pd.DataFrame({"campaign": campaign, "other": place >= 300, "spend": spend, "orders": orders})
    by, columns = ["campaign", "other"], ["spend", "orders"]
    frame = moment_features(ibis.memtable(units), by=by, columns=columns).execute()
    moments = read_moments(frame, by=by, columns=columns)
    each = [estimate_ratio(moments.take(slice(row, row + 1)), "spend", "orders") for row in range(1200)]
    inside = {"difference": 0, "delta": 0, "Fieller": 0}
    for arm, control in zip(each[::2], each[1::2], strict=True):
        for name, truth, found in (
            ("difference", 2.0, find_difference(arm, control)),
            ("delta", 0.2, find_lift(arm, control, method="delta")),
            ("Fieller", 0.2, find_lift(arm, control)),
        ):
            inside[name] += found.lower <= truth <= found.upper
    for name, times in inside.items():
        assert times / 600 == pytest.approx(0.95, abs=0.027), name


def test_what_cannot_be_told_is_refused() -> None:
    arms = moments_of(a=[1.0, 2.0], b=[3.0], c=[2.0, 2.0])
    same = estimate_mean(arms.only(arm="c"), "x")
    refused: list[tuple[object, str]] = [
        (lambda: estimate_mean(arms.only(arm="b"), "x"), "b has 1 units; a variance needs 2"),
        (lambda: estimate_mean(arms, "x"), "in 3 cells; merge them"),
        (lambda: adjust_means(arms, "x", []), "b has 1 units"),
        (lambda: find_difference(same, same), "the same for every unit of both arms"),
        (lambda: find_lift(TREATED, CONTROL._replace(value=0.0)), "above 0 only"),
    ]
    for attempt, words in refused:
        with pytest.raises(DataError, match=words):
            attempt()
    zero = moments_of(a=[1.0, -1.0]).combine({"x": {"x": 1.0}, "y": {"x": 1.0}})
    with pytest.raises(DataError, match="“y” is 0 on average"):
        estimate_ratio(zero, "x", "y")
    for wrong in (lambda: find_lift(TREATED, CONTROL, method="log"),):
        with pytest.raises(ParameterError, match="is not"):
            wrong()


def test_an_arm_against_itself_shows_nothing() -> None:
    found = find_difference(CONTROL, CONTROL)
    assert found == Effect(0.0, -found.upper, found.upper, 1.0, "Welch t")
