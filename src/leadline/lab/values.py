"""A parameter's value in its forms: as a field shows it, as code writes it, as the command line takes it."""

import datetime as dt
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leadline.parameters import SecretValue
from leadline.parameters.check import check_value, describe_type
from leadline.parameters.declared import Parameter
from leadline.paths import NOTEBOOKS


def to_plain(value: Any) -> Any:
    """Return a typed value as a notebook writes it: dates and paths as text, a secret as its reference."""
    if isinstance(value, SecretValue):
        return value.reference
    if isinstance(value, Path):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def find_changed(declared: Mapping[str, Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of ``values`` that differ from the notebook's defaults."""
    return {
        name: value
        for name, value in values.items()
        if _read(declared[name], value) != _read(declared[name], declared[name].default)
    }


def write_lines(given: Mapping[str, Any]) -> str:
    """Write the lines of Python that give parameters these values."""
    return "\n".join(f"{name} = {value!r}" for name, value in given.items())


def write_code(given: Mapping[str, Any]) -> str:
    """Write the one line of Python that does in a notebook what the form's button does."""
    lines = [*write_lines(given).splitlines(), "check_parameters(globals())"]
    return "; ".join([*lines, "use_language(language)"] if "language" in given else lines)


def write_command(
    notebook: Path, declared: Mapping[str, Parameter], given: Mapping[str, Any], out: Path
) -> str:
    """Write the command that runs the notebook with these parameters, from any folder."""
    called = notebook.stem if notebook.is_relative_to(NOTEBOOKS) else str(notebook)
    words = ["leadline", "run", called]
    for name, value in given.items():
        words += ["-p", f"{name}={_write_value(declared[name], value)}"]
    return shlex.join([*words, "--out", str(out)])


def _write_value(parameter: Parameter, value: Any) -> str:
    """Paths stand whole: the command is run from another folder than the notebook's."""
    if describe_type(parameter.annotation)[0].name in ("File", "Dataset") and value is not None:
        value = str(check_value(parameter.name, parameter.annotation, value))
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if value is None:
        kind = describe_type(parameter.annotation)[0].name
        return "" if kind in ("Text", "Column", "Choice") else "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(parameter: Parameter, value: Any) -> Any:
    """Typed value; one that does not fit is itself."""
    try:
        return check_value(parameter.name, parameter.annotation, value)
    except ValueError:
        return value
