"""What is wanted of a list: how long, in which tiers, and how many are held out for which proof."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadline.engage.holdout import check_holdout_size, count_held_out
from leadline.engage.power import check_rates
from leadline.engage.tiers import check_shares
from leadline.language import _

TIER_SHARES = (0.2, 0.3, 0.5)


@dataclass(frozen=True, kw_only=True)
class ListOrder:
    """What is wanted of a list.

    Attributes
    ----------
    salt
        A text of this campaign's own, by which the hold-out is drawn.
    base_rate
        Share that buys without a contact, for the power statement.
    size
        Most customers on the list, those held out among them; None takes all.
    tier_shares
        Shares of the list in tiers A, B and C.
    holdout_share, holdout_size
        Share of the list, or number of customers, held out.
    effect
        A rise in the share of buyers (0.01 is one point) for which to say how many must be held out.
    value_cny, loss
        With a column ``loss`` customers are ranked by chance × ``value_cny`` − loss
        (`leadline.engage.value.score_value`), and who is not worth more than 0 is left out.
    """

    salt: str
    base_rate: float
    size: int | None = None
    tier_shares: Sequence[float] = TIER_SHARES
    holdout_share: float = 0.10
    holdout_size: int | None = None
    effect: float | None = None
    value_cny: float | None = None
    loss: str | None = None

    def check(self, scored: int) -> list[str]:
        """List what is wrong with the order, whoever passes the gate, of so many customers ``scored``."""
        problems = [*check_shares(self.tier_shares), *check_rates(self.base_rate, self.effect)]
        if not self.salt.strip():
            problems.append(
                _("salt is empty. Give a text of this campaign's own, such as its id and the day.")
            )
        if self.size is not None and not (isinstance(self.size, int | np.integer) and self.size >= 1):
            problems.append(_("size == {size}, must be a whole number of 1 or more.", size=repr(self.size)))
        elif scored:  # the list cannot be longer than this
            problems += self.check_holdout(scored if self.size is None else min(int(self.size), scored))
        return problems

    def check_holdout(self, listed: int) -> list[str]:
        """List what makes the hold-out of a list of this length impossible."""
        return check_holdout_size(listed, self.holdout_share, self.holdout_size)

    def count_held_out(self, listed: int) -> int:
        """Return how many of ``listed`` customers are held out."""
        return count_held_out(listed, self.holdout_share, self.holdout_size)
