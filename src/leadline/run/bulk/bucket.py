"""A folder of tables written anew in buckets by customer, so that each bucket is worked on by itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import ibis.expr.types as ir

from leadline.data.buckets import BUCKET, describe_buckets, is_bucketed, write_bucketed
from leadline.data.engine import Engine, read_engine
from leadline.data.open_tables import OpenTables, open_tables
from leadline.data.streams import stream_rows
from leadline.data.table_folder import staged
from leadline.errors import DataError, ParameterError, RunError
from leadline.features.circle import IN_BUCKET
from leadline.features.ids import align_ids
from leadline.features.profile import ID
from leadline.features.sampling import bucket_number
from leadline.language import _
from leadline.paths import find_taken
from leadline.run.bulk.scoring import CALLS, CUSTOMERS, MEMBERS

#: Customers of a bucket where no number of buckets is asked for.
_CUSTOMERS_A_BUCKET = 2_000_000
_MOST_BUCKETS = 1_000


class Bucketed(NamedTuple):
    """What was written: number of buckets, table → rows, and the tables that no bucket holds."""

    buckets: int
    rows: Mapping[str, int]
    left_out: tuple[str, ...]


def bucket_tables(
    data: Path, out: Path, *, buckets: int | None = None, engine: Engine | None = None
) -> Bucketed:
    """Write the tables of a folder anew in buckets by customer; the folder appears whole or not at all.

    Parameters
    ----------
    data
        Folder of Parquet tables, ``customers`` among them.
    out
        The new folder. Each bucket in it is a folder of tables. Tables with ``customer_id`` go by that;
        a call goes into the buckets of both customers; of ``members`` a bucket has those whom its customers
        talked with. Other tables are left out.
    buckets
        How many; by default one for two million customers.
    engine
        By default what the settings say. Buckets serve one machine: it has to be DuckDB.

    Raises
    ------
    ParameterError
        If ``out`` is taken, ``buckets`` is out of range, or the engine is Spark.
    DataError
        If the tables cannot be read, or cannot be put into buckets.
    RunError
        If the disk cannot take it.
    """
    engine = engine or read_engine()
    problems = [taken] if (taken := find_taken(out)) else []
    if engine.kind != "duckdb":
        problems.append(_("Buckets are for one machine: a cluster parts the tables itself. Use DuckDB."))
    if buckets is not None and not 1 <= buckets <= _MOST_BUCKETS:
        problems.append(
            _("--buckets == {buckets}, must be from 1 to {most}.", buckets=buckets, most=f"{_MOST_BUCKETS:,}")
        )
    if is_bucketed(data):
        problems.append(_("{data} is in buckets already.", data=data))
    if problems:
        raise ParameterError(_("The buckets cannot be written"), problems)
    with open_tables(data, engine=engine) as tables:
        customers = tables[CUSTOMERS]
        count = buckets or max(1, -(-customers.count().to_pyarrow().as_py() // _CUSTOMERS_A_BUCKET))
        parted = part_tables(tables, count)
        try:
            with staged(out) as folder:
                rows = {
                    name: write_bucketed(stream_rows(table), folder, name, count)
                    for name, table in parted.items()
                }
                describe_buckets(folder, count, rows)
        except OSError as error:
            reason = error.strerror or error
            raise RunError(
                _("{place} cannot be written: {reason}. Nothing was left there.", place=out, reason=reason)
            ) from None
        return Bucketed(count, rows, tuple(name for name in tables if name not in parted))


def part_tables(tables: OpenTables, buckets: int) -> dict[str, ir.Table]:
    """Return name → the table's rows with the number of their bucket; a row may be in several.

    Raises
    ------
    DataError
        If ids are of one kind in one table and of another elsewhere: they would not meet in a bucket.
    """
    parted = {name: tables[name] for name in tables if name != MEMBERS and ID in tables[name].columns}
    _check_ids(parted | ({CALLS: tables[CALLS]} if CALLS in tables else {}))
    parted = {
        name: table.filter(table[ID].notnull()).mutate(**{BUCKET: bucket_number(table[ID], buckets)})
        for name, table in parted.items()
    }
    if CALLS in tables:
        parted[CALLS] = _part_calls(tables[CALLS], buckets)
        if MEMBERS in tables:
            parted[MEMBERS] = _part_members(tables[MEMBERS], tables[CALLS], buckets)
    return parted


def _part_calls(calls: ir.Table, buckets: int) -> ir.Table:
    """Put a call into the bucket of each end, and mark whose it is there: who talked is counted once."""
    both = calls.mutate(
        caller_bucket=bucket_number(calls.caller_id, buckets),
        callee_bucket=bucket_number(calls.callee_id, buckets),
    )
    made = both.filter(both.caller_bucket.notnull())
    received = both.filter(both.callee_bucket.notnull(), ~both.callee_bucket.identical_to(both.caller_bucket))
    sides = []
    for side, bucket in ((made, "caller_bucket"), (received, "callee_bucket")):
        marks = {
            mark: side[f"{end.removesuffix('_id')}_bucket"].identical_to(side[bucket])
            for end, mark in IN_BUCKET.items()
        }
        sides.append(side.select(*calls.columns, **marks, **{BUCKET: side[bucket]}))
    return sides[0].union(sides[1])


def _part_members(members: ir.Table, calls: ir.Table, buckets: int) -> ir.Table:
    """Give a bucket the members at the other end of its customers' calls."""
    known = align_ids(
        members.select(ID, "kind"), ID, to=calls.caller_id, headline=_("The buckets cannot be written")
    ).distinct()
    ends = [("caller_id", "callee_id"), ("callee_id", "caller_id")]
    talks = [
        calls.filter(calls[own].notnull()).select(
            **{BUCKET: bucket_number(calls[own], buckets), "contact_id": calls[other]}
        )
        for own, other in ends
    ]
    both = talks[0].union(talks[1])
    return both.join(known, both.contact_id == known[ID]).select(ID, "kind", BUCKET).distinct()


def _check_ids(tables: Mapping[str, ir.Table]) -> None:
    kinds = {
        f"{table}.{name}": rows[name].type()
        for table, rows in tables.items()
        for name in (ID, "caller_id", "callee_id")
        if name in rows.columns
    }
    if len({kind.is_string() for kind in kinds.values()}) > 1:
        found = _(", ").join(_("{name} is {kind}", name=name, kind=kind) for name, kind in kinds.items())
        raise DataError.of(
            _("The buckets cannot be written"),
            _("{found}. Make ids text in all tables, or numbers in all.", found=found),
        )
