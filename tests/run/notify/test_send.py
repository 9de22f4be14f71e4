"""Notices arrive, or it is said why not; never an exception, never for ever."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.parameters import SecretValue
from leadline.run.notify import Event, Folder, Webhook, notify
from leadline.run.notify.send import PAUSES
from tests.run.notify.servers import Answer, serve_hook

HOOK = Webhook(url=SecretValue("env:HOOK"))


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that were asked for, in seconds; nobody really waits."""
    return []


def test_a_server_that_recovers_is_asked_again(
    event: Callable[..., Event], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_hook(Answer(500), Answer(429), Answer(204)) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        assert notify([HOOK], event(), pause=pauses.append) == []
    assert len(hook.posts) == 3
    assert pauses == list(PAUSES)
    assert hook.posts[0] == hook.posts[2]


def test_a_server_that_stays_broken_is_asked_three_times(
    event: Callable[..., Event], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_hook(Answer(503, "key s3cret-key-1 is\r\nbusy")) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        problems = notify([HOOK], event(), pause=pauses.append)
    assert problems == ["webhook env:HOOK: the server answered 503: key ••• is busy"]
    assert len(hook.posts) == 3


def test_what_no_second_try_can_mend_is_not_tried_again(
    event: Callable[..., Event], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_hook(Answer(404, "no_service")) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        (problem,) = notify([HOOK], event(), pause=pauses.append)
    assert problem.endswith("404: no_service")
    assert (len(hook.posts), pauses) == (1, [])


def test_a_server_that_hangs_holds_up_nobody(
    event: Callable[..., Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    with serve_hook(Answer(hold=released)) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        began = time.monotonic()
        problems = notify([HOOK, Folder(path=tmp_path)], event(), limit_seconds=0.3)
        assert time.monotonic() - began < 5
        released.set()
    assert problems == ["webhook env:HOOK: no answer within 0.3 s."]
    assert (tmp_path / "branch_report.html").exists()


def test_one_that_fails_does_not_keep_another_from_hearing(
    event: Callable[..., Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    problems = notify([HOOK, Folder(path=tmp_path), HOOK], event())
    assert (
        problems == ["webhook env:HOOK: env:HOOK names the environment variable HOOK, which is not set."] * 2
    )
    assert (tmp_path / "branch_report.html").exists()


@pytest.mark.parametrize(
    ("on", "status", "heard"),
    [
        ("success", "done", True),
        ("success", "failed", False),
        ("failure", "done", False),
        ("failure", "timed_out", True),
        ("both", "refused", True),
        ("both", "done", True),
    ],
)
def test_each_hears_what_it_asked_for(
    event: Callable[..., Event], tmp_path: Path, on: str, status: str, heard: bool
) -> None:
    assert notify([Folder(path=tmp_path, on=on)], event(status=status)) == []
    assert (tmp_path / "branch_report.html").exists() is heard


def test_an_event_that_nobody_foresaw_is_a_problem_not_an_exception(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "http://127.0.0.1:9/send")
    (problem,) = notify([HOOK], event(kpis=({"label": "Hits"},)))
    assert problem == "webhook env:HOOK: it failed (KeyError)."
