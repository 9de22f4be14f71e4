"""``leadline bulk bucket | list``: customers too many for one machine's memory. Imports wait until needed."""

import datetime as dt
from pathlib import Path

import click

from leadline.language import _, format_value, plural


@click.group()
def bulk() -> None:
    """Make lists from tables in bulk, on DuckDB or where [engine] of leadline.toml says."""


@bulk.command()
@click.argument("data", type=Path)
@click.option("--out", type=Path, required=True, metavar="FOLDER", help="The new folder.")
@click.option("--buckets", type=int, help="How many; by default one for two million customers.")
def bucket(data: Path, out: Path, buckets: int | None) -> None:
    """Write the Parquet tables of the folder DATA anew, in buckets by customer.

    'leadline bulk list' works such a folder bucket by bucket, within the memory that one bucket takes.
    """
    from leadline.run.bulk import bucket_tables

    done = bucket_tables(data, out, buckets=buckets)
    for name, rows in done.rows.items():
        click.echo(plural("{name}: {count} row", "{name}: {count} rows", rows, name=name))
    if done.left_out:
        names = _(", ").join(done.left_out)
        click.echo(_("Not by customer, so in no bucket: {names}.", names=names))
    click.echo(plural("{count} bucket in {folder}", "{count} buckets in {folder}", done.buckets, folder=out))


@bulk.command("list")
@click.argument("data", type=Path)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the analysis.")
@click.option("--points", type=Path, required=True, metavar="FILE.yml", help="The points file.")
@click.option("--most", type=int, required=True, metavar="N", help="Length of the list.")
@click.option("--out", type=Path, required=True, metavar="FOLDER", help="The new folder for the list.")
@click.option("--opt-outs", type=Path, metavar="FILE", help="Table with the customer_id of who opted out.")
@click.option("--keep-features", is_flag=True, help="Also write every feature of every customer.")
def make(
    data: Path,
    as_of: dt.datetime,
    points: Path,
    most: int,
    out: Path,
    opt_outs: Path | None,
    keep_features: bool,  # noqa: FBT001 - an option of the command line
) -> None:
    """Score the customers of the folder DATA by a points file, and list the N with the most points.

    DATA holds customers.parquet and any of monthly_usage, calls with members, holdings; or it was written by
    'leadline bulk bucket'. Writes list.csv, scores.parquet and record.json.
    """
    from leadline.run.bulk import ListRequest, make_list

    record = make_list(
        ListRequest(
            data=data,
            as_of=as_of.date(),
            points=points,
            most=most,
            out=out,
            opt_outs=opt_outs,
            keep_features=keep_features,
        )
    )
    rows = record["rows"]
    click.echo(
        _(
            "{customers} customers scored in {seconds} s on {engine}; {barred} may not be contacted, "
            "{opted_out} are among the opt-outs.",
            customers=format_value(rows["customers"], "count"),
            seconds=f"{record['seconds']:.1f}",
            engine=record["engine"]["kind"],
            barred=format_value(rows["not_permitted"], "count"),
            opted_out=format_value(rows["opted_out"], "count"),
        )
    )
    for warning in record["warnings"]:
        click.echo(_("Beware: {warning}", warning=warning))
    click.echo(
        plural("{count} listed: {file}", "{count} listed: {file}", rows["listed"], file=out / "list.csv")
    )
