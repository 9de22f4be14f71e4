"""Latent classes and mixtures against published log-likelihoods and another program's."""

import numpy as np
import pandas as pd
import pytest
from sklearn.mixture import GaussianMixture

from leadline.target.segments import read_bases
from leadline.target.segments.fit import fit_segments
from leadline.target.segments.latent import fit_mixtures, lay_out

POLCA = [
    ("carcinoma", 7, 2, -317.2568),
    ("carcinoma", 7, 3, -293.705),
    ("carcinoma", 7, 4, -289.2858),
    ("values", 4, 1, -543.6498),
    ("values", 4, 2, -504.4677),
    ("values", 4, 3, -503.3011),
    ("cheating", 4, 2, -440.0271),
    ("gss82", 4, 3, -2754.545),
]


@pytest.mark.covers("reference_numbers", "polca")
@pytest.mark.public_data
@pytest.mark.parametrize(("table", "columns", "classes", "wanted"), POLCA)
def test_log_likelihoods_are_those_of_polca(public_data, table, columns, classes, wanted) -> None:
    frame = pd.read_csv(public_data / "polca" / f"{table}.csv").iloc[:, :columns]
    bases = read_bases(frame, list(frame))
    fit = fit_segments(bases, "latent_class", classes, np.random.default_rng(0))
    assert fit.score == pytest.approx(wanted, abs=1e-3)


@pytest.mark.covers("reference_numbers", "mcdonalds_classes")
@pytest.mark.public_data
@pytest.mark.parametrize(("classes", "wanted"), [(2, -7610.8361), (3, -7311.4778), (4, -7111.1081)])
def test_mcdonalds_latent_classes_are_those_of_polca(public_data, classes, wanted) -> None:
    frame = pd.read_csv(public_data / "mcdonalds" / "mcdonalds.csv").iloc[:, :11]
    fit = fit_segments(read_bases(frame, list(frame)), "latent_class", classes, np.random.default_rng(0))
    assert fit.score == pytest.approx(wanted, abs=1e-3)
    assert fit.parameters == classes * 11 + classes - 1
    assert fit.times_found > 1


def test_one_class_is_worked_out_by_hand() -> None:
    """Answers: the shares' own log-likelihood; numbers: the normal one; missing answers count nothing."""
    frame = pd.DataFrame(
        {
            "yes": ["no", "yes", "yes", None] * 30,
            "number": [0.0, 1.0, 2.0, 5.0] * 30,
            "other": [1, 2, 3, 4] * 30,
        }
    )
    frame["other"] = np.random.default_rng(0).normal(size=120)
    bases = read_bases(frame, ["yes", "number", "other"], kinds={"number": "numeric"})
    fit = fit_segments(bases, "mixed", 1, np.random.default_rng(0))
    answers = 30 * np.log(1 / 3) + 60 * np.log(2 / 3)
    normal = -0.5 * 120 * (np.log(2 * np.pi) + 1)  # of a column with variance 1
    assert fit.score == pytest.approx(answers + 2 * normal, abs=1e-6)
    assert fit.parameters == 1 + 2 + 2


def test_normal_classes_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 300)
    frame = pd.DataFrame(rng.normal(size=(300, 2)) * [1, 2] + 4 * truth[:, None], columns=["a", "b"])
    bases = read_bases(frame, ["a", "b"])
    fit = fit_segments(bases, "mixed", 2, rng)
    other = GaussianMixture(2, covariance_type="diag", n_init=5, tol=1e-10, max_iter=5_000, random_state=0)
    other.fit(bases.matrix)
    assert fit.score == pytest.approx(other.score(bases.matrix) * 300, abs=0.01)
    assert -2 * fit.score + np.log(300) * fit.parameters == pytest.approx(other.bic(bases.matrix), abs=0.02)


def test_a_weight_of_three_is_three_rows() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({name: rng.random(80) < 0.4 for name in "abcd"}).astype(str)
    times = rng.integers(1, 4, 80)
    weighted = read_bases(frame.assign(w=times), list("abcd"), weight="w")
    repeated = read_bases(frame.loc[np.repeat(frame.index, times)].reset_index(drop=True), list("abcd"))
    scores = [
        fit_mixtures(lay_out(bases), bases.weights[None], 2, starts=60, rng=np.random.default_rng(0))[
            0
        ].log_likelihoods[0]
        / bases.customers
        for bases in (weighted, repeated)
    ]
    assert scores[0] == pytest.approx(scores[1], abs=1e-6)
