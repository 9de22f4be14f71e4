"""The page of all benches: what each printed, what it took, and how it grows."""

import ast
import datetime as dt
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from leadline.report.templates import read_asset, write_policy

from .plots import Line, draw_growth, embed

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A bench that ended: its exit code (negative: the signal that ended it), what it printed, what it took.

    ``is_late`` tells that it was stopped at its limit.
    """

    script: Path
    code: int
    printed: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    is_late: bool = False

    @property
    def ended(self) -> str:
        """How it ended, in words."""
        if self.is_late:
            return f"stopped at its limit of {self.wall_s:,.0f} s"
        missed = sum(line.startswith("MISSED") for line in self.printed.splitlines())
        if self.code == 0:
            return "all right"
        return f"{missed} bar{'s' if missed > 1 else ''} missed" if missed else f"failed, code {self.code}"


def write_page(benches: Sequence[Ran], figures: Sequence[Line]) -> str:
    """Return the page as one HTML text that needs nothing else."""
    failed = sum(bench.code != 0 for bench in benches)
    style, memory_gb = read_asset("page.css"), psutil.virtual_memory().total / 1e9
    shown = []
    for bench in benches:
        name = bench.script.stem
        drawn = draw_growth(name, [line for line in figures if line["bench"] == name])
        shown.append(
            {
                "name": name,
                "about": _read_about(bench.script),
                "ended": bench.ended,
                "code": bench.code,
                "printed": bench.printed,
                "wall_s": bench.wall_s,
                "cpu_s": bench.cpu_s,
                "peak_mb": bench.peak_mb,
                "plot": drawn and {"address": embed(drawn), "alt": drawn.get_label()},
            }
        )
    return _TEMPLATES.get_template("page.html.j2").render(
        policy=write_policy(styles=[style], script=""),
        style=Markup(style),
        written=dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        machine=f"{os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.platform()}",
        answer=f"{len(benches) - failed} of {len(benches)} benches kept what they promise.",
        benches=shown,
    )


def _read_about(script: Path) -> str:
    return ast.get_docstring(ast.parse(script.read_text("utf-8"))) or ""
