"""Notebooks that are made for a test, and a run of them in a folder of their own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbformat import NotebookNode, v4

from leadline.parameters.places import ALLOW_VARIABLE
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome, run_notebook
from leadline.run.warden import RUN_VARIABLE
from leadline.run.warm import WarmServer, warm_server


def build_notebook(*cells: str, parameters: str = "", tags: tuple[str, ...] = ()) -> NotebookNode:
    """A notebook whose code cells stand under the headings "Step 1", "Step 2" …"""
    notebook = v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    )
    notebook.cells = [v4.new_markdown_cell("# What happens?")]
    if parameters:
        notebook.cells.append(v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    for number, source in enumerate(cells, start=1):
        notebook.cells.append(v4.new_markdown_cell(f"## Step {number}"))
        notebook.cells.append(v4.new_code_cell(source, metadata={"tags": list(tags)}))
    return notebook


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(ALLOW_VARIABLE, "")
    return tmp_path


@pytest.fixture
def write(working_folder: Path) -> Callable[..., Path]:
    """Write a notebook into the working folder."""

    def write(*cells: str, name: str = "work", **options: Any) -> Path:
        path = working_folder / f"{name}.ipynb"
        nbformat.write(build_notebook(*cells, **options), path)
        return path

    return write


@pytest.fixture
def run(write: Callable[..., Path]) -> Callable[..., RunOutcome]:
    """Run a notebook of the given cells with the given parameters."""

    def run(
        *cells: str,
        given: dict[str, Any] | None = None,
        limit: float = 60,
        warm: Path | None = None,
        **options: Any,
    ) -> RunOutcome:
        request = make_request(
            str(write(*cells, **options)), given or {}, out=Path("out"), limit_seconds=limit
        )
        return run_notebook(request, warm=warm)

    return run


@pytest.fixture(scope="session")
def kept_server() -> Iterator[WarmServer]:
    """One server of warm kernels for all tests of this process."""
    with warm_server() as server:
        assert server is not None
        yield server


@pytest.fixture
def warm(kept_server: WarmServer) -> Path:
    """The socket of a server of warm kernels that lives and is fresh."""
    kept_server.refresh()
    return kept_server.socket


@pytest.fixture
def leadline(working_folder: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command line, as a process of its own."""

    def leadline(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        with start_leadline(*arguments, **environment) as process:
            stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    return leadline


@contextmanager
def start_leadline(*arguments: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """Start the command line in the working folder; on leaving, it is gone."""
    process = subprocess.Popen(
        [sys.executable, "-m", "leadline", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def run_processes() -> list[psutil.Process]:
    """Processes of runs that were started in this working folder; other tests may run beside."""
    found = []
    for process in psutil.process_iter():
        try:
            if RUN_VARIABLE in process.environ() and process.cwd() == str(Path.cwd()):
                found.append(process)
        except psutil.Error:
            continue
    return found
