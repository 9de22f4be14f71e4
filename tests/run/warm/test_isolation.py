"""A forked kernel is as one that was started cold, and none learns of another."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.run.runner import RunOutcome

Run = Callable[..., RunOutcome]
#: What a cell prints of the process it runs in; only what must differ is left out.
STATE = """
import decimal, gc, json, locale, logging, multiprocessing, os, resource, signal, sys, time, warnings
import matplotlib, matplotlib.pyplot, numpy, pandas, pyarrow, seaborn, sklearn, statsmodels.api
from pandas._config import config
shell = get_ipython()
own = ("LEADLINE_RUN_ID", "LEADLINE_RUN_TABLES", "IPYTHONDIR", "LEADLINE_ALLOW")
status = open("/proc/self/status").read().splitlines()
files = [os.readlink(f"/proc/self/fd/{number}") for number in (0, 1, 2)]
print(json.dumps({
    "pandas": {name: repr(pandas.get_option(name)) for name in config._registered_options
               if name != "display.encoding"},
    "matplotlib": {name: repr(value) for name, value in matplotlib.rcParams.items()},
    "backend": matplotlib.get_backend(), "numpy": [repr(numpy.get_printoptions()), repr(numpy.geterr())],
    "units": sorted(map(repr, matplotlib.units.registry)), "colours": list(matplotlib.colormaps),
    "warnings": sorted(map(repr, warnings.filters)), "path": sys.path, "flags": repr(sys.flags),
    "argv": [word for word in sys.argv if "kernel.json" not in word], "executable": sys.executable,
    "signals": {name.name: repr(signal.getsignal(name)).split(" at ")[0] for name in signal.Signals},
    "status": [line for line in status if line.startswith(("Umask", "SigI", "SigB", "SigC", "Cap", "Cpus_"))],
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource)
               if name.startswith("RLIMIT")},
    "leads": [os.getpgid(0) == os.getpid(), os.getsid(0) == os.getpid()], "folder": os.getcwd(),
    "environment": {name: value for name, value in os.environ.items() if name not in own},
    "encodings": [sys.__stdout__.encoding, sys.__stderr__.errors, locale.setlocale(locale.LC_ALL)],
    "files": [os.path.basename(name) for name in files],
    "logging": [repr(logging.root.handlers), logging.root.level], "decimal": repr(decimal.getcontext()),
    "gc": [gc.isenabled(), gc.get_threshold()], "hash": hash("a"), "recursion": sys.getrecursionlimit(),
    "main": __name__, "process": [multiprocessing.current_process().name,
                                  multiprocessing.get_start_method(allow_none=True)],
    "zone": [time.tzname, time.timezone], "threads": pyarrow.cpu_count(),
    "marked": "LEADLINE_RUN_ID=" + os.environ["LEADLINE_RUN_ID"] in open("/proc/self/environ").read(),
    "callbacks": {name: len(calls) for name, calls in shell.events.callbacks.items()},
}))
"""
IS_WARM = "import sys\nprint('statsmodels' in sys.modules)"


def outputs(outcome: RunOutcome) -> list[dict]:
    notebook = json.loads((outcome.folder / "notebook.ipynb").read_text("utf-8"))
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def printed(outcome: RunOutcome) -> str:
    assert outcome.record["failure"] is None
    return "".join(output["text"] for output in outputs(outcome) if output.get("name") == "stdout").strip()


def test_a_fork_has_what_a_cold_kernel_has(run: Run, warm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRANCH", "杭州")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    before = os.umask(0o037)
    try:
        (forked, cold) = (json.loads(printed(run(STATE, warm=socket))) for socket in (warm, None))
    finally:
        os.umask(before)
    assert forked["zone"][0][0] == "CST"
    assert forked == cold


def test_figures_and_warnings_come_out_byte_by_byte(run: Run, warm: Path) -> None:
    cells = (
        "import seaborn as sns, pandas as pd\nsns.set_theme()",
        "df = pd.DataFrame({'a': range(9), 'b': [1, 2, 3] * 3})\ndf",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nsns.barplot(df, x='b', y='a', seed=1);",
        "fig",
        "import warnings; warnings.warn('thin base')\npd.DataFrame({f'c{i}': range(3) for i in range(30)})",
    )
    shown = []
    for socket in (warm, None):
        first, *others = outputs(run(IS_WARM, *cells, warm=socket))
        assert first["text"].strip() == str(socket is not None)
        shown.append(re.sub(r"ipykernel_\d+", "", json.dumps(others)))  # a warning names the kernel's process
    assert shown[0].count("image/png") == 2
    assert shown[0] == shown[1]


def test_nothing_of_one_run_reaches_the_next(run: Run, warm: Path) -> None:
    spoil = (
        "import builtins, os, random, sys, numpy, pandas, matplotlib, leadline.language\n"
        "builtins.leak = numpy.leak = sys.modules['leak'] = 1\n"
        "os.environ['LEAK'] = '1'; os.chdir('/'); os.umask(0); sys.path.append('/leak')\n"
        "pandas.set_option('display.precision', 1); matplotlib.rcParams['figure.dpi'] = 7\n"
        "random.seed(1); numpy.random.seed(1)"
    )
    look = (
        "import builtins, os, random, sys, numpy, pandas, matplotlib\n"
        "print(hasattr(builtins, 'leak'), hasattr(numpy, 'leak'), 'leak' in sys.modules, "
        "'LEAK' in os.environ, '/leak' in sys.path, os.getcwd() == '/', "
        "pandas.get_option('display.precision') == 1, "
        "matplotlib.rcParams['figure.dpi'] == 7, os.umask(0) == 0)"
    )
    assert run(spoil, warm=warm).exit_code == 0
    assert printed(run(look, warm=warm)) == " ".join(["False"] * 9)


def test_each_fork_draws_its_own_chance(run: Run, warm: Path) -> None:
    draw = (
        "import random, numpy, secrets, uuid, ssl, tempfile\n"
        "print(random.random(), numpy.random.random(), numpy.random.default_rng().random(), "
        "secrets.token_hex(4), uuid.uuid4(), ssl.RAND_bytes(4).hex(), next(tempfile._get_candidate_names()))"
    )
    first, second = (printed(run(draw, warm=warm)).split() for _ in range(2))
    assert len(first) == 7
    assert not set(first) & set(second)


def test_openmp_work_runs_in_forks_on_two_threads(run: Run, warm: Path) -> None:
    work = (
        "import numpy as np\nfrom sklearn.cluster import KMeans\n"
        "from sklearn.ensemble import HistGradientBoostingClassifier\n"
        "from threadpoolctl import threadpool_info, threadpool_limits\n"
        "rng = np.random.default_rng(0)\nx = rng.normal(size=(600, 5)); y = x[:, 0] > 0\n"
        "with threadpool_limits(2):\n"
        "    print(max(pool['num_threads'] for pool in threadpool_info() if pool['user_api'] == 'openmp'))\n"
        "    print(sorted(KMeans(3, n_init=2, random_state=0).fit(x).inertia_ for _ in range(2)))\n"
        "    print(HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(x, y).score(x, y))\n"
        "    print((x @ x.T).trace())"
    )
    first, second, cold = (printed(run(work, warm=socket, limit=300)) for socket in (warm, warm, None))
    assert first.startswith("2\n")
    assert first == second == cold


def test_cpu_time_and_memory_of_a_fork_are_recorded(run: Run, warm: Path) -> None:
    source = "import time\nwhile time.process_time() < {}: pass\nx = bytearray({} << 20)"
    busy, idle = (run(source.format(*size), warm=warm).record for size in ((1.5, 300), (0, 0)))
    assert busy["cpu_seconds"] > 1.5 > idle["cpu_seconds"] > 0
    assert busy["peak_memory_mb"] > idle["peak_memory_mb"] + 250
