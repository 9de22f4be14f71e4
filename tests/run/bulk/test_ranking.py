"""Lists of every length, where many customers have the same points."""

from pathlib import Path

import pandas as pd
import pytest

from leadline.data.open_tables import open_tables
from leadline.run.bulk.ranking import rank_customers
from leadline.target.points_file import parse_points

POINTS = parse_points(
    {"attributes": [{"column": "x", "rules": [{"equals": "a", "points": 1}], "otherwise": 0}]}
)
SCORED = pd.DataFrame(
    {
        "customer_id": [7, 3, 5, 1, 9, 2, 8],
        "is_permitted": [True, True, True, True, False, True, True],
        "points": pd.array([4, 4, 2, 2, 9, -3, None], "Int32"),
        "x": "a",
    }
)
IN_ORDER = [3, 7, 1, 5, 2]


@pytest.mark.parametrize("most", range(1, 8))
def test_the_list_is_the_first_of_all_in_order(most: int, tmp_path: Path) -> None:
    SCORED.to_parquet(tmp_path / "scored.parquet")
    with open_tables(tmp_path) as tables:
        ranked = rank_customers(tables["scored"], POINTS, tables, most=most, opt_outs=None)
    assert ranked.listed["customer_id"].tolist() == IN_ORDER[:most]
    assert ranked.rows == {"customers": 7, "not_permitted": 1, "opted_out": 0, "listed": min(most, 5)}


def test_nobody_to_be_listed_is_an_empty_list(tmp_path: Path) -> None:
    SCORED.assign(is_permitted=False).to_parquet(tmp_path / "scored.parquet")
    with open_tables(tmp_path) as tables:
        ranked = rank_customers(tables["scored"], POINTS, tables, most=3, opt_outs=None)
    assert ranked.listed.empty
