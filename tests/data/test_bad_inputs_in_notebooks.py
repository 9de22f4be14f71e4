"""Every bad input of the catalogue in a run of a notebook: refused, told first, warned of, or noted.

In the tests of every day one or two a group run; all run for the scorecard.
"""

import html
from pathlib import Path

import pytest

from leadline.paths import NOTEBOOKS
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome, run_notebook
from tests.data.cases.experiment_runs import EXPERIMENT_RUNS
from tests.data.cases.list_runs import LIST_RUNS
from tests.data.cases.model_runs import MODEL_RUNS
from tests.data.cases.own_runs import OWN_RUNS
from tests.data.cases.runs import RunCase
from tests.data.cases.survey_runs import SURVEY_RUNS
from tests.data.cases.table_runs import TABLE_RUNS
from tests.scorecard.catalogue import FULL, read_catalogue

ALL = [*TABLE_RUNS, *MODEL_RUNS, *EXPERIMENT_RUNS, *SURVEY_RUNS, *LIST_RUNS, *OWN_RUNS]
EVERY_DAY = {
    "mixed_gbk_utf8",
    "name_NA_null",
    "refund_double_count",
    "all_missing_column",
    "srm",
    "out_of_scale_answer",
    "null_keys_join",
    "formula_injection_export",
    "dst_gap",
}


def test_every_case_of_the_catalogue_has_its_notebook() -> None:
    ids = [case.id for case in ALL]
    assert sorted(ids) == sorted(set(ids))
    assert set(ids) == set(read_catalogue()["bad_inputs"].cases)


def run(case: RunCase, folder: Path, warm: Path) -> RunOutcome:
    given = case.prepare(folder)
    notebook = next(NOTEBOOKS.rglob(f"{case.notebook}.ipynb"), folder / f"{case.notebook}.ipynb")
    return run_notebook(make_request(str(notebook), given, out=Path("out")), warm=warm)


@pytest.mark.covers("bad_inputs", by="case")
@pytest.mark.parametrize(
    "case", [case for case in ALL if FULL or case.id in EVERY_DAY], ids=lambda case: case.id
)
def test_a_notebook_ends_as_it_should(case: RunCase, working_folder: Path, warm: Path) -> None:
    outcome = run(case, working_folder, warm)
    record, page = outcome.record, (outcome.folder / "report.html").read_text("utf-8")
    assert "Traceback" not in page
    if case.ending == "refused":
        assert record["status"] == "refused", record["failure"]
        assert record["results"] == {}
        first = html.unescape(page.partition("<header>")[2].partition("</header>")[0])
        for words in (record["failure"]["message"], first):
            assert [word for word in case.wanted if word not in words] == [], words
        return
    assert record["failure"] is None
    assert record["answer"].startswith(case.answer)
    notes = [note for source in record["sources"] for note in source["notes"]]
    told = {
        "verdict": [record["answer"], *record["warnings"]],
        "warning": record["warnings"],
        "handled": notes,
    }
    texts = told[case.ending]
    assert not case.wanted or any(all(word in text for word in case.wanted) for text in texts), texts
    if case.ending == "handled":
        assert not any(source["warnings"] for source in record["sources"])
    case.check(outcome.folder, record)
