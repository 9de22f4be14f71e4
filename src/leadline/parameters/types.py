"""The closed list of parameter types. Each says what a value must be and turns text into that value.

On the command line every value arrives as text: lists are JSON, everything else is read as the declared type.
The checks are plain functions: a schema library would take longer to load than a refused run may cost.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from leadline.language import N_, _
from leadline.parameters.places import find_dataset, find_file
from leadline.parameters.secrets import SecretValue


@dataclass(frozen=True)
class Kind:
    """Name of a parameter type, what its values must be in words, and the function that reads one.

    ``read`` raises ValueError with the end of a sentence ("is not a number"), which is an `UnfitError` where
    what the value must be says it all.
    """

    name: str
    must_be: str
    read: Callable[[Any], Any]
    choices: tuple[str, ...] = ()

    @property
    def wanted(self) -> str:
        """What a value must be, in the language in use."""
        return _(self.must_be, **({"choices": _(", ").join(self.choices)} if self.choices else {}))


class UnfitError(ValueError):
    """A value that is not of its kind; ``hint`` says what may have been meant."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnfitError(_("is not a number"))
    text = value if isinstance(value, str) else repr(value)
    if not re.fullmatch(r"\s*[-+]?([0-9][0-9_]*\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*", text):
        raise UnfitError(_("is not a number"))
    number = float(text)
    if not math.isfinite(number):
        raise UnfitError(_("is not finite"))
    return number


def _whole(value: Any) -> int:
    if isinstance(value, str):
        if not re.fullmatch(r"\s*[-+]?[0-9][0-9_]{,400}\s*", value):  # int() refuses thousands of digits
            raise UnfitError(_("is not a whole number"))
        return int(value)
    number = _number(value)
    if number != int(number):
        raise UnfitError(_("is not a whole number"))
    return int(number)


def _share(value: Any) -> float:
    percent = isinstance(value, str) and value.strip().endswith("%")
    number = _number(value.strip()[:-1]) / 100 if percent else _number(value)
    if not 0 <= number <= 1:
        raise UnfitError(_("is outside 0 to 1"))
    return number


def _between(lowest: int, highest: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        number = _whole(value)
        if not lowest <= number <= highest:
            raise UnfitError(_("is out of range"))
        return number

    return check


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
        raise UnfitError(_("is not a date"))
    try:
        return dt.date.fromisoformat(value.strip())
    except ValueError:
        raise UnfitError(_("is not a day of the calendar")) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitError(_("is not text"))
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(_("holds half a character (a lone surrogate)")) from None
    return value


def _column(value: Any) -> str:
    if not _text(value).strip():
        raise UnfitError(_("is not a name"))
    return str(value)


def _list_of(check: Callable[[Any], str]) -> Callable[[Any], list[str]]:
    def check_list(value: Any) -> list[str]:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise UnfitError(_("is not a JSON list")) from None
        if not isinstance(value, list | tuple):
            raise UnfitError(_("is not a list"))
        return [check(item) for item in value]

    return check_list


_FLAGS = {
    "true": True,
    "yes": True,
    "1": True,
    "是": True,
    "false": False,
    "no": False,
    "0": False,
    "否": False,
}


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value.strip().lower() not in _FLAGS:
        raise UnfitError(_("is neither true nor false"))
    return _FLAGS[value.strip().lower()]


def _file(value: Any) -> Path:
    return find_file(str(value) if isinstance(value, Path) else _text(value))


def _dataset(value: Any) -> str:
    return find_dataset(_text(value))


def _secret(value: Any) -> SecretValue:
    secret = value if isinstance(value, SecretValue) else SecretValue(_text(value))
    secret.reveal()
    return secret


Share = Annotated[float, Kind("Share", N_("a share from 0 to 1, such as 0.2 or 20%"), _share)]
Count = Annotated[int, Kind("Count", N_("a whole number, 0 or more"), _between(0, 2**53))]
Money = Annotated[float, Kind("Money", N_("an amount of money, such as 1200 or 12.50"), _number)]
Date = Annotated[dt.date, Kind("Date", N_("a date written 2026-01-31"), _date)]
Text = Annotated[str, Kind("Text", N_("text"), _text)]
Texts = Annotated[list[str], Kind("Texts", N_('a JSON list such as ["a", "b"]'), _list_of(_text))]
Flag = Annotated[bool, Kind("Flag", N_("true or false"), _flag)]
Choice = Literal
Column = Annotated[str, Kind("Column", N_("the name of a column"), _column)]
Columns = Annotated[
    list[str], Kind("Columns", N_('a JSON list of column names such as ["a"]'), _list_of(_column))
]
Dataset = Annotated[
    str,
    Kind("Dataset", N_("a known table, a file, a folder, file.duckdb::table or file.xlsx::sheet"), _dataset),
]
File = Annotated[Path, Kind("File", N_("the path of a file"), _file)]
Seed = Annotated[int, Kind("Seed", N_("a whole number from 0 to 4294967295"), _between(0, 2**32 - 1))]
Secret = Annotated[SecretValue, Kind("Secret", N_("a reference to a secret: env:NAME or file:PATH"), _secret)]

#: Name in a notebook → type. ``Choice`` is subscripted and read apart.
TYPES: dict[str, Any] = {
    get_args(annotation)[-1].name: annotation
    for annotation in (
        Share,
        Count,
        Money,
        Date,
        Text,
        Texts,
        Flag,
        Column,
        Columns,
        Dataset,
        File,
        Seed,
        Secret,
    )
}
