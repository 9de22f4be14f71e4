"""Counts and paces, by a clock of the test's own."""

from leadline.run.batch.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_unchanged_rows_count_as_settled_but_make_no_pace() -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.seconds += 1000
    pace.begin(total=10, unchanged=4)
    assert pace.seconds_left is None
    clock.seconds += 30
    pace.count(is_failed=False)
    pace.count(is_failed=True)
    assert pace.per_minute == 4
    assert pace.seconds_left == 60
    assert pace.tell() == "6 of 10, 1 failed, 4.0 a minute, 0:01:00 left"


def test_long_waits_are_told_in_hours() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.begin(total=101, unchanged=0)
    clock.seconds += 120
    pace.count(is_failed=False)
    assert pace.tell().endswith("3:20:00 left")
