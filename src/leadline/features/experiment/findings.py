"""Who stands where nobody should: a test's own records, looked at by the engine (V1)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from leadline.data.open_table import CHUNK
from leadline.errors import DataError
from leadline.features.experiment.fold import is_within
from leadline.features.experiment.rows import EXPOSED, OUTCOME, UNIT, is_absent, is_outside, spell
from leadline.features.experiment.scan import ARM, DAY, ExperimentDesign
from leadline.language import _

_SHOWN = 5
#: A unit had its time if so many of all outcomes came as soon after the entry.
_MOST_OUTCOMES = 0.9
_COLUMNS = ["check", "wrong", "total", "first"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Identity:
    """Whether each unit is there once, in one arm.

    Attributes
    ----------
    is_repeated
        Whether a unit has several rows.
    findings
        Rows of the checks ``two_arms`` (units) and ``repeated_units`` (rows that repeat another wholly).
    """

    is_repeated: bool
    findings: list[dict[str, object]]


def find_identity(units: ir.Table, rows: ir.Table, design: ExperimentDesign) -> Identity:
    """Look at each unit with all its rows: the second pass, which needs memory for each unit.

    Parameters
    ----------
    units
        The table.
    rows
        What `leadline.features.experiment.rows.read_rows` made of it, with ``UNIT``.
    design
        Which column holds the unit.

    Raises
    ------
    DataError
        If rows have no unit.
    """
    arms = rows[ARM]
    each = rows.group_by(UNIT).aggregate(rows=rows.count(), low=arms.min(), high=arms.max())
    is_double = each.low != each.high
    seen = each.aggregate(
        units=each.count(),
        repeated=(each.rows > 1).sum().fill_null(0),
        double=is_double.sum().fill_null(0),
        nameless=is_absent(each[UNIT]).ifelse(each.rows, 0).sum().fill_null(0),
        all=each.rows.sum().fill_null(0),
    )
    row = read_first(seen)
    if row["nameless"]:
        problem = _("{row} rows have no unit. Fill it in, or remove these rows.", row=f"{row['nameless']:,}")
        raise DataError.of(_("The units of the test cannot be told apart"), problem)
    double = _tell("two_arms", row["double"], row["units"], each.filter(is_double) if row["double"] else None)
    copies = None
    if row["repeated"]:
        named = units.drop(CHUNK) if CHUNK in units.columns else units
        content = ibis.struct({name: named[name] for name in named.columns}).hash()
        marked = named.select(**{UNIT: spell(named[design.unit]), "content": content})
        copies = marked.group_by([UNIT, "content"]).aggregate(rows=marked.count())
        copies = copies.filter(copies.rows > 1)
    wrong = (
        read_first(copies.aggregate(wrong=(copies.rows - 1).sum()))["wrong"] or 0 if copies is not None else 0
    )
    repeated = _tell("repeated_units", wrong, row["all"], copies)
    return Identity(is_repeated=row["repeated"] > 0, findings=[double, repeated])


def find_left_out(people: ir.Table, design: ExperimentDesign, cells: pd.DataFrame) -> list[dict[str, object]]:
    """Tell of units without an arm or outside the period, whose cells are counted already.

    Parameters
    ----------
    people
        One row a unit.
    design
        When it ran.
    cells
        One row a cell: `ARM`, `DAY` if days are known, ``rows``.
    """
    outside = is_outside(people, design)
    asked = {"no_arm": (is_absent(people[ARM]), cells[ARM].isna())}
    if outside is not None:
        asked["outside_period"] = outside, ~is_within(cells, design)
    total = int(cells["rows"].sum())
    return [
        _tell(name, int(cells.loc[mask, "rows"].sum()), total, people.filter(wrong))
        for name, (wrong, mask) in asked.items()
    ]


def find_disorder(people: ir.Table, design: ExperimentDesign) -> list[dict[str, object]]:
    """Look for outcomes before the start, exposures after the outcome, and units with too little time."""
    asked: dict[str, tuple[ir.BooleanValue, ir.IntegerScalar]] = {}
    if OUTCOME in people.columns and design.start:
        early = people[OUTCOME] < dt.datetime.combine(design.start, dt.time())
        asked["early_outcomes"] = early, people[OUTCOME].count()
    if OUTCOME in people.columns and EXPOSED in people.columns:
        late = people[EXPOSED] > people[OUTCOME]
        asked["late_exposures"] = late, (~is_absent(people[EXPOSED]) & ~is_absent(people[OUTCOME])).sum()
    if OUTCOME in people.columns and DAY in people.columns and (day := _find_last_full_day(people)):
        asked["short_followup"] = people[DAY] > day, people[DAY].count()
    if not asked:
        return []
    wrong = {f"{name} wrong": mask.sum() for name, (mask, _total) in asked.items()}
    row = read_first(
        people.aggregate(**wrong, **{f"{name} total": total for name, (_, total) in asked.items()})
    )
    return [
        _tell(name, row[f"{name} wrong"] or 0, row[f"{name} total"] or 0, people.filter(mask))
        for name, (mask, _total) in asked.items()
    ]


def _find_last_full_day(people: ir.Table) -> dt.date | None:
    """Return the last day of entry that left a unit the time within which most outcomes came."""
    came = people[OUTCOME].cast("date")
    row = read_first(
        people.aggregate(
            last=ibis.greatest(came.max(), people[DAY].max()),
            wait=came.delta(people[DAY], unit="day").quantile(_MOST_OUTCOMES),
        )
    )
    if row["last"] is None or row["wait"] is None:
        return None
    last: dt.date = row["last"] - dt.timedelta(days=max(0, round(row["wait"])))
    return last


def list_findings(found: list[dict[str, object]]) -> pd.DataFrame:
    """Put findings into a table."""
    return pd.DataFrame(found, columns=_COLUMNS).astype({"wrong": "int64", "total": "int64"})


def read_first(table: ir.Table) -> dict[str, Any]:
    """Execute a table of one row."""
    return dict(table.to_pyarrow().to_pylist()[0])


def _tell(check: str, wrong: int, total: int, those: ir.Table | None) -> dict[str, object]:
    first = ""
    if wrong and those is not None and UNIT in those.columns:
        names = those.select(UNIT).distinct().order_by(UNIT).limit(_SHOWN).to_pyarrow()
        first = _(", ").join(map(str, names[UNIT].to_pylist()))
    return {"check": check, "wrong": wrong, "total": total, "first": first}
