"""``leadline partner key | hash | join``: lists under keyed identifiers. Imports wait until needed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.errors import ParameterError
from leadline.language import _

if TYPE_CHECKING:
    from leadline.data.partner.keyed_lists import KeyedList
    from leadline.shared_key import SharedKey

_KEY = click.option(
    "--key", metavar="env:NAME|file:PATH", required=True, help="Where the shared key is kept, never the key."
)
_PURPOSES = click.option(
    "--purposes",
    type=Path,
    default=Path("purposes.yml"),
    metavar="FILE.yml",
    help="The allow-list, one 'purpose: [column, column]' a line; by default purposes.yml.",
)
_PURPOSE = click.option("--purpose", required=True, help="What the list is for: a purpose of the allow-list.")
_COLUMNS = click.option(
    "--columns", metavar="A,B", help="Columns that cross; by default all that are allowed."
)
_PHONE = click.option("--phone", default="phone", metavar="COLUMN", help="The column of mobile numbers.")
_AUDIT = click.option(
    "--audit",
    type=Path,
    default=Path("partner_audit.jsonl"),
    metavar="FILE",
    help="Where the audit line is added; by default partner_audit.jsonl.",
)


@click.group()
def partner() -> None:
    """Join a partner's list without giving numbers away."""


@partner.command()
@click.argument("file", type=Path)
def key(file: Path) -> None:
    """Make a shared key in a new FILE. Hand it to the partner by a safe way."""
    from leadline.shared_key import HAS_FILE_MODES, make_key_file

    made = make_key_file(file)
    who = "only you can read it" if HAS_FILE_MODES else "keep it in a folder that only you can open"
    click.echo(f"{file} holds the new key {made.key_id}; {who}.")
    click.echo("Give it to the partner in person or under encryption, never in the same message as a list.")


@partner.command("hash")
@click.argument("file")
@_KEY
@_PURPOSES
@_PURPOSE
@_COLUMNS
@_PHONE
@click.option("--mapping", type=Path, metavar="FILE", help="Our column names for those of the file.")
@_AUDIT
@click.option("--out", type=Path, required=True, metavar="FILE", help="The keyed list, .csv or .parquet.")
def hash_list(
    file: str,
    key: str,
    purposes: Path,
    purpose: str,
    columns: str | None,
    phone: str,
    mapping: Path | None,
    audit: Path,
    out: Path,
) -> None:
    """Key the list FILE: numbers become HMAC-SHA-256, only columns allowed for the purpose stay."""
    shared = read_shared_key(key)
    from leadline.data.partner.keyed_lists import check_list_name, make_shared_frame, write_list
    from leadline.data.partner.purposes import read_purposes

    check_list_name(out)
    allow = read_purposes(purposes)
    keyed = _open_list(file, shared, phone=phone, mapping=mapping)
    frame = make_shared_frame(keyed, allow=allow, purpose=purpose, audit=audit, columns=_split(columns))
    write_list(frame, out)
    click.echo(
        f"{len(frame):,} of {keyed.rows:,} records keyed with {keyed.key_id} ({keyed.missing:,} have no "
        f"number, {keyed.invalid:,} no mobile number); columns: {', '.join(frame.columns)}. "
        f"Audit: {audit}"
    )
    click.echo(out)


@partner.command()
@click.argument("ours")
@click.argument("theirs")
@_KEY
@_PURPOSES
@_PURPOSE
@_COLUMNS
@_PHONE
@click.option("--mapping", type=Path, metavar="FILE", help="Our column names for those of OURS.")
@click.option("--customer", default="customer_id", metavar="COLUMN", help="Our column of customers' ids.")
@click.option(
    "--conflicts",
    type=click.Choice(["leave_out", "first", "last"]),
    default="leave_out",
    help="What becomes of a number whose partner rows contradict one another.",
)
@_AUDIT
@click.option(
    "--out", type=Path, required=True, metavar="FILE", help="Our customers found, .csv or .parquet."
)
def join(
    ours: str,
    theirs: str,
    key: str,
    purposes: Path,
    purpose: str,
    columns: str | None,
    phone: str,
    mapping: Path | None,
    customer: str,
    conflicts: str,
    audit: Path,
    out: Path,
) -> None:
    """Find the customers of OURS on the partner's list THEIRS; takes over the columns allowed.

    OURS holds our customers with their numbers. THEIRS is what the partner made with 'leadline partner hash'.
    """
    shared = read_shared_key(key)
    from leadline.data import read_table
    from leadline.data.partner.join import join_partner
    from leadline.data.partner.keyed_lists import check_list_name, open_keyed, write_list
    from leadline.data.partner.purposes import read_purposes

    check_list_name(out)
    result = join_partner(
        _open_list(ours, shared, phone=phone, mapping=mapping),
        open_keyed(read_table(theirs)),
        allow=read_purposes(purposes),
        purpose=purpose,
        columns=_split(columns),
        customer=customer,
        conflicts=conflicts,  # type: ignore[arg-type] # click.Choice lets no other through
        audit=audit,
    )
    write_list(result.matched, out)
    click.echo(result.summary)
    for warning in result.warnings:
        click.echo(f"  - {warning}")
    click.echo(f"Columns that crossed for {purpose!r}: {', '.join(result.columns) or 'none'}. Audit: {audit}")
    click.echo(out)


def read_shared_key(reference: str) -> "SharedKey":
    """Read the key first: a refused one costs no table."""
    from leadline.parameters.secrets import SecretValue
    from leadline.shared_key import read_key

    try:
        return read_key(SecretValue(reference))
    except ValueError as error:
        raise ParameterError.of(_("--key cannot be used"), _("it {error}.", error=error)) from None


def _open_list(file: str, key: "SharedKey", *, phone: str, mapping: Path | None = None) -> "KeyedList":
    """Key a list with numbers; one that the partner keyed already is taken as it is."""
    from leadline.data import read_table
    from leadline.data.partner.keyed_lists import KEYED, key_list, open_keyed

    table = read_table(file, mapping=mapping)
    return open_keyed(table) if KEYED in table.frame else key_list(table, key, phone=phone)


def _split(columns: str | None) -> list[str] | None:
    return None if columns is None else [name.strip() for name in columns.split(",") if name.strip()]
