"""Whether a table can be read as a design says: all that is wrong at once (V1)."""

from collections.abc import Sequence

import ibis.expr.types as ir

from leadline.data.open_table import CHUNK
from leadline.data.raw import suggest
from leadline.errors import ParameterError
from leadline.features.experiment.moments import name_covariance
from leadline.features.experiment.rows import EXPOSED, OUTCOME, SECOND_ARM, UNIT
from leadline.features.experiment.scan import ARM, DAY, ExperimentDesign
from leadline.language import N_, _

NO_DAY = N_("as_of: {until} is named, but no day by which a row is earlier or later. Name day, or no as_of.")
_HEADLINE = N_("The test cannot be read as it is described")


def check_design(units: ir.Table, design: ExperimentDesign) -> None:
    """Refuse columns that are absent, of the wrong kind, or named for two things that exclude each other.

    Raises
    ------
    ParameterError
        With every problem.
    """
    problems = _check_names(units.columns, design)
    present = {name: units[name].type() for name in units.columns}
    for metric in design.metrics:
        for name in metric.columns:
            kind = present.get(name)
            if kind is None or kind.is_numeric() or kind.is_boolean():
                continue
            if not (metric.kind == "conversion" and kind.is_string()):
                problems.append(
                    _(
                        "{name}: holds {kind}; {label} needs numbers. Correct the column.",
                        name=name,
                        kind=kind,
                        label=metric.label,
                    )
                )
    for name in design.covariates:
        kind = present.get(name)
        if kind is not None and not (kind.is_numeric() or kind.is_boolean() or kind.is_string()):
            problems.append(
                _("{name}: holds {kind}; a covariate is a number, or yes and no.", name=name, kind=kind)
            )
    problems += _check_times(present, design)
    if problems:
        raise ParameterError(_(_HEADLINE), problems)


def _check_names(columns: Sequence[str], design: ExperimentDesign) -> list[str]:
    known = [name for name in columns if name != CHUNK]
    measured = [name for metric in design.metrics for name in metric.columns]
    single = [design.unit, design.day, design.exposed_at, design.outcome_at]
    wanted = [design.arm, *filter(None, single), *measured, *design.covariates, *design.segments]
    problems = [
        _("{name}: the table has no such column.{hint}", name=name, hint=suggest(name, known))
        for name in dict.fromkeys(wanted)
        if name not in known
    ]
    problems += [
        _(
            "{name}: is what a metric measures, so it was not known before the start. Take it "
            "out of the covariates, or name its earlier value.",
            name=name,
        )
        for name in design.covariates
        if name in measured
    ]
    problems += [
        _(
            "{name}: is what a metric measures; a segment must be known before the assignment. Take it out.",
            name=name,
        )
        for name in design.segments
        if name in measured
    ]
    for what, names in ((_("covariates"), design.covariates), (_("segments"), design.segments)):
        problems += [
            _("{name}: is named twice among the {what}. Name it once.", name=name, what=what)
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
    problems += [
        _(
            "{name}: is named as arm or day, so it makes no segment, metric or covariate. Take it out there.",
            name=name,
        )
        for name in dict.fromkeys((*design.segments, *measured, *design.covariates))
        if name in {design.arm, design.day}
    ]
    problems += [
        _(
            "{name}: is named as the unit and as more. A unit's name measures nothing and cuts no segments.",
            name=name,
        )
        for name in dict.fromkeys((*design.segments, *measured, *design.covariates))
        if name == design.unit
    ]
    problems += [
        _(
            "{name}: a segment's column cannot be called “{name}”, which the scan calls "
            "something else. Rename it in a mapping file.",
            name=name,
        )
        for name in design.segments
        if name in _list_taken(design) - {design.arm, design.day}
    ]
    return problems


def _list_taken(design: ExperimentDesign) -> set[str]:
    """List what the cells' other columns are called."""
    measures = {*design.covariates, *(name for metric in design.metrics for name in metric.columns)}
    made = {f"{name}_{what}" for name in measures for what in ("count", "mean", "missing", "value")}
    made |= {name_covariance(one, other) for one in measures for other in measures}
    return made | {ARM, DAY, UNIT, EXPOSED, OUTCOME, SECOND_ARM, CHUNK, "units", "rows", "count"}


def _check_times(present: dict[str, object], design: ExperimentDesign) -> list[str]:
    problems, zones = [], {}
    for name in filter(None, (design.day, design.exposed_at, design.outcome_at)):
        kind = present.get(name)
        if kind is None:
            continue
        if kind.is_timestamp() or kind.is_date():  # type: ignore[attr-defined]  # a type of Ibis
            if name != design.day:
                zones[name] = bool(getattr(kind, "timezone", None))
        else:
            problems.append(
                _("{name}: holds {kind}, must hold dates or times. Read it as dates.", name=name, kind=kind)
            )
    if len(set(zones.values())) > 1:
        told = _(", ").join(
            _("{name} has time zone", name=name) if zone else _("{name} has no time zone", name=name)
            for name, zone in zones.items()
        )
        problems.append(_("times cannot be compared: {told}. Give all of them one, or none.", told=told))
    if design.start and design.end and design.start > design.end:
        problems.append(
            _("start {start} is after end {end}. Exchange them.", start=design.start, end=design.end)
        )
    return problems
