"""One protocol for all benches: ways in processes of their own, growth between sizes, bars that fail.

What a way took is told on the screen, and as a line of JSON in the file that ``LEADLINE_BENCH_FIGURES``
names, from which `bench_page.plots` draws.
"""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

FIGURES_VARIABLE = "LEADLINE_BENCH_FIGURES"
#: Rows at which a bench of bulk is run unless it is told others.
SIZES = (100_000, 1_000_000, 10_000_000)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one way took: seconds of wall clock and of CPU, peak of memory (MB, the whole process)."""

    bench: str
    way: str
    rows: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    answer: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.way:24} {self.rows:>11,} rows: {self.wall_s:7.2f} s wall, {self.cpu_s:7.2f} s CPU, "
            f"peak {self.peak_mb:6,.0f} MB"
        )


def run_way(script: str, way: str, rows: int, *arguments: str, limit: float | None = None) -> Figures:
    """Run ``script --way WAY ARGUMENTS`` in a process of its own, print what it took, and note it.

    Raises
    ------
    subprocess.SubprocessError
        If it fails, its own words before, or takes longer than ``limit`` seconds.
    """
    command = [sys.executable, "-W", "ignore", script, "--way", way, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=limit, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    found = Figures(bench=Path(script).stem, way=way, rows=rows, **told)
    print(found, flush=True)
    note(found)
    return found


def tell(work: Callable[[], Mapping[str, Any] | None], *, repeats: int = 1) -> None:
    """Do the work of a way, and print what it took for `run_way`; of several runs the quickest counts.

    What processes took that the work started, it returns as ``children``: ``cpu_s``, ``peak_mb``.
    """
    runs, answer = [], None
    for _run in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    took = {"wall_s": min(runs)[0], "cpu_s": min(cpu for _wall, cpu in runs), "peak_mb": read_peak_mb()}
    for name, more in (answer or {}).get("children", {}).items():
        took[name] += more
    print(json.dumps(took | {"answer": answer or {}}))


def read_peak_mb() -> float:
    """Peak of this program alone; getrusage would count what its parent held when it was started."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1e3


def note(found: Figures) -> None:
    """Add the figures to the file of figures, if one is named."""
    if path := os.environ.get(FIGURES_VARIABLE):
        line = {name: value for name, value in asdict(found).items() if name != "answer"}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def print_growth(found: Sequence[Figures]) -> None:
    """Print each way's growth of CPU between sizes: the exponent e of rows**e, 1 where in proportion."""
    for way in dict.fromkeys(one.way for one in found):
        sizes = sorted((one for one in found if one.way == way), key=lambda one: one.rows)
        told = [
            f"{low.rows:,} to {high.rows:,}: {high.cpu_s / low.cpu_s:.2f} times, exponent {exponent:.2f}"
            for low, high in pairwise(sizes)
            if (exponent := growth(low, high)) is not None
        ]
        if told:
            print(f"{way:24} CPU grows from {'; from '.join(told)}")


def growth(low: Figures, high: Figures) -> float | None:
    """Return the exponent by which CPU grows with rows; None where nothing was measured."""
    if not (low.cpu_s > 0 and high.cpu_s > 0 and low.rows < high.rows):
        return None
    return math.log(high.cpu_s / low.cpu_s) / math.log(high.rows / low.rows)


class Bars:
    """What a bench promises; each is printed with what was found, and a missed one fails the bench."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def at_most(self, what: str, found: float, bar: float) -> None:
        """Hold that a figure is not above its bar."""
        self._judge(f"{what}: {found:.2f} (bar: at most {bar:g})", is_kept=found <= bar)

    def at_least(self, what: str, found: float, bar: float) -> None:
        """Hold that a figure is not below its bar."""
        self._judge(f"{what}: {found:.2f} (bar: at least {bar:g})", is_kept=found >= bar)

    def holds(self, what: str, *, is_kept: bool) -> None:
        """Hold that something is so."""
        self._judge(what, is_kept=is_kept)

    def finish(self) -> None:
        """End the bench, with exit code 1 if a bar was missed."""
        sys.exit(1 if self.missed else 0)

    def _judge(self, told: str, *, is_kept: bool) -> None:
        print(f"{'kept  ' if is_kept else 'MISSED'} {told}", flush=True)
        if not is_kept:
            self.missed.append(told)
