"""A scorecard as a file: JSON with a schema version; a points file is read as one too."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, get_args

import pandas as pd

from leadline.errors import ParameterError
from leadline.language import N_, _
from leadline.target.fit_scorecard import take_points
from leadline.target.learned import LearnedFrom
from leadline.target.points_file import parse_points, write_points
from leadline.target.scorecard_result import Method, ScorecardResult

SCHEMA_VERSION = 1
_HEADLINE = N_("The scorecard cannot be used")
#: Table of the file → its columns that are words; all others are numbers.
_TABLES = {"weights": ("column", "label"), "components": (), "kept": ("rule",)}
_COUNTS = ("components_used", "customers", "buyers")


def write_scorecard(scorecard: ScorecardResult) -> str:
    """Return the scorecard as JSON that `parse_scorecard` reads back."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "method": scorecard.method,
        "points": write_points(scorecard.points),
        **{name: _write_table(getattr(scorecard, name)) for name in _TABLES},
        **{name: getattr(scorecard, name) for name in _COUNTS},
        "learned": None if scorecard.learned is None else asdict(scorecard.learned),
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def parse_scorecard(document: Any, columns: Sequence[str] | None = None) -> ScorecardResult:
    """Turn a document (read by `leadline.plain_yaml.read_yaml`) into a scorecard.

    Parameters
    ----------
    document
        What `write_scorecard` wrote, or a points file (`leadline.target.points_file.parse_points`).
    columns
        The columns of the table to be scored, if known; others are problems.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    if not isinstance(document, Mapping) or "schema_version" not in document:
        return take_points(parse_points(document, columns))
    if str(document["schema_version"]) != str(SCHEMA_VERSION):
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "schema_version == {document}, this leadline reads {schema_version}. Make the "
                "scorecard anew.",
                document=repr(document["schema_version"]),
                schema_version=SCHEMA_VERSION,
            ),
        )
    problems = [
        _("{name}: is not there. Take a file that a run wrote.", name=name)
        for name in ("method", "points", *_TABLES, *_COUNTS)
        if name not in document
    ]
    if document.get("method") not in (*get_args(Method), None):
        problems.append(
            _(
                "method == {document}, must be one of {args}. Take a file that a run wrote.",
                document=repr(document["method"]),
                args=_(", ").join(get_args(Method)),
            )
        )
    tables = {name: _read_table(document.get(name), name, words, problems) for name, words in _TABLES.items()}
    counts = {name: _read_count(document.get(name), name, problems) for name in _COUNTS}
    learned = _read_learned(document.get("learned"), problems)
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
    points = parse_points(document["points"], columns)
    return ScorecardResult(
        method=document["method"],
        points=points,
        weights=tables["weights"],
        components=tables["components"],
        kept=tables["kept"],
        components_used=counts["components_used"],
        customers=counts["customers"],
        buyers=counts["buyers"],
        learned=learned,
    )


def _write_table(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Write a table by column; what is not known is null."""
    return {str(name): [_plain(value) for value in frame[name].tolist()] for name in frame}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _read_table(content: Any, name: str, words: Sequence[str], problems: list[str]) -> pd.DataFrame:
    try:
        frame = pd.DataFrame(content if isinstance(content, Mapping) else {})
        return pd.DataFrame({key: frame[key] if key in words else _read_numbers(frame[key]) for key in frame})
    except (TypeError, ValueError):
        problems.append(_("{name}: is no table of numbers. Take a file that a run wrote.", name=name))
        return pd.DataFrame()


def _read_numbers(column: pd.Series) -> pd.Series:
    return column.astype("float64") if column.isna().any() else pd.to_numeric(column)


def _read_learned(content: Any, problems: list[str]) -> LearnedFrom | None:
    """Read from whom it learned; older files do not say."""
    if content is None:
        return None
    if isinstance(content, Mapping) and isinstance(content.get("salt"), str):
        hashes = content.get("hashes")
        if isinstance(hashes, list | tuple) and all(isinstance(text, str) for text in hashes):
            return LearnedFrom(salt=content["salt"], hashes=tuple(hashes))
    problems.append(_("learned: holds no salt and hashes. Take a file that a run wrote."))
    return None


def _read_count(value: Any, name: str, problems: list[str]) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        problems.append(_("{name} == {value}, must be a whole number.", name=name, value=repr(value)))
        return None
