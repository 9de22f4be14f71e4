"""``leadline engine``: which engine works on tables in bulk, by whose setting, and whether it answers."""

from typing import TYPE_CHECKING, Any

import click

from leadline.language import _, plural

if TYPE_CHECKING:
    from leadline.data.engine import Engine


@click.command()
@click.option("--check", is_flag=True, help="Open it and let it do a little work.")
def engine(*, check: bool) -> None:
    """Show the engine for tables in bulk, from [engine] in leadline.toml or the environment."""
    from leadline.data.engine import VARIABLES, read_engine, read_settings

    settings = read_settings()
    chosen = read_engine()
    click.echo(_name(chosen))
    width = max(map(len, settings))
    for name, setting in settings.items():
        value = _write(name, setting.value, chosen)
        origin = setting.origin or _(
            "default; {variable} changes it", variable=VARIABLES.get(name, "[engine.spark]")
        )
        click.echo(f"  {name.ljust(width)}  {value}  ({origin})")
    if check:
        _check(chosen)


def _name(engine: "Engine") -> str:
    from importlib.metadata import PackageNotFoundError, version

    if engine.kind == "duckdb":
        return _("The engine is DuckDB {version}, in this process.", version=version("duckdb"))
    place = _name_place(engine)
    try:
        return _("The engine is Spark {version} at {place}.", version=version("pyspark"), place=place)
    except PackageNotFoundError:
        return _("The engine is Spark at {place}; it is not installed.", place=place)


def _name_place(engine: "Engine") -> str:
    from leadline.data.spark_settings import name_place

    return name_place(engine)


def _write(name: str, value: Any, engine: "Engine") -> str:
    """Write a setting; those of Spark by their names alone, and no token: they may be secrets."""
    if not value:
        return _write_default(name, engine)
    if name == "spark":
        return _(", ").join(value)
    return _name_place(engine) if name == "spark_remote" else str(value)


def _write_default(name: str, engine: "Engine") -> str:
    from tempfile import gettempdir

    is_here = engine.kind == "duckdb"
    words = {
        "memory_gb": _("1, for the scan of a test 1.5") if is_here else _("what Spark allows"),
        "threads": _("one a core") if is_here else _("what Spark allows"),
        "temp": gettempdir(),
        "data": _("the folder that each command names"),
    }
    return words.get(name, "-")


def _check(engine: "Engine") -> None:
    import tempfile
    from time import monotonic

    import pyarrow as pa

    from leadline.data.open_tables import open_tables

    start = monotonic()
    with (
        tempfile.TemporaryDirectory() as empty,
        open_tables(empty, engine=engine, may_be_empty=True) as tables,
    ):
        rows = tables.lend(pa.table({"row": [1, 2, 3]})).count().to_pyarrow().as_py()
        names = list(tables)
    seconds = f"{monotonic() - start:.1f}"
    click.echo(
        plural(
            "It answers: {count} row in {seconds} s.",
            "It answers: {count} rows in {seconds} s.",
            rows,
            seconds=seconds,
        )
    )
    if engine.kind == "spark" and engine.data:
        known = _(", ").join(names) or _("none")
        click.echo(_("Tables in {data}: {known}.", data=engine.data, known=known))
