"""Which settings of Spark follow from an `Engine`."""

import os
import re
from pathlib import Path

from leadline.data.engine import Engine

_WORKERS = re.compile(r"local-cluster\[(\d+),(\d+),(\d+)\]")


def name_place(engine: Engine) -> str:
    """Name where Spark works, without the token that an address may carry."""
    return (engine.spark_remote or engine.spark_master).partition(";")[0].rstrip("/")


def list_session_settings(engine: Engine) -> dict[str, str]:
    """Return what every session has, also one of a server that runs already.

    Arithmetic that overflows is an error, a moment without a zone stays one, and days are those of UTC: as
    DuckDB has it.
    """
    return {
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        **({} if _is_far(engine) else {"spark.sql.shuffle.partitions": str(2 * _count_cores(engine))}),
        **{name: value for name, value in engine.spark.items() if name.startswith("spark.sql.")},
    }


def list_start_settings(engine: Engine, scratch: Path) -> dict[str, str]:
    """Return what Spark is started with; a session's settings come on top.

    Parameters
    ----------
    engine
        Its own settings of Spark override ours.
    scratch
        Folder for what does not fit into memory.
    """
    return {
        "spark.app.name": "leadline",
        "spark.master": _find_master(engine),
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "WARN",
        **_place_driver(engine),
        **_limit(engine),
        **engine.spark,
    }


def _find_master(engine: Engine) -> str:
    if engine.spark_master in {"local", "local[*]"} and engine.threads:
        return f"local[{engine.threads}]"
    return engine.spark_master


def _place_driver(engine: Engine) -> dict[str, str]:
    """Keep a Spark of this machine off the network."""
    return (
        {} if _is_far(engine) else {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    )


def _limit(engine: Engine) -> dict[str, str]:
    """Set memory and cores; the workers of a local cluster have what its name says."""
    if workers := _WORKERS.fullmatch(engine.spark_master):
        return {"spark.executor.memory": f"{workers[3]}m"}
    memory = {} if engine.memory_gb is None else {"memory": f"{round(engine.memory_gb * 1024)}m"}
    if not _is_far(engine):
        return {f"spark.driver.{name}": value for name, value in memory.items()}
    cores = {} if engine.threads is None else {"spark.cores.max": str(engine.threads)}
    return {f"spark.executor.{name}": value for name, value in memory.items()} | cores


def _is_far(engine: Engine) -> bool:
    return engine.spark_remote is not None or not engine.spark_master.startswith("local")


def _count_cores(engine: Engine) -> int:
    if workers := _WORKERS.fullmatch(engine.spark_master):
        return int(workers[1]) * int(workers[2])
    named = re.search(r"\[(\d+)", _find_master(engine))
    return int(named[1]) if named else len(os.sched_getaffinity(0))
