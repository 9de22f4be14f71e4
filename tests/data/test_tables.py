"""The shipped table keeps its contract, and a spoilt copy does not."""

import pytest

from leadline.data import check_table, read_table
from leadline.data.tables import COIL2000
from leadline.errors import DataError


def test_the_shipped_table_keeps_its_contract() -> None:
    table = read_table("coil2000")
    assert table.source.warnings == ()
    assert table.frame.shape == (5_822, 86)
    frame = check_table(table.frame, COIL2000, "coil2000")
    assert (frame["Purchase"] == "Yes").sum() == 348


def test_a_spoilt_copy_does_not() -> None:
    frame = read_table("coil2000").frame
    with pytest.raises(DataError, match="Purchase: 5,822 values are not allowed"):
        check_table(frame.assign(Purchase="maybe"), COIL2000, "coil2000")
