import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import v4

from leadline.data import read_table
from leadline.errors import ParameterError
from leadline.report.page import render_page
from leadline.run.ledger import RunLedger
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome, run_notebook, sweep

Run = Callable[..., RunOutcome]
TIMES = {"run_id", "started", "ended", "seconds", "cpu_seconds", "peak_memory_mb"}
COUNT = "from leadline.parameters import Count\nn: Count = 3  # how many"
TEXT_AND_COUNT = "from leadline.parameters import Count, Text\np: Text = ''\nn: Count = 0"
FAKE_RESULT = """
from types import SimpleNamespace
import pandas as pd
from leadline.results import Kpi
from leadline.run import record
class StagesResult(SimpleNamespace):
    def to_dict(self): return {self.key: [{"name": "a", "precision": float("nan")}]}
def result(key): return StagesResult(key=key, summary="Calls pay.", warnings=["Small base."],
    kpis=[Kpi(label="Precision", value=0.2, unit="share", ci_lower=0.1, ci_upper=0.3, direction="up")],
    table=pd.DataFrame({"id": ["007", "=1+1"], "rate": [0.5, 0.25]}))
"""


def shown(outcome: RunOutcome) -> str:
    notebook = json.loads((outcome.folder / "notebook.ipynb").read_text("utf-8"))
    return json.dumps([cell.get("outputs", []) for cell in notebook["cells"]], ensure_ascii=False)


def test_a_run_publishes_exactly_what_the_contract_says(run: Run, working_folder: Path) -> None:
    outcome = run(FAKE_RESULT, "record(result('stages'), seed=7)", parameters=COUNT)
    assert outcome.exit_code == 0
    files = {str(path.relative_to(outcome.folder)) for path in outcome.folder.rglob("*") if path.is_file()}
    assert files == {"notebook.ipynb", "record.json", "report.html", "tables/stages.csv"}
    assert {path.name for path in Path("out").iterdir()} == {outcome.folder.name, "leadline.db"}
    record = json.loads((outcome.folder / "record.json").read_text("utf-8"))
    assert record["status"] == "done"
    assert record["answer"] == "Calls pay."
    assert record["results"] == {"stages": [{"name": "a", "precision": None}]}
    assert record["kpis"][0]["ci_upper"] == 0.3
    assert record["warnings"] == ["Small base."]
    assert record["seed"] == 7
    assert record["parameters"] == {"n": 3}
    digest = hashlib.sha256((outcome.folder / "tables" / "stages.csv").read_bytes()).hexdigest()
    assert record["tables"] == [{"name": "stages.csv", "sha256": digest}]
    assert record["cpu_seconds"] > 0
    assert record["peak_memory_mb"] > 10
    table = (outcome.folder / "tables" / "stages.csv").read_bytes().decode("utf-8-sig")
    assert table.splitlines()[1].startswith("007,")
    assert "'=1+1" in table


LIST = """
import pandas as pd
from leadline.engage import ContactPolicy, ListOrder, build_list, gate_customers
from leadline.run import record
people = pd.DataFrame({"customer_id": [f"C77{n:05d}" for n in range(300)]})
people = people.assign(consent=True, do_not_contact=False)
policy = ContactPolicy(
    staff_barred=False, minimum_age_years=None, suitability_required=False, holders_barred=False)
gate = gate_customers(people, policy, as_of="2025-07-01")
scored = people.assign(score=range(300), tier="A")
order = ListOrder(base_rate=0.03, salt="march")
result = build_list(scored, gate, order, channels=people.assign(channel="sms"))
call_list = result.to_contact.assign(phone=[f"139{n:08d}" for n in range(270)])
"""


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("csv", "call_list.csv"),
        ("csv-gb18030", "call_list.csv"),
        ("xlsx", "call_list.xlsx"),
        ("parquet", "call_list.parquet"),
    ],
)
def test_a_list_is_in_its_file_and_nowhere_else(run: Run, form: str, name: str) -> None:
    outcome = run(
        LIST, f"record(result, tables={{'call_list': call_list}}, table_form={form!r})", "gate", "result"
    )
    assert outcome.exit_code == 0, outcome.record["failure"]
    assert {table["name"] for table in outcome.record["tables"]} == {"list.csv", name}
    for table in outcome.record["tables"]:
        content = (outcome.folder / "tables" / table["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == table["sha256"]
    frame = read_table(outcome.folder / "tables" / name).frame
    assert len(frame) == 270
    assert frame["phone"].astype(str).str.startswith("139000").all()
    for path in outcome.folder.rglob("*"):
        if path.is_file() and path.name != name:
            text = path.read_text("utf-8-sig")
            assert "C77000" not in text, path
            assert "139000" not in text, path


def test_a_list_that_its_form_cannot_hold_refuses_the_run_and_leaves_no_file(run: Run) -> None:
    source = "import pandas as pd\nfrom leadline.run import record\n"
    outcome = run(source + "record(tables={'a': pd.DataFrame({'n': ['x' * 32_768]})}, table_form='xlsx')")
    assert (outcome.exit_code, outcome.record["tables"]) == (2, [])
    assert not (outcome.folder / "tables").exists()


def test_only_what_was_recorded_is_published(run: Run) -> None:
    stray = "import os\nfrom pathlib import Path\nfolder = Path(os.environ['LEADLINE_RUN_TABLES'])\n"
    outcome = run(FAKE_RESULT, "record(result('a'))", stray + "(folder / 'stray.csv').write_text('x')")
    assert [path.name for path in (outcome.folder / "tables").iterdir()] == ["stages.csv"]
    gone = run(FAKE_RESULT, "record(result('a'))", stray + "(folder / 'stages.csv').unlink()")
    assert "stages.csv was recorded, but its file is gone" in gone.record["failure"]["message"]


def test_the_ledger_knows_the_run(run: Run) -> None:
    outcome = run("1 + 1")
    (row,) = RunLedger(Path("out")).runs()
    assert (row["run_id"], row["notebook"], row["status"]) == (outcome.folder.name, "work", "done")
    assert row["seconds"] > 0


def test_two_results_with_one_key_fail_the_run(run: Run) -> None:
    outcome = run(FAKE_RESULT, "record(result('a'))", "record(result('a'), tables={})")
    assert outcome.exit_code == 1
    assert "the same key: a" in outcome.record["failure"]["message"]


def test_parameters_arrive_as_data(run: Run) -> None:
    nasty = "\"'''\n\\; __import__('os') {p.__class__} %run !ls 客户 \x00\u2028\u202e"
    outcome = run("print(ascii(p), n)", parameters=TEXT_AND_COUNT, given={"p": nasty, "n": "00123"})
    assert outcome.exit_code == 0
    assert json.dumps(ascii(nasty) + " 123\n")[1:-1] in shown(outcome)


def test_set_up_sees_typed_values(run: Run) -> None:
    source = "from leadline.parameters import Date, File, check_parameters\nas_of: Date = '2026-01-31'"
    outcome = run(
        "from leadline.parameters import check_parameters\ncheck_parameters(globals())\nprint(repr(as_of))",
        parameters=source,
        given={"as_of": "2026-02-28"},
    )
    assert "datetime.date(2026, 2, 28)" in shown(outcome)


@pytest.mark.covers("parameters", "secret_in_outputs")
def test_a_secret_reaches_neither_notebook_nor_record_nor_page(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKER_KEY", 'S3cret"Pw客')
    outcome = run(
        "from leadline.parameters import Secret, check_parameters\ncheck_parameters(globals())\nprint(key)",
        "print('key is', key.reveal())",
        "raise RuntimeError(key.reveal())",
        parameters="from leadline.parameters import Secret\nkey: Secret = 'env:BROKER_KEY'",
    )
    assert outcome.exit_code == 1
    for path in outcome.folder.rglob("*"):
        if path.is_file():
            assert "S3cret" not in path.read_text("utf-8")
    assert "key is •••" in shown(outcome)


def test_a_data_error_in_a_cell_is_a_refusal_without_a_traceback(run: Run) -> None:
    outcome = run(
        "from leadline.errors import DataError\nraise DataError.of('clients.csv is no table', 'empty')"
    )
    assert outcome.exit_code == 2
    assert outcome.record["status"] == "refused"
    assert outcome.record["failure"]["message"] == "clients.csv is no table (1 problem):\n  - empty"
    assert "Traceback" not in shown(outcome)


def test_a_failed_run_names_the_step_and_keeps_what_was_done(run: Run) -> None:
    outcome = run("print('so far')", "1/0", "print('never')")
    assert outcome.exit_code == 1
    assert outcome.record["failure"]["step"] == "Step 2"
    assert "ZeroDivisionError" in outcome.record["failure"]["message"]
    assert "so far" in shown(outcome)
    page = (outcome.folder / "report.html").read_text("utf-8")
    assert "Step 2" in page
    assert "ZeroDivisionError" in page


def test_an_error_that_is_the_lesson_does_not_fail_the_run(run: Run) -> None:
    assert run("1/0", tags=("raises-exception",)).exit_code == 0


def test_equal_runs_leave_equal_notebooks_and_pages(write: Callable[..., Path]) -> None:
    path = write(FAKE_RESULT, "record(result('stages'))", "{'b', 'a', 'c'}", "print(hash('x'))")
    first, second = (run_notebook(make_request(str(path), {}, out=Path("out"))) for _ in range(2))
    assert (first.folder / "notebook.ipynb").read_bytes() == (second.folder / "notebook.ipynb").read_bytes()
    for outcome in (first, second):
        assert outcome.record.keys() >= TIMES
    assert _without_times(first) == _without_times(second)


def _without_times(outcome: RunOutcome) -> str:
    """The page as it would be had the run taken no time."""
    notebook = v4.reads((outcome.folder / "notebook.ipynb").read_text("utf-8"))
    return render_page(notebook, outcome.record | dict.fromkeys(TIMES))


@pytest.mark.covers("paths", "output_is_input")
def test_the_notebook_itself_is_never_touched(run: Run, working_folder: Path) -> None:
    run("print(1)", parameters=COUNT, given={"n": "4"})
    assert "injected-parameters" not in (working_folder / "work.ipynb").read_text("utf-8")


def test_a_name_for_a_folder_is_made_of_the_notebook_s_name(run: Run) -> None:
    assert "客户_报告_a_" in run("1", name="客户:报告|a?").folder.name


def test_a_notebook_of_another_language_is_refused(write: Callable[..., Path]) -> None:
    path = write("1")
    path.write_text(path.read_text().replace('"language": "python"', '"language": "R"'))
    with pytest.raises(ParameterError, match="not a Python notebook"):
        make_request(str(path), {})


def test_a_page_that_cannot_be_made_is_a_failed_run_with_a_page(run: Run) -> None:
    outcome = run("from IPython.display import display\ndisplay({'text/html': {'not': 'text'}}, raw=True)")
    assert outcome.record["failure"]["step"] == "Step 1"
    assert "no notebook can hold" in outcome.record["failure"]["message"]
    assert (outcome.folder / "report.html").stat().st_size > 0


def test_a_run_killed_just_before_its_rename_is_published_as_it_is(run: Run) -> None:
    outcome = run("1 + 1")
    hidden = outcome.folder.with_name(f".{outcome.folder.name}.run")
    outcome.folder.rename(hidden)
    assert sweep(Path("out")) == [outcome.folder]
    assert json.loads((outcome.folder / "record.json").read_text("utf-8"))["status"] == "done"


def test_an_unknown_language_still_gives_a_page(run: Run) -> None:
    parameters = "from leadline.parameters import Text\nlanguage: Text = 'de'"
    assert run("1 + 1", parameters=parameters).exit_code == 0


def test_an_error_of_another_library_with_our_name_is_a_failure(run: Run) -> None:
    outcome = run("import sqlite3\nraise sqlite3.DataError('x')")
    assert (outcome.exit_code, outcome.record["status"]) == (1, "failed")


def test_a_limit_reached_before_the_kernel_started_stops_the_run(run: Run) -> None:
    outcome = run("import threading\nthreading.Event().wait(20)", limit=0.001)
    assert outcome.record["status"] == "timed_out"


def test_a_huge_error_is_cut(run: Run) -> None:
    outcome = run("raise ValueError('x' * 20_000_000)")
    assert (outcome.folder / "record.json").stat().st_size < 1_000_000
    assert (outcome.folder / "notebook.ipynb").stat().st_size < 2_000_000


def test_many_large_outputs_of_one_cell_are_cut_together(run: Run) -> None:
    source = (
        "from IPython.display import HTML, display\nfor _ in range(12): display(HTML('<p>x</p>' * 1_000_000))"
    )
    outcome = run(source)
    assert outcome.exit_code == 0
    assert (outcome.folder / "notebook.ipynb").stat().st_size < 60_000_000
