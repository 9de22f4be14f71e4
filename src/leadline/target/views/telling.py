"""What the standing views share in telling: columns with their intervals, and bars with them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from leadline.chart.draw import draw_bars, draw_note
from leadline.language import _, format_value
from leadline.language.formats import Unit
from leadline.results import Column

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def tell_estimate(name: str, label: str, unit: Unit) -> dict[str, Column]:
    """Return the column of an estimate and that of its interval, as `groups.spread` names them."""
    return {
        name: Column(label, unit),
        f"{name}_ci_lower": Column(_("95% CI"), unit, upper=f"{name}_ci_upper"),
    }


def tell_counts() -> dict[str, Column]:
    """Return the columns that begin every table of groups: how many, and their share."""
    return {"customers": Column(_("Customers"), "count"), "share": Column(_("Share"), "share")}


def label_share(label: str, share: float) -> str:
    """Name a group with its share of the customers, as a figure does."""
    return _("{group} ({share} of customers)", group=label, share=format_value(share, "share"))


def draw_measure(
    rows: pd.DataFrame, labels: Sequence[str], measure: str, *, unit: Unit, title: str, axis_label: str
) -> "Figure":
    """Draw a bar a row of its estimate ``measure`` with the interval; without rows the sentence that none is.

    The words for who cannot see it are the same.
    """
    if rows.empty:
        return draw_note(_("No group is large enough to be shown."))
    frame = pd.DataFrame(
        {
            "label": list(labels),
            "value": rows[measure].to_numpy(),
            "lower": rows[f"{measure}_ci_lower"].to_numpy(),
            "upper": rows[f"{measure}_ci_upper"].to_numpy(),
        }
    )
    told = _("; ").join(
        f"{row['label']} {format_value(row['value'], unit)}" for row in frame.to_dict("records")
    )
    return draw_bars(frame, title=title, axis_label=axis_label, unit=unit, alt=f"{title}: {told}.")


def unit_of(column: str) -> Unit:
    """Return the unit that a column's name speaks of."""
    return "money_cny" if column.endswith("_cny") else "number"
