"""What holds a batch while it runs: its lock, and the signals that ask it to end."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from leadline.errors import RunError
from leadline.language import _
from leadline.locks import drop_lock

#: For a sweep that takes the new lock for a dead one's, and lets it go at once.
_PATIENCE_SECONDS = 1


@contextmanager
def lock_batch(out: Path, batch_id: str) -> Iterator[None]:
    """Hold a batch: nobody else goes on with it.

    Raises
    ------
    RunError
        If another process holds it, or the folder cannot be written.
    """
    lock = FileLock(out / f".batch-{batch_id}.lock")
    try:
        lock.acquire(timeout=_PATIENCE_SECONDS)
    except Timeout:
        message = _("Batch {batch} is still running. Wait for its end, or stop it.", batch=batch_id)
        raise RunError(message) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(_("{path} cannot be written: {reason}.", path=out, reason=reason)) from None
    try:
        yield
    finally:
        drop_lock(lock)


@dataclass
class Heard:
    """The first signal that asked this process to end, by name."""

    name: str | None = None


@contextmanager
def hearing_signals() -> Iterator[Heard]:
    """Note the first signal that asks this process to end; nothing else happens in the handler."""
    heard = Heard()

    def note(number: int, _frame: FrameType | None) -> None:
        heard.name = heard.name or signal.Signals(number).name

    main = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if main and hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), note) for name in names}
    try:
        yield heard
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
