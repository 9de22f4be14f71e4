"""What a batch costs a report, against papermill CLI + nbconvert CLI on the same notebook, in one run.

``batch_reports.py [REPORTS] [REPEATS]``: 100 reports by two workers, and 5 by papermill and nbconvert
(scaled to one report), unless said. CPU seconds are of everything: batch, workers, warm server, kernels. The
cells' own CPU is that of the notebook's code in one plain Python process, less its imports.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

NOTEBOOK = Path(__file__).with_name("reference.ipynb")
REPORTS = int(sys.argv[1]) if sys.argv[1:] else 100
REPEATS = int(sys.argv[2]) if sys.argv[2:] else 5
WORKERS = 2
LOOK_EVERY_SECONDS = 0.25


def cpu_seconds() -> float:
    """CPU seconds of all ended children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(command: list[str], folder: Path) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak private memory (MB, of all processes together) of a command."""
    before, began = cpu_seconds(), time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = [0.0]
    looking = threading.Thread(target=_watch, args=(process.pid, peak))
    looking.start()
    _stdout, stderr = process.communicate()
    seconds = time.monotonic() - began
    looking.join()
    assert process.returncode == 0, stderr.decode()
    return cpu_seconds() - before, seconds, peak[0]


def _watch(pid: int, peak: list[float]) -> None:
    while psutil.pid_exists(pid):
        total = 0.0
        try:
            root = psutil.Process(pid)
            if root.status() == psutil.STATUS_ZOMBIE:
                return
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.Error):
                    total += process.memory_full_info().uss / 1e6
        except psutil.Error:
            return
        peak[0] = max(peak[0], total)
        time.sleep(LOOK_EVERY_SECONDS)


def own_cpu(folder: Path) -> float:
    """CPU seconds of the cells' own work: the code after the imports, once, displays as in a kernel."""
    sources = [
        "".join(cell["source"])
        for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    script = folder / "cells.py"
    script.write_text(
        "import time, sys, matplotlib\n"
        "matplotlib.use('module://matplotlib_inline.backend_inline')\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        f"sources = {sources!r}\n"
        "for source in sources[:2]: shell.run_cell(source).raise_error()\n"
        "began = time.process_time()\n"
        "for source in sources[2:]: shell.run_cell(source).raise_error()\n"
        "print(time.process_time() - began, file=sys.stderr)\n",
        "utf-8",
    )
    done = [
        subprocess.run([sys.executable, str(script)], cwd=folder, capture_output=True, text=True, check=True)
        for _repeat in range(3)
    ]
    return min(float(run.stderr.strip().splitlines()[-1]) for run in done)


def main() -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = folder / "plan.yml"
        seeds = ", ".join(map(str, range(REPORTS)))
        plan.write_text(f"notebook: {NOTEBOOK}\nname: 'Branch {{seed}}'\ngrid: {{seed: [{seeds}]}}\n")
        own = own_cpu(folder)
        command = [sys.executable, "-m", "leadline", "batch", str(plan), "--allow", str(NOTEBOOK.parent)]
        ours, wall, memory = measure([*command, "--out", "out", "--workers", str(WORKERS)], folder)
        shipped = shipped_wall = shipped_memory = 0.0
        for seed in range(REPEATS):
            papermill = [sys.executable, "-m", "papermill", "--no-progress-bar", "-p", "seed", str(seed)]
            for part in (
                [*papermill, str(NOTEBOOK), "o.ipynb"],
                [sys.executable, "-m", "nbconvert", "--to", "html", "o.ipynb"],
            ):
                cpu, seconds, peak = measure(part, folder)
                shipped, shipped_wall = shipped + cpu, shipped_wall + seconds
                shipped_memory = max(shipped_memory, peak)
    ours_each, shipped_each = ours / REPORTS, shipped / REPEATS
    print(f"cells' own CPU {own:.2f} s; {REPORTS} reports by {WORKERS} workers")
    print(f"baseline: {REPEATS} reports by papermill CLI + nbconvert CLI, scaled to one")
    show = "{}: {:.2f} CPU s a report, overhead {:.2f} s, {:.2f} s wall, peak private memory {:.0f} MB"
    print(show.format("leadline batch", ours_each, ours_each - own, wall / REPORTS, memory))
    baseline = ("papermill + nbconvert", shipped_each, shipped_each - own, shipped_wall / REPEATS)
    print(show.format(*baseline, shipped_memory))
    print(f"reports per CPU-second: {shipped_each / ours_each:.2f} × the baseline's")


if __name__ == "__main__":
    main()
