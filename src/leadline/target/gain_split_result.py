"""What each ingredient brought of the whole gain, and why it may not be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_estimates, draw_note
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_INGREDIENTS = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class GainSplitResult:
    """The gain of the last stage over the first, split among the ingredients of the plan.

    Attributes
    ----------
    parts
        One row an ingredient, as `leadline.target.attribution.split_gain` returns them, in precision (0.04 is
        4 points); no rows where the gain cannot be split.
    ingredients
        What the stages after the first count as.
    first
        Name of the first stage.
    unformed
        Mixes of ingredients from which no list can be made.
    """

    parts: pd.DataFrame
    ingredients: tuple[str, ...]
    first: str
    unformed: tuple[tuple[str, ...], ...] = ()

    @property
    def summary(self) -> str:
        """How the gain divides, or why it does not."""
        if len(self.parts):
            told = _("; ").join(
                _(
                    "{ingredient} {part} (95% CI {interval})",
                    ingredient=row["ingredient"],
                    part=format_value(row["part"], "points"),
                    interval=format_interval(row["part_ci_lower"], row["part_ci_upper"], "points"),
                )
                for row in self.parts.to_dict("records")
            )
            return _(
                "Of the {gain} over “{first}”, each ingredient brings, averaged over all orders of adding "
                "them: {parts}.",
                gain=format_value(float(self.parts["part"].sum()), "points"),
                first=self.first,
                parts=told,
            )
        if self.unformed:
            mixes = _("; ").join(_(" + ").join(mix) for mix in self.unformed)
            return _(
                "The gain cannot be split: from these ingredients alone no list can be made: {mixes}.",
                mixes=mixes,
            )
        if len(self.ingredients) > MOST_INGREDIENTS:
            return _(
                "The gain is not split among {count} ingredients, {most} at most: give stages that belong "
                "together the same ingredient.",
                count=format_value(len(self.ingredients), "count"),
                most=format_value(MOST_INGREDIENTS, "count"),
            )
        return _("There is one stage only, so no gain to split.")

    @property
    def table(self) -> pd.DataFrame:
        """One row an ingredient."""
        return self.parts

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No card: the gain itself has one."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Nothing to doubt besides the intervals."""
        return ()

    def figure(self) -> "Figure":
        """Draw each ingredient's part with its interval."""
        if self.parts.empty:
            return draw_note(self.summary)
        frame = self.parts.rename(
            columns={
                "ingredient": "label",
                "part": "value",
                "part_ci_lower": "lower",
                "part_ci_upper": "upper",
            }
        )
        return draw_estimates(
            frame,
            title=_("What each ingredient brings"),
            axis_label=_("Part of the gain in precision, with 95% interval"),
            unit="points",
            alt=self.summary,
            reference=0,
            reference_label=_("nothing"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "gain_split": self.parts.to_dict("records"),
            "gain_split_unformed": [list(mix) for mix in self.unformed],
        }

    def _repr_html_(self) -> str:
        columns = {
            "ingredient": Column(_("Ingredient")),
            "part": Column(_("Part of the gain"), "points"),
            "part_ci_lower": Column(_("95% CI"), "points", upper="part_ci_upper"),
            "part_alone": Column(_("Added first"), "points"),
            "part_last": Column(_("Added last"), "points"),
        }
        caption = _("The gain split among the ingredients")
        table = table_html(self.parts, columns, name="gain_split", caption=caption)
        return result_html(self, table if len(self.parts) else "")
