"""Small cells: hidden, and not to be recovered from what is shown."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from leadline.disclosure import hide_small, hide_small_crossed, hide_small_overlapping, join_small


def make_cells(*customers: int) -> pd.DataFrame:
    return pd.DataFrame({"cell": range(len(customers)), "customers": customers, "mean": 1.5})


@pytest.mark.covers("exports", "small_cells")
def test_no_small_number_can_be_found_by_subtraction() -> None:
    for customers in product([0, 4, 9, 10, 40], repeat=3):
        cells = hide_small(make_cells(*customers), minimum=10, keys=["cell"])
        hidden = [count for count, gone in zip(customers, cells["is_hidden"], strict=True) if gone]
        shown = [count for count, gone in zip(customers, cells["is_hidden"], strict=True) if not gone]
        assert all(count == 0 or count >= 10 for count in shown), customers
        filled = sum(count > 0 for count in customers)
        assert not hidden or len(hidden) == filled or (len(hidden) > 1 and sum(hidden) >= 10), customers
        assert hidden or all(count == 0 or count >= 10 for count in customers), customers


def test_groups_are_covered_apart() -> None:
    cells = make_cells(3, 30, 50, 20, 30, 40).assign(of=["a", "a", "a", "b", "b", "b"])
    kept = cells.copy()
    result = hide_small(cells, minimum=10, keys=["cell", "of"], within=["of"])
    assert result["is_hidden"].tolist() == [True, True, False, False, False, False]
    assert result.loc[0, ["customers", "mean"]].isna().all()
    pd.testing.assert_frame_equal(cells, kept)


@pytest.mark.covers("exports", "small_cells_crossed")
def test_no_small_number_of_a_cross_table_can_be_found_along_a_side() -> None:
    rng = np.random.default_rng(4)
    for _number in range(200):
        counts = rng.choice([0, 1, 4, 9, 10, 40, 300], 16, p=[0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2])
        cells = make_cells(*counts).assign(before=np.repeat(range(4), 4), after=np.tile(range(4), 4))
        found = hide_small_crossed(
            cells, minimum=10, keys=["cell", "before", "after"], sides=["before", "after"]
        )
        is_hidden = found["is_hidden"].to_numpy()
        assert is_hidden[(counts > 0) & (counts < 10)].all()
        assert found["customers"].isna().equals(found["is_hidden"])
        for side in ("before", "after"):
            for line in range(4):
                inside = (cells[side] == line).to_numpy()
                hidden = counts[inside & is_hidden]
                filled = (counts[inside] > 0).sum()
                assert len(hidden) in (0, filled) or (len(hidden) > 1 and hidden.sum() >= 10), counts
    large = hide_small_crossed(
        make_cells(10, 20, 30, 40).assign(a=[0, 0, 1, 1], b=[0, 1, 0, 1]),
        minimum=10,
        keys=["cell"],
        sides=["a", "b"],
    )
    assert not large["is_hidden"].any()


def test_of_overlapping_groups_the_row_of_nobody_covers() -> None:
    shown = hide_small_overlapping(make_cells(40, 3, 200), minimum=10, keys=["cell"])
    assert shown["is_hidden"].tolist() == [False, True, True]
    assert not hide_small_overlapping(make_cells(40, 0, 200), minimum=10, keys=["cell"])["is_hidden"].any()


def test_joined_groups_are_large_and_cannot_be_parted_by_subtraction() -> None:
    for a, b, c in product([4, 9, 10, 40], repeat=3):
        groups = pd.Series(["a"] * a + ["b"] * b + ["c"] * c)
        joined = join_small(groups, minimum=10)
        assert len(joined) == len(groups)
        assert joined.value_counts().min() >= 10, (a, b, c)
        small = {name for name, size in zip("abc", (a, b, c), strict=True) if size < 10}
        assert not small & set(joined)
        assert joined.equals(groups) or small
