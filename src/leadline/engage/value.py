"""What a customer is worth: the chance to buy times the value, less the loss to expect (T14, light)."""

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.language import _, plural


def score_value(scored: pd.DataFrame, *, value_cny: float, loss: str) -> pd.DataFrame:
    """Score customers by what they bring after the loss to expect.

    A list by chance alone takes customers who buy and do not pay. The loss to expect is the chance of default
    × exposure × share lost of it (Basel Committee 2006, *International Convergence of Capital Measurement*,
    part 2); who works it out hands it in.

    Parameters
    ----------
    scored
        One row a customer: ``score``, the chance to buy, and the column ``loss`` (CNY, 0 or more).
    value_cny
        What a buyer brings.
    loss
        Name of the column of losses to expect.

    Returns
    -------
    pandas.DataFrame
        ``scored`` with ``chance``, as ``score`` was, and ``score`` in CNY.
    """
    chance = scored["score"].astype(float)
    return scored.assign(chance=chance, score=chance * value_cny - scored[loss].astype(float))


def check_value(scored: pd.DataFrame, value_cny: float | None, loss: str | None) -> list[str]:
    """List everything that keeps customers from being scored by value."""
    if loss is None:
        return []
    problems = []
    if value_cny is None or not 0 < value_cny < np.inf:
        problems.append(
            _(
                "value_cny == {value_cny}, must be above 0 to be held against the losses in {loss}.",
                value_cny=repr(value_cny),
                loss=loss,
            )
        )
    if "score" in scored.columns and types.is_numeric_dtype(scored["score"]):
        is_chance = scored["score"].between(0, 1) | scored["score"].isna()
        if not is_chance.all():
            problems.append(
                plural(
                    "score: {count} value is no chance from 0 to 1, and only a chance can be held "
                    "against a loss. Hand in scores that are chances.",
                    "score: {count} values are no chance from 0 to 1, and only a chance can be held "
                    "against a loss. Hand in scores that are chances.",
                    int((~is_chance).sum()),
                )
            )
    if loss not in scored.columns:
        unknown = _(
            "loss == {loss}, which is no column of the customers or scores.{hint}",
            loss=repr(loss),
            hint=suggest(loss, map(str, scored.columns)),
        )
        return [*problems, unknown]
    values = scored[loss]
    if not types.is_numeric_dtype(values) or types.is_bool_dtype(values):
        return [*problems, _("{loss}: holds {dtype}, must be numbers, CNY.", loss=loss, dtype=values.dtype)]
    is_wrong = ~values.astype(float).between(0, np.inf, inclusive="left")
    if is_wrong.any():
        rows = find_file_rows(is_wrong)
        problems.append(
            plural(
                "{loss}: {count} value is missing, below 0 or infinite ({rows}). Fill them: an "
                "unknown loss is not none.",
                "{loss}: {count} values are missing, below 0 or infinite ({rows}). Fill them: an "
                "unknown loss is not none.",
                len(rows),
                loss=loss,
                rows=name_rows(rows),
            )
        )
    return problems
