import ibis
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from leadline.errors import DataError
from leadline.evaluate.estimates.arms import Arms, estimate_arms
from leadline.evaluate.estimates.effects import adjust_means, estimate_ratio, find_difference, find_lift
from leadline.evaluate.estimates.moments import Moments, read_moments
from leadline.features.experiment.moments import moment_features

#: GrowthBook, packages/stats/tests/frequentist/test_post_strat.py: units, and sums of m, m², d, d², m × d.
GROWTHBOOK = [
    (
        (21, 330.0696210595999, 5377.811252605509, 890.9766550739607, 38220.95223835553, 14263.937571840695),
        (
            42,
            708.1220000911836,
            12249.255519049513,
            1745.9858250014954,
            73194.53424221886,
            29826.620793423102,
        ),
    ),
    (
        (65, 1391.96628040659, 30546.63404187155, 2769.8126179473184, 118719.96077578884, 59924.702385890436),
        (
            75,
            1807.4703052657744,
            45000.287664918586,
            3184.8395612061063,
            136710.92474497214,
            78119.14871556411,
        ),
    ),
    (
        (102, 2916.824124651419, 86396.06886690554, 4445.780384331884, 195387.7733842407, 129041.55268673625),
        (
            101,
            3104.5399914554023,
            98365.40553530994,
            4235.277718489282,
            179690.4720421368,
            132444.36911739354,
        ),
    ),
    (
        (
            151,
            5172.587929941052,
            182453.04528037464,
            6510.170220892494,
            283094.7243365024,
            226127.20135744457,
        ),
        (
            121,
            4613.696610070716,
            180520.64781229294,
            5079.943060454901,
            215529.32009367683,
            196562.8269130501,
        ),
    ),
    (
        (160, 6539.348445231273, 274981.98909352464, 6906.305872710853, 300900.3106781779, 286483.9732935189),
        (162, 7431.953259880505, 349244.6690736718, 6899.004661928157, 296839.44355002965, 321057.8410309036),
    ),
]


def read_growthbook() -> Moments:
    rows = []
    for stratum, arms in enumerate(GROWTHBOOK):
        for arm, (count, m, mm, d, dd, md) in zip("ct", arms, strict=True):
            told = {"arm": arm, "stratum": stratum, "count": count, "m_mean": m / count, "d_mean": d / count}
            told |= {"m__m_cov": (mm - m * m / count) / (count - 1)}
            told |= {"m__d_cov": (md - m * d / count) / (count - 1)}
            rows.append({**told, "d__d_cov": (dd - d * d / count) / (count - 1)})
    return read_moments(pd.DataFrame(rows), by=["arm", "stratum"], columns=["m", "d"], ddof=1)


def find_errors(found: Arms) -> list[float]:
    """Difference, its error, lift, its error (delta method)."""
    control, arm = found.estimates
    covariance = float(found.covariance[0, 1])
    difference = arm.value - control.value
    error = (arm.variance + control.variance - 2 * covariance) ** 0.5
    narrow = find_lift(arm, control, method="delta", covariance=covariance, level=0.5)
    wide = find_difference(arm, control, covariance=covariance, level=0.5)
    ratio = (narrow.upper - narrow.lower) / (wide.upper - wide.lower) * error
    return [difference, error, narrow.value, ratio]


def test_post_stratified_means_as_in_growthbook() -> None:
    found = estimate_arms(read_growthbook(), ["c", "t"], "m")
    published = [3.548094377986586, 0.37634374823059685, 0.10994584851937336, 0.012225394656480164]
    np.testing.assert_allclose(find_errors(found), published, rtol=1e-10)
    assert found.strata == 5
    assert found.units == (499, 501)


def test_post_stratified_ratios_as_in_growthbook() -> None:
    found = estimate_arms(read_growthbook(), ["c", "t"], "m", denominator="d")
    published = [0.10008903417216031, 0.005071004003792392, 0.13371299783026003, 0.007131233706378072]
    np.testing.assert_allclose(find_errors(found), published, rtol=1e-10)


def make_units(rng: np.random.Generator, rows: int = 4_000) -> pd.DataFrame:
    region = rng.choice(["north", "south", "west"], rows, p=[0.6, 0.3, 0.1])
    level = pd.Series(region).map({"north": 0.0, "south": 3.0, "west": 9.0}).to_numpy()
    arm = rng.choice(["control", "mail"], rows)
    before = rng.gamma(2, 1, rows) + level / 3
    orders = 1 + rng.poisson(1, rows)
    spend = level + 2 * before + 0.4 * (arm == "mail") + rng.normal(0, 1, rows) + orders
    return pd.DataFrame({"arm": arm, "region": region, "before": before, "spend": spend, "orders": orders})


def read_units(units: pd.DataFrame, *strata: str) -> Moments:
    by, columns = ["arm", *strata], ["spend", "orders", "before"]
    frame = moment_features(ibis.memtable(units), by=by, columns=columns).execute()
    return read_moments(frame, by=by, columns=columns)


def test_without_strata_it_is_the_analysis_of_covariance(rng: np.random.Generator) -> None:
    cells = read_units(make_units(rng))
    found = estimate_arms(cells, ["control", "mail"], "spend", covariates=["before"])
    np.testing.assert_allclose(found.estimates, adjust_means(cells, "spend", ["before"]), rtol=1e-10)
    assert not found.covariance.any()
    plain = estimate_arms(cells, ["mail", "control"], "spend", denominator="orders")
    wanted = [estimate_ratio(cells.only(arm=arm), "spend", "orders") for arm in ("mail", "control")]
    np.testing.assert_allclose(plain.estimates, wanted, rtol=1e-10)


def test_strata_and_covariate_give_the_regression_with_both(rng: np.random.Generator) -> None:
    """Lin (2013, Annals of Applied Statistics 7:295-318): effects by stratum, weighted by its share."""
    units = make_units(rng)
    found = estimate_arms(read_units(units, "region"), ["control", "mail"], "spend", covariates=["before"])
    dummies = pd.get_dummies(units["region"], drop_first=True, dtype=float)
    centred = units.assign(**(dummies - dummies.mean()))
    fitted = smf.ols("spend ~ C(arm) * (south + west) + before", centred).fit(cov_type="HC1")
    effect = found.estimates[1].value - found.estimates[0].value
    assert effect == pytest.approx(fitted.params["C(arm)[T.mail]"], rel=1e-9)
    error = sum(one.variance for one in found.estimates) - 2 * found.covariance[0, 1]
    assert error**0.5 == pytest.approx(fitted.bse["C(arm)[T.mail]"], rel=0.02)


def test_a_ratio_is_adjusted_for_what_was_known_before(rng: np.random.Generator) -> None:
    """250 tests: no bias, intervals that cover, and shorter ones than without the covariate."""
    units = make_units(rng, 250 * 200).assign(test=np.repeat(range(250), 200))
    by, columns = ["test", "arm"], ["spend", "orders", "before"]
    frame = moment_features(ibis.memtable(units), by=by, columns=columns).execute()
    moments = read_moments(frame, by=by, columns=columns)
    whole = read_units(units)
    truth = np.subtract(
        *(estimate_ratio(whole.only(arm=arm), "spend", "orders").value for arm in ("mail", "control"))
    )
    inside, widths, errors = 0, [], []
    for test in range(250):
        cells = moments.take(slice(2 * test, 2 * test + 2)).merge(["arm"])
        ways = [
            estimate_arms(cells, ["control", "mail"], "spend", denominator="orders", covariates=names)
            for names in (["before"], [])
        ]
        found, plain = (find_difference(way.estimates[1], way.estimates[0]) for way in ways)
        inside += found.lower <= truth <= found.upper
        errors.append(found.value - truth)
        widths.append((found.upper - found.lower) / (plain.upper - plain.lower))
    assert inside / 250 == pytest.approx(0.95, abs=0.042)
    assert abs(np.mean(errors)) < 4 * np.std(errors) / 250**0.5
    assert np.mean(widths) < 0.9


def test_strata_too_small_for_an_arm_are_put_together(rng: np.random.Generator) -> None:
    units = make_units(rng, 300)
    units["region"] = units["region"].astype(object)
    units.loc[:2, ["region", "arm"]] = [["a", "mail"], ["b", "control"], ["c", "mail"]]
    found = estimate_arms(read_units(units, "region"), ["control", "mail"], "spend")
    # The three hold one control and two letters, so that the smallest other region takes them in.
    joined = units.assign(region=units["region"].replace(dict.fromkeys("abc", "west")))
    wanted = estimate_arms(read_units(joined, "region"), ["control", "mail"], "spend")
    assert found.strata == 3
    np.testing.assert_allclose(found.estimates, wanted.estimates, rtol=1e-10)


def test_an_arm_of_one_unit_is_refused(rng: np.random.Generator) -> None:
    units = make_units(rng, 50).assign(arm=["mail"] + ["control"] * 49)
    with pytest.raises(DataError, match="mail has 1 units"):
        estimate_arms(read_units(units, "region"), ["control", "mail"], "spend")
    cells = read_units(make_units(rng, 50).assign(orders=0.0))
    with pytest.raises(DataError, match="“orders” is 0 on average"):
        estimate_arms(cells, ["control", "mail"], "spend", denominator="orders")
