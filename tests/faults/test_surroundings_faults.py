"""Faults around a run: floods of output, disks, clocks, locales and broken notebooks; each on real runs."""

import datetime as dt
import json
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import leadline.run.record as record_module
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome, run_notebook
from tests.faults.aftermath import (
    EARLIER,
    OUT,
    PATIENCE_SECONDS,
    assert_survived,
    fault,
    published,
    put_earlier_report,
)

pytestmark = pytest.mark.usefixtures("aftermath")
Run = Callable[..., RunOutcome]
Write = Callable[..., Path]


@pytest.mark.parametrize(
    "source",
    [
        fault("flood_at_once", "print('z' * 100_000_000)"),
        fault("flood_in_lines", "for i in range(1_000_000): print('z' * 99)"),
    ],
)
def test_a_flood_of_output_is_cut(run: Run, source: str) -> None:
    outcome = run(source, "print('after')")
    assert outcome.exit_code == 0
    text = (outcome.folder / "notebook.ipynb").read_text("utf-8")
    assert len(text) < 1_000_000
    assert "was left out" in text
    assert "after" in text


@pytest.mark.covers("run_faults", "huge_table")
def test_a_huge_table_is_rendered_in_time(run: Run) -> None:
    show_all = "import pandas as pd\npd.set_option('display.max_rows', None)"
    began = time.process_time()
    outcome = run(show_all, "pd.DataFrame({f'c{i}': range(20_000) for i in range(20)})")
    assert outcome.exit_code == 0
    assert time.process_time() - began < 20
    assert "20,000" in (outcome.folder / "report.html").read_text("utf-8")


@pytest.mark.covers("run_faults", "three_thousand_cells")
def test_three_thousand_cells_take_no_quadratic_time(run: Run) -> None:
    began = time.process_time()
    outcome = run(*(f"x{number} = {number}" for number in range(3000)), limit=900)
    assert outcome.exit_code == 0
    assert time.process_time() - began < 60


@pytest.mark.covers("run_faults", "missing_kernel")
def test_a_notebook_that_names_an_unknown_kernel_runs_on_ours(write: Write) -> None:
    path = write("print('客户')")
    path.write_text(path.read_text("utf-8").replace('"python3"', '"nosuch"'), "utf-8")
    assert run_notebook(make_request(str(path), {}, out=OUT)).exit_code == 0


@pytest.mark.parametrize(
    "encoding", [fault("posix_locale", {}), fault("gbk_io_encoding", {"PYTHONIOENCODING": "gbk"})]
)
def test_no_locale_costs_a_character(write: Write, leadline, encoding: dict[str, str]) -> None:
    source = "print('客户')\nopen('l.txt', 'w').write('客户')"
    path = write(source, parameters="from leadline.parameters import Text\np: Text = '默认'  # 帮助")
    environment = {"LC_ALL": "POSIX", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"} | encoding
    done = leadline("run", str(path), "-p", "p=客户群", "--out", str(OUT), **environment)
    assert done.returncode == 0, done.stderr
    assert published()[0]["parameters"] == {"p": "客户群"}
    (notebook,) = (path for path in OUT.glob("*/notebook.ipynb") if path.parent.name != EARLIER)
    assert "客户" in notebook.read_text("utf-8")
    described = leadline("describe", str(path), **environment)
    assert "帮助" in described.stdout


NOISE = "import numpy as np\nprint(''.join(map(chr, np.random.default_rng(0).integers(33, 126, 190_000))))"


@pytest.mark.covers("run_faults", "full_disk_report")
@pytest.mark.tmpfs
def test_a_full_disk_harms_no_earlier_report(small_disk: Path, write: Write) -> None:
    before = put_earlier_report(small_disk)
    outcome = run_notebook(make_request(str(write(*[NOISE] * 12, name="big")), {}, out=small_disk))
    assert outcome.exit_code == 1
    assert "No space left on device" in outcome.record["failure"]["message"]
    assert_survived(small_disk, before)


@pytest.mark.covers("run_faults", "read_only_folder")
@pytest.mark.tmpfs
def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    small_disk: Path, write: Write, leadline
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = leadline("run", str(write("open('ran', 'w')")), "--out", str(small_disk))
    assert done.returncode == 2
    assert "cannot be written (1 problem):\n  - Read-only file system" in done.stderr
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    "jump", [fault("clock_back", dt.timedelta(hours=-1)), fault("clock_ahead", dt.timedelta(days=90))]
)
def test_a_jump_of_the_clock_makes_no_absurd_duration(
    run: Run, monkeypatch: pytest.MonkeyPatch, jump: dt.timedelta
) -> None:
    # The wall clock as the record reads it: right at the start, changed at the end.
    moments = [dt.datetime.now(dt.UTC), dt.datetime.now(dt.UTC) + jump]
    monkeypatch.setattr(record_module, "now", lambda: moments.pop(0).isoformat(timespec="seconds"))
    record = run("import threading\nthreading.Event().wait(1)").record
    assert moments == []
    assert 1 <= record["seconds"] < PATIENCE_SECONDS


@pytest.mark.parametrize(
    "content",
    [fault("empty_notebook", b""), fault("truncated_notebook", b'{"cells": [{"cell_type": "code"')],
)
def test_a_broken_notebook_is_refused_before_a_kernel_starts(
    working_folder: Path, leadline, content: bytes
) -> None:
    Path("broken.ipynb").write_bytes(content)
    done = leadline("run", "broken.ipynb", "--out", str(OUT))
    assert done.returncode == 2
    assert done.stderr.strip().endswith("is not a notebook: it is empty, cut short or not JSON.")


@pytest.mark.covers("run_faults", "bom_notebook")
def test_a_notebook_with_a_byte_order_mark_runs(write: Write) -> None:
    path = write("1 + 1")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run_notebook(make_request(str(path), {}, out=OUT)).exit_code == 0


def test_memory_of_the_run_is_told(run: Run) -> None:
    outcome = run("block = bytearray(400_000_000)")
    assert outcome.record["peak_memory_mb"] > 400
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0


@pytest.mark.covers("run_faults", "no_kernelspec")
def test_a_notebook_without_a_kernelspec_runs_on_ours(write: Write) -> None:
    path = write("print('客户')")
    notebook = json.loads(path.read_text("utf-8"))
    notebook["metadata"] = {}
    path.write_text(json.dumps(notebook), "utf-8")
    assert run_notebook(make_request(str(path), {}, out=OUT)).exit_code == 0


SIZES = "from leadline.parameters import Count\nsizes: Count = 1"


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        fault("no_parameters_cell", "", "has no parameter 'size'"),
        fault("unknown_parameter", SIZES, "Did you mean 'sizes'"),
    ],
)
def test_a_parameter_that_the_notebook_does_not_know_is_refused_before_the_work(
    write: Write, leadline, parameters: str, told: str
) -> None:
    done = leadline(
        "run", str(write("open('ran', 'w')", parameters=parameters)), "-p", "size=5", "--out", str(OUT)
    )
    assert (done.returncode, published()) == (2, [])
    assert told in done.stderr
    assert not Path("ran").exists()


@pytest.mark.covers("run_faults", "raises_exception_tag")
def test_a_step_that_may_fail_does_not_hide_a_kernel_that_left(run: Run) -> None:
    outcome = run("1 / 0", "import os\nos._exit(0)", tags=("raises-exception",))
    assert (outcome.exit_code, outcome.record["failure"]["step"]) == (1, "Step 2")


FULL_TABLE = """
import numpy as np
import pandas as pd
from leadline.run import record
rows = pd.DataFrame({"n": np.random.default_rng(0).integers(10**15, size=200_000)})
record(tables={"list": rows}, table_form=FORM)
"""


@pytest.mark.parametrize(
    "form", [fault(f"full_disk_table_{form}", form) for form in ("csv", "xlsx", "parquet")]
)
@pytest.mark.tmpfs
def test_a_table_for_which_there_is_no_room_is_not_published_in_part(
    small_disk: Path, write: Write, form: str
) -> None:
    before = put_earlier_report(small_disk)
    path = write("print('so far')", FULL_TABLE.replace("FORM", repr(form)))
    outcome = run_notebook(make_request(str(path), {}, out=small_disk))
    assert (outcome.exit_code, outcome.record["tables"]) == (1, [])
    assert "No space left on device" in outcome.record["failure"]["message"]
    assert not (outcome.folder / "tables").exists()
    assert_survived(small_disk, before)
