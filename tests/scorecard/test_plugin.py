"""The scorecard tells passed, failed, skipped and absent apart, and a run that is not full fails."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scorecard.catalogue import SCORECARD_VARIABLE, read_catalogue
from tests.scorecard.page import render_scorecard

ROOT = Path(__file__).parents[2]
FIRST, SECOND, THIRD, *OTHERS = read_catalogue()["page_vectors"].cases
TESTS = f"""
import pytest

@pytest.mark.covers("page_vectors", "{FIRST}")
@pytest.mark.parametrize("right", [True, {{second}}])
def test_twice(right, measured):
    measured(f"<b>{{{{right}}}}</b>")
    assert right

@pytest.mark.covers("page_vectors", "{SECOND}")
def test_skipped():
    pytest.skip("not today")

@pytest.mark.covers("page_vectors", by="vector")
@pytest.mark.parametrize("vector", ["{THIRD}"])
def test_by_its_parameter(vector): pass

def test_of_nothing(): raise AssertionError
"""


def run(folder: Path, text: str) -> tuple[int, str, dict]:
    """Run tests in a folder of their own with the plugin; their page is beside the JSON."""
    (folder / "test_it.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    told = folder / "scorecard.json"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.scorecard.plugin", "test_it.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), SCORECARD_VARIABLE: str(told), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, json.loads(told.read_text()) if told.exists() else {}


def test_every_state_is_told(tmp_path: Path) -> None:
    code, printed, told = run(tmp_path, TESTS.format(second=False))
    assert code == 1
    assert "1 of 35" in printed
    table = next(table for table in told["tables"] if table["of"] == 35)
    states = {case["id"]: case["state"] for case in table["cases"]}
    assert [states[case] for case in (FIRST, SECOND, THIRD)] == ["failed", "skipped", "passed"]
    assert {states[case] for case in OTHERS} == {"absent"}
    assert table["cases"][0]["measured"] == ["<b>True</b>", "<b>False</b>"]
    assert "test_of_nothing" not in printed
    page = (tmp_path / "scorecard.html").read_text()
    assert page == render_scorecard(told)
    assert "&lt;b&gt;False&lt;/b&gt;" in page
    assert "<b>False" not in page


def test_a_run_in_which_all_tests_pass_still_fails_for_what_is_absent(tmp_path: Path) -> None:
    text = TESTS.format(second=True).replace('pytest.skip("not today")', "pass")
    code, printed, _told = run(tmp_path, text)
    assert "3 of 35" in printed
    assert code == 1


@pytest.mark.parametrize("mark", ['"page_vectors", "no_such_case"', '"no_such_table", "x"'])
def test_a_case_of_no_table_is_refused(tmp_path: Path, mark: str) -> None:
    code, printed, _told = run(tmp_path, f"import pytest\n@pytest.mark.covers({mark})\ndef test_it(): pass\n")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "which is in no table" in printed
