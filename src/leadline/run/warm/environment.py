"""The environment of kernels: what each is started with, and what a fork cannot take on any more."""

import ctypes
import re
from collections.abc import Mapping
from pathlib import Path

from leadline.run.warden import RUN_VARIABLE

#: Set for every kernel, cold or warm.
KERNEL_VARIABLES = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"}
#: A stretch of the server's first environment block, kept free for the mark of a run.
MARK_SPACE = {"LEADLINE_WARM_SPACE": "-" * 400}
#: Python, the C library, linear algebra, Arrow, Matplotlib … read these when they start or are imported.
_READ_AT_IMPORT = re.compile(
    r"(PYTHON|OMP_|GOMP_|KMP_|OPENBLAS_|GOTO_|MKL_|BLIS_|NUMEXPR_|NPY_|NUMPY_|SCIPY_|SKLEARN_|PANDAS_|ARROW_"
    r"|JE_ARROW_|MIMALLOC_|MALLOC_|LD_|LC_|MPL|JOBLIB_|LOKY_|PANDERA_|IBIS_|XDG_|JUPYTER).*"
    r"|GLIBC_TUNABLES|LANG|LANGUAGE|HOME|TMPDIR|TZDIR"
)


def import_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that count at start or import only: where they differ, no fork can serve."""
    return {name: value for name, value in environment.items() if _READ_AT_IMPORT.fullmatch(name)}


def find_mark_space() -> tuple[int, int]:
    """Return address and length of this process's `MARK_SPACE`.

    Raises
    ------
    ValueError
        If the process was not started with it, or the system does not tell where it lies.
    """
    block = Path("/proc/self/environ").read_bytes()
    (name,) = MARK_SPACE
    place = (b"\0" + block).index(f"\0{name}=".encode())
    length = block.index(b"\0", place) - place
    # Field 50 of `man 5 proc_pid_stat`, env_start; the second, in parentheses, may hold blanks.
    start = int(Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()[47])
    if not start:
        raise ValueError("the system hides where the environment lies")
    return start + place, length


def mark_process(run_id: str, space: tuple[int, int]) -> None:
    """Write a run's mark to where ``/proc/<pid>/environ`` shows it, as for a process started with it.

    A fork shows its parent's first environment there, whatever it sets later.
    """
    address, length = space
    mark = f"{RUN_VARIABLE}={run_id}".encode()
    if len(mark) >= length:
        raise ValueError(f"no room for the mark of {run_id}")
    ctypes.memmove(address, mark.ljust(length, b"\0"), length)
