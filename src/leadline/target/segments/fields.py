"""Fields of a JSON document, each checked; what is wrong is collected, not raised."""

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from leadline.language import _


class Fields:
    """Reads fields into `problems`; what it returns counts only if there are none in the end."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def number(
        self,
        entry: Mapping[str, Any],
        key: str,
        where: str,
        *,
        lowest: float = -math.inf,
        highest: float = math.inf,
    ) -> float:
        """Read a finite number within its range."""
        value = entry.get(key)
        if not _is_finite(value) or not lowest <= value <= highest:
            self.problems.append(
                _(
                    "{where}{key} == {value}, must be a number in its range.",
                    where=where,
                    key=key,
                    value=repr(value),
                )
            )
            return 1.0
        return value

    def numbers(self, entry: Mapping[str, Any], key: str, where: str, shape: tuple[int | None, ...]) -> Any:
        """Read nested lists of finite numbers as tuples; None in ``shape`` is any length."""
        listed = entry.get(key)
        if not _fits(listed, shape):
            wanted = " × ".join("any number of" if length is None else str(length) for length in shape)
            self.problems.append(
                _("{where}{key} must be {wanted} finite numbers.", where=where, key=key, wanted=wanted)
            )
            return ()
        return _freeze(listed)

    def text(self, entry: Mapping[str, Any], key: str, where: str, *, may_be_empty: bool = False) -> str:
        """Read a text."""
        text = entry.get(key)
        if not isinstance(text, str) or not (text.strip() or may_be_empty):
            self.problems.append(
                _("{where}{key} == {text}, must be a text.", where=where, key=key, text=repr(text))
            )
        return str(text)

    def choose(self, entry: Mapping[str, Any], key: str, known: tuple[Any, ...], where: str) -> Any:
        """Read one of the values known."""
        value = entry.get(key)
        if value not in known:
            self.problems.append(
                _(
                    "{where}{key} == {value}, must be one of {known}.",
                    where=where,
                    key=key,
                    value=repr(value),
                    known=_(", ").join(known),
                )
            )
        return value

    def listed(
        self, entry: Mapping[str, Any], key: str, where: str, *, may_be_empty: bool = False
    ) -> list[Any]:
        """Read a list."""
        found = entry.get(key)
        if not isinstance(found, list) or not (found or may_be_empty):
            self.problems.append(_("{where}{key} must be a list.", where=where, key=key))
            return []
        return found

    def is_mapping(self, entry: Any, where: str) -> TypeGuard[Mapping[str, Any]]:
        """Say whether an entry is a mapping."""
        if not isinstance(entry, Mapping):
            self.problems.append(_("{where}: must be a mapping.", where=where))
        return isinstance(entry, Mapping)


def _is_finite(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _fits(listed: Any, shape: tuple[int | None, ...]) -> bool:
    if not shape:
        return _is_finite(listed)
    return (
        isinstance(listed, list)
        and (shape[0] is None or len(listed) == shape[0])
        and all(_fits(one, shape[1:]) for one in listed)
    )


def _freeze(listed: Any) -> Any:
    return tuple(_freeze(one) for one in listed) if isinstance(listed, list) else listed
