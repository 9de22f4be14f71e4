"""Verdicts on a test's own records, from what the scan found."""

from typing import NamedTuple

from leadline.evaluate.checks.check import Check, Verdict
from leadline.features.experiment.scan import ExperimentScan
from leadline.language import _, format_value

#: Up to this share of wrong units or rows is a warning, above it the test is not trusted. A convention: so
#: few cannot move an effect by more than about a hundredth of itself unless they are extreme.
TOLERATED = 0.01
#: Never more than a warning: units outside the period are left out, and equal rows without a time may be
#: several events of a unit that look alike; too little time thins the effect out, in all arms alike.
_WARNS = ("outside_period", "repeated_units", "short_followup")


class _Asked(NamedTuple):
    question: str
    wrong: str
    unknown: str
    remedy: str


def check_records(scan: ExperimentScan) -> list[Check]:
    """Judge each check of order and identity that the scan could make; say of the others why it could not."""
    found = {row["check"]: row for row in scan.findings.to_dict("records")}
    checks = []
    for name, asked in _ask().items():
        if name not in found:
            checks.append(Check(name, asked.question, "not asked", asked.unknown))
            continue
        row = found[name]
        wrong, total = int(row["wrong"]), int(row["total"])
        if wrong == 0:
            text = _("none of {total}", total=format_value(total, "count"))
            checks.append(Check(name, asked.question, "good", text))
            continue
        text = asked.wrong.format(
            wrong=format_value(wrong, "count"),
            total=format_value(total, "count"),
            share=format_value(wrong / total, "share"),
        )
        verdict: Verdict = "failed" if wrong > TOLERATED * total and name not in _WARNS else "warning"
        checks.append(Check(name, asked.question, verdict, text, asked.remedy))
    return checks


def _ask() -> dict[str, _Asked]:
    return {
        "two_arms": _Asked(
            _("Is each unit in one arm?"),
            _("{wrong} of {total} units are in two arms or more ({share})"),
            _("no column of units is named"),
            _("Find how they came into both; leave them out only if that is the same in each arm."),
        ),
        "repeated_units": _Asked(
            _("Is each record there once?"),
            _("{wrong} of {total} records are repeated ({share})"),
            _("no column of units is named"),
            _("Remove them at the source if an event is there twice; rows of several like events may stay."),
        ),
        "no_arm": _Asked(
            _("Has each unit its arm?"),
            _("{wrong} of {total} units have no arm ({share})"),
            _("the table is one of aggregates"),
            _("Fill in the arm as assigned, also of those never reached."),
        ),
        "outside_period": _Asked(
            _("Did all enter within the period?"),
            _("{wrong} of {total} units entered outside it and are left out ({share})"),
            _("no day of entry, or no start and end, is named"),
            _("Check start and end, or why units entered outside them."),
        ),
        "early_outcomes": _Asked(
            _("Do all outcomes follow the start?"),
            _("{wrong} of {total} outcomes are dated before it ({share})"),
            _("no time of the outcome, or no start, is named"),
            _("Count outcomes from the start on: the campaign cannot have caused earlier ones."),
        ),
        "late_exposures": _Asked(
            _("Does exposure come before the outcome?"),
            _("{wrong} of {total} units were exposed after their outcome ({share})"),
            _("times of exposure and outcome are not both named"),
            _("Check both clocks; count only outcomes after exposure, and in the control from the same day."),
        ),
        "short_followup": _Asked(
            _("Had all units the same time to respond?"),
            _("{wrong} of {total} units entered too late to be followed as long as the others ({share})"),
            _("a day of entry and a time of the outcome are not both named"),
            _("Count each unit's outcomes within equally many days, or wait until the last had theirs."),
        ),
    }
