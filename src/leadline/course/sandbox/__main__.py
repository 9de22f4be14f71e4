"""The preloaded process: ``python …/sandbox SOCKET``. Imports packages once and forks a process a submission.

It is started with a clean environment and told nothing: each request goes by a channel of its own straight to
the fork. So no fork finds in its memory a secret, or what another student wrote.
"""

import gc
import importlib
import os
import select
import sys
from contextlib import suppress
from socket import recv_fds, socket

from leadline.course.sandbox.supervisor import supervise

#: Imported before the first submission: what nearly every notebook needs.
_FIRST = (
    *("numpy", "pandas", "pyarrow.parquet", "matplotlib.pyplot", "matplotlib.backends.backend_agg"),
    *("scipy.stats", "leadline.course", "IPython.core.completer", "IPython.core.pylabtools"),
)
#: Imported one by one while no submission waits.
_LATER = (
    *(
        "scipy.optimize",
        "sklearn.linear_model",
        "sklearn.cluster",
        "sklearn.decomposition",
        "sklearn.metrics",
    ),
    *("sklearn.preprocessing", "sklearn.pipeline", "sklearn.ensemble", "sklearn.model_selection"),
    *("statsmodels.api", "statsmodels.formula.api", "seaborn"),
)


def main() -> None:
    """Preload, say so by one byte, and fork for each channel that comes by the socket until it closes."""
    control = socket(fileno=int(sys.argv[1]))
    for name in _FIRST:
        _import(name)
    control.send(b"!")
    later = list(_LATER)
    while True:
        while later and not select.select([control], [], [], 0)[0]:
            _import(later.pop(0))
        message, descriptors, _flags, _address = recv_fds(control, 1, 1)
        if not message:
            return
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        channel = socket(fileno=descriptors[0])
        gc.freeze()  # a collection in a fork leaves the shared pages alone
        if os.fork() == 0:
            control.close()
            try:
                supervise(channel)
            finally:
                os._exit(0)
        channel.close()


def _import(name: str) -> None:
    with suppress(Exception):  # whoever needs it meets the error in the cell that imports it
        importlib.import_module(name)


main()
