"""What a server of warm kernels imports before its first fork: imports alone, no work, no thread."""

import builtins
import contextlib
import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import leadline

#: Not `matplotlib_inline`: it hooks into the shell that is there when it is imported, and a fork's figures
#: would be lost.
_PACKAGES = (
    *("numpy", "pandas", "pyarrow.parquet", "scipy.stats", "scipy.optimize", "scipy.interpolate"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg", "seaborn"),
    *("PIL.PngImagePlugin", "PIL.JpegImagePlugin", "PIL.GifImagePlugin", "PIL.PpmImagePlugin"),
    *("statsmodels.formula.api", "statsmodels.api"),
    *("sklearn.ensemble", "sklearn.linear_model", "sklearn.model_selection", "sklearn.pipeline"),
    *("sklearn.cluster", "sklearn.decomposition", "sklearn.preprocessing", "sklearn.compose"),
    *("sklearn.metrics", "sklearn.mixture"),
    *("duckdb", "ibis", "ibis.backends.duckdb", "openpyxl"),
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger", "jedi"),
    *("IPython.core.completer", "IPython.core.completerlib", "IPython.core.oinspect", "IPython.core.logger"),
    *("IPython.core.pylabtools", "IPython.extensions.storemagic", "tornado.platform.asyncio"),
)
#: Rooms that notebooks import from.
_ROOMS = (
    *("language", "parameters", "datasets", "data", "features", "chart", "market"),
    *("discover", "target", "engage", "evaluate", "report"),
)


def preload(is_wanted: Callable[[], bool]) -> dict[str, str]:
    """Import what notebooks import; what cannot be imported is left to the notebook that asks for it.

    Asks before each package whether it is still wanted, and exits where it is not.

    Returns
    -------
    dict
        The environment variables that packages set when they are imported.
    """
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as in a kernel
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    before = set(os.environ)
    gc.disable()  # and frozen below: no page that the forks share is written by a collection
    with _as_in_a_kernel():
        for name in (*_PACKAGES, *_own_modules(), "leadline.run.recording", "leadline.run.sentinel"):
            if not is_wanted():
                sys.exit()
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    gc.collect()
    gc.freeze()
    return {name: value for name, value in os.environ.items() if name not in before}


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Let packages find a kernel's shell when they are imported: pandas then sets other display options."""
    vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=None)
    try:
        yield
    finally:
        del vars(builtins)["get_ipython"]


def count_threads() -> int:
    """Return how many threads this process has, after those that libraries end at a fork have ended.

    OpenBLAS starts threads when it is imported, ends them before a fork and starts them when next needed.
    """
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)
    return len(list(Path("/proc/self/task").iterdir()))


def _own_modules() -> list[str]:
    folders = [str(Path(folder) / room) for folder in leadline.__path__ for room in _ROOMS]
    return [
        module.name
        for room, folder in zip(_ROOMS, folders, strict=True)
        for module in pkgutil.walk_packages([folder], prefix=f"leadline.{room}.")
        if not module.name.rpartition(".")[2].startswith(("_", "spark_"))  # Spark is for who asks for it
    ]
