"""A list of customers in any number: features, points, cuts and the top, published as a whole."""

import datetime as dt
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir

from leadline.data.buckets import is_bucketed, list_buckets
from leadline.data.engine import Engine, read_engine
from leadline.data.export import write_table
from leadline.data.open_tables import OpenTables, open_tables
from leadline.data.table_folder import staged
from leadline.errors import ParameterError, RunError
from leadline.features.profile import ID
from leadline.language import _, plural
from leadline.paths import find_taken
from leadline.plain_yaml import read_yaml
from leadline.run.bulk.opt_outs import OptOuts, read_opt_outs
from leadline.run.bulk.ranking import Ranked, rank_customers
from leadline.run.bulk.record import Clock, describe_engine, write_record
from leadline.run.bulk.scoring import CUSTOMERS, POINTS, find_gaps, score_tables
from leadline.run.bulk.streams import write_rows
from leadline.target.points import PointsTable
from leadline.target.points_file import parse_points, write_points

LIST_FILE, SCORES_FILE, FEATURES_FILE = "list.csv", "scores.parquet", "features.parquet"
#: Memory of the engine where the settings name none, GB: ten million customers stay within it.
_MEMORY_GB = 1.5
_SCORED = "scored"


@dataclass(frozen=True, kw_only=True)
class ListRequest:
    """What list is to be made.

    Attributes
    ----------
    data
        Folder of Parquet tables: ``customers`` and any of ``monthly_usage``, ``calls`` with ``members``,
        ``holdings``; or one that `bucket_tables` wrote.
    as_of
        Day of the analysis; nothing later is seen.
    points
        Points file (YAML).
    most
        Length of the list.
    out
        New folder for the list.
    opt_outs
        Table of any form whose ``customer_id`` names who must not be on the list.
    keep_features
        Whether every feature of every customer is written, too.
    """

    data: Path
    as_of: dt.date
    points: Path
    most: int
    out: Path
    opt_outs: Path | None = None
    keep_features: bool = False


def make_list(request: ListRequest, *, engine: Engine | None = None) -> dict[str, Any]:
    """Make the list and return its record; the folder ``out`` appears whole or not at all.

    It holds ``list.csv`` (``rank``, ``customer_id``, ``points`` and the columns that gave them),
    ``scores.parquet`` (every customer's points, in no order), ``record.json`` and, if they are to be kept,
    ``features.parquet``. Tables in buckets are worked bucket by bucket, and give the same list.

    Raises
    ------
    ParameterError
        If ``out`` is taken, ``most`` is below 1, or buckets are to be worked on Spark.
    DataError
        If the points, the opt-outs or the tables do not fit; each with all problems.
    RunError
        If the disk cannot take it, or Spark does not answer.
    """
    clock, engine = Clock(), engine or read_engine()
    if engine.kind == "duckdb" and engine.memory_gb is None:
        engine = replace(engine, memory_gb=_MEMORY_GB)
    _check(request, engine)
    points = parse_points(read_yaml(request.points))
    opt_outs = read_opt_outs(request.opt_outs) if request.opt_outs else None
    work = _work_here if engine.kind == "duckdb" else _work_on_spark
    try:
        with staged(request.out) as folder:
            done = work(request, points, opt_outs, engine, folder)
            write_table(done.ranked.listed, folder / LIST_FILE)
            record = {
                "data": str(request.data),
                "buckets": done.buckets,
                "as_of": request.as_of.isoformat(),
                "points": write_points(points) | {"file": str(request.points)},
                "opt_outs": opt_outs and {"file": opt_outs.name, "rows": opt_outs.ids.num_rows},
                "most": request.most,
                "rows": done.ranked.rows,
                "warnings": done.warnings + _find_shortfall(done.ranked.rows["listed"], request.most),
                "cuts": done.ranked.cuts,
                "engine": describe_engine(engine),
                "sql": {"scores": done.sql, **done.ranked.sql},
            }
            return write_record(folder, record, clock)
    except OSError as error:
        reason = error.strerror or error
        raise RunError(
            _(
                "{place} cannot be written: {reason}. Nothing was left there.",
                place=request.out,
                reason=reason,
            )
        ) from None


class _Done(NamedTuple):
    ranked: Ranked
    sql: str
    warnings: list[str]
    buckets: int | None = None


def _work_on_spark(
    request: ListRequest, points: PointsTable, opt_outs: OptOuts | None, engine: Engine, folder: Path
) -> _Done:
    """Score where the cluster keeps what it scored."""
    with open_tables(request.data, engine=engine) as tables:
        scores = _score(tables, points, request)
        with scores.cache() as scored:
            ranked = rank_customers(scored, points, tables, most=request.most, opt_outs=opt_outs)
            _write_scores(scored, folder, request, ranked)
        return _Done(ranked, ibis.to_sql(scores), find_gaps(tables[CUSTOMERS]))


def _work_here(
    request: ListRequest, points: PointsTable, opt_outs: OptOuts | None, engine: Engine, folder: Path
) -> _Done:
    """Score the whole, or bucket by bucket, into parts of one table, which is narrow enough to rank."""
    sql, warnings, parts = "", list[str](), folder / _SCORED
    parts.mkdir()
    places = list_buckets(request.data) if is_bucketed(request.data) else []
    for number, place in enumerate(places or [request.data]):
        part = parts / f"{number}.parquet"
        with open_tables(place, engine=engine, may_write=[part]) as tables:
            scores = _score(tables, points, request)
            write_rows(scores, part)
            if not sql:  # that of the others differs in the names of files alone
                sql, warnings = ibis.to_sql(scores), find_gaps(tables[CUSTOMERS])
    written = [folder / SCORES_FILE, folder / FEATURES_FILE]
    with open_tables(folder, engine=engine, may_write=written) as tables:
        scored = tables[_SCORED]
        ranked = rank_customers(scored, points, tables, most=request.most, opt_outs=opt_outs)
        _write_scores(scored, folder, request, ranked)
    shutil.rmtree(parts)
    return _Done(ranked, sql, warnings, len(places) or None)


def _score(tables: OpenTables, points: PointsTable, request: ListRequest) -> ir.Table:
    return score_tables(tables, points, as_of=request.as_of, every_feature=request.keep_features)


def _write_scores(scored: ir.Table, folder: Path, request: ListRequest, ranked: Ranked) -> None:
    rows = ranked.rows["customers"]
    write_rows(scored.select(ID, POINTS), folder / SCORES_FILE, answer_rows=rows)
    if request.keep_features:
        write_rows(scored, folder / FEATURES_FILE, answer_rows=rows)


def _find_shortfall(listed: int, most: int) -> list[str]:
    if listed == most:
        return []
    return [
        plural(
            "the list has {count} customer of the {most} asked for: no other may be listed.",
            "the list has {count} customers of the {most} asked for: no others may be listed.",
            listed,
            most=f"{most:,}",
        )
    ]


def _check(request: ListRequest, engine: Engine) -> None:
    problems = [taken] if (taken := find_taken(request.out)) else []
    if request.most < 1:
        problems.append(_("--most == {most}, must be 1 or more.", most=request.most))
    if engine.kind == "spark" and is_bucketed(request.data):
        problems.append(
            _(
                "{data} is in buckets, which are for DuckDB. Name the folder they were made from.",
                data=request.data,
            )
        )
    if problems:
        raise ParameterError(_("The list cannot be made"), problems)
