"""How one number of the simulated market is declared: default, unit, meaning, source, what is possible."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import Field, field, fields
from numbers import Integral, Real
from typing import Any

from leadline.channels import CHANNELS
from leadline.language import _

ASSUMED = "assumed"


def number(
    default: float,
    unit: str,
    meaning: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    source: str = ASSUMED,
) -> Any:
    """Declare a parameter; ``low`` and ``high`` are allowed, and a whole default wants whole values."""
    return field(
        default=default,
        metadata={"unit": unit, "meaning": meaning, "source": source, "low": low, "high": high},
    )


def share(default: float, meaning: str, *, source: str = ASSUMED) -> Any:
    """Declare a rate: 0 to 1."""
    return number(float(default), "share", meaning, low=0, high=1, source=source)


def log_odds(default: float, meaning: str, *, source: str = ASSUMED) -> Any:
    """Declare an effect on a logit; beyond ±20 a probability is 0 or 1 and says nothing."""
    return number(float(default), "log-odds", meaning, low=-20, high=20, source=source)


def by_channel(
    default: Sequence[float],
    unit: str,
    meaning: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    source: str = ASSUMED,
) -> Any:
    """Declare one number for each of `leadline.channels.CHANNELS`, in that order."""
    return number(tuple(default), unit, meaning, low=low, high=high, source=source)  # type: ignore[arg-type]


def find_problems(parameters: Any) -> list[str]:
    """Return one sentence for every value that is impossible, in the order of declaration."""
    return [
        problem
        for declared in fields(parameters)
        if "low" in declared.metadata
        for problem in _check_field(declared, getattr(parameters, declared.name))
    ]


def _check_field(declared: Field[Any], value: Any) -> Iterator[str]:
    usual: Any = declared.default
    if not isinstance(usual, tuple):
        yield from _check_number(declared.name, usual, value, declared)
        return
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != len(CHANNELS):
        yield _(
            "{name} == {value}, must be {count} numbers: {channels}.",
            name=declared.name,
            value=repr(value),
            count=len(CHANNELS),
            channels=_(", ").join(CHANNELS),
        )
        return
    for channel, default, one in zip(CHANNELS, usual, value, strict=True):
        yield from _check_number(f"{declared.name} of {channel}", default, one, declared)


def _check_number(name: str, default: float, value: Any, declared: Field[Any]) -> Iterator[str]:
    low, high = declared.metadata["low"], declared.metadata["high"]
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(float(value)):
        yield _("{name} == {value}, must be a finite number.", name=name, value=repr(value))
    elif isinstance(default, int) and not isinstance(value, Integral):
        yield _("{name} == {value}, must be a whole number.", name=name, value=value)
    elif float(value) < low:
        yield _("{name} == {value}, must be >= {low}.", name=name, value=value, low=low)
    elif float(value) > high:
        yield _("{name} == {value}, must be <= {high}.", name=name, value=value, high=high)
