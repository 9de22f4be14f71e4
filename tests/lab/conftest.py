"""A notebook opened by hand, without a browser: a real IPython shell, and a file saved beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from leadline.lab import session as sessions
from leadline.lab.session import Session, open_session
from tests.lab.saved import SOURCES, save


@pytest.fixture
def shell(working_folder: Path) -> Iterator[InteractiveShell]:
    """The one shell of this process, as a kernel has it."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.user_ns["record"] = lambda _shown: None
    yield shell
    sessions._sessions.clear()
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture
def session(shell: InteractiveShell, working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A notebook that ran from top to bottom and was saved; its clock is at 1,000 s."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(save(working_folder)))
    session = open_session()
    session.clock = lambda: 1_000.0
    for source in SOURCES:
        assert shell.run_cell(source, store_history=True).success
    return session
