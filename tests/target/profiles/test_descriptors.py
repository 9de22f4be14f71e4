"""Descriptor tests: against SciPy's own, under no difference, and effect sizes that hold the truth."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.stats.contingency import association
from statsmodels.stats.multitest import multipletests

from leadline.errors import DataError
from leadline.target.profiles import compare_descriptors
from leadline.target.profiles.effect_sizes import estimate_cramers_v, estimate_eta_square


def make_table(rng: np.random.Generator, rows: int = 600) -> tuple[pd.DataFrame, pd.Series]:
    segments = pd.Series(rng.choice([1, 2, 3], rows))
    frame = pd.DataFrame(
        {
            "gender": np.where(rng.random(rows) < 0.4 + 0.15 * (segments == 1), "f", "m"),
            "age": rng.normal(40, 10, rows) + 3 * segments,
            "assets": rng.lognormal(3, 1.5, rows) * segments,
            "grade": rng.integers(1, 6, rows),
            "luck": rng.choice(["x", "y", "z"], rows),
            "member": rng.random(rows) < 0.5,
        }
    )
    return frame, segments


def test_each_test_is_that_of_its_kind(rng: np.random.Generator) -> None:
    frame, segments = make_table(rng)
    rows = compare_descriptors(frame, segments, rng=rng, by_rank=["grade"]).tests.set_index("descriptor")
    groups = [segments == number for number in (1, 2, 3)]
    table = pd.crosstab(frame["gender"], segments)
    assert rows.loc["gender", "p_value"] == pytest.approx(
        stats.chi2_contingency(table, correction=False).pvalue
    )
    assert rows.loc["gender", "effect_sample"] == pytest.approx(association(table, method="cramer"))
    anova = stats.f_oneway(*[frame.loc[one, "age"] for one in groups])
    assert rows.loc["age", ["statistic", "p_value"]].tolist() == pytest.approx(
        [anova.statistic, anova.pvalue]
    )
    between = sum(one.sum() * (frame.loc[one, "age"].mean() - frame["age"].mean()) ** 2 for one in groups)
    assert rows.loc["age", "effect_sample"] == pytest.approx(
        between / ((frame["age"] - frame["age"].mean()) ** 2).sum()
    )
    for name in ("assets", "grade"):  # skewed, and ranked by wish
        kruskal = stats.kruskal(*[frame.loc[one, name] for one in groups])
        assert rows.loc[name, ["statistic", "p_value"]].tolist() == pytest.approx(
            [kruskal.statistic, kruskal.pvalue]
        )
    assert rows["test"].to_dict() == {
        "gender": "chi-square",
        "age": "ANOVA",
        "assets": "Kruskal-Wallis",
        "grade": "Kruskal-Wallis",
        "luck": "chi-square",
        "member": "chi-square",
    }
    assert rows["p_value_holm"].tolist() == pytest.approx(
        multipletests(rows["p_value"], method="holm")[1].tolist()
    )


def test_no_difference_is_rarely_found(rng: np.random.Generator) -> None:
    found = 0
    for _number in range(200):
        frame, segments = make_table(rng, 200)
        mixed = pd.Series(rng.permutation(segments))
        found += bool(
            len(compare_descriptors(frame[["luck", "member", "grade"]], mixed, rng=rng, draws=100).different)
        )
    assert found / 200 < 0.09


def test_small_counts_are_tested_by_random_orders(rng: np.random.Generator) -> None:
    """Fisher's exact test of 5, 0 and 1, 6 gives 0.0152; the chi-square as such gives 0.003."""
    frame = pd.DataFrame({"level": ["x"] * 5 + ["x"] + ["y"] * 6})
    segments = pd.Series(["a"] * 5 + ["b"] * 7)
    row = compare_descriptors(frame, segments, rng=rng, draws=20_000).tests.iloc[0]
    exact = stats.fisher_exact([[5, 1], [0, 6]]).pvalue
    assert row["test"] == "chi-square, random orders"
    assert row["p_value"] == pytest.approx(exact, abs=0.003)


@pytest.mark.parametrize(("strength", "count"), [(0.1, 400), (0.3, 400), (0.3, 100_000)])
def test_cramers_v_holds_the_truth(rng: np.random.Generator, strength: float, count: int) -> None:
    cells = np.full((3, 3), 1 / 9) * (1 - strength) + np.eye(3) / 3 * strength
    held = 0
    for _number in range(400):
        table = rng.multinomial(count, cells.ravel()).reshape(3, 3)
        found = estimate_cramers_v(stats.chi2_contingency(table, correction=False).statistic, 4, count, 3)
        held += found.lower <= strength <= found.upper
    assert 0.92 <= held / 400 <= 0.98


@pytest.mark.parametrize(("apart", "count"), [(0.3, 300), (1.0, 300), (1.0, 20_000)])
def test_eta_square_holds_the_truth(rng: np.random.Generator, apart: float, count: int) -> None:
    means = np.repeat([-apart, 0, apart], count // 3)
    truth = means.var() / (means.var() + 1)
    held = 0
    for _number in range(400):
        groups = np.split(means + rng.normal(0, 1, len(means)), 3)
        found = estimate_eta_square(float(stats.f_oneway(*groups).statistic), (2, len(means) - 3))
        held += found.lower <= truth <= found.upper
    assert 0.92 <= held / 400 <= 0.98


def test_no_effect_reaches_down_to_nothing() -> None:
    assert estimate_cramers_v(3.0, 4, 400, 3) == (0, 0, pytest.approx(0.1068, abs=1e-4))
    assert estimate_eta_square(0.5, (2, 397))[:2] == (0, 0)


def test_what_cannot_be_tested_is_said(rng: np.random.Generator) -> None:
    frame, segments = make_table(rng, 100)
    frame = frame[["age", "member"]].assign(same="x")
    frame.loc[:9, "age"] = np.nan
    result = compare_descriptors(frame, segments, rng=rng)
    row = result.tests.set_index("descriptor").loc["same"]
    assert np.isnan(row["p_value_holm"])
    assert "Not tested, for they do not vary: same." in result.warnings
    assert "Missing values were left out: age 10." in result.warnings
    assert json.dumps(result.to_dict(), allow_nan=False)
    assert 'data-name="descriptors"' in result._repr_html_()
    assert "age" in result.figure().get_label()


def test_every_problem_is_named_at_once(rng: np.random.Generator) -> None:
    frame, segments = make_table(rng, 50)
    frame = frame.assign(name=[f"n{number}" for number in range(50)])
    with pytest.raises(DataError) as caught:
        compare_descriptors(frame, segments.iloc[:-1], rng=rng, by_rank=["gender"], draws=1)
    assert len(caught.value.problems) == 4
