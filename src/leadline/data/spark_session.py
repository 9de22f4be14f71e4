"""One session of Spark a process: started when it is first asked for, kept until another is or the end."""

import atexit
import importlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.find_spark_home import _find_spark_home
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from leadline.data.engine import Engine
from leadline.data.spark_errors import say
from leadline.data.spark_settings import list_session_settings, list_start_settings, name_place
from leadline.errors import RunError
from leadline.language import _

_JAVA = 17
#: Seconds for a host to accept a connection, and for a cluster to do the first little work.
_CONNECT_SECONDS, _ANSWER_SECONDS = 10.0, 60.0


class _Kept:
    """The session that this process keeps, and what must be put away with it."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.session: Any = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def get(self, engine: Engine) -> Any:
        engine = replace(engine, data=None)  # one session reads any folder
        if self.engine != engine or not _is_alive(self.session):
            self.close()
            try:
                self._start(engine)
            except BaseException:
                self.close()
                raise
        return self.session

    def _start(self, engine: Engine) -> None:
        if engine.spark_remote:
            self.session = _connect(engine, engine.spark_remote)
        else:
            _check_java()
            if engine.spark_master.startswith("spark://"):
                _reach(engine.spark_master.removeprefix("spark://").split(","), engine)
            self._scratch = tempfile.TemporaryDirectory(
                prefix="leadline-spark-", dir=engine.temp, ignore_cleanup_errors=True
            )
            self.session = _start_here(engine, Path(self._scratch.name))
        if engine.spark_remote or not engine.spark_master.startswith("local"):
            _within(lambda: _prepare(self.session, engine), engine)
        else:
            _set(self.session, engine)
        self.engine = engine

    def close(self) -> None:
        if self.session is not None:
            _stop(self.session, self.engine)
        if self._scratch is not None:
            _end_java()
            self._scratch.cleanup()
        self.engine = self.session = self._scratch = None


def _stop(session: Any, engine: Engine | None) -> None:
    """Stop a session; one of a server that never answered (no ``engine``) is hung up on."""
    with suppress(RunError, PySparkException, Py4JError, OSError):
        if isinstance(session, SparkSession):
            logs = Path(_find_spark_home()) / "work" / session.sparkContext.applicationId
            session.stop()
            shutil.rmtree(logs, ignore_errors=True)  # what the workers of a local cluster printed
        elif engine:
            _within(session.stop, engine)
    if not isinstance(session, SparkSession):
        session.client.close()  # else PySpark asks the server again as Python ends


_KEPT = _Kept()
atexit.register(_KEPT.close)


def get_session(engine: Engine) -> Any:
    """Return the session for ``engine``, started now if another or none is there.

    Raises
    ------
    RunError
        If Java or a package is missing, or the cluster does not answer in time.
    """
    return _KEPT.get(engine)


def close_session() -> None:
    """End the session of this process, with its Java and its temporary folder."""
    _KEPT.close()


def _start_here(engine: Engine, scratch: Path) -> Any:
    """Start Spark's Java beside this process; all that it prints goes into a file, never into a report."""
    settings = list_start_settings(engine, scratch)
    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    log = scratch / "spark.log"
    try:
        with log.open("wb") as out:
            gateway = launch_gateway(conf, {"stdout": out, "stderr": subprocess.STDOUT})
        return SparkSession(SparkContext(gateway=gateway, conf=conf))
    except (PySparkException, Py4JError, OSError) as error:
        _end_java()
        raise RunError(
            _(
                "Spark could not be started ({place}): {line}. "
                "Correct the settings under [engine] in leadline.toml; see them with leadline engine.",
                place=name_place(engine),
                line=say(error),
            )
        ) from None


def _end_java() -> None:
    """End the Java process that PySpark keeps, so that the next session starts with its own settings."""
    gateway = SparkContext._gateway  # noqa: SLF001 - PySpark has no public way
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
    if gateway is None:
        return
    with suppress(Py4JError, OSError):
        gateway.shutdown()
    if gateway.proc is not None:
        gateway.proc.stdin.close()  # its sign to end
        try:
            gateway.proc.wait(timeout=_CONNECT_SECONDS)
        except subprocess.TimeoutExpired:
            gateway.proc.kill()
            gateway.proc.wait()


def _connect(engine: Engine, remote: str) -> Any:
    host, _colon, port = remote.removeprefix("sc://").partition("/")[0].partition(":")
    _reach([f"{host}:{port or 15002}"], engine)
    try:
        connect = importlib.import_module("pyspark.sql.connect.session")
    except ImportError as error:
        raise RunError(
            _(
                "Spark Connect needs packages that are not installed ({line}). "
                "Install them with pip install 'leadline[spark]' (in a clone: make spark).",
                line=say(error),
            )
        ) from None
    return connect.SparkSession.builder.remote(remote).create()  # asks the server nothing yet


def _check_java() -> None:
    """Find Java as Spark does, in JAVA_HOME or else in PATH, and ask it for its version."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    remedy = _(
        "Install Java {version} or newer (Debian: apt-get install openjdk-17-jre-headless), "
        "and let JAVA_HOME name it or be empty.",
        version=_JAVA,
    )
    if java is None or not Path(java).is_file():
        raise RunError(
            _("Spark needs Java, and there is none ({place}). {remedy}", place=java or "PATH", remedy=remedy)
        )
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
        found = re.search(r'version "(\d+)', told.stderr + told.stdout)
    except (OSError, subprocess.TimeoutExpired):
        found = None
    if found is None or int(found[1]) < _JAVA:
        version = found[1] if found else _("unknown")
        raise RunError(
            _(
                "Spark needs Java {needed}, and {java} is version {version}. {remedy}",
                needed=_JAVA,
                java=java,
                version=version,
                remedy=remedy,
            )
        )


def _reach(addresses: list[str], engine: Engine) -> None:
    """Try each address once: Spark itself would try again for minutes."""
    answers = []
    for address in addresses:
        host, _colon, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
        except (OSError, OverflowError) as error:
            answers.append(f"{address}: {getattr(error, 'strerror', None) or error}")
        else:
            return
    raise _unreachable(engine, _("; ").join(answers))


def _set(session: Any, engine: Engine) -> None:
    for name, value in list_session_settings(engine).items():
        session.conf.set(name, value)


def _prepare(session: Any, engine: Engine) -> None:
    """Let the cluster do a little work: a master answers also where no worker is free, and then for ever."""
    _set(session, engine)
    session.range(2).repartition(2).count()


def _within(work: Callable[[], Any], engine: Engine) -> Any:
    """Return what ``work`` returns, if it does in time; Spark's own limits are minutes or none."""
    done: list[Any] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            done.append(work())
        except Exception as error:  # noqa: BLE001 - raised anew where somebody waits
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_ANSWER_SECONDS)
    if failed:
        raise _unreachable(engine, say(failed[0]))
    if not done:
        raise _unreachable(engine, _("no answer in {seconds} seconds", seconds=f"{_ANSWER_SECONDS:.0f}"))
    return done[0]


def _unreachable(engine: Engine, line: str) -> RunError:
    return RunError(
        _(
            "Spark does not answer at {place}: {line}. Check that the cluster runs, has a free worker and "
            "can be reached from here; its address stands under [engine] in leadline.toml "
            "(see leadline engine).",
            place=name_place(engine),
            line=line,
        )
    )


def _is_alive(session: Any) -> bool:
    if session is None:
        return False
    try:
        return not (session.is_stopped if hasattr(session, "is_stopped") else _is_stopped(session))
    except (PySparkException, Py4JError, OSError):
        return False


def _is_stopped(session: Any) -> bool:
    context = session.sparkContext._jsc  # noqa: SLF001 - PySpark has no public way
    return context is None or context.sc().isStopped()
