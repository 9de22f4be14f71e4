"""Send notices: beside one another, tried again, and never longer than was said."""

import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from queue import Empty, SimpleQueue

from leadline.language import _
from leadline.run.notify.event import Event
from leadline.run.notify.failing import DeliveryError
from leadline.run.notify.folder import copy_report
from leadline.run.notify.mail import mail
from leadline.run.notify.targets import Folder, Mail, Target, Webhook, find_missing_secrets, wants
from leadline.run.notify.webhook import post

Pause = Callable[[float], object]

LIMIT_SECONDS = 60.0
#: Seconds before the second try and before the third.
PAUSES = (2.0, 10.0)


def notify(
    targets: Sequence[Target],
    event: Event,
    *,
    limit_seconds: float = LIMIT_SECONDS,
    pause: Pause = time.sleep,
) -> list[str]:
    """Tell every target that wants to hear of ``event``; return the problems, one a target, and never raise.

    Parameters
    ----------
    targets
        Whom to tell (`read_targets`).
    event
        What happened.
    limit_seconds
        After which time to return, whatever a server does.
    pause
        Waits the given seconds before another try; called beside the caller, in threads.

    Returns
    -------
    list of str
        In the order of ``targets``, in the language of the caller, without any secret.
    """
    told = [target for target in targets if wants(target, succeeded=event.succeeded)]
    answers: SimpleQueue[tuple[int, str]] = SimpleQueue()
    for place, target in enumerate(told):
        work = (place, target, event, pause, answers)
        # daemon: a server that never answers does not keep the program from ending
        threading.Thread(target=copy_context().run, args=(_tell, *work), daemon=True).start()
    problems = dict.fromkeys(range(len(told)), _("no answer within {seconds:g} s.", seconds=limit_seconds))
    deadline = time.monotonic() + limit_seconds
    for _target in told:
        try:
            place, problem = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            break
        problems[place] = problem
    return [
        _("{target}: {problem}", target=target.label, problem=problems[place])
        for place, target in enumerate(told)
        if problems[place]
    ]


def _tell(
    place: int, target: Target, event: Event, pause: Pause, answers: "SimpleQueue[tuple[int, str]]"
) -> None:
    answers.put((place, _try(target, event, pause)))


def _try(target: Target, event: Event, pause: Pause) -> str:
    """Try until it is taken or another try is of no use; return the problem, empty if there is none."""
    if missing := find_missing_secrets(target):
        return " ".join(missing)
    problem = ""
    for seconds in (0.0, *PAUSES):
        if seconds:
            pause(seconds)
        try:
            _deliver(target, event)
        except DeliveryError as error:
            problem = str(error)
            if not error.again:
                break
        except Exception as error:  # noqa: BLE001 (a notice never fails a run; the text may hold a secret)
            return _("it failed ({kind}).", kind=type(error).__name__)
        else:
            return ""
    return problem


def _deliver(target: Target, event: Event) -> None:
    match target:
        case Webhook():
            post(target, event)
        case Mail():
            mail(target, event)
        case Folder():
            copy_report(target, event)
