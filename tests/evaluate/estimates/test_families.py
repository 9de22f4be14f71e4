import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.families import adjust_p_values, find_threshold

# Benjamini & Hochberg (1995, J. R. Statist. Soc. B 57:289-300): fifteen endpoints of a trial of thrombolysis.
ENDPOINTS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
ENDPOINTS += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]


def test_families_as_in_benjamini_and_hochberg() -> None:
    """By their procedure four are rejected at 5%, by Bonferroni's and so by Holm's here three."""
    mixed = np.random.default_rng(4).permutation(15)
    shares = adjust_p_values(np.array(ENDPOINTS)[mixed], method="Benjamini-Hochberg")
    assert sorted(mixed[shares <= 0.05]) == [0, 1, 2, 3]
    holm = adjust_p_values(np.array(ENDPOINTS)[mixed])
    assert sorted(mixed[holm <= 0.05]) == [0, 1, 2]
    assert adjust_p_values([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert adjust_p_values([]).size == 0


@pytest.mark.parametrize(("method", "theirs"), [("Holm", "holm"), ("Benjamini-Hochberg", "fdr_bh")])
def test_families_as_in_statsmodels(method: str, theirs: str, rng: np.random.Generator) -> None:
    values = np.round(rng.random(40) ** 3, 2)
    found = adjust_p_values(values.tolist(), method=method)
    np.testing.assert_allclose(found, multipletests(values, method=theirs)[1], atol=1e-12)


def test_the_threshold_is_where_a_winner_would_stop_to_be_one() -> None:
    """Holm: the smallest of three must pass 5% ÷ 3, whatever the others; the last of three 5%."""
    assert find_threshold([0.001, 0.2, 0.3], 0, alpha=0.05, method="Holm") == pytest.approx(0.05 / 3)
    assert find_threshold([0.001, 0.002, 0.03], 2, alpha=0.05, method="Holm") == pytest.approx(0.05)
    found = find_threshold([0.001, 0.02, 0.3], 1, alpha=0.05, method="Benjamini-Hochberg")
    assert found == pytest.approx(0.05 * 2 / 3)
    assert find_threshold([0.04], 0, alpha=0.05, method="Holm") == pytest.approx(0.05)


def test_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(DataError, match=r"Number 2 is 1.5.*\n.*Number 3 is nan"):
        adjust_p_values([0.5, 1.5, float("nan")])
    with pytest.raises(ParameterError, match="is not"):
        adjust_p_values([0.5], method="Sidak")
