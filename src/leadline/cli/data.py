"""``leadline data list | get | describe | check``. Imports wait until needed."""

from typing import TYPE_CHECKING

import click

from leadline.language import _

if TYPE_CHECKING:
    from leadline.data.contract import Contract
    from leadline.datasets import PublicDataset


@click.group()
def data() -> None:
    """Tables: those that are known by name, and the contracts of those that leadline reads."""


@data.command("list")
def show_tables() -> None:
    """List the tables known by name, and the workbench's own."""
    from leadline.data.tables import COIL2000, MARKET_TABLES
    from leadline.datasets import PUBLIC_DATASETS, is_fetched, shipped_tables

    rows = [(name, "ships", f"one row is {COIL2000.grain}") for name in shipped_tables()]
    rows += [
        (dataset.name, "here" if is_fetched(dataset) else "-", f"{dataset.title} ({_write_size(dataset)})")
        for dataset in PUBLIC_DATASETS.values()
    ]
    _show_rows("data sets: -p data=NAME; those marked - need 'leadline data get NAME' first", rows)
    contracts = [(contract.name, "", f"one row is {contract.grain}") for contract in MARKET_TABLES]
    _show_rows("tables of the workbench: 'leadline data describe NAME' says what must be in them", contracts)


@data.command()
@click.argument("name")
def get(name: str) -> None:
    """Fetch the public data set NAME into the cache.

    It comes from the folder or mirror that LEADLINE_PUBLIC_DATA names, else from its publisher.
    """
    from leadline.datasets import PART, find_public, shipped_tables

    if name in shipped_tables():
        click.echo(f"{name} ships with leadline; there is nothing to fetch.")
        return
    dataset = find_public(name)
    from leadline.data.catalogue import fetch_dataset

    for table, file in zip(dataset.tables, fetch_dataset(name), strict=True):
        click.echo(f"{name}{PART}{table.name}: {table.rows:,} rows, {table.columns} columns, checked: {file}")


@data.command()
@click.argument("name")
def describe(name: str) -> None:
    """Show what NAME holds: a public data set, a shipped table, or a table of the workbench."""
    from leadline.datasets import PUBLIC_DATASETS

    if name in PUBLIC_DATASETS:
        _describe_public(PUBLIC_DATASETS[name])
        return
    from leadline.data.raw import suggest
    from leadline.errors import DataError

    contracts = _find_contracts()
    if name not in contracts:
        hint = suggest(name, [*PUBLIC_DATASETS, *contracts]) or (" " + _("See: leadline data list"))
        raise DataError(_("{name} is no known data set or table.{hint}", name=name, hint=hint))
    _describe_contract(contracts[name])


@data.command()
@click.argument("file")
@click.option("--as", "table", required=True, metavar="TABLE", help="Table of the workbench: customers, …")
@click.option("--mapping", metavar="FILE", help="YAML or CSV: our column names, then yours.")
def check(file: str, table: str, mapping: str | None) -> None:
    """Read FILE and check it against the contract of a TABLE; all problems at once."""
    from leadline.data.raw import suggest
    from leadline.errors import DataError

    contracts = _find_contracts()
    if table not in contracts:
        raise DataError(
            _(
                "{table} is no table of the workbench.{hint} They are: {contracts}.",
                table=table,
                hint=suggest(table, contracts),
                contracts=", ".join(contracts),
            )
        )
    from leadline.data.readers import read_table

    checked = read_table(file, mapping=mapping, contract=contracts[table])
    for text in checked.source.warnings:
        click.echo(f"Beware: {text}")
    click.echo(f"{file} is a valid {table} table: {checked.source.rows:,} rows.")


def _find_contracts() -> "dict[str, Contract]":
    from leadline.data.tables import COIL2000, MARKET_TABLES

    return {contract.name: contract for contract in (*MARKET_TABLES, COIL2000)}


def _show_rows(title: str, rows: list[tuple[str, str, str]]) -> None:
    click.echo(title)
    names, states = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, state, text in rows:
        click.echo(f"  {name:{names}}  {state:{states}}  {text}" if states else f"  {name:{names}}  {text}")


def _write_size(dataset: "PublicDataset") -> str:
    first, *others = dataset.tables
    size = f"{first.rows:,} × {first.columns}"
    return f"{size} and {len(others)} more" if others else size


def _describe_public(dataset: "PublicDataset") -> None:
    from leadline.datasets import PART
    from leadline.datasets.named import fetched_file

    click.echo(f"{dataset.name}: {dataset.title}\n")
    click.echo(f"Licence: {dataset.licence}\nCite: {dataset.citation}\nPublisher: {dataset.page}")
    click.echo(f"Published answers: {dataset.answers}")
    for position, table in enumerate(dataset.tables):
        name = f"{dataset.name}{PART}{table.name}"
        file = fetched_file(dataset, table)
        click.echo(f"\n{name}{f', or {dataset.name} for short' if position == 0 else ''}")
        click.echo(f"    {table.rows:,} rows, {table.columns} columns; SHA-256 {table.sha256}")
        for packing in table.packings:
            inside = " / ".join(packing.members)
            place = packing.url or f"{dataset.name}/{packing.file} in a folder or mirror"
            click.echo(f"    from {place}{f', in it {inside}' if inside else ''}")
        click.echo(f"    here: {file}" if file.is_file() else "    not here yet")


def _describe_contract(contract: "Contract") -> None:
    from leadline.data.dictionary import describe_allowed

    click.echo(f"{contract.name}: one row is {contract.grain}.")
    click.echo(f"Key: {' + '.join(contract.key)}\n" if contract.key else "Rows have no key.\n")
    width = max(len(rule.name) for rule in contract.columns)
    for rule in contract.columns:
        facts = [
            rule.kind.replace("_", " "),
            rule.unit,
            describe_allowed(rule),
            "may be missing" if rule.nullable else "",
            "" if rule.required else "the column may be absent",
            "" if rule.personal_data == "none" else f"personal data: {rule.personal_data}",
        ]
        click.echo(f"{rule.name:{width}}  {rule.meaning}")
        click.echo(f"{'':{width}}  ({'; '.join(fact for fact in facts if fact)})")
