"""What made a list: engine, settings, counts, cut points, the SQL that ran, cost (``record.json``)."""

import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from leadline import __version__
from leadline.data.engine import Engine
from leadline.run.record import now, usage

RECORD_FILE = "record.json"
_SCHEMA_VERSION = 1
_PACKAGES = {"duckdb": ("ibis-framework", "duckdb"), "spark": ("ibis-framework", "pyspark")}


class Clock:
    """When work began, and what it has used since."""

    def __init__(self) -> None:
        self._started, self._wall, self._cpu = now(), time.monotonic(), usage()[0]

    def read(self) -> dict[str, float | str | None]:
        """Return the moment, seconds of the wall and of CPU, and peak memory (MB) of this process."""
        cpu_seconds, peak_memory_mb = usage()
        return {
            "started": self._started,
            "seconds": round(time.monotonic() - self._wall, 3),
            "cpu_seconds": round(cpu_seconds - self._cpu, 3),
            "peak_memory_mb": peak_memory_mb,
        }


def describe_engine(engine: Engine) -> dict[str, Any]:
    """Tell which engine did the work; addresses of Spark Connect may carry a token and are not told."""
    place = {"master": None if engine.spark_remote else engine.spark_master} if engine.kind == "spark" else {}
    return {
        "kind": engine.kind,
        "memory_gb": engine.memory_gb,
        "threads": engine.threads or (os.cpu_count() if engine.kind == "duckdb" else None),
        **place,
        "versions": {
            "leadline": __version__,
            "python": sys.version.split()[0],
            **{package: version(package) for package in _PACKAGES[engine.kind]},
        },
    }


def write_record(folder: Path, record: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """Write the record of a list into its folder, and return it whole."""
    whole = {"schema_version": _SCHEMA_VERSION, **record, **clock.read()}
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    (folder / RECORD_FILE).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return whole
