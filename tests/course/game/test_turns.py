"""Turns under fire: killed processes, two at once, files that were not written."""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from leadline.course.game import turns
from leadline.course.game.files import BOARD_FILE
from leadline.course.game.game import load_game
from leadline.course.game.log import open_log, read_events
from leadline.course.game.turns import advance_quarter, submit_list, tell_missing
from leadline.errors import LeadlineError, ParameterError, RunError

FORK = multiprocessing.get_context("fork")


def test_the_last_list_of_a_quarter_counts_and_both_stay(
    folder: Path, write_list: Callable[..., str]
) -> None:
    first = submit_list(folder, "A", write_list("first.csv", "call", "call"), claimed=1)
    second = submit_list(folder, "A", write_list("second.csv", "sms"))
    assert (first.replaces, second.replaces) == (False, True)
    assert second.left_cny == pytest.approx(500 - 0.06)  # the first costs nothing
    with open_log(folder) as log:
        bodies = [event.body for event in read_events(log) if event.kind == "submission"]
    assert [body["file"] for body in bodies] == ["first.csv", "second.csv"]
    assert [body["claimed"] for body in bodies] == [1, None]
    game = advance_quarter(folder)
    assert len(game.worlds["A"].played[1].listed) == 1


def test_a_refused_list_leaves_nothing(folder: Path, write_list: Callable[..., str]) -> None:
    with pytest.raises(LeadlineError):
        submit_list(folder, "A", write_list("list.csv", "fax"))
    assert not load_game(folder).submissions


def test_missing_teams_are_named(folder: Path, write_list: Callable[..., str]) -> None:
    submit_list(folder, "A", write_list("list.csv", "call"))
    assert tell_missing(load_game(folder)) == "1 team has handed in no list for quarter 1: 乙."
    assert "2 teams" in tell_missing(advance_quarter(folder))


def test_a_quarter_without_lists_is_closed_only_on_demand(folder: Path) -> None:
    with pytest.raises(ParameterError, match="--empty"):
        advance_quarter(folder)
    assert advance_quarter(folder, even_if_empty=True).quarter == 2
    assert advance_quarter(folder, even_if_empty=True).is_over
    with pytest.raises(ParameterError, match="over"):
        advance_quarter(folder, even_if_empty=True)


def test_of_two_who_advance_at_once_one_wins_and_the_other_is_told(folder: Path) -> None:
    """Both have seen quarter 1 open before either closes it."""
    barrier, answers = FORK.Barrier(2), FORK.Queue()

    def advance() -> None:
        count = turns.count_closed

        def see_together(log: object) -> int:
            seen = count(log)
            barrier.wait(20)
            return seen

        turns.count_closed = see_together
        try:
            answers.put(f"open: {advance_quarter(folder, even_if_empty=True).quarter}")
        except LeadlineError as error:
            answers.put(str(error))

    both = [FORK.Process(target=advance) for _number in range(2)]
    for process in both:
        process.start()
    told = sorted(answers.get(timeout=30) for _process in both)
    for process in both:
        process.join(30)
    assert told == ["Quarter 1 was closed by somebody else just now; nothing more was done.", "open: 2"]
    assert load_game(folder).quarter == 2


def test_a_list_that_was_checked_for_a_closed_quarter_is_not_taken(
    folder: Path, write_list: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = turns.check_team_list

    def advance_meanwhile(*args: object, **more: object) -> object:
        listed = check(*args, **more)  # type: ignore[arg-type]
        advance_quarter(folder, even_if_empty=True)
        return listed

    monkeypatch.setattr(turns, "check_team_list", advance_meanwhile)
    with pytest.raises(RunError, match="Quarter 1 was closed while"):
        submit_list(folder, "A", write_list("list.csv", "call"))
    assert not load_game(folder).submissions


def test_what_a_killed_advance_did_not_write_the_next_command_writes(
    folder: Path, write_list: Callable[..., str]
) -> None:
    """Killed between the log's commit and the first file."""
    submit_list(folder, "A", write_list("list.csv", "call"))

    def advance() -> None:
        turns.publish_files = lambda *_args: os.kill(os.getpid(), signal.SIGKILL)
        advance_quarter(folder)

    process = FORK.Process(target=advance)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    seen = folder / "teams" / "A" / "quarter_1.csv"
    assert not seen.exists()
    with pytest.raises(ParameterError, match="No team has handed in a list for quarter 2"):
        advance_quarter(folder)
    assert seen.is_file()
    assert "Quarter 2 of 2 is open" in (folder / BOARD_FILE).read_text("utf-8")


@pytest.mark.parametrize("kill", range(3))
def test_no_kill_loses_an_accepted_list(folder: Path, write_list: Callable[..., str], kill: int) -> None:
    """A process hands in list after list until it is killed anywhere; whatever it was told is in the log."""
    first = Path(write_list("0.csv", "none", "none"))
    files = [shutil.copy(first, first.with_name(f"{number}.csv")) for number in range(1, 100)]
    ours, theirs = FORK.Pipe(duplex=False)

    def submit() -> None:
        for file in files:
            submit_list(folder, "A", str(file))
            theirs.send(file.name)

    process = FORK.Process(target=submit)
    process.start()
    theirs.close()
    told = [ours.recv()]
    process.join(float(np.random.default_rng(kill).uniform(0, 0.7)))
    process.kill()
    process.join()
    while ours.poll():
        try:
            told.append(ours.recv())
        except EOFError:
            break
    with open_log(folder, writing=True) as log:  # it can be written again, and holds nothing half
        assert log.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        kept = [event.body["file"] for event in read_events(log) if event.kind == "submission"]
    assert kept[: len(told)] == told
    assert len(kept) - len(told) <= 1  # at most the one that was on its way
    assert len(load_game(folder).submissions) == 1
