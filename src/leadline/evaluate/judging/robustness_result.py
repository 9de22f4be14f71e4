"""One effect in several ways, as a reader sees it (V1)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.forest import draw_forest
from leadline.evaluate.judging.telling import list_records, tell_change, tell_level
from leadline.language import _, format_value, plural
from leadline.language.formats import Unit
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Less is saved than a reader would notice.
_LITTLE = 0.01


@dataclass(frozen=True, eq=False, kw_only=True)
class RobustnessResult:
    """The effect on the metric that decides, by way of estimating it.

    Attributes
    ----------
    ways
        One row a way and arm: ``way`` (unadjusted, cuped, post_stratified, both, raw, raw_cuped), ``label``,
        ``arm``, ``is_reported``, ``difference`` with ``_ci_lower`` and ``_ci_upper``, ``p_value`` (not
        corrected), ``width`` (of the interval, as a share of the unadjusted one's).
    metric, control
        What is compared, and with what.
    unit
        Of the differences.
    falls_is_good
        Whether less is better.
    level
        Of the intervals.
    """

    ways: pd.DataFrame
    metric: str
    control: str
    unit: Unit
    falls_is_good: bool
    level: float

    @property
    def is_robust(self) -> bool:
        """Whether no way contradicts the one reported: their intervals hold one another's effect."""
        return not self._list_arms(_is_apart)

    @property
    def summary(self) -> str:
        """Whether the answer hangs on the method, and what adjusting saves."""
        count = self.ways["way"].nunique()
        if count == 1:
            return _("{metric} can be estimated in one way only.", metric=self.metric)
        apart, unsure = self._list_arms(_is_apart), self._list_arms(_is_unsure)
        words = {"metric": self.metric, "arms": _(", ").join(f"“{arm}”" for arm in apart or unsure)}
        if apart:
            return _(
                "The effect of {arms} on {metric} hangs on how it is estimated: read the table.", **words
            )
        told = plural(
            "All {count} way of estimating the effect on {metric} agrees",
            "All {count} ways of estimating the effect on {metric} agree",
            count,
            metric=self.metric,
        )
        if unsure:
            told = _("{told} in size, though not all tell it from chance with {arms}", told=told, **words)
        return _("{sentence}.", sentence=f"{told}{self._tell_saving()}")

    @property
    def table(self) -> pd.DataFrame:
        """One row a way and arm."""
        return self.ways

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: the effects have theirs."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """None."""
        return ()

    def figure(self) -> "Figure":
        """Every way's difference with its interval, arm by arm."""
        rows = self.ways.sort_values("arm", kind="stable")
        alpha, good = 1 - self.level, -1 if self.falls_is_good else 1
        kinds = np.select(
            [rows["p_value"] > alpha, good * rows["difference"] > 0], ["open", "good"], default="bad"
        )
        told = [tell_change(row, self.unit) for row in rows.to_dict("records")]
        labels = [
            _("{way} (reported)", way=row["label"]) if row["is_reported"] else row["label"]
            for row in rows.to_dict("records")
        ]
        frame = pd.DataFrame(
            {
                "group": rows["arm"].to_numpy() if len(set(rows["arm"])) > 1 else "",
                "label": labels,
                "value": rows["difference"].to_numpy(),
                "lower": rows["difference_ci_lower"].to_numpy(),
                "upper": rows["difference_ci_upper"].to_numpy(),
                "kind": kinds,
                "note": [re.split(r" ?[(（]", one)[0] for one in told],
            }
        )
        pairs = zip(rows["arm"], labels, told, strict=True)
        return draw_forest(
            frame,
            title=_("Does the answer hang on the method?"),
            axis_label=_(
                "{metric}: difference from “{control}”, with {level} interval",
                metric=self.metric,
                control=self.control,
                level=tell_level(self.level),
            ),
            unit=self.unit if self.unit == "points" else "number",
            alt=_("Differences: {effects}.", effects=_("; ").join(_(", ").join(one) for one in pairs)),
            legend={"good": _("better"), "bad": _("worse"), "open": _("not told apart (before correction)")},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"robustness": list_records(self.ways), "is_robust": self.is_robust}

    def _repr_html_(self) -> str:
        rows = self.ways.sort_values("arm", kind="stable")
        frame = rows.assign(
            change=[tell_change(row, self.unit) for row in rows.to_dict("records")],
            reported=np.where(rows["is_reported"], _("reported"), ""),
        )
        columns = {
            "arm": Column(_("Arm")),
            "label": Column(_("Way")),
            "change": Column(_("Difference ({level} CI)", level=tell_level(self.level))),
            "p_value": Column(_("p, not corrected"), "p_value"),
            "width": Column(_("Interval, unadjusted = 100%"), "share"),
            "reported": Column(""),
        }
        caption = _("{metric}, estimated in every way", metric=self.metric)
        return result_html(self, table_html(frame, columns, name="robustness", caption=caption))

    def _list_arms(self, is_so: Callable[[pd.DataFrame, float], bool]) -> list[str]:
        """List the arms of whose ways something holds."""
        groups = self.ways.groupby("arm", sort=False)
        return [str(arm) for arm, ways in groups if is_so(ways, 1 - self.level)]

    def _tell_saving(self) -> str:
        """Say by how much what is reported is shorter than the plain interval."""
        share = 1 - float(self.ways.loc[self.ways["is_reported"], "width"].mean())
        if not share > _LITTLE:
            return ""
        return _(
            "; the interval reported is {share} shorter than the unadjusted one, as if the test had held "
            "{more} more units",
            share=format_value(share, "share"),
            more=format_value(1 / (1 - share) ** 2 - 1, "share"),
        )


def _is_apart(ways: pd.DataFrame, _alpha: float) -> bool:
    """Tell whether a way and the one reported exclude one another's effect by their intervals."""
    told = ways[ways["is_reported"]].iloc[0]
    inside = ways["difference"].between(told["difference_ci_lower"], told["difference_ci_upper"])
    holds = (ways["difference_ci_lower"] <= told["difference"]) & (
        told["difference"] <= ways["difference_ci_upper"]
    )
    return not bool((inside | holds).all())


def _is_unsure(ways: pd.DataFrame, alpha: float) -> bool:
    """Tell whether some ways tell the effect from chance and others do not."""
    return len(set(ways["p_value"] <= alpha)) > 1
