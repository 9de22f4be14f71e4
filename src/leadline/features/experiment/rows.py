"""The rows of a test, put in order by the engine: spelled, measured, and one a unit (V1)."""

import re
from collections.abc import Iterable
from dataclasses import replace

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from leadline.data.flags import NO, YES
from leadline.data.open_table import CHUNK
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.scan import ARM, DAY, ExperimentDesign

#: Columns of the rows beside cells and measures; none but the scan sees them.
UNIT, EXPOSED, OUTCOME, SECOND_ARM = "unit of test", "exposed at", "outcome at", "second arm"
#: What no measure may be called among the rows, whatever the table calls it.
_TAKEN = {ARM, DAY, UNIT, EXPOSED, OUTCOME, SECOND_ARM, CHUNK}


def free_names(units: ir.Table, design: ExperimentDesign) -> tuple[ir.Table, ExperimentDesign]:
    """Call a measure ``arm (column)`` whose column is called as the rows call something else.

    Returns
    -------
    tuple
        The table and the design with such columns renamed; keys and labels of metrics stay.
    """
    measured = {name for metric in design.metrics for name in metric.columns}
    new = {name: f"{name} (column)" for name in sorted((measured | {*design.covariates}) & _TAKEN)}
    if not new:
        return units, design
    metrics = tuple(
        replace(
            metric,
            value=new.get(metric.value, metric.value),
            denominator=new.get(metric.denominator, metric.denominator),
        )
        for metric in design.metrics
    )
    covariates = tuple(new.get(name, name) for name in design.covariates)
    labels = {**design.labels, **{own: design.labels.get(name, name) for name, own in new.items()}}
    named = units.rename({own: name for name, own in new.items()})
    return named, replace(design, metrics=metrics, covariates=covariates, labels=labels)


def name_measure(metric: Metric, metrics: Iterable[Metric]) -> str:
    """Name what a metric measures: its column, unless a unit's rows make another number of it.

    Whether a unit ever did is one number, how often another, where both are asked of one column.
    """
    others = {other.kind for other in metrics if metric.value in other.columns}
    return f"{metric.value} (ever)" if metric.kind == "conversion" and len(others) > 1 else metric.value


def name_covariate(name: str, design: ExperimentDesign) -> str:
    """Name a covariate among the measures: as it is called, unless a segment has that name already."""
    return f"{name} (number)" if name in design.segments else name


def list_cells(design: ExperimentDesign) -> tuple[str, ...]:
    """Columns that name cells: arm, segments, day if one is named."""
    return (ARM, *design.segments, *((DAY,) if design.day else ()))


def list_measures(design: ExperimentDesign) -> dict[str, str]:
    """Map measures to what makes one number of a unit's rows: ``sum``, ``max`` (ever), ``min`` (known)."""
    found: dict[str, str] = {}
    for metric in design.metrics:
        found[name_measure(metric, design.metrics)] = "max" if metric.kind == "conversion" else "sum"
        if metric.denominator:
            found[metric.denominator] = "sum"
    return {**found, **{name_covariate(name, design): "min" for name in design.covariates}}


def read_rows(units: ir.Table, design: ExperimentDesign) -> ir.Table:
    """Select what the design names: arm and segments as they are, a day as a date, measures."""
    columns = {ARM: units[design.arm], **{name: units[name] for name in design.segments}}
    if design.day:
        columns[DAY] = units[design.day].cast("date")
    for metric in design.metrics:
        measure = name_measure(metric, design.metrics)
        columns[measure] = _measure(units[metric.value], is_flag=metric.kind == "conversion")
        if metric.denominator:
            columns[metric.denominator] = _measure(units[metric.denominator])
    for name in design.covariates:
        columns[name_covariate(name, design)] = _measure(units[name], is_flag=True)
    for name, column in ((UNIT, design.unit), (EXPOSED, design.exposed_at), (OUTCOME, design.outcome_at)):
        if column:
            columns[name] = spell(units[column]) if name == UNIT else units[column]
    if CHUNK in units.columns:
        columns[CHUNK] = units[CHUNK]
    return units.select(**columns)


def spell_cells(table: ir.Table, design: ExperimentDesign) -> ir.Table:
    """Write arm and segments as text: missing and blank is null, a number has no useless ``.0``.

    Of few cells rather than of each row it costs nothing.
    """
    return table.mutate(**{name: spell(table[name]) for name in (ARM, *design.segments)})


def add_up(rows: ir.Table, design: ExperimentDesign) -> ir.Table:
    """Make one row a unit of several: outcomes added up, what was known before taken once.

    Conversions count once. Of cells and covariates the smallest value stands; the first day, the first
    exposure and the first outcome. The right unit of a test's moments is the one that was randomised (Deng,
    Knoblich & Lu 2018, KDD, 233-242). ``SECOND_ARM`` is not null where a unit stands in several arms.
    """
    found = {
        name: rows[name].min() for name in (*list_cells(design), EXPOSED, OUTCOME) if name in rows.columns
    }
    for name, how in list_measures(design).items():
        column = rows[name].cast("int8") if rows[name].type().is_boolean() else rows[name]
        known = column.isnan().ifelse(None, column) if column.type().is_floating() else column
        found[name] = getattr(known, how)()
    arms = rows[ARM]
    found[SECOND_ARM] = (arms.max() != arms.min()).ifelse(arms.max(), None)
    return rows.group_by(UNIT).aggregate(**found)


def keep_known(people: ir.Table, design: ExperimentDesign) -> ir.Table:
    """Keep the units that have one arm and, if a period is planned, are known to have entered within it."""
    kept = people.filter(people[ARM].notnull())
    if SECOND_ARM in people.columns:
        kept = kept.filter(kept[SECOND_ARM].isnull())
    outside = is_outside(kept, design)
    return kept if outside is None else kept.filter(~outside)


def is_outside(people: ir.Table, design: ExperimentDesign) -> ir.BooleanValue | None:
    """Tell who entered outside the planned period, or on no known day; None if no period is known."""
    if not design.day or not (design.start or design.end):
        return None
    outside = people[DAY].isnull()
    if design.start:
        outside |= people[DAY] < design.start
    if design.end:
        outside |= people[DAY] > design.end
    return outside


def is_absent(column: ir.Column) -> ir.BooleanValue:
    """Tell which values are null."""
    return column.isnull()


def spell(column: ir.Column) -> ir.Value:
    """Write a column as text: blank is null, a whole number has no ``.0``, a flag is true or false."""
    kind = column.type()
    if kind.is_string():
        return column.strip().nullif("")
    if kind.is_floating():
        whole = (column == column.floor()) & ~column.isinf()
        text = whole.ifelse(column.cast("decimal(38, 0)").cast("string"), column.cast("string"))
        return column.isnan().ifelse(None, text)
    return column.cast("string")


def spell_value(text: str, kind: dt.DataType) -> str:
    """Write a value that an analyst names as `spell` writes it in a column of this kind."""
    text = text.strip()
    if kind.is_boolean():
        return text.lower()
    return re.sub(r"\.0+$", "", text) if kind.is_numeric() else text


def _measure(column: ir.Column, *, is_flag: bool = False) -> ir.Value:
    """Take numbers and flags as they are, yes and no in words as flags, other words as null."""
    if not (is_flag and column.type().is_string()):
        return column
    word = column.strip().lower()
    return ibis.cases((word.isin(sorted(YES)), True), (word.isin(sorted(NO)), False), else_=None)
