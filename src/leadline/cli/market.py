"""``leadline market make | truth | describe``. Imports wait until needed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.channels import CHANNELS
from leadline.errors import ParameterError
from leadline.language import _

if TYPE_CHECKING:
    from leadline.market.assignment_result import AssignmentResult


@click.group()
def market() -> None:
    """Make a simulated market whose truth is known, and score lists on it."""


@market.command()
@click.option("--customers", type=int, required=True, metavar="N", help="How many; 2,000 or more.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed makes the same market.")
@click.option("--out", type=Path, required=True, metavar="DIR", help="The new folder.")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Set one parameter.")
@click.option("--params", type=Path, metavar="FILE.yml", help="Parameters from a YAML file.")
def make(customers: int, seed: int, out: Path, pairs: tuple[str, ...], params: Path | None) -> None:
    """Make a market of N customers as a folder of Parquet tables with their dictionary."""
    from leadline.market.order import Order
    from leadline.paths import find_taken

    texts, problems = _read_texts(pairs, params)
    taken = find_taken(out)
    order = Order.read(
        customers=customers, seed=seed, texts=texts, others=(*problems, *([taken] if taken else []))
    )
    from leadline.market.sample import write_market

    started = time.monotonic()
    rows = write_market(out, order.parameters, seed, customers)
    for name, count in rows.items():
        click.echo(f"  {name:18}{count:>14,} rows")
    click.echo(
        f"{out} was made in {time.monotonic() - started:.1f} seconds. Its truth is in none of the tables:"
    )
    click.echo(f"  leadline market truth {out} LIST.csv")


@market.command()
@click.argument("folder", type=Path)
@click.argument("file", metavar="LIST")
@click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    default="call",
    show_default=True,
    help="Of everybody, where the list has no column 'channel'.",
)
@click.option("--mapping", type=Path, metavar="FILE", help="Our column names for those of the list.")
@click.option("--allow-opted-out", is_flag=True, help="Score them all the same, to see what consent costs.")
def truth(folder: Path, file: str, channel: str, mapping: Path | None, allow_opted_out: bool) -> None:  # noqa: FBT001 (click's)
    """Say what the customers of LIST would truly do in the market of FOLDER.

    LIST is CSV, Excel or Parquet: customer_id and, if wished, channel (sms, call, branch, trial, referral;
    none is the hold-out).
    """
    from leadline.data.table_folder import read_json
    from leadline.market.order import NOTE_FILE

    note = read_json(folder, NOTE_FILE)
    from leadline.data import read_table
    from leadline.market.evaluate import evaluate_assignment
    from leadline.market.note import remake_market
    from leadline.market.score import check_list

    frame = read_table(file, mapping=mapping).frame
    unused = [str(name) for name in frame.columns if name not in ("customer_id", "channel")]
    if "channel" not in frame.columns:
        click.echo(f"The list has no column 'channel': everybody is reached by {channel}.")
    if unused:
        click.echo(f"Columns that are not used: {', '.join(unused)}.")
    simulated = remake_market(note, str(folder))
    listed = check_list(frame, simulated, source_name=file, channel=channel, allow_opted_out=allow_opted_out)
    result = evaluate_assignment(simulated, listed.row, listed.arm)
    click.echo(result.summary)
    for warning in result.warnings:
        click.echo(warning)
    _show_channels(result)
    click.echo(
        f"Of {result.listed:,} listed customers {listed.opted_out:,} opted out or never agreed, "
        f"{listed.already_subscribed:,} subscribe already, {listed.recently_contacted:,} were in the pilot."
    )


@market.command("describe")
def describe_parameters() -> None:
    """Show every parameter: default, unit, meaning and where the number comes from."""
    from dataclasses import fields

    from leadline.market.parameters import MarketParameters

    for declared in fields(MarketParameters):
        told = declared.metadata
        default = declared.default
        value = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
        click.echo(f"{declared.name} = {value} {told['unit']}\n    {told['meaning']} ({told['source']})")


def _read_texts(pairs: tuple[str, ...], params: Path | None) -> tuple[dict[str, Any], list[str]]:
    """Return parameters as written, the command line's before the file's, and what is wrong in writing."""
    texts: dict[str, Any] = {}
    if params:
        from leadline.plain_yaml import read_yaml

        document = read_yaml(params)
        if not isinstance(document, dict):
            raise ParameterError(_("{params} must hold one 'name: value' a line.", params=params))
        texts = document
    split = [pair.partition("=") for pair in pairs]
    problems = [
        _("--set {name} has no value. Write --set NAME=VALUE.", name=repr(name))
        for name, sign, _value in split
        if not sign
    ]
    return texts | {name.strip(): value for name, sign, value in split if sign}, problems


def _show_channels(result: "AssignmentResult") -> None:
    from leadline.cli.aligned import show_table
    from leadline.market.assignment_result import describe_columns

    show_table(result.channels, describe_columns())
