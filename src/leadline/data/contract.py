"""What a table must hold, declared in one place and checked at once."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from leadline.data.flags import NO, YES
from leadline.data.raw import find_file_rows, name_rows, shorten, suggest
from leadline.errors import DataError
from leadline.language import N_, _, plural

Kind = Literal["id", "text", "number", "whole_number", "date", "flag"]
#: What a column tells of a person: nothing, a made-up number for them, a number that reaches them (a
#: telephone), facts about them, or facts that harm when they leak (wealth, trading, permission).
PersonalData = Literal["none", "pseudonym", "identifier", "personal", "sensitive"]

#: How a message names each kind.
KIND_WORDS: dict[Kind, str] = {
    "id": N_("id"),
    "text": N_("text"),
    "number": N_("number"),
    "whole_number": N_("whole number"),
    "date": N_("date"),
    "flag": N_("flag"),
}
_VALUES_NAMED = 3


def _is_whole(values: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return False
    known = values.dropna()
    return bool((known % 1 == 0).all())


_IS_KIND: dict[Kind, Callable[[pd.Series], bool]] = {
    "id": lambda values: pd.api.types.is_string_dtype(values) or pd.api.types.is_integer_dtype(values),
    "text": pd.api.types.is_string_dtype,
    "number": lambda values: pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values),
    "whole_number": _is_whole,
    "date": pd.api.types.is_datetime64_any_dtype,
    "flag": pd.api.types.is_bool_dtype,
}


@dataclass(frozen=True, kw_only=True)
class ColumnRule:
    """What one column must hold.

    ``unit`` and ``meaning`` are for the data dictionary; ``minimum`` and ``maximum`` are allowed themselves.
    A column that is not ``required`` may be absent; where it is there, it keeps its rule.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    nullable: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[Hashable, ...] = ()
    personal_data: PersonalData = "none"
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Contract:
    """The columns that a table must have; others are let through.

    ``name`` is a plural noun; ``grain`` says what one row is; ``key`` names what no two rows share.
    """

    name: str
    grain: str
    key: tuple[str, ...] = ()
    columns: tuple[ColumnRule, ...]


def check_table(frame: pd.DataFrame, contract: Contract, source_name: str) -> pd.DataFrame:
    """Return the frame if it keeps the contract.

    Parameters
    ----------
    frame
        One row a record, labelled as `read_table` did.
    contract
        What is asked.
    source_name
        What the table is called in messages.

    Raises
    ------
    DataError
        One message with every problem: column, count, first rows (row 1 is the header), remedy.
    """
    absent = [rule for rule in contract.columns if rule.name not in frame.columns]
    problems = [
        _(
            "{name}: the column is absent ({meaning}).{hint} Name your own column for it in a mapping file.",
            name=rule.name,
            meaning=rule.meaning,
            hint=suggest(rule.name, frame.columns),
        )
        for rule in absent
        if rule.required
    ]
    problems.extend(_check_columns(frame, [rule for rule in contract.columns if rule not in absent]))
    problems.extend(_check_key(frame, contract.key))
    if problems:
        raise DataError(
            _("{source_name} is not a valid {name} table", source_name=source_name, name=contract.name),
            problems,
        )
    return frame


def _check_columns(frame: pd.DataFrame, rules: list[ColumnRule]) -> list[str]:
    # Costs most of a second, so only who checks pays it.
    from leadline.data.pandera_alone import pandera as pa  # noqa: PLC0415

    wrong = [rule for rule in rules if not _IS_KIND[rule.kind](frame[rule.name])]
    problems = [
        _(
            "{name}: holds {dtype}, must be {kind}{misfits}. Correct the column where it is "
            "made, or read another in its place.",
            name=rule.name,
            dtype=frame[rule.name].dtype,
            kind=_(KIND_WORDS[rule.kind]),
            misfits=_name_misfits(rule.kind, frame[rule.name]),
        )
        for rule in wrong
    ]
    sound = [rule for rule in rules if rule not in wrong]
    schema = pa.DataFrameSchema({rule.name: _write_column(rule, pa) for rule in sound}, strict=False)
    checked = frame[[rule.name for rule in sound]].reset_index(drop=True)
    try:
        schema.validate(checked, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        for rule in sound:
            problems.extend(_describe_failures(rule, cases[cases["column"] == rule.name], frame[rule.name]))
    return problems


def _name_misfits(kind: Kind, values: pd.Series) -> str:
    """Name the rows whose values are at fault, where that is not the whole column."""
    if kind == "flag":
        is_fit = values.astype(object).map(lambda value: str(value).strip().casefold()).isin(YES | NO)
    elif kind == "whole_number" and pd.api.types.is_numeric_dtype(values):
        is_fit = values % 1 == 0
    else:
        return ""
    is_misfit = ~(is_fit | values.isna())
    if not is_misfit.any():
        return ""
    first = _(", ").join(dict.fromkeys(map(shorten, values[is_misfit].iloc[:_VALUES_NAMED])))
    return f" ({name_rows(find_file_rows(is_misfit))}: {first})"


def _write_column(rule: ColumnRule, pa: Any) -> Any:
    checks = []
    if rule.minimum is not None:
        checks.append(pa.Check.ge(rule.minimum, error="minimum"))
    if rule.maximum is not None:
        checks.append(pa.Check.le(rule.maximum, error="maximum"))
    if rule.allowed:
        checks.append(pa.Check.isin(rule.allowed, error="allowed"))
    return pa.Column(None, checks, nullable=rule.nullable, unique=rule.unique)


def _describe_failures(rule: ColumnRule, cases: pd.DataFrame, values: pd.Series) -> list[str]:
    problems = []
    for check, failed in cases.groupby("check", sort=False):
        is_failed = pd.Series(np.isin(np.arange(len(values)), failed["index"].to_numpy(int)), values.index)
        rows = find_file_rows(is_failed)
        first = _(", ").join(dict.fromkeys(map(shorten, values[is_failed].iloc[:_VALUES_NAMED])))
        match check:
            case "not_nullable":
                problems.append(
                    _(
                        "{name}: {count} of {total} values are missing ({rows}). Fill them, or remove "
                        "these rows.",
                        name=rule.name,
                        count=f"{len(rows):,}",
                        total=f"{len(values):,}",
                        rows=name_rows(rows),
                    )
                )
            case "minimum":
                problems.append(
                    plural(
                        "{name}: {count} value is below {minimum} ({rows}: {first}). Correct or empty these "
                        "cells{unit}.",
                        "{name}: {count} values are below {minimum} ({rows}: {first}). Correct or empty "
                        "these cells{unit}.",
                        len(rows),
                        name=rule.name,
                        minimum=rule.minimum,
                        rows=name_rows(rows),
                        first=first,
                        unit=_in_unit(rule),
                    )
                )
            case "maximum":
                problems.append(
                    plural(
                        "{name}: {count} value is above {maximum} ({rows}: {first}). Correct or empty these "
                        "cells{unit}.",
                        "{name}: {count} values are above {maximum} ({rows}: {first}). Correct or empty "
                        "these cells{unit}.",
                        len(rows),
                        name=rule.name,
                        maximum=rule.maximum,
                        rows=name_rows(rows),
                        first=first,
                        unit=_in_unit(rule),
                    )
                )
            case "field_uniqueness":
                problems.append(_describe_duplicates(rule, values))
            case _:
                problems.append(
                    plural(
                        "{name}: {count} value is not allowed ({rows}: {first}). Allowed are {allowed}.",
                        "{name}: {count} values are not allowed ({rows}: {first}). Allowed are {allowed}.",
                        len(rows),
                        name=rule.name,
                        rows=name_rows(rows),
                        first=first,
                        allowed=_(", ").join(str(item) for item in rule.allowed),
                    )
                )
    return problems


def _check_key(frame: pd.DataFrame, key: tuple[str, ...]) -> list[str]:
    if not key or not set(key) <= set(frame.columns):
        return []
    is_repeated = frame.duplicated(list(key))
    if not is_repeated.any():
        return []
    rows = find_file_rows(is_repeated)
    return [
        plural(
            "{key}: {count} row repeats an earlier one ({rows}). Keep one row each, or choose a "
            "table with one row a record.",
            "{key}: {count} rows repeat an earlier one ({rows}). Keep one row each, or choose a "
            "table with one row a record.",
            len(rows),
            key=" + ".join(key),
            rows=name_rows(rows),
        )
    ]


def _describe_duplicates(rule: ColumnRule, values: pd.Series) -> str:
    repeated = values[values.notna() & values.duplicated(keep=False)]
    first = repeated.iloc[0]
    rows = find_file_rows(values.isin([first]))
    return plural(
        "{name}: {count} value occurs more than once (first: {first} in {rows}). Keep one "
        "row each, or choose a table with one row a record.",
        "{name}: {count} values occur more than once (first: {first} in {rows}). Keep one "
        "row each, or choose a table with one row a record.",
        repeated.nunique(),
        name=rule.name,
        first=first,
        rows=name_rows(rows),
    )


def _in_unit(rule: ColumnRule) -> str:
    return " " + _("(unit: {unit})", unit=rule.unit) if rule.unit else ""
