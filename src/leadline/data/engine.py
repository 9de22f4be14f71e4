"""Which engine works on tables in bulk: DuckDB here, or Spark; ``[engine]`` of leadline.toml says so."""

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple

from leadline.data.raw import shorten, suggest
from leadline.errors import ParameterError
from leadline.language import _
from leadline.settings import read_sections

#: Environment variables that override the settings file.
VARIABLES = {
    "kind": "LEADLINE_ENGINE",
    "memory_gb": "LEADLINE_ENGINE_MEMORY_GB",
    "threads": "LEADLINE_ENGINE_THREADS",
    "temp": "LEADLINE_ENGINE_TEMP",
    "spark_remote": "LEADLINE_SPARK_REMOTE",
    "spark_master": "LEADLINE_SPARK_MASTER",
    "data": "LEADLINE_ENGINE_DATA",
}
_KINDS = ("duckdb", "spark")
_PLACES = ("spark_remote", "spark_master")
_PORT = r"[A-Za-z0-9_.\-]+:\d{1,5}"
_MASTER = re.compile(
    r"local(\[(\*|[1-9]\d*)(,[1-9]\d*)?\])?|local-cluster\[[1-9]\d*,[1-9]\d*,[1-9]\d*\]"
    rf"|spark://{_PORT}(,{_PORT})*|yarn|k8s://\S+"
)
_REMOTE = re.compile(r"sc://[A-Za-z0-9_.\-]+(:\d{1,5})?(/(;\S*)?)?")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An engine for tables in bulk.

    Attributes
    ----------
    kind
        ``duckdb`` works in this process, ``spark`` where ``spark_remote`` or ``spark_master`` says.
    memory_gb
        Most memory for its work, GB; on a cluster of each executor. None leaves the default of the caller.
    threads
        Threads, on a cluster cores in all. None is one a core, or all that the cluster gives.
    temp
        Where the temporary folder is made; None is where the system keeps such files.
    spark_remote
        Server of Spark Connect: ``sc://host:15002``.
    spark_master
        Master of Spark, where there is no ``spark_remote``: ``local[*]``, ``local-cluster[2,1,1024]``
        (workers, cores and MB of each), ``spark://host:7077``, ``yarn``.
    data
        Where the cluster finds the tables: a folder, or an address (``hdfs://…``, ``s3a://…``). Without it
        Spark reads the folder of the caller, which every worker must then see under the same path.
    spark
        Further settings of Spark by name (``spark.…``). They may be secrets, so they are not shown.
    """

    kind: Literal["duckdb", "spark"] = "duckdb"
    memory_gb: float | None = None
    threads: int | None = None
    temp: Path | None = None
    spark_remote: str | None = None
    spark_master: str = "local[*]"
    data: str | None = None
    spark: Mapping[str, str] = field(default_factory=dict, repr=False)


class Setting(NamedTuple):
    """A setting as it was read, and from where: a variable, a file, or None for the default."""

    value: Any
    origin: str | None


def read_engine() -> Engine:
    """Return the engine in force: the environment, else ``[engine]`` of leadline.toml, else DuckDB.

    Raises
    ------
    ParameterError
        With every setting that is unknown or of the wrong kind, and for two addresses of Spark at once.
    """
    return Engine(**{name: setting.value for name, setting in read_settings().items() if setting.origin})


def read_settings() -> dict[str, Setting]:
    """Return each setting of `Engine` with its origin.

    Raises
    ------
    ParameterError
        As `read_engine`.
    """
    section = next(iter(read_sections("engine")), None)
    written = section.values if section else {}
    file = str(section.file) if section else ""
    home = section.file.parent if section else Path.cwd()
    problems = [
        _("{name}: no such setting of the engine.{hint}", name=name, hint=suggest(name, _READERS))
        for name in written
        if name not in _READERS
    ]
    settings = {item.name: Setting(getattr(Engine(), item.name), None) for item in fields(Engine)}
    for name, read in _READERS.items():
        variable = VARIABLES.get(name, "")
        is_named = bool(os.environ.get(variable))
        if not is_named and name not in written:
            continue
        origin, base = (variable, Path.cwd()) if is_named else (file, home)
        try:
            settings[name] = Setting(read(os.environ[variable] if is_named else written[name], base), origin)
        except ValueError as error:
            problems.append(f"{variable if is_named else name}: {error}")
    problems += _settle_place(settings)
    if problems:
        where = _("The engine's settings ({file}) are not valid", file=file or _("environment"))
        raise ParameterError(where, problems)
    return settings


def _settle_place(settings: dict[str, Setting]) -> list[str]:
    """Keep one place of Spark: a variable overrides either setting of the file."""
    named = {name: settings[name].origin for name in _PLACES if settings[name].origin}
    if len(named) < len(_PLACES):
        return []
    if len(set(named.values()) & set(VARIABLES.values())) == 1:
        beaten = next(name for name, origin in named.items() if origin not in VARIABLES.values())
        settings[beaten] = Setting(getattr(Engine(), beaten), None)
        return []
    return [_("spark_remote and spark_master name two places for Spark. Keep one of them.")]


def _read_kind(value: Any, _base: Path) -> str:
    if value not in _KINDS:
        hint = suggest(str(value), _KINDS)
        raise ValueError(
            _("{value} is not among {known}.{hint}", value=shorten(value), known=", ".join(_KINDS), hint=hint)
        )
    return str(value)


def _read_memory(value: Any, _base: Path) -> float:
    number = _to_number(value, float)
    if number is None or not 0 < number < math.inf:
        raise ValueError(_("{value} is not a number of GB above 0, such as 4.", value=shorten(value)))
    return number


def _read_threads(value: Any, _base: Path) -> int:
    number = _to_number(value, int)
    if number is None or number < 1:
        raise ValueError(_("{value} is not a whole number from 1, such as 4.", value=shorten(value)))
    return int(number)


def _to_number(value: Any, kind: type[float]) -> float | None:
    if not isinstance(value, str | int | kind) or isinstance(value, bool):
        return None
    try:
        return kind(value)
    except (TypeError, ValueError):
        return None


def _read_temp(value: Any, base: Path) -> Path:
    place = base / Path(_to_text(value)).expanduser()
    if not place.is_dir():
        raise ValueError(_("{place} is not a folder. Make it, or name another.", place=place))
    return place.resolve()


def _read_data(value: Any, base: Path) -> str:
    text = _to_text(value)
    return text.rstrip("/") if _ADDRESS.match(text) else str((base / Path(text).expanduser()).resolve())


def _read_remote(value: Any, _base: Path) -> str:
    text = _to_text(value)
    if not _REMOTE.fullmatch(text):
        # It may carry a token: never repeat it.
        raise ValueError(_("is not an address of Spark Connect, such as sc://host:15002."))
    return text


def _read_master(value: Any, _base: Path) -> str:
    text = _to_text(value).replace(" ", "")
    if not _MASTER.fullmatch(text):
        raise ValueError(
            _(
                "{value} is not a master of Spark. Write local[*], local-cluster[2,1,1024], "
                "spark://host:7077 or yarn; an address sc://… goes into spark_remote.",
                value=shorten(value),
            )
        )
    return text


def _read_spark(value: Any, _base: Path) -> dict[str, str]:
    flat = _flatten(value) if isinstance(value, dict) else {str(value): None}
    wrong = [name for name, item in flat.items() if not name.startswith("spark.") or item is None]
    if wrong:
        raise ValueError(
            _(
                "{names}: not a setting of Spark with one value. "
                'Write [engine.spark] and below it "spark.executor.memory" = "8g".',
                names=_(", ").join(repr(name) for name in wrong),
            )
        )
    return {name: str(item) for name, item in flat.items()}


def _flatten(values: Mapping[str, Any], before: str = "") -> dict[str, str | None]:
    """Write nested tables, which an unquoted spark.executor.memory makes, with dots; None for a list."""
    flat: dict[str, str | None] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{before}{name}.")
        elif isinstance(value, bool):
            flat[before + name] = str(value).lower()
        else:
            flat[before + name] = str(value) if isinstance(value, str | int | float) else None
    return flat


def _to_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(_("{value} is not a text.", value=shorten(value)))
    return value.strip()


_READERS: dict[str, Callable[[Any, Path], Any]] = {
    "kind": _read_kind,
    "memory_gb": _read_memory,
    "threads": _read_threads,
    "temp": _read_temp,
    "spark_remote": _read_remote,
    "spark_master": _read_master,
    "data": _read_data,
    "spark": _read_spark,
}
