"""``leadline segments assign | show | sql``: segments made before, for new customers. Imports wait."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.errors import ParameterError
from leadline.language import _

if TYPE_CHECKING:
    from leadline.data import Table
    from leadline.target.segments import Segmentation

_FORMS = ("csv", "xlsx", "parquet")
_ID = "customer_id"
_LEVELS_SHOWN = 6
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def segments() -> None:
    """Place new customers in segments that a notebook made and kept as a JSON file."""


@segments.command()
@click.argument("artefact", type=Path)
@click.argument("table", metavar="DATA")
@click.option("--out", type=Path, required=True, metavar="FILE", help="The new table: csv, xlsx or parquet.")
@click.option("--mapping", type=Path, metavar="FILE", help="Our column names for those of the data.")
@click.option("--customer", metavar="COLUMN", help=f"The customer's id; {_ID} unless given.")
@click.option("--weight", metavar="COLUMN", help="How many people a customer stands for.")
@click.option("--as-of", type=_DAY, help="Day of the analysis; a folder of tables needs it.")
@click.option("--sql", "with_sql", is_flag=True, help="Also write the SQL that places them, beside FILE.")
def assign(
    artefact: Path,
    table: str,
    out: Path,
    mapping: Path | None,
    customer: str | None,
    weight: str | None,
    as_of: dt.datetime | None,
    with_sql: bool,  # noqa: FBT001 (click's)
) -> None:
    """Place the customers of DATA in the segments of ARTEFACT.

    DATA is a table with one row a customer, a folder of the workbench's tables, or "market", the sample.
    FILE gets the id, segment, segment_name and is_far (further from its segment than 99 of 100 of those that
    it was made from). Without a column of ids rows are counted from 1. The SQL returns all columns of its
    table; of those called segment, segment_name or is_far only the new ones.
    """
    form = _find_form(out)
    segmentation = _read_artefact(artefact)
    from leadline.data.export import write_table, write_text
    from leadline.features.names import name_columns
    from leadline.target.segments import assign_segments, write_segmentation_sql
    from leadline.target.segments.people import ROW

    read = _read_customers(table, mapping, as_of)
    frame, named = read.frame, customer or _ID
    if customer is None and _ID not in frame.columns:
        named = _find_free_name(ROW, frame.columns)
        click.echo(f"There is no column '{_ID}': rows are counted from 1, in the column '{named}'.")
        frame = frame.assign(**{named: range(1, len(frame) + 1)})
    result = assign_segments(frame, segmentation, customer=named, weight=weight, labels=name_columns())
    write_table(result.assigned, out, form=form)  # type: ignore[arg-type] # one of _FORMS
    if with_sql:
        write_text(write_segmentation_sql(segmentation), out.with_suffix(".sql"))
    from leadline.cli.aligned import show_table
    from leadline.target.segments.assign_result import describe_drift, describe_segments

    click.echo(result.summary)
    show_table(result.cells, describe_segments())
    show_table(result.told_drift, describe_drift())
    for warning in (*read.source.warnings, *result.warnings):
        click.echo(f"Warning: {warning}", err=True)
    click.echo(out)


@segments.command()
@click.argument("artefact", type=Path)
def show(artefact: Path) -> None:
    """Tell what ARTEFACT is: method, columns, segments with their shares, where it comes from."""
    segmentation = _read_artefact(artefact)
    from leadline.language import format_value

    told = f"{len(segmentation.names)} segments by method {segmentation.method}"
    told += f", of {segmentation.customers:,} customers"
    told += f" as of {segmentation.as_of.isoformat()}" if segmentation.as_of else ""
    click.echo(f"{told}{f', made from {segmentation.made_from}' if segmentation.made_from else ''}.")
    click.echo("Segments:")
    width = max(map(len, segmentation.names))
    told_shares = [
        format_value(share, "share") if is_told else "–"
        for share, is_told in zip(segmentation.shares, segmentation.find_told_shares(), strict=True)
    ]
    for number, (name, share) in enumerate(zip(segmentation.names, told_shares, strict=True), 1):
        click.echo(f"  {number:>2}  {name:{width}}  {share:>6}")
    click.echo("Columns that a customer needs:")
    width = max(len(basis.name) for basis in segmentation.columns)
    for basis in segmentation.columns:
        levels = ", ".join(basis.levels[:_LEVELS_SHOWN])
        levels += ", …" if len(basis.levels) > _LEVELS_SHOWN else ""
        click.echo(f"  {basis.name:{width}}  {basis.kind}{f': {levels}' if levels else ''}")
    for warning in segmentation.warnings:
        click.echo(f"Warning: {warning}", err=True)


@segments.command()
@click.argument("artefact", type=Path)
@click.option("--table", default="customers", show_default=True, help="The table or view to place.")
def sql(artefact: Path, table: str) -> None:
    """Print ARTEFACT as one SELECT for DuckDB, which places every row of a table."""
    segmentation = _read_artefact(artefact)
    from leadline.target.segments import write_segmentation_sql

    click.echo(write_segmentation_sql(segmentation, table=table), nl=False)


def _find_free_name(name: str, columns: Iterable[str]) -> str:
    taken, free, number = set(columns), name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _find_form(out: Path) -> str:
    form = out.suffix.removeprefix(".").lower()
    if form not in _FORMS:
        raise ParameterError.of(
            _("The customers cannot be written"),
            _(
                "--out {out}: its name must end in one of {forms}.",
                out=out,
                forms=", ".join(f".{one}" for one in _FORMS),
            ),
        )
    if not out.parent.is_dir():
        raise ParameterError.of(
            _("The customers cannot be written"), _("--out {out}: there is no such folder.", out=out)
        )
    return form


def _read_artefact(path: Path) -> "Segmentation":
    """Read a segmentation's file; every problem in one message that names the file."""
    import json

    headline = _("{path} is no segmentation that can be used", path=path)
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ParameterError.of(headline, _("{strerror}. Check the path.", strerror=error.strerror)) from None
    except (ValueError, RecursionError):
        raise ParameterError.of(
            headline, _("it is not JSON, or was cut short. Take the file that the notebook wrote, whole.")
        ) from None
    from leadline.target.segments import parse_segmentation

    try:
        return parse_segmentation(document)
    except ParameterError as error:
        raise ParameterError(headline, error.problems) from None


def _read_customers(data: str, mapping: Path | None, as_of: dt.datetime | None) -> "Table":
    """Read a table, also one of a single customer, or bring a folder of tables together."""
    from leadline.data import read_table
    from leadline.features import read_customers
    from leadline.market.sample import find_folder

    place, day = find_folder(data), as_of.date() if as_of else None
    if Path(place).is_dir():
        return read_customers(place, mapping=mapping, as_of=day)
    return read_table(place, mapping=mapping, as_of=day, fewest_rows=1)
