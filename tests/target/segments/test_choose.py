"""How many segments: planted ones counted, none claimed in noise, and the result's members."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.results import Result
from leadline.target.segments import choose_segments, read_bases
from leadline.target.segments.draw import draw_from
from leadline.target.segments.evidence import bootstrap_ratio, measure_scatter, weigh_fit
from leadline.target.segments.fit import fit_segments
from leadline.target.segments.reference import Reference, measure_reference

QUICK = {"numbers": (2, 3, 4), "pairs": 4, "clouds": 8, "cloud_pairs": 1}


def plant(segments, rows, rng, distance=5.0):
    centres = distance * np.eye(5)[:segments] / np.sqrt(2)
    truth = rng.integers(0, segments, rows)
    return pd.DataFrame(rng.normal(size=(rows, 5)) + centres[truth], columns=list("abcde"))


def count_natural(frame, seed, numbers=(2, 3, 4)):
    bases = read_bases(frame, list(frame))
    rng = np.random.default_rng(seed)
    return measure_reference(bases, "kmeans", numbers, clouds=10, pairs=0, rng=rng).natural


def test_planted_segments_are_counted() -> None:
    """Three segments 5 apart, spread 1; the full form is ``benchmarks/segment_structure.py``."""
    found = [count_natural(plant(3, 300, np.random.default_rng(seed)), seed) for seed in range(8)]
    assert found.count(3) >= 7


@pytest.mark.parametrize("kind", ["correlated", "answers of one trait"])
def test_noise_is_not_called_structure(kind) -> None:
    claims = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        values = rng.normal(size=(200, 5)) + 1.2 * rng.normal(size=(200, 1))
        frame = pd.DataFrame(
            values if kind == "correlated" else np.where(values > 0.3, "yes", "no")
        ).add_prefix("c")
        claims += count_natural(frame, seed) > 1
    assert claims <= 1


def test_a_correlated_cloud_is_the_control_that_permuted_columns_fail() -> None:
    """Against independent columns the same noise passes for structure: why the cloud keeps correlations."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(300, 4)) + 1.5 * rng.normal(size=(300, 1)), columns=list("abcd"))
    bases = read_bases(frame, list(frame))
    shuffled = bases.replace(np.column_stack([rng.permutation(column) for column in bases.readings.T]))
    reference = measure_reference(bases, "kmeans", (2, 3), clouds=8, pairs=0, rng=rng)
    permuted = measure_reference(shuffled, "kmeans", (2, 3), clouds=8, pairs=0, rng=rng)
    wrong = Reference(
        numbers=(2, 3),
        agreement=permuted.agreement,
        scatter=permuted.scatter,
        own_scatter=reference.own_scatter,
    )
    assert reference.natural == 1
    assert wrong.natural > 1


def test_the_result_tells_what_it_found() -> None:
    frame = plant(3, 400, np.random.default_rng(3))
    result = choose_segments(read_bases(frame, list(frame)), rng=np.random.default_rng(0), **QUICK)
    assert isinstance(result, Result)
    assert (result.natural, result.chosen, result.is_natural) == (3, 3, True)
    assert "fall into 3 segments" in result.summary
    row = result.evidence.set_index("segments").loc[3]
    assert row["agreement"] > 0.9 > row["reference_upper"]
    assert row["agreement_ci_lower"] <= row["agreement"] <= row["agreement_ci_upper"]
    assert result.agreement_at(3) == (row["agreement"], row["agreement_ci_lower"], row["agreement_ci_upper"])
    assert result.agreement_at(9) is None
    assert result.segments.groupby("segments")["share"].sum().tolist() == pytest.approx([1, 1, 1])
    assert result.segments.query("segments == 3")["within"].min() > 0.9
    json.dumps(result.to_dict(), allow_nan=False)
    assert "segment_evidence" in result._repr_html_()
    assert "3 segments agree by" in result.figure().get_label()


def test_no_structure_is_an_answer() -> None:
    frame = pd.DataFrame(np.random.default_rng(4).normal(size=(300, 4)), columns=list("abcd"))
    result = choose_segments(read_bases(frame, list(frame)), rng=np.random.default_rng(0), **QUICK)
    assert not result.is_natural
    assert result.natural == 1
    assert result.chosen == result.suggested > 1
    assert "There is no natural structure here" in result.summary
    assert result.structure_p_value > 0.01


def test_models_count_by_bic_one_included() -> None:
    rng = np.random.default_rng(5)
    kinds = np.where(rng.random((400, 8)) < np.where(np.arange(400) % 2, 0.85, 0.15)[:, None], "yes", "no")
    planted = pd.DataFrame(kinds).add_prefix("c")
    noise = pd.DataFrame(np.where(rng.random((400, 8)) < 0.4, "yes", "no")).add_prefix("c")
    for frame, wanted in ((planted, 2), (noise, 1)):
        bases = read_bases(frame, list(frame))
        result = choose_segments(
            bases, rng=rng, method="latent_class", **QUICK | {"numbers": (2, 3), "pairs": 2}
        )
        assert result.natural == wanted
        assert "BIC" in result._repr_html_()


def test_the_ratio_test_keeps_its_level_and_has_power() -> None:
    rng = np.random.default_rng(6)
    p_values = {"noise": [], "planted": []}
    for place in range(10):
        kind = "planted" if place >= 8 else "noise"
        chance = np.where(np.arange(100) % 2, 0.85, 0.15)[:, None] if kind == "planted" else 0.5
        frame = pd.DataFrame(np.where(rng.random((100, 4)) < chance, "yes", "no")).add_prefix("c")
        bases = read_bases(frame, list(frame))
        fits = [fit_segments(bases, "latent_class", k, rng) for k in (1, 2)]
        p_values[kind].append(bootstrap_ratio(bases, *fits, samples=9, rng=rng).p_value)
    assert max(p_values["planted"]) == 0.1
    assert p_values["noise"].count(0.1) <= 3
    assert np.mean(p_values["noise"]) == pytest.approx(0.55, abs=0.3)


@pytest.mark.parametrize("method", ["gaussian", "mixed"])
def test_draws_of_a_model_are_like_the_data(method) -> None:
    rng = np.random.default_rng(7)
    frame = plant(2, 4_000, rng, 6.0)[["a", "b"]].rename(columns={"a": "spend", "b": "age"})
    frame = frame.assign(yes=np.where(rng.random(4_000) < 0.3, "yes", "no")) if method == "mixed" else frame
    bases = read_bases(frame, list(frame))
    values = draw_from(fit_segments(bases, method, 2, rng), bases, rng)
    np.testing.assert_allclose(values.mean(axis=0), bases.readings.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(values.T), np.cov(bases.readings.T), atol=0.35)


def test_scatter_is_worked_out_by_hand() -> None:
    matrix, weights = np.array([[0.0], [2.0], [10.0]]), np.array([1.0, 3.0, 1.0])
    found = measure_scatter(matrix, weights, np.array([0, 0, 1]))
    assert np.exp(found) == pytest.approx(1 * 1.5**2 + 3 * 0.5**2)


def test_entropy_separates_icl_from_bic() -> None:
    rng = np.random.default_rng(8)
    bases = read_bases(plant(2, 300, rng, 2.0), list("abcde"))
    fit = fit_segments(bases, "mixed", 2, rng)
    criteria = weigh_fit(fit, 300)
    assert criteria.icl - criteria.bic == pytest.approx(2 * fit.entropy)
    assert fit.entropy > 1
    assert criteria.bic - criteria.aic == pytest.approx((np.log(300) - 2) * fit.parameters)


def test_many_customers_are_sampled_and_the_reader_is_told() -> None:
    bases = read_bases(plant(2, 900, np.random.default_rng(9)), list("abcde"))
    result = choose_segments(bases, rng=np.random.default_rng(0), most_rows=200, **QUICK)
    assert (result.rows, result.customers) == (200, 900)
    assert any("rests on 200 of 900 customers" in note for note in result.warnings)
    same = choose_segments(bases, rng=np.random.default_rng(0), most_rows=200, **QUICK)
    pd.testing.assert_frame_equal(result.evidence, same.evidence)


def test_impossible_questions_are_refused() -> None:
    bases = read_bases(plant(2, 60, np.random.default_rng(9)), list("abcde"))
    with pytest.raises(ParameterError, match=r"numbers == \[3, 4\][\s\S]*pairs == 1"):
        choose_segments(bases, rng=np.random.default_rng(0), numbers=(3, 4), pairs=1)
    few = read_bases(pd.DataFrame({"a": [0.0, 1.0, 2.5, 4.0] * 10}), ["a"])
    with pytest.raises(DataError, match="5 segments of 4 different rows"):
        choose_segments(few, rng=np.random.default_rng(0), numbers=(2, 3, 4, 5), pairs=2)


def test_profit_is_shown_and_has_no_vote() -> None:
    """Profit differs between the three planted segments by as much as within: half of it lies between."""
    rng = np.random.default_rng(5)
    centres = 5.0 * np.eye(5)[:3] / np.sqrt(2)
    truth = rng.integers(0, 3, 600)
    frame = pd.DataFrame(rng.normal(size=(600, 5)) + centres[truth], columns=list("abcde"))
    bases = read_bases(frame, list(frame))
    steps = np.array([-1.0, 0.0, 1.0])
    profit = steps[truth] * 100 * np.sqrt(1.5) + rng.normal(0, 100, 600)
    plain = choose_segments(bases, rng=np.random.default_rng(0), **QUICK)
    paid = choose_segments(bases, rng=np.random.default_rng(0), profit=profit, most_rows=500, **QUICK)
    row = paid.evidence.set_index("segments").loc[3]
    assert row["profit_apart"] == pytest.approx(0.5, abs=0.08)
    assert row["profit_apart_ci_lower"] < 0.5 < row["profit_apart_ci_upper"]
    assert np.isnan(paid.evidence.set_index("segments").loc[1, "profit_apart"])
    assert (paid.natural, plain.natural) == (3, 3)
    assert "profit_apart" not in plain.evidence
    assert "not worth their cost" in paid._repr_html_()
    assert "not worth their cost" not in plain._repr_html_()
    assert len(paid.evidence_figure().axes) == len(plain.evidence_figure().axes) + 1 == 3
    assert json.dumps(paid.to_dict(), allow_nan=False)
    luck = choose_segments(bases, rng=np.random.default_rng(0), profit=rng.normal(0, 100, 600), **QUICK)
    assert luck.evidence["profit_apart"].max() < 0.03
    assert "do not provably differ" in luck.warnings[-1]


def test_a_profit_that_does_not_fit_the_customers_is_refused() -> None:
    bases = read_bases(plant(2, 100, np.random.default_rng(1)), list("abcde"))
    with pytest.raises(ParameterError, match="99 values for 100"):
        choose_segments(bases, rng=np.random.default_rng(0), profit=np.ones(99), **QUICK)
    profit = np.concatenate([np.ones(98), [np.nan, np.inf]])
    with pytest.raises(ParameterError, match="2 values are missing or infinite"):
        choose_segments(bases, rng=np.random.default_rng(0), profit=profit, **QUICK)


def test_a_profit_may_be_a_column_and_text_is_refused_by_its_name() -> None:
    bases = read_bases(plant(2, 100, np.random.default_rng(1)), list("abcde"))
    numbers = np.random.default_rng(2).normal(size=100)
    column = pd.Series(numbers, name="profit_cny", index=range(7, 107))
    told = [
        choose_segments(bases, rng=np.random.default_rng(0), profit=profit, **QUICK).evidence["profit_apart"]
        for profit in (numbers, column, column.astype("Float64"), column.astype(object))
    ]
    for other in told[1:]:
        pd.testing.assert_series_equal(other, told[0])
    wrong = {
        "profit_cny: holds str": column.map("{:.2f} yuan".format).astype("str"),
        "profit_cny: holds object": column.map("{:.2f} yuan".format).astype(object),
        "profit_cny: holds bool": column > 0,
        "profit: holds": np.array(["1"] * 100),
        "profit_cny: 1 values are missing": column.astype("Float64").mask(column == column.max()),
        "profit: holds 200 values for 100": np.ones((100, 2)),
        "profit: holds 1 values for 100": np.array(3.0),
    }
    for said, profit in wrong.items():
        with pytest.raises(ParameterError, match=said):
            choose_segments(bases, rng=np.random.default_rng(0), profit=profit, **QUICK)


def test_shares_of_a_few_customers_are_not_told() -> None:
    frame = plant(2, 200, np.random.default_rng(1))
    frame.loc[0] = 300.0
    bases = read_bases(frame, list("abcde"))
    result = choose_segments(bases, rng=np.random.default_rng(0), **QUICK)
    evidence = result.evidence.set_index("segments")
    assert evidence.loc[[2, 3, 4], "smallest_share"].isna().all()  # the one customer is a segment
    assert evidence.loc[1, "smallest_share"] == 1
    hidden = result.segments["share"].isna().groupby(result.segments["segments"]).sum()
    assert hidden.to_dict() == {2: 2, 3: 2, 4: 2}
    assert result.segments["within"].notna().all()
    assert any("fewer than 10 customers" in note for note in result.warnings)
    assert "0.5%" not in result._repr_html_()
    assert "0.005" not in json.dumps(result.to_dict(), allow_nan=False)


def test_a_handful_of_customers_is_refused_in_words() -> None:
    bases = read_bases(pd.DataFrame({"a": range(12), "b": [1.0, 2.0, 5.0] * 4}), ["a", "b"])
    with pytest.raises(DataError, match="12 customers are too few to look for segments"):
        choose_segments(bases, rng=np.random.default_rng(1))


def test_no_agreement_is_above_full() -> None:
    frame = plant(3, 200, np.random.default_rng(2))
    result = choose_segments(
        read_bases(frame, list(frame)), rng=np.random.default_rng(1), numbers=(2, 3, 4), pairs=2, clouds=5
    )
    assert result.evidence["agreement_ci_upper"].max() <= 1


def test_a_segment_that_spreads_widely_is_not_cut_again() -> None:
    """Visits spread with their mean: by logarithms of the scatter, the frequent visitors would be two."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        truth = rng.integers(0, 2, 500)
        frame = pd.DataFrame(
            {"spend": 50 + 150 * truth + rng.normal(0, 8, 500), "visits": rng.poisson(2 + 9 * truth)}
        )
        found = choose_segments(
            read_bases(frame, ["spend", "visits"]), rng=rng, numbers=(2, 3, 4), pairs=2, cloud_pairs=1
        )
        assert found.natural == 2
