import numpy as np
from statsmodels.stats.multitest import multipletests

from leadline.holm import correct_holm


def test_equals_statsmodels_and_passes_over_what_is_missing(rng: np.random.Generator) -> None:
    for _number in range(5):
        p_values = rng.random(9) ** 3
        np.testing.assert_allclose(correct_holm(p_values), multipletests(p_values, method="holm")[1])
    gaps = correct_holm(np.array([[0.01, np.nan], [0.03, 0.02]]))
    np.testing.assert_allclose(gaps, [[0.03, np.nan], [0.04, 0.04]])
    assert correct_holm(np.array([])).size == 0
