"""What one team sees after each quarter: its own customers one by one, and the firm's totals."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.course.game.ground import Rows
from leadline.course.game.rules import MONTHS_A_QUARTER
from leadline.course.game.world import World
from leadline.market.truth import ARMS

#: A subscription counts from the middle of its quarter, as it begins on average.
_MIDDLE = 0.5


def list_quarter(world: World, number: int) -> pd.DataFrame:
    """Return every customer whom the team listed so far, as they stand when quarter ``number`` is closed.

    Parameters
    ----------
    world
        The team's world.
    number
        A closed quarter, from 1.

    Returns
    -------
    pandas.DataFrame
        One row a customer, nobody else's: ``customer_id``; ``channel`` on this quarter's list (none is the
        hold-out, missing if not on it); ``contacted`` in it; ``reached``, missing if not contacted;
        ``subscribed`` in this quarter; ``subscribed_quarter`` (0: before the first), missing if not yet;
        ``opted_out`` by now; ``revenue_cny``, the contribution so far.
    """
    played, market = world.played[number], world.ground.market
    row = world.find_followed(number)
    since = world.subscribed_in[row].astype(float)
    since[(since < 0) | (since > number)] = np.nan
    planned = pd.Series(played.planned, index=played.listed).reindex(row)
    reached = pd.Series(played.is_reached, index=played.contacted, dtype="object").reindex(row)
    return pd.DataFrame(
        {
            "customer_id": market.observed.customer_id[row],
            "channel": planned.map(dict(enumerate(ARMS))).to_numpy(),
            "contacted": np.isin(row, played.contacted),
            "reached": reached.to_numpy(),
            "subscribed": since == number,
            "subscribed_quarter": pd.array(since, dtype="Int64"),
            "opted_out": world.opted_out_until(number + 1)[row],
            "revenue_cny": np.round(_find_revenue(world, row, since, number), 2),
        }
    )


def list_summary(world: World, budget_cny: float) -> pd.DataFrame:
    """Return one row a closed quarter, from the one before the first.

    Returns
    -------
    pandas.DataFrame
        ``quarter``; ``listed``, ``contacted``, ``reached``, ``held_out`` customers of the list;
        ``contacted_subscribed`` and ``held_out_subscribed`` of them in the quarter; ``firm_subscribed``, all
        of the firm's customers; ``opted_out``; ``cost_cny``; ``budget_left_cny``.
    """
    rows = []
    left = budget_cny
    for number, played in enumerate(world.played):
        left -= played.cost_cny
        held_out = played.listed[played.planned == 0]
        rows.append(
            {
                "quarter": number,
                "listed": len(played.listed),
                "contacted": len(played.contacted),
                "reached": int(played.is_reached.sum()),
                "held_out": len(held_out),
                "contacted_subscribed": int(np.isin(played.contacted, played.subscribed).sum()),
                "held_out_subscribed": int(np.isin(held_out, played.subscribed).sum()),
                "firm_subscribed": len(played.subscribed),
                "opted_out": len(played.opted_out),
                "cost_cny": round(played.cost_cny, 2),
                "budget_left_cny": round(left, 2),
            }
        )
    return pd.DataFrame(rows)


def _find_revenue(world: World, row: Rows, since: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """Contribution so far of customers who subscribed in quarter ``since``: even over the months kept."""
    truth = world.ground.market.truth
    months = MONTHS_A_QUARTER * (number - since + _MIDDLE)
    kept = truth.months_kept[row].astype(float)
    return np.asarray(np.nan_to_num(truth.value_cny[row] * np.minimum(months, kept) / kept), float)
