"""What a run is asked to do, checked before anything heavy is loaded."""

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.datasets import hide_connection, is_address
from leadline.errors import ParameterError
from leadline.language import LANGUAGES, _, current_language, speaking
from leadline.parameters.check import check_values, describe_type
from leadline.parameters.declared import Parameter, declared_parameters, read_notebook
from leadline.parameters.places import allow_folders
from leadline.report.forms import check_forms
from leadline.run.freshness import Freshness
from leadline.run.notebooks import NotebookFile, find_notebook

DEFAULT_OUT = Path("reports/output")
DEFAULT_LIMIT_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Who asked for a run: a scheduled job, a batch, or neither; and which attempt it is."""

    job: str | None = None
    batch: str | None = None
    attempt: int = 1


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
    origin: Origin = Origin()
    freshness: Freshness | None = None
    forms: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """Language of the report; of a notebook that takes none, English."""
        language = self.values.get("language")
        return language if language in LANGUAGES else "en"


def make_request(
    notebook: str,
    given: Mapping[str, Any],
    *,
    out: Path = DEFAULT_OUT,
    allow: tuple[Path, ...] = (),
    limit_seconds: float = DEFAULT_LIMIT_SECONDS,
    origin: Origin = Origin(),
    freshness: Freshness | None = None,
    forms: tuple[str, ...] = (),
) -> Request:
    """Check a request whole: the notebook, every parameter (defaults too) and the folder for the result.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    with speaking(_find_language(given)):
        _check_place(out)
        file = find_notebook(notebook)
        document = read_notebook(file.path)
        language = document.get("metadata", {}).get("kernelspec", {}).get("language", "python")
        if document.get("nbformat") != 4 or language != "python":  # noqa: PLR2004 (the format's version)
            raise ParameterError(
                _("{path} is not a Python notebook of format 4. Save it anew in JupyterLab.", path=file.path)
            )
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
            origin=origin,
            freshness=freshness,
            forms=check_forms(forms),
        )


def _find_language(given: Mapping[str, Any]) -> str:
    """Return the language that a refusal is told in: the one asked for, where it is known."""
    language = given.get("language")
    return language if isinstance(language, str) and language in LANGUAGES else current_language()


def _to_plain(parameter: Parameter, raw: Any, checked: Any) -> Any:
    """Return a checked value as the notebook would write it: paths and references as they were given."""
    if describe_type(parameter.annotation)[0].name in ("File", "Dataset", "Secret"):
        return None if checked is None else raw
    return checked.isoformat() if isinstance(checked, dt.date) else checked


def _check_place(out: Path) -> None:
    """Refuse what names no folder."""
    if "\0" in str(out):
        problem = _("is not the name of a file")
        raise ParameterError(_("{name} {problem}", name=repr(str(out)), problem=problem))
    if is_address(str(out)):
        raise ParameterError(
            _(
                "{out} is an address on a network; reports are written to local folders only.",
                out=hide_connection(str(out)),
            )
        )


def _check_writable(out: Path) -> None:
    """Refuse before the work, not after it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):  # without a name, where the system can: nothing to leave behind
            pass
    except OSError as error:
        problem = _("{strerror}. Choose a folder that you may write with --out.", strerror=error.strerror)
        raise ParameterError.of(_("The report's folder {out} cannot be written", out=out), problem) from None
