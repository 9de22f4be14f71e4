"""What every test may use: the public tables, a browser, and a plain word on what is not there."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.scorecard.catalogue import FULL

pytest_plugins = ["tests.runs", "tests.scorecard.plugin"]

ROOT = Path(__file__).resolve().parents[1]
PUBLIC_DATA = Path(os.environ.get("LEADLINE_PUBLIC_DATA", ROOT.parent / "shared" / "data"))
CHROMIUM = os.environ.get("LEADLINE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
NEEDS = {
    "public_data": (
        PUBLIC_DATA.is_dir(),
        f"the public tables (folder LEADLINE_PUBLIC_DATA, now {PUBLIC_DATA})",
    ),
    "tmpfs": (hasattr(os, "geteuid") and os.geteuid() == 0, "the right to mount a small disk (root)"),
    "browser": (CHROMIUM is not None, "Chromium (Debian: apt-get install chromium)"),
    "spark": (
        find_spec("pyspark") is not None and shutil.which("java") is not None,
        "PySpark (make spark) and Java 17 (Debian: apt-get install openjdk-17-jre-headless)",
    ),
}

os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, in one line each, what this machine cannot run; in CI its absence is a failure."""
    for marker, (present, need) in NEEDS.items():
        wanting = [item for item in items if item.get_closest_marker(marker)]
        if present or not wanting:
            continue
        if FULL or os.environ.get("CI") == "true":
            pytest.exit(f"{len(wanting)} tests need {need}, which CI must have.", returncode=1)
        items[:] = [item for item in items if item not in wanting]
        config.hook.pytest_deselected(items=wanting)
        config.stash.setdefault(LEFT_OUT, []).append(f"{len(wanting)} tests left out: they need {need}.")
    # First of all, so that one worker runs them with one Spark: others steal from the end of its work.
    items.sort(key=lambda item: item.get_closest_marker("spark") is None)


LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what was left out."""
    for line in config.stash.get(LEFT_OUT, []):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Folder of the public tables."""
    return PUBLIC_DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser."""
    assert CHROMIUM is not None
    return CHROMIUM


@pytest.fixture
def rng() -> np.random.Generator:
    """Seeded anew for each test."""
    return np.random.default_rng(20_000)
