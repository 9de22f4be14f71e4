"""Sliders for points, in JupyterLab: how the list changes while an analyst moves them.

ipywidgets is loaded when the panel is shown live. A report has no sliders: there the panel is the table of
what each attribute gives.
"""

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
import pandas as pd

from leadline.language import _
from leadline.results import Column, table_html
from leadline.target.list_change import ListChangeResult, compare_lists
from leadline.target.metrics import BoolArray
from leadline.target.points import PointsTable
from leadline.target.points_adjust import PointsChange, adjust_points

_FURTHEST = 3


class PointsPanel:
    """One slider an attribute: the points between its worst and its best value.

    Parameters
    ----------
    frame
        One row a customer, with the columns of ``points``.
    points
        The points table to begin with.
    list_size, tie_order, buys
        As in `leadline.target.list_change.compare_lists`.
    changes
        Changes made already: where the sliders stand at first.
    is_live
        Whether a person is there to move sliders.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        points: PointsTable,
        *,
        list_size: int,
        tie_order: npt.NDArray[Any],
        buys: BoolArray | pd.Series | None = None,
        changes: Sequence[PointsChange] = (),
        is_live: bool = True,
    ) -> None:
        self.points = points
        self.is_live = is_live
        self._frame = frame[list(points.columns)]
        self._list_size = list_size
        self._tie_order = tie_order
        self._buys = buys
        self._before = points.score(frame)
        self._changes = {change.column: change for change in changes}
        self._sliders: dict[str, Any] = {}
        self._view: Any = None
        self._result: Any = None

    @property
    def changes(self) -> tuple[PointsChange, ...]:
        """What was changed, as `leadline.target.points_adjust.write_changes` takes it."""
        return tuple(self._changes.values())

    @property
    def adjusted(self) -> PointsTable:
        """The points as the sliders stand."""
        return adjust_points(self.points, self.changes)

    @property
    def result(self) -> ListChangeResult:
        """What the points as they stand do to the list."""
        return compare_lists(
            self._before,
            self.adjusted.score(self._frame),
            list_size=self._list_size,
            tie_order=self._tie_order,
            buys=self._buys,
        )

    @property
    def sliders(self) -> dict[str, Any]:
        """The sliders by column; made when first asked for."""
        if self._view is None:
            self._view = self._make_view()
        return self._sliders

    @property
    def view(self) -> Any:
        """The live panel, an ``ipywidgets.VBox``."""
        _made = self.sliders
        return self._view

    @property
    def table(self) -> pd.DataFrame:
        """One row an attribute: ``column``, ``label``, ``points_before`` and ``points_after``."""
        pairs = zip(self.points.attributes, self.adjusted.attributes, strict=True)
        return pd.DataFrame(
            {
                "column": before.column,
                "label": before.label,
                "points_before": before.range[1] - before.range[0],
                "points_after": after.range[1] - after.range[0],
            }
            for before, after in pairs
        )

    def set_points(self, column: str, spread: int) -> None:
        """Let an attribute give ``spread`` points between its worst and its best value."""
        before = next(one for one in self.points.attributes if one.column == column)
        times = spread / (before.range[1] - before.range[0])
        if times == 1:
            self._changes.pop(column, None)
        else:
            self._changes[column] = PointsChange(column=column, times=times)

    def _make_view(self) -> Any:
        import ipywidgets  # noqa: PLC0415 - a report does without

        for row in self.table[self.table["points_before"] > 0].to_dict("records"):
            slider = ipywidgets.IntSlider(
                value=row["points_after"],
                min=0,
                max=max(_FURTHEST * row["points_before"], row["points_after"]),
                description=row["label"],
                continuous_update=False,
                style={"description_width": "16em"},
                layout=ipywidgets.Layout(width="36em"),
            )
            slider.observe(self._follow(row["column"]), names="value")
            self._sliders[row["column"]] = slider
        self._result = ipywidgets.HTML(self.result._repr_html_())
        return ipywidgets.VBox([*self._sliders.values(), self._result])

    def _follow(self, column: str) -> Any:
        def follow(change: dict[str, Any]) -> None:
            self.set_points(column, change["new"])
            self._result.value = self.result._repr_html_()

        return follow

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Attribute")),
            "points_before": Column(_("Points, before"), "count"),
            "points_after": Column(_("Points, after"), "count"),
        }
        caption = _("Points between the worst and the best value")
        table = table_html(self.table, columns, name="points_changed", caption=caption)
        return f'<div class="result">{table}</div>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show sliders to a person, the table to a report."""
        shown: dict[str, Any] = {"text/html": self._repr_html_()}
        if self.is_live:
            shown |= self.view._repr_mimebundle_(include=include, exclude=exclude)
        return shown
