"""Yes and no as people write them."""

import pandas as pd

from leadline.data.flags import read_yes


def test_a_missing_answer_is_no_and_what_is_neither_is_told() -> None:
    problems: list[str] = []
    said = pd.Series(["是", " Yes ", 1.0, True, "no", 0.0, None, float("nan")], name="agreed", dtype=object)
    assert read_yes(said, problems).tolist() == [True] * 4 + [False] * 4
    assert problems == []
    read_yes(pd.Series(["yes", "perhaps", None, "2"], name="agreed"), problems)
    assert len(problems) == 1
    assert "agreed: 2 values are neither yes nor no (first: 'perhaps', row 3)" in problems[0]
