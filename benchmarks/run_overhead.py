"""What a run costs beyond the notebook's own work, in CPU seconds; baseline: papermill and nbconvert.

Own work: the notebook's code in one plain Python process, less its start. Kernel start: a kernel that runs
one empty cell, less the client. The overhead is what remains of ``leadline run``.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from leadline.paths import NOTEBOOKS

NOTEBOOK = NOTEBOOKS / "2_target" / "stage_target_model.ipynb"
REPEATS = 3
EMPTY_KERNEL = """
from jupyter_client.manager import start_new_kernel
import os, time
before = os.times()
manager, client = start_new_kernel(kernel_name="python3")
client.execute_interactive("pass", timeout=60)
client.shutdown()
manager.finish_shutdown()
client.stop_channels()
after = os.times()
print(after.children_user + after.children_system - before.children_user - before.children_system)
"""


def cost(command: list[str], folder: Path) -> tuple[float, float, str]:
    """CPU seconds and peak memory (MB) of a command and its children, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1e3, done.stdout


def best(command: list[str], folder: Path) -> float:
    return min(cost(command, folder)[0] for _ in range(REPEATS))


def write_script(folder: Path) -> Path:
    """Write the notebook's code as a plain script whose displays cost what they cost in a kernel."""
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    code = [
        "from IPython.core.interactiveshell import InteractiveShell",
        "shell = InteractiveShell.instance()",
    ]
    code += [
        f"shell.run_cell({''.join(cell['source'])!r}).raise_error()"
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    path = folder / "cells.py"
    path.write_text("\n".join(code), "utf-8")
    return path


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = best([sys.executable, "-c", "import IPython.core.interactiveshell"], folder)
        work = best([sys.executable, str(write_script(folder))], folder) - start
        kernel = min(float(cost([sys.executable, "-c", EMPTY_KERNEL], folder)[2]) for _ in range(REPEATS))
        ours = best([sys.executable, "-m", "leadline", "run", str(NOTEBOOK), "--out", "out"], folder)
        shipped = best(
            [sys.executable, "-m", "papermill", "--no-progress-bar", str(NOTEBOOK), "o.ipynb"], folder
        )
        shipped += best([sys.executable, "-m", "nbconvert", "--to", "html", "o.ipynb"], folder)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    overhead, baseline = ours - work - kernel, shipped - work - kernel
    print(f"cells' own work {work:.2f} s, kernel start {kernel:.2f} s, leadline run {ours:.2f} s")
    print(
        f"overhead {overhead:.2f} s; papermill + nbconvert {baseline:.2f} s; ratio {overhead / baseline:.2f}"
    )
    print(f"peak memory of one process {peak:.0f} MB")


if __name__ == "__main__":
    main()
