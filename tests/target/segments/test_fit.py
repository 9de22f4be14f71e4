"""k-means against the book's case, and what each method refuses."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from leadline.errors import DataError, ParameterError
from leadline.target.segments import read_bases
from leadline.target.segments.fit import METHODS, fit_segments
from leadline.target.segments.stability import adjust_rand


@pytest.fixture
def table():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 300)
    return pd.DataFrame(
        {
            "spend_cny": rng.normal(size=300) + 5 * truth,
            "visits": rng.normal(size=300) - 5 * (truth == 1),
            "is_member": rng.random(300) < 0.3,
            "w": rng.integers(1, 5, 300),
        }
    )


@pytest.mark.covers("reference_numbers", "mcdonalds_components", "mcdonalds_sizes")
@pytest.mark.public_data
def test_mcdonalds_components_and_segments_are_those_of_the_book(public_data) -> None:
    frame = pd.read_csv(public_data / "mcdonalds" / "mcdonalds.csv").iloc[:, :11]
    bases = read_bases(frame, list(frame))
    spread = np.sqrt(np.linalg.eigvalsh(np.cov(bases.matrix.T)))[::-1][:4]
    np.testing.assert_allclose(spread, [0.75705, 0.60746, 0.50462, 0.39880], atol=1e-5)
    fit = fit_segments(bases, "kmeans", 4, np.random.default_rng(0))
    assert np.bincount(fit.labels).tolist() == [580, 324, 309, 240]
    assert fit.times_found > 1
    assert adjust_rand(fit_segments(bases, "kmeans", 4, np.random.default_rng(3)).labels, fit.labels) > 0.95
    assert fit.starts > 10  # ten starts fall into the worse optimum, 237 / 457 / 425 / 334


@pytest.mark.covers("reference_numbers", "vacation_motives")
@pytest.mark.public_data
def test_vacation_motives_are_near_the_published_segments(public_data) -> None:
    """The published labels are a worse optimum of the same sum of squares: 2,665.36 against 2,660.68."""
    frame = pd.read_csv(public_data / "vacation_motives" / "vacmot.csv")
    bases, published = read_bases(frame, list(frame.columns[:20])), frame["vacmot6"].to_numpy() - 1
    fit = fit_segments(bases, "kmeans", 6, np.random.default_rng(0))
    centres = np.stack([bases.matrix[published == one].mean(axis=0) for one in range(6)])
    theirs = ((bases.matrix - centres[published]) ** 2).sum()
    assert theirs == pytest.approx(2665.36, abs=0.01)
    assert -fit.score < theirs - 4
    assert 0.77 < adjust_rand(fit.labels, published) < 0.84  # 0.78 to 0.83 among optima within 0.01%
    begun = KMeans(6, init=centres, n_init=1, tol=0).fit(bases.matrix)
    assert adjust_rand(begun.labels_.astype(np.int64), published) > 0.99  # k-means stays where they are


@pytest.mark.parametrize("method", METHODS)
def test_segments_are_numbered_by_size_and_rows_find_their_own(table, method) -> None:
    columns = ["spend_cny", "visits"]
    if method == "latent_class":
        table = table.assign(**{name: table[name].round().astype(int).clip(-6, 12) for name in columns})
    bases = read_bases(
        table, columns, kinds=dict.fromkeys(columns, "ordinal") if method == "latent_class" else {}
    )
    fit = fit_segments(bases, method, 3, np.random.default_rng(0))
    sizes = np.bincount(fit.labels)
    assert len(sizes) == 3
    assert (np.diff(sizes) <= 0).all()
    np.testing.assert_array_equal(fit.place(bases), fit.labels)
    again = fit_segments(bases, method, 3, np.random.default_rng(0))
    np.testing.assert_array_equal(again.labels, fit.labels)


def test_the_order_of_rows_changes_no_segment(table) -> None:
    shuffled = table.sample(frac=1, random_state=1)
    fits = [
        fit_segments(read_bases(one, ["spend_cny", "visits"]), "kmeans", 3, np.random.default_rng(0))
        for one in (table, shuffled)
    ]
    here, there = (
        pd.Series(fit.labels, index=one.index) for fit, one in zip(fits, (table, shuffled), strict=True)
    )
    pd.testing.assert_series_equal(here, there.loc[here.index])


def test_weights_move_the_centres(table) -> None:
    heavy = table.assign(w=np.where(table["spend_cny"] > 8, 1_000, 1))
    plain = fit_segments(read_bases(table, ["spend_cny"]), "kmeans", 2, np.random.default_rng(0))
    weighted = fit_segments(
        read_bases(heavy, ["spend_cny"], weight="w"), "kmeans", 2, np.random.default_rng(0)
    )
    assert adjust_rand(plain.labels, weighted.labels) < 0.9


def test_methods_refuse_what_they_cannot_take(table) -> None:
    columns = ["spend_cny", "is_member"]
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match=r"spend_cny: latent classes take answers"):
        fit_segments(read_bases(table, columns), "latent_class", 2, rng)
    with pytest.raises(DataError, match=r"is_member: no normal[\s\S]*weights: method “gaussian” takes none"):
        fit_segments(read_bases(table, columns, weight="w"), "gaussian", 2, rng)


def test_fewer_different_rows_than_segments_are_refused() -> None:
    frame = pd.DataFrame({"a": [0, 1] * 20, "b": [0, 0, 1, 1] * 10})
    bases = read_bases(frame, ["a", "b"])
    with pytest.raises(DataError, match="5 segments of 4 different rows"):
        fit_segments(bases, "kmeans", 5, np.random.default_rng(0))


def test_unknown_methods_and_no_segments_are_refused(table) -> None:
    bases = read_bases(table, ["spend_cny"])
    with pytest.raises(ParameterError, match=r"method == 'dbscan'[\s\S]*k == 0"):
        fit_segments(bases, "dbscan", 0, np.random.default_rng(0))


def test_many_rows_are_started_on_some_and_ended_on_all() -> None:
    """30,000 rows of four segments 4 apart: the sum of squares of scikit-learn's ten starts to 1e-4."""
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 4, 30_000)
    frame = pd.DataFrame(rng.normal(size=(30_000, 4)) + 4 / np.sqrt(2) * np.eye(4)[truth]).add_prefix("c")
    bases = read_bases(frame, list(frame))
    fit = fit_segments(bases, "kmeans", 4, rng)
    other = KMeans(4, n_init=10, random_state=0, tol=0).fit(bases.matrix)
    assert -fit.score == pytest.approx(other.inertia_, rel=1e-4)
    assert adjust_rand(fit.labels, other.labels_.astype(np.int64)) > 0.99
    assert fit.times_found > 1
    assert len(fit.labels) == 30_000


def test_a_tree_takes_a_weight_of_three_as_three_rows() -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"age": rng.normal(size=200), "spend_cny": rng.normal(size=200), "w": [1, 3] * 100})
    frame.loc[0, ["age", "spend_cny"]] = 40.0  # a leaf of its own, were it not for the least weight of one
    columns = ["age", "spend_cny"]
    weighted = read_bases(frame, columns, weight="w")
    repeated = read_bases(frame.loc[frame.index.repeat(frame["w"])].reset_index(drop=True), columns)
    one, other = (fit_segments(bases, "tree", 4, np.random.default_rng(0)) for bases in (weighted, repeated))
    np.testing.assert_allclose(one.learned["centres"], other.learned["centres"], atol=1e-12)
    np.testing.assert_allclose(one.learned["cuts"], other.learned["cuts"], atol=1e-6)
    assert one.labels.repeat(frame["w"]).tolist() == other.labels.tolist()
    assert one.score / 200 == pytest.approx(other.score / 400)
