import numpy as np
import pandas as pd
import pytest

from leadline.target.holdout import check_holdout, draw_split, find_latest, find_marked, redraw_training


def test_a_random_split_is_stratified_whole_and_repeatable(rng):
    buys = np.arange(1_000) < 50
    split = draw_split(buys, 0.4, rng)
    assert sorted([*split.train, *split.test]) == list(range(1_000))
    assert buys[split.test].sum() == 20
    assert len(split.test) == 400
    again = [draw_split(buys, 0.4, np.random.default_rng(3)).test.tolist() for _ in range(2)]
    assert again[0] == again[1] != split.test.tolist()


def test_redrawn_training_keeps_the_held_out_and_the_mix(rng):
    buys = np.arange(1_000) % 20 == 0
    split = draw_split(buys, 0.4, rng)
    again = redraw_training(split, buys, rng)
    assert again.test is split.test
    assert set(again.train) < set(split.train)
    assert len(again.train) == len(split.train)
    assert buys[again.train].sum() == buys[split.train].sum()


def test_time_holds_out_the_latest_whole_days():
    days = pd.Series(pd.to_datetime(["2026-01-03", "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-01"]))
    assert find_latest(days, 0.3, 5).test.tolist() == [0, 3]
    assert find_latest(days.dt.strftime("%Y-%m-%d"), 0.3, 5).test.tolist() == [0, 3]
    assert find_latest(pd.Series([5, 4, 3, 2, 1]), 0.4, 5).test.tolist() == [0, 1]


def test_numbers_written_as_text_are_ordered_as_numbers():
    assert find_latest(pd.Series(["9", "10", "8"]), 0.34, 3).test.tolist() == [1]


def test_without_a_column_the_last_rows_are_the_latest():
    assert find_latest(None, 0.3, 10).test.tolist() == [7, 8, 9]


@pytest.mark.parametrize("mark", [True, 1, 1.0, "yes", "Test ", "holdout", "是"])
def test_marks_of_any_form_hold_out(mark):
    assert find_marked(pd.Series([mark, "no" if isinstance(mark, str) else 0])).test.tolist() == [0]


def test_a_mark_that_is_neither_yes_nor_no_is_refused_by_name():
    frame = pd.DataFrame(
        {"part": ["train", "test", "validation", "Validation", "validation"], "flag": [0, 1, 0, 2, 1]}
    )
    (found,) = check_holdout(frame, "column", 0.4, "part")
    assert found.startswith(
        "part: 'validation' (2 rows), 'Validation' (1 rows) mark neither side (first: row 4)"
    )
    assert "'2' (1 rows)" in check_holdout(frame, "column", 0.4, "flag")[0]
    for marks in (["Train", "TEST "], [True, False], [1.0, 0.0], ["y", "n"], ["是", "否"]):
        assert check_holdout(pd.DataFrame({"part": marks}), "column", 0.4, "part") == []


def test_times_with_mixed_offsets_are_ordered_as_moments():
    times = pd.Series(["2026-01-01T01:00+08:00", "2025-12-31T20:00-05:00", "2026-01-01T00:00Z"])
    frame = pd.DataFrame({"at": times})
    assert check_holdout(frame, "time", 0.34, "at") == []
    assert find_latest(times, 0.34, 3).test.tolist() == [1]


def test_impossible_hold_outs_are_named():
    frame = pd.DataFrame({"day": ["2026-01-01", None, "soon"]})
    assert "must be one of random, time, column" in check_holdout(frame, "rnd", 0.4, None)[0]
    assert "holdout_share == 1" in check_holdout(frame, "random", 1, None)[0]
    assert "no holdout_column is named" in check_holdout(frame, "column", 0.4, None)[0]
    assert "not in the table" in check_holdout(frame, "time", 0.4, "dya")[0]
    assert "1 of 3 values are missing (first: row 3)" in check_holdout(frame, "time", 0.4, "day")[0]
    unread = check_holdout(frame.dropna(), "time", 0.4, "day")
    assert "1 values are neither dates nor numbers (first: row 3)" in unread[0]
    assert check_holdout(frame, "random", 0.4, "day") == []


def test_an_id_is_no_time():
    frame = pd.DataFrame({"customer_id": range(10)})
    (problem,) = check_holdout(frame, "time", 0.4, "customer_id")
    assert "ids have no earlier and later" in problem


def test_chinese_marks_are_understood():
    split = find_marked(pd.Series(["训练", "测试", "测试", "训练"]))
    assert split.test.tolist() == [1, 2]
