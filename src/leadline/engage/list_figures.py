"""The figures of gate and list: how many customers are left at each step."""

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.flow import draw_funnel
from leadline.language import _, format_value


def draw_gate(flow: pd.DataFrame) -> Figure:
    """Draw the customers left after each rule, from the population down."""
    return _draw(flow, _("From the population to those who may be contacted"), last=0)


def draw_list(flow: pd.DataFrame) -> Figure:
    """Draw the customers left from the population to the list; its two parts are the last two rows."""
    return _draw(flow, _("From the population to the list"), last=2)


def _draw(flow: pd.DataFrame, title: str, last: int) -> Figure:
    told = _("; ").join(
        f"{row['label']} {format_value(row['customers'], 'count')}" for row in flow.to_dict("records")
    )
    alt = _("Customers left after each step: {values}.", values=told)
    return draw_funnel(flow.rename(columns={"customers": "left"}), title=title, alt=alt, last=last)
