"""Why a customer is on the list: the attributes in which the score is furthest above the average."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from leadline.language import _, format_value


def tell_reasons(points: pd.DataFrame, labels: Mapping[str, str], *, most: int = 2) -> pd.Series:
    """Name for each customer the attributes that raise the score most above the average.

    Parameters
    ----------
    points
        One row a customer, one column an attribute: its part of the score.
    labels
        Column → what a reader calls it; what stands in brackets at its end is left out.
    most
        Attributes named.

    Returns
    -------
    pandas.Series
        Text, labelled as ``points``.
    """
    parts = points.to_numpy(dtype=float)
    above = parts - parts.mean(axis=0)
    order = np.argsort(-above, axis=1, kind="stable")[:, :most]
    names = [labels.get(column, column).partition(" (")[0] for column in points.columns]
    told: dict[tuple[int, float], str] = {}
    texts = []
    for row, places in enumerate(order):
        keys = [(int(place), float(parts[row, place])) for place in places if above[row, place] > 0]
        for key in keys:
            if key not in told:
                told[key] = _(
                    "{name} ({points} points)", name=names[key[0]], points=format_value(key[1], "number")
                )
        texts.append("; ".join(told[key] for key in keys) or _("nothing above the average"))
    return pd.Series(texts, index=points.index, dtype="string", name="reasons")
