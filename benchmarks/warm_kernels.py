"""Cost of a report on warm kernels against the command lines of papermill and nbconvert (the named baseline).

    .venv/bin/python benchmarks/warm_kernels.py --reports 10

CPU seconds are those of all processes of a report: its worker, its kernel, the server, the warden.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from leadline.run.request import make_request
from leadline.run.runner import run_notebook
from leadline.run.warm import warm_server

NOTEBOOK = Path(__file__).with_name("reference.ipynb")
#: A cell more, which tells CPU seconds since the one before and private memory then and now.
PROBE = """
import time
_memory = int(open('/proc/self/smaps_rollup').read().split('Private_Dirty:')[1].split()[0])
print('probe', time.process_time(), _memory / 1000)
"""


def children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def own_cpu(pid: int | str = "self") -> float:
    """CPU seconds of a process and of its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def baseline(notebook: Path, folder: Path) -> float:
    before = children_cpu()
    papermill = ["papermill", "--no-progress-bar", "-k", "python3", str(notebook), "o.ipynb"]
    for command in (papermill, ["nbconvert", "--to", "html", "o.ipynb"]):
        subprocess.run([sys.executable, "-m", *command], cwd=folder, check=True, capture_output=True)
    return children_cpu() - before


def probed(notebook: Path, folder: Path) -> Path:
    """Write the notebook with a probe before its first cell of work and after its last."""
    document = nbformat.read(notebook, as_version=4)
    code = [place for place, cell in enumerate(document.cells) if cell.cell_type == "code"]
    document.cells.insert(code[0] + 1, nbformat.v4.new_code_cell(PROBE))
    document.cells.append(nbformat.v4.new_code_cell(PROBE))
    path = folder / "probed.ipynb"
    nbformat.write(document, path)
    return path


def read_probes(folder: Path) -> list[tuple[float, float]]:
    text = (folder / "notebook.ipynb").read_text("utf-8")
    return [(float(cpu), float(memory)) for cpu, memory in re.findall(r"probe ([\d.]+) ([\d.]+)", text)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=5)
    reports = parser.parse_args().reports
    with tempfile.TemporaryDirectory() as name, warm_server() as server:
        if server is None:
            sys.exit("warm kernels cannot be on this machine")
        folder = Path(name)
        os.chdir(folder)
        out = Path("out")

        def render(notebook: Path, warm: Path | None) -> Path:
            outcome = run_notebook(make_request(str(notebook), {}, out=out), warm=warm)
            assert outcome.exit_code == 0, outcome.record["failure"]
            return outcome.folder

        with_probes = probed(NOTEBOOK, folder)
        probes = [read_probes(render(with_probes, server.socket)) for _ in range(max(2, reports // 2))]
        work = min(last[0] - first[0] for first, last in probes)
        empty = min(first[1] for first, _last in probes)
        warm = shipped = 0.0
        began = time.perf_counter()
        for _ in range(reports):  # taken in turns, so that a busy machine slows both
            before = own_cpu() + own_cpu(server.pid)
            render(NOTEBOOK, server.socket)
            warm += own_cpu() + own_cpu(server.pid) - before
            shipped += baseline(NOTEBOOK, folder)
        seconds = time.perf_counter() - began
    warm, shipped = warm / reports, shipped / reports
    print(f"{reports} reports each in {seconds:.0f} s; CPU seconds a report, cells' own work {work:.2f}")
    print(f"papermill + nbconvert, command lines (baseline) {shipped:.2f}; leadline, warm kernel {warm:.2f}")
    print(f"ratio {shipped / warm:.2f}; overhead {warm - work:.2f} s against {shipped - work:.2f} s")
    print(f"private memory of a warm kernel before its first cell {empty:.0f} MB")


if __name__ == "__main__":
    main()
