"""``leadline loop open | import | list | labels | verify``: the loop's ledger. Imports wait until needed."""

import datetime as dt
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadline.cli.partner import read_shared_key
from leadline.errors import DataError, ParameterError
from leadline.language import _
from leadline.run.request import DEFAULT_OUT

if TYPE_CHECKING:
    from leadline.data.loop.labels import Population

#: The contracts' columns (`leadline.data.loop.tables`), here as text: a refused call must not load pandas.
_COLUMNS = """Columns of TABLE; others are let be, and a --mapping file names yours.

\b
lists     customer_id, rank (1 is best), score and tier (may be empty),
          channel (none for the hold-out), arm (held_out for it,
          any other word for who is contacted)
contacts  campaign_id, customer_id, channel, contacted_on,
          is_reached (may be empty), cost_cny
outcomes  campaign_id, customer_id, is_subscribed,
          subscribed_on (empty for a no), revenue_cny (may be empty)

Channels: sms, call, branch, trial, referral; none is the hold-out. A campaign has one list.
"""
_DAY = click.DateTime(["%Y-%m-%d"])
_in_ledger = click.option(
    "--ledger",
    "folder",
    type=Path,
    default=DEFAULT_OUT,
    metavar="DIR",
    show_default=True,
    help="The ledger's folder.",
)


@click.group()
def loop() -> None:
    """Keep lists, contacts and outcomes, so that the next round's model learns from them."""


@loop.command("open")
@click.argument("round_id")
@click.option("--name", required=True, help="What the round is called.")
@click.option("--product", required=True, metavar="ID", help="The product offered.")
@click.option("--model", required=True, help="What ranks the customers.")
@click.option("--as-of", type=_DAY, required=True, help="The last day that the model saw.")
@click.option("--run", "run_id", metavar="RUN_ID", help="The notebook's run that made the list.")
@_in_ledger
def open_round(
    round_id: str, name: str, product: str, model: str, as_of: dt.datetime, run_id: str | None, folder: Path
) -> None:
    """Open ROUND_ID; the same once more changes nothing."""
    from leadline.data.loop.ledger import LoopLedger

    LoopLedger(folder).open_round(
        round_id, name=name, product_id=product, model=model, as_of=as_of, run_id=run_id
    )
    click.echo(f"Round {round_id} is open in {folder}.")


@loop.command("import", epilog=_COLUMNS)
@click.argument("kind", type=click.Choice(["lists", "contacts", "outcomes"]))
@click.argument("table")
@click.option("--round", "round_id", required=True, metavar="ID", help="The round that the rows belong to.")
@click.option("--mapping", type=Path, metavar="FILE", help="Maps our column names to the table's.")
@click.option(
    "--observed-until", type=_DAY, help="Outcomes: the last day on which one would have been noticed."
)
@click.option("--campaign", metavar="ID", help="Lists: the campaign that works the list off.")
@click.option("--permission", metavar="TABLE", help="Lists: customer_id, consent, do_not_contact.")
@click.option(
    "--made-by", metavar="NAME", help="Lists: who answers for the list; who is logged in unless given."
)
@click.option("--correct", is_flag=True, help="Let rows replace those of the same campaign and customer.")
@_in_ledger
def import_rows(
    kind: str,
    table: str,
    round_id: str,
    mapping: Path | None,
    observed_until: dt.datetime | None,
    campaign: str | None,
    permission: str | None,
    made_by: str | None,
    correct: bool,  # noqa: FBT001 - click passes by name
    folder: Path,
) -> None:
    """Import TABLE as rows of KIND: all of them or none; rows that are there already add nothing."""
    asked: dict[str, Any] = {"round_id": round_id, "correct": correct}
    _check_options(kind, {"--campaign": campaign, "--permission": permission}, of="lists")
    _check_options(kind, {"--observed-until": observed_until}, of="outcomes")
    from leadline.data import read_table
    from leadline.data.loop.ledger import LoopLedger

    ledger = LoopLedger(folder)
    read = read_table(table, mapping=mapping, fewest_rows=1)
    asked["source"] = read.source
    match kind:
        case "lists":
            permitted = read_table(str(permission), fewest_rows=1).frame
            asked |= {"campaign_id": campaign, "permission": permitted}
            asked["made_by"] = made_by or _find_user()
            result = ledger.add_list(read.frame, **asked)
        case "contacts":
            result = ledger.add_contacts(read.frame, **asked)
        case _:
            result = ledger.add_outcomes(read.frame, **asked | {"observed_until": observed_until})
    click.echo(result.summary)
    _show_warnings(result.warnings)
    if result.ignored:
        click.echo(f"Columns that the ledger does not keep: {', '.join(result.ignored)}.")


@loop.command("list")
@_in_ledger
def show_rounds(folder: Path) -> None:
    """List the rounds, with the number of rows of each kind."""
    from leadline.data.loop.ledger import LoopLedger

    for row in LoopLedger(folder).rounds():
        click.echo(f"{row['round_id']}: {row['name']} (product {row['product_id']}, model {row['model']})")
        click.echo(
            f"    as of {row['as_of']}: {row['lists']:,} listed, {row['contacts']:,} contacts, "
            f"{row['outcomes']:,} outcomes"
        )


@loop.command()
@click.option("--as-of", type=_DAY, required=True, help="Nothing after this day is seen.")
@click.option("--horizon-days", type=int, required=True, help="How long after the contact an outcome counts.")
@click.option("--campaign", metavar="ID", help="One campaign only.")
@click.option(
    "--population",
    type=click.Choice(["contacted", "listed"]),
    default="contacted",
    show_default=True,
    help="Who is counted: those contacted, from that day; or all listed, by the arm drawn, to compare arms.",
)
@click.option("--out", type=Path, required=True, metavar="FILE.csv", help="Where the rows go.")
@_in_ledger
def labels(
    as_of: dt.datetime,
    horizon_days: int,
    campaign: str | None,
    population: "Population",
    out: Path,
    folder: Path,
) -> None:
    """Write what the next model learns from: one row a contact whose outcome was known."""
    from leadline.data import write_table
    from leadline.data.loop.ledger import LoopLedger

    result = LoopLedger(folder).labels(
        as_of=as_of, horizon_days=horizon_days, campaign=campaign, population=population
    )
    write_table(result.frame, out)
    click.echo(result.summary)
    _show_warnings(result.warnings)
    click.echo(out)


@loop.command()
@click.argument("file", type=Path)
@click.option("--key", metavar="env:NAME|file:PATH", required=True, help="Where the shared key is kept.")
def verify(file: Path, key: str) -> None:
    """Tell whether the list's line of audit in FILE, a run's record.json, is as it was signed."""
    shared = read_shared_key(key)
    from leadline.engage.audit import is_audit_line_signed
    from leadline.run.record import read_results

    line = read_results(file).get("audit_line")
    headline = _("{file} cannot be trusted", file=file)
    if not isinstance(line, dict):
        raise DataError.of(
            headline, _("it holds no line of audit. Name the record.json of a registered list.")
        )
    if not is_audit_line_signed(line, shared):
        raise DataError.of(
            headline,
            _(
                "its line of audit was not signed with {key_id}, or was changed since. Ask who made "
                "the list for the key that signed it, and for the run's own record.json.",
                key_id=shared.key_id,
            ),
        )
    campaign = line.get("campaign_id")
    click.echo(f"The line of audit of campaign {campaign} was signed with {shared.key_id} and is unchanged.")


def _find_user() -> str:
    """Return who is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user may have no name
        raise ParameterError(
            _("lists cannot be imported so"), [_("--made-by: nobody with a name is logged in. Give it.")]
        ) from None


def _show_warnings(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)


def _check_options(kind: str, given: dict[str, Any], *, of: str) -> None:
    """Refuse options that a kind needs and lacks, or that are another kind's."""
    if kind == of:
        problems = [
            _("{name}: it is needed. Give it.", name=name) for name, value in given.items() if value is None
        ]
    else:
        problems = [
            _("{name}: only {of} have it. Leave it out.", name=name, of=of)
            for name, value in given.items()
            if value is not None
        ]
    if problems:
        raise ParameterError(_("{kind} cannot be imported so", kind=kind), problems)
