"""`make bench`: what a bench printed and took on one page; a bar missed is seen, and fails."""

import json
import math
from pathlib import Path

import pytest

from benchmarks.bench_page.__main__ import choose
from benchmarks.bench_page.measuring import Bars, Figures, growth, note
from benchmarks.bench_page.page import Ran, write_page
from benchmarks.bench_page.plots import draw_growth, list_ways, read_figures
from benchmarks.bench_page.running import run_bench

BENCH = '''"""Counts."""
import json, os, subprocess, sys, time
sys.path.insert(0, {benches!r})
from bench_page.measuring import Bars, Figures, note
for rows in (100, 1000):
    note(Figures(bench="count", way="<b>quick</b>", rows=rows, wall_s=1.0, cpu_s=rows / 100, peak_mb=9))
print("found <script>")
bars = Bars()
bars.at_most("wall", 3, {bar})
bars.finish()
'''


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    return tmp_path / "figures.jsonl"


def write_bench(folder: Path, bar: float) -> Path:
    script = folder / "count.py"
    benches = str(Path(__file__).parents[2] / "benchmarks")
    script.write_text(BENCH.format(benches=benches, bar=bar), "utf-8")
    return script


def test_a_bar_that_is_missed_fails_and_is_shown_on_the_page(tmp_path: Path, figures: Path) -> None:
    kept, missed = (run_bench(write_bench(tmp_path, bar), figures, 60) for bar in (3, 2.9))
    assert (kept.code, kept.ended) == (0, "all right")
    assert (missed.code, missed.ended) == (1, "1 bar missed")
    assert kept.cpu_s > 0 < kept.peak_mb
    page = write_page([kept, missed], read_figures(figures))
    assert "1 of 2 benches kept what they promise." in page
    assert page.count("data:image/png;base64,") == 2
    assert "found &lt;script&gt;" in page
    assert "<script" not in page
    assert "<b>" not in page


def test_a_bench_that_hangs_is_ended_at_its_limit(tmp_path: Path, figures: Path) -> None:
    script = tmp_path / "hang.py"
    script.write_text("print('begun', flush=True)\nwhile True: pass\n", "utf-8")
    ended = run_bench(script, figures, 1.0)
    assert ended.is_late
    assert ended.code == -9
    assert ended.printed == "begun\n"
    assert "stopped at its limit" in ended.ended


def test_growth_is_the_exponent_of_rows(figures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_BENCH_FIGURES", str(figures))
    low, high = (
        Figures(bench="b", way="w", rows=rows, wall_s=9, cpu_s=cpu, peak_mb=5)
        for rows, cpu in ((100, 2.0), (10_000, 20.0))
    )
    assert growth(low, high) == pytest.approx(0.5)
    assert growth(high, low) is None
    note(low)
    assert [line["rows"] for line in map(json.loads, figures.read_text("utf-8").splitlines())] == [100]


def test_only_ways_at_several_sizes_are_drawn() -> None:
    lines = [
        {"way": way, "rows": rows, "cpu_s": rows / 10, "peak_mb": math.sqrt(rows)}
        for way, rows in (("scan", 1000), ("scan", 100), ("once", 100))
    ]
    assert {way: [one["rows"] for one in found] for way, found in list_ways(lines).items()} == {
        "scan": [100, 1000]
    }
    figure = draw_growth("b", lines)
    assert figure is not None
    cpu, peak = figure.axes
    assert cpu.lines[0].get_xydata().tolist() == [[100, 10], [1000, 100]]
    assert [axes.get_xscale() for axes in (cpu, peak)] == ["log", "log"]
    assert draw_growth("b", lines[2:]) is None


def test_a_page_without_figures_and_a_choice_of_benches(tmp_path: Path) -> None:
    (tmp_path / "scale_buckets.py").touch()
    (tmp_path / "b.py").touch()
    (tmp_path / "a.py").touch()
    assert [script.stem for script in choose([], tmp_path)] == ["a", "b"]
    assert [script.stem for script in choose(["scale_buckets", "a"], tmp_path)] == ["scale_buckets", "a"]
    with pytest.raises(SystemExit, match=r"No bench is called c. They are: a, b, scale_buckets"):
        choose(["c", "a"], tmp_path)
    failed = Ran(script=tmp_path / "a.py", code=2, printed="", wall_s=1, cpu_s=1, peak_mb=1)
    assert "failed, code 2" in write_page([failed], [])


def test_bars_are_judged_as_they_are_meant(capsys: pytest.CaptureFixture[str]) -> None:
    bars = Bars()
    bars.at_most("a", 3, 3)
    bars.at_least("b", 3, 3)
    bars.holds("c", is_kept=True)
    assert not bars.missed
    bars.at_least("d", 2.99, 3)
    assert bars.missed == ["d: 2.99 (bar: at least 3)"]
    assert capsys.readouterr().out.splitlines()[-1] == "MISSED d: 2.99 (bar: at least 3)"


def test_an_axis_within_one_power_of_ten_has_numbers() -> None:
    lines = [
        {"way": "one", "rows": rows, "cpu_s": 1.0, "peak_mb": mb} for rows, mb in ((10, 210), (100, 700))
    ]
    figure = draw_growth("bench", lines)
    assert figure is not None
    figure.draw_without_rendering()
    memory = figure.axes[1]
    low, high = memory.get_ylim()
    shown = [label.get_text() for label in memory.get_yticklabels() if low <= label.get_position()[1] <= high]
    assert "500" in shown
