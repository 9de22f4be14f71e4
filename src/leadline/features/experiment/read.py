"""The door of a test: a data set of any form in, its scan and where it came from out (V1)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import ibis.expr.types as ir

from leadline.data.open_table import CHUNK, OpenTable, open_table
from leadline.data.raw import suggest
from leadline.data.sources import Source
from leadline.errors import DataError, ParameterError
from leadline.features.experiment.arm_names import unify_arms
from leadline.features.experiment.design_check import NO_DAY, check_design
from leadline.features.experiment.findings import read_first
from leadline.features.experiment.rows import (
    UNIT,
    free_names,
    list_cells,
    read_rows,
    spell,
    spell_cells,
    spell_value,
)
from leadline.features.experiment.scan import ExperimentDesign, ExperimentScan
from leadline.features.experiment.scan_units import scan_units
from leadline.language import _

_TRIED_ROWS = 100_000
#: Cells by chunk of file that are put together in memory; for more one thread reads the file.
_MOST_PARTS = 300_000


def read_experiment(
    data: str | Path,
    design: ExperimentDesign,
    *,
    mapping: str | Path | None = None,
    only: Sequence[str] = (),
    until: dt.date | None = None,
) -> tuple[ExperimentScan, Source]:
    """Read and scan a test's units.

    Parquet and DuckDB are scanned by the engine as they lie, other forms are read first. Two runs, and the
    same table in two forms, agree: the one to the last digit, the other to 1e-9. A moment with a time zone
    counts by its day in UTC in every form, as Parquet keeps the moment alone; who wants days of another clock
    writes them without a zone.

    Parameters
    ----------
    data
        A data set as `leadline.data.read_table` knows it.
    design
        Which columns say what.
    mapping
        YAML or CSV file: our column names → those of the table; names that it lacks are passed over.
    only
        ``column = value`` keeps the rows that have it, ``column != value`` those that do not; all of them
        must hold. For one test of several, or to leave an arm out.
    until
        Day of the analysis: rows of a later ``design.day`` are as if they were not there.

    Returns
    -------
    tuple
        The scan, and the table as it entered.

    Raises
    ------
    ParameterError, DataError
        As `leadline.data.read_table` and `leadline.features.experiment.scan_units.scan_units`; and if
        ``only`` names no column or keeps no row, or ``until`` none or there is no day.
    """
    if until and not design.day:
        raise ParameterError(_("The test cannot be seen as of a day"), [_(NO_DAY, until=until)])
    open_units = partial(open_table, data, mapping=mapping, is_mapping_shared=True)
    with open_units() as opened:
        units, source = _choose_rows(opened, only, design, until)
        if not needs_order(units, design):
            return scan_units(units, design), source
    with open_units(in_order=True) as opened:
        units, source = _choose_rows(opened, only, design, until)
        return scan_units(units, design), source


def _choose_rows(
    opened: OpenTable, only: Sequence[str], design: ExperimentDesign, until: dt.date | None
) -> tuple[ir.Table, Source]:
    """Keep the rows asked for, and spell each arm in one way, which the source notes."""
    kept = _drop_later(keep_only(opened.table, only), design, until)
    units, notes = unify_arms(kept, design)
    return units, replace(opened.source, notes=(*opened.source.notes, *notes))


def _drop_later(units: ir.Table, design: ExperimentDesign, until: dt.date | None) -> ir.Table:
    if until is None or design.day is None:
        return units
    check_design(units, design)
    day = units[design.day].cast("date")
    kept = units.filter((day <= until) | day.isnull())
    if not read_first(kept.aggregate(rows=kept.count()))["rows"]:
        first = read_first(units.aggregate(first=day.min()))["first"]
        problem = _(
            "{day} begins on {first}, after as_of {until}. Name a later day.",
            day=design.day,
            first=first,
            until=until,
        )
        raise DataError.of(_("The test has no rows"), problem)
    return kept


def keep_only(units: ir.Table, only: Sequence[str]) -> ir.Table:
    """Keep the rows that every ``column = value`` and ``column != value`` allows, spelled as cells are.

    Raises
    ------
    ParameterError
        With every text that is no such condition.
    DataError
        If no row is left; the column's first values are named.
    """
    problems, wanted = [], []
    for text in only:
        column, equals, value = (part.strip() for part in text.partition("="))
        is_left_out, column = column.endswith("!"), column.removesuffix("!").strip()
        if not (equals and column and value):
            problems.append(_("“{text}”: write column = value, or column != value.", text=text))
        elif column not in units.columns:
            problems.append(
                _(
                    "“{text}”: the table has no column {column}.{hint}",
                    text=text,
                    column=column,
                    hint=suggest(column, units.columns),
                )
            )
        else:
            wanted.append((column, spell_value(value, units[column].type()), is_left_out))
    if problems:
        raise ParameterError(_("The rows of the test cannot be chosen"), problems)
    kept = units
    for column, value, is_left_out in wanted:
        has_it = (spell(kept[column]) == value).fill_null(False)  # noqa: FBT003  # a value, no switch
        kept = kept.filter(~has_it if is_left_out else has_it)
    if wanted and not read_first(kept.aggregate(rows=kept.count()))["rows"]:
        texts = units.select(value=spell(units[wanted[0][0]])).distinct().order_by("value").limit(5)
        listed = _(", ").join(map(str, texts.to_pyarrow()["value"].to_pylist()))
        problem = _(
            "{only} leaves none; {wanted} has {listed} …",
            only=(" " + _("and") + " ").join(only),
            wanted=wanted[0][0],
            listed=listed,
        )
        raise DataError.of(_("The test has no rows"), problem)
    return kept


def needs_order(units: ir.Table, design: ExperimentDesign) -> bool:
    """Tell whether only one thread, which reads the rows in their order, finds the same in every run.

    So it is where units have several rows, and where cells are too many to be kept by chunk.
    """
    if CHUNK not in units.columns:
        return False
    check_design(units, design)
    units, design = free_names(units, design)
    rows = spell_cells(read_rows(units, design), design)
    if design.unit:
        counts = read_first(rows.aggregate(rows=rows.count(), units=rows[UNIT].nunique()))
        if counts["rows"] != counts["units"]:
            return True
    cells = rows.limit(_TRIED_ROWS).select(*list_cells(design)).distinct()
    chunks = read_first(units.aggregate(chunks=units[CHUNK].nunique()))["chunks"]
    return int(read_first(cells.aggregate(cells=cells.count()))["cells"]) * (chunks or 0) > _MOST_PARTS
