"""Five damaged and five hostile submissions: how each ends, and how long grading is held up by it.

The baseline is a submission that does nothing wrong, run between the attacks: it must give its answers each
time. Prints a table and exits with 1 where an attack leaves no explanation or harms the next submission.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from leadline.course.sandbox import Cell, Limits, Ran, Sandbox, find_missing_protections

LIMITS = Limits(seconds=20)
SECRET = "the course secret"
GOOD = [Cell("read", "import pandas as pd\ntotal = int(pd.read_csv('data/n.csv')['n'].sum())")]
TOTAL = 3
DATA = {"n.csv": b"n\n1\n2\n"}
#: What a cell does.
ATTACKS = {
    "duplicated cell": "total = 3",
    "deleted cell": "",
    "changed type": "# total = 3 (a cell that became text)",
    "kernel kill": "import os\nos.kill(os.getpid(), 9)",
    "endless loop": "while True: pass",
    "reads the truth": "from pathlib import Path\nfound = Path({truth!r}).read_text()",
    "patches the grader": (
        "import sys, pandas, builtins\nbuiltins.abs = lambda value: 0\n"
        "pandas.Series.__eq__ = lambda *a: True\n"
        "for name in list(sys.modules):\n    if 'leadline' in name: vars(sys.modules[name]).clear()"
    ),
    "opens a socket": "import socket\nfound = socket.create_connection(('127.0.0.1', 22), timeout=5)",
    "fills the disk": "n = 0\nwhile True:\n    n += 1\n    open(f'f{n}', 'wb').write(b'x' * 10**6)",
    "forks without end": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
}
ENDS = {"endless loop", "forks without end"}


def main() -> int:
    """Run each attack between two good submissions."""
    faults = 0
    good_seconds = []
    with tempfile.TemporaryDirectory() as folder, Sandbox(LIMITS) as sandbox:
        truth = Path(folder, "truth.json")
        truth.write_text(SECRET, "utf-8")
        if missing := find_missing_protections(sandbox):
            print(*missing, sep="\n")
        for name, attack in ATTACKS.items():
            limits = replace(LIMITS, seconds=3) if name in ENDS else LIMITS
            start = time.monotonic()
            cells = [
                *GOOD,
                Cell("attack", attack.replace("{truth!r}", repr(str(truth)))),
                Cell("last", "late = 1"),
            ]
            ran = sandbox.run(cells, ["total", "found", "late"], DATA, [Path(folder)], limits)
            seconds = time.monotonic() - start
            start = time.monotonic()
            after = sandbox.run(GOOD, ["total"], DATA)
            good_seconds.append(time.monotonic() - start)
            is_well = (
                ran.answers.get("total") == after.answers.get("total") == TOTAL and "found" not in ran.answers
            )
            faults += not is_well
            print(f"{'ok' if is_well else 'FAULT':6}{name:20}{seconds:6.2f} s  {explain(ran)}")
    print(f"a good submission between the attacks: median {statistics.median(good_seconds):.2f} s")
    return bool(faults)


def explain(ran: Ran) -> str:
    """Say how a submission ended."""
    return ran.ended or "; ".join(ran.errors.values()) or "every cell was run"


if __name__ == "__main__":
    sys.exit(main())
