"""The one door through which a table enters: any form in, one checked frame and its source out."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from leadline.data.columnar import read_parquet
from leadline.data.contract import Contract, check_table
from leadline.data.dates import warn_of_future
from leadline.data.delimited import read_delimited
from leadline.data.excel import read_excel
from leadline.data.fit import find_text_columns, fit_columns
from leadline.data.folder import find_parts, read_parts
from leadline.data.infer import infer_types
from leadline.data.locate import Location, find_kind, locate
from leadline.data.mapping import check_mapping, read_mapping
from leadline.data.mixtures import warn_of_mixtures
from leadline.data.raw import Findings, RawTable, label_rows, suggest
from leadline.data.sources import Source, Table, hash_file, hash_parts, hash_rows
from leadline.data.zones import place_times
from leadline.datasets import name_place
from leadline.errors import DataError
from leadline.language import _


def read_table(
    dataset: str | Path,
    *,
    mapping: str | Path | None = None,
    text_columns: Sequence[str] = (),
    as_of: dt.date | None = None,
    contract: Contract | None = None,
    time_zone: str | None = None,
    fewest_rows: int = 2,
    is_mapping_shared: bool = False,
) -> Table:
    """Read a table of any form that leadline knows, checked.

    Parameters
    ----------
    dataset
        Name of a shipped table, or of a public one that was fetched; a file (CSV, TSV, TXT, gzipped or not,
        XLSX, Parquet); a folder of parts with the same columns, or ``folder::name`` for one of its tables;
        ``file.xlsx::sheet``; ``file.duckdb::table``, ``file.sqlite::table``, or a SELECT in the table's
        place; ``postgres:VARIABLE::schema.table``.
    mapping
        YAML or CSV file that maps our column names to those of the table.
    text_columns
        Columns that stay text whatever they look like.
    as_of
        Day of the analysis, by default today; dates after it are warned of.
    contract
        What the table must hold: its columns are read as the contract knows them, and checked.
    time_zone
        Zone of the clock times in it, such as ``Asia/Shanghai``; they become moments in UTC. Without it they
        stay clock times.
    fewest_rows
        With fewer rows the table is refused: an analysis needs many, an import into the ledger but one.
    is_mapping_shared
        Whether the mapping serves several tables: names that this one lacks are passed over.

    Returns
    -------
    Table
        ``frame`` has one row a record of the file, in its order; ids, phones and text are ``str``, numbers
        int64 or float64, dates datetime64[us]. Rows are labelled by their place in the file, 0 being the row
        below the header; rows left out leave gaps. ``source`` says where it came from and what was met.

    Raises
    ------
    DataError
        If the table cannot be found or cannot be read as it is: one message with every problem, naming
        column, count, first rows (row 1 is the header) and remedy. So too if it breaks its contract.
    """
    location = locate(dataset)
    findings = Findings()
    raw, digest = _read_raw(location, findings)
    if raw.cells.num_rows < fewest_rows:
        findings.problems.append(
            _("it has one row of data only; an analysis needs many. Check that the export is whole.")
        )
        findings.stop_at_problems(location.name)
    columns = raw.cells.column_names
    names = read_mapping(mapping) if mapping is not None else {}
    if is_mapping_shared:
        names = {ours: theirs for ours, theirs in names.items() if theirs in columns}
    check_mapping(names, columns, mapping_name=str(mapping), source_name=location.name)
    _check_text_columns(text_columns, [*columns, *names], location.name)
    aliases = {theirs: ours for ours, theirs in names.items()}
    texts = [*text_columns, *(find_text_columns(contract) if contract else ())]
    frame = infer_types(raw, findings, aliases=aliases, text_columns=texts)
    findings.stop_at_problems(location.name)
    frame = label_rows(frame.rename(columns=aliases), raw.rows)
    if time_zone:
        frame = place_times(frame, time_zone, findings)
        findings.stop_at_problems(location.name)
    if contract:
        frame = check_table(fit_columns(frame, contract), contract, location.name)
    day = as_of or dt.datetime.now().astimezone().date()
    warn_of_future(frame, day, findings)
    warn_of_mixtures(frame, findings)
    return Table(frame, _describe(location, frame, digest, day, findings))


def _read_raw(location: Location, findings: Findings) -> tuple[RawTable, str]:
    path = location.path
    match location.kind:
        case "folder":
            parts = find_parts(path, location.part)
            return read_parts(parts, findings, _read_file), hash_parts(parts)
        case "duckdb" | "sqlite" | "postgres":
            return _read_database(location)
        case _:
            digest = hash_file(path)
            if location.sha256 and digest != location.sha256:
                raise DataError.of(
                    _("{name} was changed since it was fetched", name=location.name),
                    _(
                        "{path} is not the published file. Delete it, then: leadline data get {name}",
                        path=path,
                        name=location.name,
                    ),
                )
            return _read_file(path, location.part, findings), digest


def _read_database(location: Location) -> tuple[RawTable, str]:
    from leadline.data import database  # noqa: PLC0415 - DuckDB costs a tenth of a second that files need not pay

    if location.kind == "postgres":
        raw = database.read_postgres(location.path.name, location.part)
        return raw, hash_rows(raw.cells)
    read = database.read_duckdb if location.kind == "duckdb" else database.read_sqlite
    return read(location.path, location.part), hash_file(location.path)


def _read_file(path: Path, part: str, findings: Findings) -> RawTable:
    """Read one file that is a table by itself."""
    match find_kind(path):
        case "excel":
            return read_excel(path, part, findings)
        case "parquet":
            return read_parquet(path)
        case "delimited":
            return read_delimited(path, findings)
        case kind:
            raise DataError.of(
                _("{path} is no table by itself", path=path),
                _("name a table of this {kind} file: {path}::table", kind=kind, path=path),
            )


def _check_text_columns(wanted: Sequence[str], columns: Sequence[str], name: str) -> None:
    problems = [
        _(
            "{column}: {name} has no such column, yet it is to be read as text.{hint}",
            column=column,
            name=name,
            hint=suggest(column, columns),
        )
        for column in wanted
        if column not in columns
    ]
    if problems:
        raise DataError(_("The text columns do not fit {name}", name=name), problems)


def _describe(
    location: Location, frame: pd.DataFrame, digest: str, day: dt.date, findings: Findings
) -> Source:
    """Write the source's entry in the record."""
    dates = frame.select_dtypes(["datetime", "datetimetz"])
    known = pd.concat(
        [dates[name].dt.tz_localize(None) for name in dates] or [pd.Series(dtype="datetime64[us]")]
    )
    known = known[known < pd.Timestamp(day) + pd.Timedelta(days=1)]
    place = name_place(location.path)
    return Source(
        name=location.name.replace(str(location.path), place),
        path=place,
        sha256=digest,
        rows=len(frame),
        columns=frame.shape[1],
        first_date=known.min().date() if known.size else None,
        last_date=known.max().date() if known.size else None,
        notes=tuple(findings.notes),
        warnings=tuple(findings.warnings),
    )
