"""What a run is asked to do, checked before anything heavy is loaded."""

import datetime as dt
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.errors import ParameterError
from leadline.parameters.check import check_values, describe_type
from leadline.parameters.declared import Parameter, declared_parameters, read_notebook
from leadline.parameters.places import allow_folders, is_address
from leadline.run.notebooks import NotebookFile, find_notebook

DEFAULT_OUT = Path("reports/output")
DEFAULT_LIMIT_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """A run to do. ``given`` and ``values`` are plain JSON, ``checked`` the typed values."""

    notebook: NotebookFile
    declared: dict[str, Parameter]
    given: dict[str, Any]
    values: dict[str, Any]
    checked: dict[str, Any]
    out: Path
    limit_seconds: float


def make_request(
    notebook: str,
    given: Mapping[str, Any],
    *,
    out: Path = DEFAULT_OUT,
    allow: tuple[Path, ...] = (),
    limit_seconds: float = DEFAULT_LIMIT_SECONDS,
) -> Request:
    """Check a request whole: the notebook, every parameter (defaults too) and the folder for the result.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    file = find_notebook(notebook)
    document = read_notebook(file.path)
    language = document.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    if document.get("nbformat") != 4 or language != "python":  # noqa: PLR2004 (the format's version)
        raise ParameterError(f"{file.path} is not a Python notebook of format 4. Save it anew in JupyterLab.")
    allow_folders([*allow, file.path.parent, out])
    declared = declared_parameters(document, file.name)
    raw = {name: parameter.default for name, parameter in declared.items()} | dict(given)
    annotations = {name: parameter.annotation for name, parameter in declared.items()}
    checked = check_values(file.name, annotations, raw)
    _check_writable(out)
    values = {name: _to_plain(declared[name], raw[name], value) for name, value in checked.items()}
    return Request(
        notebook=file,
        declared=declared,
        given={name: values[name] for name in given},
        values=values,
        checked=checked,
        out=out,
        limit_seconds=limit_seconds,
    )


def _to_plain(parameter: Parameter, raw: Any, checked: Any) -> Any:
    """Return a checked value as the notebook would write it: paths and references as they were given."""
    if describe_type(parameter.annotation)[0].name in ("File", "Dataset", "Secret"):
        return None if checked is None else raw
    return checked.isoformat() if isinstance(checked, dt.date) else checked


def _check_writable(out: Path) -> None:
    """Refuse before the work, not after it."""
    if is_address(str(out)):
        raise ParameterError(f"{out} is an address on a network; reports are written to local folders only.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=out, prefix=".leadline-")
        os.close(descriptor)
        Path(name).unlink()
    except OSError as error:
        problem = f"{error.strerror}. Choose a folder that you may write with --out."
        raise ParameterError.of(f"The report's folder {out} cannot be written", problem) from None
