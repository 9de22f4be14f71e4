"""How precise a list is, by how long it is: every stage on the same held-out customers."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.bands import draw_bands
from leadline.errors import DataError
from leadline.intervals import wilson_interval
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.encode import IntArray
from leadline.target.metrics import BoolArray, FloatArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_POINTS = 40
#: The curve runs from a fifth of the list to ten times it; on a shorter list all is luck.
_SHORTEST, _LONGEST, _FEWEST = 1 / 5, 10, 40
_SHOWN = (0.5, 1, 2)


@dataclass(frozen=True, eq=False, kw_only=True)
class ListCurveResult:
    """Precision against list size.

    Attributes
    ----------
    curve
        One row a stage and size: ``stage``, ``stage_order`` (from 0), ``list_size`` (customers),
        ``effective_contacts`` (as many as count, of which the interval is made: with weights fewer than
        ``list_size``), ``precision`` with ``precision_ci_lower`` and ``precision_ci_upper`` (95%, for each
        size by itself). Missing where nobody on the list counts.
    list_size
        The list as planned.
    base_rate
        Share of buyers among all held-out customers.
    """

    curve: pd.DataFrame
    list_size: int
    base_rate: float

    @property
    def summary(self) -> str:
        """What half and twice the list of the last stage would hold."""
        stage = self.curve["stage"].iloc[-1]
        rows = self._shown(stage)
        planned = next(row for row in rows if row["list_size"] == self.list_size)
        others = _("; ").join(
            _(
                "of the best {listed}, {precision}",
                listed=format_value(int(row["list_size"]), "count"),
                precision=_tell(row),
            )
            for row in rows
            if row["list_size"] != self.list_size
        )
        head = _(
            "Of the {listed} that “{stage}” lists, {precision} buy",
            listed=format_value(self.list_size, "count"),
            stage=stage,
            precision=_tell(planned),
        )
        return _("{sentence}.", sentence=_("; ").join([head, others] if others else [head]))

    @property
    def table(self) -> pd.DataFrame:
        """One row a stage, at half the list, the list, and twice the list."""
        stages = list(dict.fromkeys(self.curve["stage"]))
        return pd.DataFrame([row for stage in stages for row in self._shown(stage)])

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No card: the precision of the list is one already."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Read one size, not the best of many."""
        return (
            _(
                "Each interval holds for one size chosen beforehand. Who picks the size at which a curve is "
                "highest picks luck, too."
            ),
        )

    def figure(self) -> "Figure":
        """Precision with its band against list size, a curve a stage."""
        frame = self.curve.rename(
            columns={
                "stage": "series",
                "list_size": "x",
                "precision": "y",
                "precision_ci_lower": "lower",
                "precision_ci_upper": "upper",
            }
        )
        planned = self.curve[self.curve["list_size"] == self.list_size]
        values = _("; ").join(f"{row['stage']} {_tell(row)}" for row in planned.to_dict("records"))
        return draw_bands(
            frame,
            order=list(dict.fromkeys(self.curve["stage"])),
            title=_("Share of buyers, by length of the list"),
            x_label=_("Customers on the list, best scores first"),
            y_label=_("Buyers among those listed, with 95% band"),
            alt=_(
                "Share of buyers against list size. On the list of {listed}: {values}.",
                listed=format_value(self.list_size, "count"),
                values=values,
            ),
            levels={_("Random list"): self.base_rate},
            mark=self.list_size,
            mark_label=_("list: {listed}", listed=format_value(self.list_size, "count")),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        plain = self.curve.astype(object).where(self.curve.notna(), None)
        return {"list_curve": plain.to_dict("records")}

    def _repr_html_(self) -> str:
        columns = {
            "stage": Column(_("Stage")),
            "list_size": Column(_("List"), "count"),
            "precision": Column(_("Precision"), "share"),
            "precision_ci_lower": Column(_("95% CI"), "share", upper="precision_ci_upper"),
        }
        caption = _("Half the list, the list, and twice the list")
        return result_html(self, table_html(self.table, columns, name="list_curve", caption=caption))

    def _shown(self, stage: str) -> list[dict[Hashable, Any]]:
        wanted = {round(factor * self.list_size) for factor in _SHOWN}
        of_stage = self.curve["stage"] == stage
        return self.curve[of_stage & self.curve["list_size"].isin(wanted)].to_dict("records")


def trace_precision(
    buys: BoolArray | Mapping[str, BoolArray],
    scores: Mapping[str, FloatArray],
    tie_order: IntArray,
    *,
    list_size: int,
    sizes: Sequence[int] | None = None,
    weights: Mapping[str, FloatArray] | None = None,
) -> ListCurveResult:
    """Follow each stage's precision from a short list to a long one.

    Wilson (1927, JASA 22:209-212) intervals, each for its size alone. With weights the precision is the
    self-normalised weighted share (Hájek 1971) and its interval that of as many contacts as Kish's effective
    size (1965, *Survey Sampling*, ch. 11.7) says.

    Parameters
    ----------
    buys
        Who buys, shape (customers,); where a stage contacts customers in its own way, stage → who buys then.
    scores
        Stage, in order → score of the same held-out customers, shape (customers,). A customer whom a stage
        may not list belongs at the bottom (−inf).
    tie_order
        Order among equal scores, shared by the stages (`leadline.target.metrics.choose_list`).
    list_size
        The list as planned; always one of the sizes, as are its half and its double where there are as many
        customers.
    sizes
        Customers on the list; by default 40 sizes from a fifth of the list to ten times it.
    weights
        Stage → weight of each customer, 0 for one who does not count; stages left out count everybody once.

    Raises
    ------
    DataError
        If arrays differ in length, or the list is longer than there are customers.
    """
    _check(buys, scores, tie_order, list_size, weights)
    customers = len(tie_order)
    chosen = _choose_sizes(list_size, customers, sizes)
    rows = []
    for place, (stage, score) in enumerate(scores.items()):
        best = np.lexsort((tie_order, -score))
        found = (buys[stage] if isinstance(buys, Mapping) else buys)[best]
        weight = np.ones(customers) if weights is None or stage not in weights else weights[stage][best]
        total, squares, bought = np.cumsum(weight), np.cumsum(weight**2), np.cumsum(weight * found)
        for size in chosen:
            last = size - 1
            effective = total[last] ** 2 / squares[last] if squares[last] else 0.0
            share = bought[last] / total[last] if total[last] else 0.0
            rows.append((stage, place, size, effective, *wilson_interval(share * effective, effective)))
    columns = ["stage", "stage_order", "list_size", "effective_contacts", "precision"]
    columns += ["precision_ci_lower", "precision_ci_upper"]
    base = np.mean(next(iter(buys.values())) if isinstance(buys, Mapping) else buys)
    return ListCurveResult(
        curve=pd.DataFrame(rows, columns=columns), list_size=list_size, base_rate=float(base)
    )


def _check(
    buys: BoolArray | Mapping[str, BoolArray],
    scores: Mapping[str, FloatArray],
    tie_order: IntArray,
    list_size: int,
    weights: Mapping[str, FloatArray] | None,
) -> None:
    customers = len(tie_order)
    outcomes = buys if isinstance(buys, Mapping) else dict.fromkeys(scores, buys)
    problems = [
        _("stage {stage} has no outcomes.", stage=repr(stage)) for stage in scores if stage not in outcomes
    ]
    problems += [
        _(
            "{what} of stage {stage} are of {count} customers, tie_order of {customers}.",
            what=what,
            stage=repr(stage),
            count=f"{len(values):,}",
            customers=f"{customers:,}",
        )
        for what, arrays in (("scores", scores), ("outcomes", outcomes), ("weights", weights or {}))
        for stage, values in arrays.items()
        if len(values) != customers
    ]
    if not scores:
        problems.append(_("no stage has scores."))
    if not 1 <= list_size <= customers:
        problems.append(
            _(
                "list_size == {list_size}, must be 1 to {customers}, the customers to list from.",
                list_size=f"{list_size:,}",
                customers=f"{customers:,}",
            )
        )
    if problems:
        raise DataError(_("Precision cannot be followed over list sizes"), problems)


def _choose_sizes(list_size: int, customers: int, sizes: Sequence[int] | None) -> list[int]:
    lowest = max(_FEWEST, round(_SHORTEST * list_size))
    highest = min(customers, _LONGEST * list_size)
    wanted = np.geomspace(min(lowest, highest), highest, _POINTS) if sizes is None else np.array(sizes)
    shown = [round(factor * list_size) for factor in _SHOWN]
    every = {int(size) for size in [*np.round(wanted), *shown]}
    return sorted(size for size in every if 1 <= size <= customers)


def _tell(row: Mapping[Hashable, Any]) -> str:
    return _(
        "{value} (95% CI {interval})",
        value=format_value(float(row["precision"]), "share"),
        interval=format_interval(row["precision_ci_lower"], row["precision_ci_upper"], "share"),
    )
