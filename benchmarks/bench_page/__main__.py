"""Run the benches one after another, each in a process of its own, and write the page of what they found.

The page is written anew after every bench, so that a long night is not lost. The exit code is 1 if a bench
failed or missed a bar.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from leadline.durable import replace_file

from .page import write_page
from .plots import read_figures
from .running import run_bench

_BENCHES = Path(__file__).resolve().parents[1]
_LIMIT_SECONDS = 3600.0
#: Run by hand: a hundred million customers, which take some 20 GB of disk.
_BY_HAND = ("scale_buckets",)


def choose(only: Sequence[str], folder: Path = _BENCHES) -> list[Path]:
    """Return the benches named, in that order, or all but those run by hand.

    Raises
    ------
    SystemExit
        If a name is no bench.
    """
    known = {script.stem: script for script in sorted(folder.glob("*.py"))}
    if wrong := [name for name in only if name not in known]:
        sys.exit(f"No bench is called {', '.join(wrong)}. They are: {', '.join(known)}.")
    return [known[name] for name in only or (name for name in known if name not in _BY_HAND)]


def main() -> None:
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("only", nargs="*", help="names of benches; all by default")
    asked.add_argument("--out", type=Path, default=Path("reports/output/bench.html"))
    asked.add_argument("--limit", type=float, default=_LIMIT_SECONDS, help="most seconds of one bench")
    given = asked.parse_args()
    ran = []
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        figures = Path(name) / "figures.jsonl"
        for script in choose(given.only):
            print(f"== {script.stem}", flush=True)
            ran.append(run_bench(script, figures, given.limit))
            print(f"   {ran[-1].ended}, {ran[-1].wall_s:,.1f} s\n", flush=True)
            replace_file(given.out, write_page(ran, read_figures(figures)).encode())
    print(given.out)
    sys.exit(1 if any(bench.code for bench in ran) else 0)


if __name__ == "__main__":
    main()
