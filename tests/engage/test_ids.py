"""One spelling of ids, whatever the type of their column, and who is among whom."""

import numpy as np
import pandas as pd
import pytest

from leadline.engage.ids import is_among, spell_ids

CELLS = ["7", " 7 ", "7.0", "7.00 ", "07", "x.0", "7.05", "", " ", "\u30007", "7\x1f", "7.0.0", None]
SPELT = ["7", "7", "7", "7", "07", "x.0", "7.05", None, None, "7", "7", "7.0.0", None]


@pytest.mark.parametrize("kind", ["str", "string", "object", "category"])
def test_text_is_spelt_alike_in_columns_of_every_type(kind) -> None:
    ids = pd.Series(CELLS, index=[0] * len(CELLS), dtype=kind)
    before = ids.copy(deep=True)
    assert [None if pd.isna(text) else text for text in spell_ids(ids)] == SPELT
    pd.testing.assert_series_equal(ids, before)


def test_numbers_meet_their_texts() -> None:
    mixed = spell_ids(pd.Series([7, 7.0, "7.0", np.int64(7), pd.NA], dtype=object))
    assert list(mixed[:4]) == ["7"] * 4
    assert is_among(mixed, spell_ids(pd.Series([7, 8]))).tolist() == [True] * 4 + [False]


def test_a_missing_id_is_among_nobody() -> None:
    missing = spell_ids(pd.Series([None, "a"]))
    assert is_among(missing, missing).tolist() == [False, True]
    assert not is_among(missing, missing[:0]).any()
