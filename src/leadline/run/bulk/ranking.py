"""Customers with points, ranked: the list, where the points' columns cut them, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

import ibis
import ibis.expr.types as ir
import pandas as pd

from leadline.data.open_tables import OpenTables
from leadline.data.raw import shorten
from leadline.errors import DataError
from leadline.features.ids import align_ids
from leadline.features.profile import ID
from leadline.features.ranking import top_customers
from leadline.language import _
from leadline.run.bulk.cuts import find_cuts
from leadline.run.bulk.opt_outs import OptOuts
from leadline.run.bulk.scoring import PERMITTED, POINTS
from leadline.target.points import NumberPoints, PointsTable


@dataclass(frozen=True, eq=False, kw_only=True)
class Ranked:
    """A list and what it comes from.

    Attributes
    ----------
    listed
        ``rank``, ``customer_id``, ``points``, the columns that gave them; in order.
    rows
        Counts: ``customers``, ``not_permitted``, ``opted_out`` (customers whom the opt-outs name),
        ``listed``.
    cuts
        Column of numbers in the points → the four cut points of fifths of all customers; None where none has
        a value.
    sql
        What the engine was asked for how many have which points, for the list, and for each column's cut
        points.
    """

    listed: pd.DataFrame
    rows: Mapping[str, int]
    cuts: Mapping[str, list[float] | None]
    sql: Mapping[str, str]


def rank_customers(
    scored: ir.Table, points: PointsTable, tables: OpenTables, *, most: int, opt_outs: OptOuts | None
) -> Ranked:
    """Choose the ``most`` permitted customers with the most points; equal points go by id.

    Parameters
    ----------
    scored
        As `leadline.run.bulk.scoring.score_tables`; read several times.
    points
        The points.
    tables
        Through which opt-outs reach the engine.
    most
        Length of the list.
    opt_outs
        Who must not be on it.

    Raises
    ------
    DataError
        If customers lack an id or have one twice, or the opt-outs name no customer.
    """
    counts = scored.aggregate(
        customers=scored.count(),
        nameless=scored.count() - scored[ID].count(),
        not_permitted=scored.count(where=~scored[PERMITTED]),
    )
    found = counts.to_pyarrow().to_pylist()[0]
    if nameless := found.pop("nameless"):
        raise DataError.of(
            _("The list cannot be made"),
            _("{count} customers have no {column}. Fill or remove them.", count=f"{nameless:,}", column=ID),
        )
    excluded, opted_out = _exclude(scored, tables, opt_outs) if opt_outs else (None, 0)
    columns = [one.column for one in points.attributes if isinstance(one, NumberPoints)]
    cuts = {name: find_cuts(scored, name) for name in columns}
    asked, least = _find_least(scored, excluded, most)
    best = top_customers(
        scored.filter(scored[PERMITTED], scored[POINTS] >= least), most=most, excluded=excluded
    )
    listed = best.select("rank", ID, POINTS, *points.columns).order_by("rank").to_pyarrow().to_pandas()
    _check_once(listed[ID])
    return Ranked(
        listed=listed,
        rows=found | {"opted_out": opted_out, "listed": len(listed)},
        cuts={name: found.points for name, found in cuts.items()},
        sql={"points": ibis.to_sql(asked), "list": ibis.to_sql(best)}
        | {f"cuts of {name}": found.sql for name, found in cuts.items()},
    )


def _find_least(scored: ir.Table, excluded: ir.Table | None, most: int) -> tuple[ir.Table, int]:
    """Count who has how many points; return the query, and the fewest points that may still be on the list.

    So the engine puts in order those alone who may be on it, and not a hundred times as many.
    """
    eligible = scored.filter(scored[PERMITTED]).drop_null(POINTS)
    if excluded is not None:
        eligible = eligible.anti_join(excluded, ID)
    asked = eligible.group_by(POINTS).aggregate(rows=eligible.count())
    counted = asked.to_pyarrow().to_pydict()
    falling = sorted(zip(counted[POINTS], counted["rows"], strict=True), reverse=True)
    enough = accumulate(rows for _points, rows in falling)
    least = [points for (points, _rows), above in zip(falling, enough, strict=True) if above >= most]
    return asked, least[0] if least else min(counted[POINTS], default=0)


def _exclude(scored: ir.Table, tables: OpenTables, opt_outs: OptOuts) -> tuple[ir.Table, int]:
    """Return the opt-outs as a table of the engine, and how many customers they name."""
    lent = align_ids(tables.lend(opt_outs.ids), ID, to=scored[ID], headline=_("The list cannot be made"))
    named = int(scored.semi_join(lent, ID).count().to_pyarrow().as_py())
    if not named:
        raise DataError.of(
            _("The list cannot be made"),
            _(
                "{file}: none of its {count} ids is a customer's. Are they ids of another kind, or of "
                "other data?",
                file=opt_outs.name,
                count=f"{opt_outs.ids.num_rows:,}",
            ),
        )
    return lent, named


def _check_once(ids: pd.Series) -> None:
    twice = ids[ids.duplicated()].unique()
    if len(twice):
        raise DataError.of(
            _("The list cannot be made"),
            _(
                "customers holds {count} listed ids more than once ({first}). Keep one row a customer.",
                count=f"{len(twice):,}",
                first=shorten(", ".join(str(one) for one in twice[:3])),
            ),
        )
