"""The door of a test: a data set of any form in, its scan and where it came from out (V1)."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import ibis.expr.types as ir

from leadline.data.open_table import CHUNK, open_table
from leadline.data.raw import suggest
from leadline.data.sources import Source
from leadline.errors import DataError, ParameterError
from leadline.features.experiment.design_check import check_design
from leadline.features.experiment.findings import read_first
from leadline.features.experiment.rows import UNIT, list_cells, read_rows, spell_cells
from leadline.features.experiment.scan import ExperimentDesign, ExperimentScan
from leadline.features.experiment.scan_units import scan_units

_TRIED_ROWS = 100_000
#: Cells by chunk of file that are put together in memory; for more one thread reads the file.
_MOST_PARTS = 300_000
_MEMORY_GB = 1.5


def read_experiment(
    data: str | Path,
    design: ExperimentDesign,
    *,
    mapping: str | Path | None = None,
    only: Sequence[str] = (),
) -> tuple[ExperimentScan, Source]:
    """Read and scan a test's units.

    Parquet and DuckDB are scanned by the engine as they lie, other forms are read first. Two runs, and the
    same table in two forms, agree: the one to the last digit, the other to 1e-9.

    Parameters
    ----------
    data
        A data set as `leadline.data.read_table` knows it.
    design
        Which columns say what.
    mapping
        YAML or CSV file: our column names → those of the table; names that it lacks are passed over.
    only
        ``column = value`` keeps the rows that have it; all of them must hold. For one test of several.

    Returns
    -------
    tuple
        The scan, and the table as it entered.

    Raises
    ------
    ParameterError, DataError
        As `leadline.data.read_table` and `leadline.features.experiment.scan_units.scan_units`; and if
        ``only`` names no column or keeps no row.
    """
    open_units = partial(open_table, data, mapping=mapping, memory_gb=_MEMORY_GB, is_mapping_shared=True)
    with open_units() as opened:
        units = keep_only(opened.table, only)
        if not needs_order(units, design):
            return scan_units(units, design), opened.source
    with open_units(in_order=True) as opened:
        return scan_units(keep_only(opened.table, only), design), opened.source


def keep_only(units: ir.Table, only: Sequence[str]) -> ir.Table:
    """Keep the rows that every ``column = value`` allows; values are compared as text.

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
        if not (equals and column and value):
            problems.append(f"“{text}”: write column = value.")
        elif column not in units.columns:
            problems.append(f"“{text}”: the table has no column {column}.{suggest(column, units.columns)}")
        else:
            wanted.append((column, value))
    if problems:
        raise ParameterError("The rows of the test cannot be chosen", problems)
    kept = units
    for column, value in wanted:
        kept = kept.filter(units[column].cast("string") == value)
    if wanted and not read_first(kept.aggregate(rows=kept.count()))["rows"]:
        texts = units.select(value=units[wanted[0][0]].cast("string")).distinct().order_by("value").limit(5)
        listed = ", ".join(map(str, texts.to_pyarrow()["value"].to_pylist()))
        problem = f"{' and '.join(only)} leaves none; {wanted[0][0]} has {listed} …"
        raise DataError.of("The test has no rows", problem)
    return kept


def needs_order(units: ir.Table, design: ExperimentDesign) -> bool:
    """Tell whether only one thread, which reads the rows in their order, finds the same in every run.

    So it is where units have several rows, and where cells are too many to be kept by chunk.
    """
    if CHUNK not in units.columns:
        return False
    check_design(units, design)
    rows = spell_cells(read_rows(units, design), design)
    if design.unit:
        counts = read_first(rows.aggregate(rows=rows.count(), units=rows[UNIT].nunique()))
        if counts["rows"] != counts["units"]:
            return True
    cells = rows.limit(_TRIED_ROWS).select(*list_cells(design)).distinct()
    chunks = read_first(units.aggregate(chunks=units[CHUNK].nunique()))["chunks"]
    return int(read_first(cells.aggregate(cells=cells.count()))["cells"]) * (chunks or 0) > _MOST_PARTS
