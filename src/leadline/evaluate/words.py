"""Words that several rooms of evaluate share."""

from typing import TYPE_CHECKING

from leadline.language import format_value

if TYPE_CHECKING:
    from leadline.language.formats import Unit


def spell_difference(value: float, unit: "Unit") -> str:
    """Write a difference with its sign, whatever it measures."""
    sign = "+" if value > 0 and unit != "points" else ""
    return f"{sign}{format_value(value, unit)}"
