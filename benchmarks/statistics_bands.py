"""Rates of the statistics against their bands in full; wrong methods are the baseline that must fall out."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run the tests of ``tests/stats`` as ``make scorecard`` does, and print what they measured."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "scorecard.json"
        environ = {**os.environ, "LEADLINE_SCORECARD": str(told)}
        # It ends with an error: of other tables nothing is run.
        subprocess.run(
            [sys.executable, "-m", "pytest", "tests/stats"],
            cwd=ROOT,
            env=environ,
            check=False,
            capture_output=True,
        )
        tables = json.loads(told.read_text("utf-8"))["tables"]
    cases = [case for table in tables for case in table["cases"] if case["tests"]]
    for case in cases:
        print(f"{case['state']:8}{case['id']:20}{'; '.join(case['measured'])}")
    if any(case["state"] != "passed" for case in cases):
        sys.exit(1)


if __name__ == "__main__":
    main()
