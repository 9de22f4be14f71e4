"""Every lab on many markets: the solution's score, a blank's, and how often each misconception is named.

    python benchmarks/lab_seeds.py [SEEDS] [LAB …]

Wanted: the solution 100% and a blank 0 on every seed, each misconception named on at least 95%.
"""

import collections
import sys
import time
from pathlib import Path

from leadline.course.cells import STUB, grade_id, role
from leadline.course.labs import list_labs, read_lab
from leadline.course.rehearsal import rehearse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.course.planted import find_named, planted_in

STEP = 7_919_777_123
NAMED = 0.95


def try_lab(path: Path, seeds: int) -> bool:
    cells, planted = read_lab(path)["cells"], planted_in(path.stem)
    blank = {grade_id(cell): STUB for cell in cells if role(cell) == "answer"}
    named: collections.Counter[str] = collections.Counter()
    faults = []
    began = time.perf_counter()
    for seed in range(STEP, STEP * (seeds + 1), STEP):
        wrong = [judgement for judgement in rehearse(cells, seed=seed) if judgement.credit < 1]
        gained = [
            judgement for judgement in rehearse(cells, seed=seed, changed=blank) if judgement.credit > 0
        ]
        faults += [(seed, judgement) for judgement in (*wrong, *gained)]
        named.update(find_named(cells, planted, seed=seed))
    rare = {name: f"{named[name]}/{seeds}" for name in planted if named[name] < NAMED * seeds}
    print(
        f"{path.stem:24}{seeds:>4} markets  solution or blank misjudged {len(faults)}  "
        f"misconceptions {len(planted)}, named in {sum(named.values()) / (seeds * len(planted)):.1%}  "
        f"{time.perf_counter() - began:.0f} s  {rare or ''}",
        flush=True,
    )
    for seed, judgement in faults:
        print(f"    {seed}: {judgement}")
    return not faults and not rare


def main() -> int:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    chosen = [path for path in list_labs() if not sys.argv[2:] or path.stem in sys.argv[2:]]
    return int(not all([try_lab(path, seeds) for path in chosen]))  # noqa: C419 (all are tried)


if __name__ == "__main__":
    sys.exit(main())
