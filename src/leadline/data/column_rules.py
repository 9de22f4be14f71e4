"""How one column of a declared table is written down, by what it holds."""

from typing import Any

from leadline.data.contract import ColumnRule


def identifier(name: str, meaning: str, **more: Any) -> ColumnRule:
    """Declare an id."""
    return ColumnRule(name=name, kind="id", meaning=meaning, **more)


def customer(name: str = "customer_id", meaning: str = "the customer", **more: Any) -> ColumnRule:
    """Declare the pseudonym of a customer."""
    return identifier(name, meaning, personal_data="pseudonym", **more)


def count(name: str, meaning: str, unit: str = "count", **more: Any) -> ColumnRule:
    """Declare a whole number of something, not below 0."""
    return ColumnRule(name=name, kind="whole_number", meaning=meaning, unit=unit, minimum=0, **more)


def amount(name: str, meaning: str, unit: str, **more: Any) -> ColumnRule:
    """Declare a measure, not below 0."""
    return ColumnRule(name=name, kind="number", meaning=meaning, unit=unit, minimum=0, **more)


def share(name: str, meaning: str, **more: Any) -> ColumnRule:
    """Declare a share, 0 to 1."""
    return ColumnRule(name=name, kind="number", meaning=meaning, unit="share", minimum=0, maximum=1, **more)


def flag(name: str, meaning: str, **more: Any) -> ColumnRule:
    """Declare a yes or no."""
    return ColumnRule(name=name, kind="flag", meaning=meaning, **more)


def date(name: str, meaning: str, **more: Any) -> ColumnRule:
    """Declare a day."""
    return ColumnRule(name=name, kind="date", meaning=meaning, **more)


def text(name: str, meaning: str, **more: Any) -> ColumnRule:
    """Declare words."""
    return ColumnRule(name=name, kind="text", meaning=meaning, **more)
