"""The numbers that the reports of a batch share, each over all reports that have it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.language import _
from leadline.language.formats import Unit
from leadline.report.comparison_outliers import judge_values

if TYPE_CHECKING:
    from leadline.report.comparison import ComparedReport


@dataclass(frozen=True, kw_only=True)
class Point:
    """One report's value of a number; the interval is None where the report has none."""

    report: "ComparedReport"
    value: float
    lower: float | None
    upper: float | None
    stands_out: bool


@dataclass(frozen=True, kw_only=True)
class Number:
    """A card's number over the reports, in their order. ``key`` is its label as recorded."""

    key: tuple[str, str]
    label: str
    unit: Unit
    middle: float
    is_judged: bool
    points: tuple[Point, ...]

    def of(self, row: int) -> Point | None:
        """Return the point of a plan's row."""
        return next((point for point in self.points if point.report.row == row), None)


def collect_numbers(reports: Sequence["ComparedReport"]) -> list[Number]:
    """Return the cards' numbers in the order in which reports first show them.

    A card that a report left empty (too few customers, say) has no point there. Cards are the same where
    label and unit are; a label that a report shows twice counts once.
    """
    found: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
    for place, report in enumerate(reports):
        for kpi in report.kpis:
            if _is_number(kpi.get("value")):
                found.setdefault((kpi["label"], kpi["unit"]), {}).setdefault(place, kpi)
    return [_make_number(key, cards, reports, len(found)) for key, cards in found.items()]


def _make_number(
    key: tuple[str, str],
    cards: Mapping[int, Mapping[str, Any]],
    reports: Sequence["ComparedReport"],
    count: int,
) -> Number:
    values, lower, upper = (
        np.array([_to_float(card.get(name)) for card in cards.values()])
        for name in ("value", "ci_lower", "ci_upper")
    )
    judged = judge_values(values, lower, upper, numbers=count)
    points = tuple(
        Point(
            report=reports[place],
            value=float(card["value"]),
            lower=card.get("ci_lower"),
            upper=card.get("ci_upper"),
            stands_out=bool(stands_out),
        )
        for (place, card), stands_out in zip(cards.items(), judged.stands_out, strict=True)
    )
    return Number(
        key=key,
        label=_(key[0]),
        unit=key[1],  # type: ignore[arg-type] # a record's units are of the closed list
        middle=judged.middle,
        is_judged=not bool(np.isnan(judged.p_values).all()),
        points=points,
    )


def _to_float(value: Any) -> float:
    return float(value) if _is_number(value) else math.nan


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
