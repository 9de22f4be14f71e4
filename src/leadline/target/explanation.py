"""Why one customer has the score: value by value, points by points, without a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from leadline.data.ids import spell_ids
from leadline.errors import ParameterError
from leadline.language import _, format_value
from leadline.results import Column, result_html, table_html
from leadline.target.points import PointsTable
from leadline.target.scores_result import ScoresResult

_NAMED = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class ExplanationResult:
    """The points of one customer.

    Attributes
    ----------
    table
        One row an attribute, most points first: ``label``, ``value`` in words, ``points``, ``out_of``: the
        most that the attribute gives.
    score, highest
        The customer's score, and the highest possible.
    base
        Points that every customer has.
    rank, customers
        The customer's place among how many.
    """

    table: pd.DataFrame
    score: int
    highest: int
    base: int
    rank: int
    customers: int

    @property
    def summary(self) -> str:
        """Place, score, and what gives and what costs most."""
        gives = self.table[self.table["points"] > 0].head(_NAMED)
        lacks = self.table.assign(lack=self.table["out_of"] - self.table["points"])
        lacks = lacks[lacks["lack"] > 0].sort_values("lack", ascending=False, kind="stable").head(_NAMED)
        words = {
            "rank": format_value(self.rank, "count"),
            "customers": format_value(self.customers, "count"),
            "score": format_value(self.score, "count"),
            "highest": format_value(self.highest, "count"),
            "gives": _name_rows(gives) or _("nothing"),
            "lacks": _name_rows(lacks) or _("nothing"),
        }
        return _(
            "The customer in place {rank} of {customers} has {score} of {highest} points. Most come from: "
            "{gives}. Most are missing at: {lacks}.",
            **words,
        )

    @property
    def warnings(self) -> Sequence[str]:
        """None."""
        return ()

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Attribute")),
            "value": Column(_("Value")),
            "points": Column(_("Points"), "count"),
            "out_of": Column(_("Out of"), "count"),
        }
        caption = _("Points of one customer")
        table = table_html(self.table, columns, name="one_customer", caption=caption)
        base = _("Every customer has {base} points to begin with.", base=format_value(self.base, "count"))
        return result_html(self, (f"<p>{escape(base)}</p>" if self.base else "") + table)


def explain_customer(
    frame: pd.DataFrame,
    points: PointsTable,
    scores: ScoresResult,
    *,
    customer: str,
    id_column: str = "customer_id",
) -> ExplanationResult:
    """Explain one customer's points.

    Parameters
    ----------
    frame, points, id_column
        As they were scored.
    scores
        What `leadline.target.scores.score_customers` returned.
    customer
        The customer's id. Nobody is chosen unasked: the values are one person's.

    Raises
    ------
    ParameterError
        If no such customer was scored.
    """
    places = scores.scores.set_index("customer_id")
    chosen = spell_ids(pd.Series([customer], dtype=object)).iloc[0]
    if chosen not in places.index:
        raise ParameterError.of(
            _("No customer can be explained"),
            _(
                "customer == {customer}, is none of the {count} customers scored. Take an id of the "
                "exported scores.",
                customer=repr(customer),
                count=f"{len(places):,}",
            ),
        )
    row = frame[(spell_ids(frame[id_column]) == chosen).to_numpy(dtype=bool)]
    split = points.split_score(row).iloc[0]
    table = pd.DataFrame(
        {
            "label": [attribute.label for attribute in points.attributes],
            "value": [_spell(row[column].iloc[0]) for column in points.columns],
            "points": split.to_numpy(),
            "out_of": [attribute.range[1] for attribute in points.attributes],
        }
    )
    return ExplanationResult(
        table=table.sort_values(["points", "out_of"], ascending=False, kind="stable", ignore_index=True),
        score=int(places["score"][chosen]),
        highest=points.range[1],
        base=points.base,
        rank=int(places["rank"][chosen]),
        customers=len(places),
    )


def _name_rows(rows: pd.DataFrame) -> str:
    named = [
        _(
            "{label} ({points} of {out_of})",
            label=row["label"],
            points=format_value(int(row["points"]), "count"),
            out_of=format_value(int(row["out_of"]), "count"),
        )
        for row in rows.to_dict("records")
    ]
    return _("; ").join(named)


def _spell(value: Any) -> str:
    if pd.isna(value):
        return _("missing")
    if isinstance(value, bool | np.bool_):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | np.number):
        return format_value(float(value), "number")
    return str(value)
