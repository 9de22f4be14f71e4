"""What the next round should plan with: base rate, effect, hold-out (V8)."""

from dataclasses import dataclass

from leadline.evaluate.estimates.shares import Count, compare_shares
from leadline.evaluate.planning.power import Proportion, find_effect, find_power, find_sample_size
from leadline.intervals import Estimate, wilson_interval

_POWER = 0.80
#: Effects are planned for the size that is exceeded with three chances in four.
_SURE = 0.75
_FEWEST = 10


@dataclass(frozen=True, kw_only=True)
class NextRound:
    """What to plan the next round with.

    Attributes
    ----------
    base_rate
        Share that acts without a contact.
    effect
        What the contacts added this time, as a difference of shares.
    cautious_effect
        The effect that is exceeded with three chances in four; 0 where that is none.
    list_size
        Customers on the next list.
    holdout
        Fewest customers held out with whom ``cautious_effect`` is found with 80% power; None if no hold-out
        of this list is large enough.
    power
        With that hold-out, or else with half of the list.
    detectable
        Smallest effect found with 80% power with half of the list held out.
    needed
        Customers that a list split in half would need for ``cautious_effect``; None where that is 0.
    """

    base_rate: Estimate
    effect: Estimate
    cautious_effect: float
    list_size: int
    holdout: int | None
    power: float
    detectable: float
    needed: int | None

    @property
    def relative_effect(self) -> float:
        """The cautious effect as a part of the base rate, as plan_test asks for it."""
        return self.cautious_effect / self.base_rate.value if self.base_rate.value else float("nan")


def plan_next(treated: Count, control: Count, list_size: int, *, alpha: float = 0.05) -> NextRound:
    """Derive from a round's outcome what the next one should plan with.

    A round that went well was in part lucky: the next is planned not with the effect that was measured,
    but with the lower end of its 50% interval, exceeded with three chances in four. Intervals of the
    difference are Newcombe's (`leadline.evaluate.estimates.shares.compare_shares`).

    Parameters
    ----------
    treated, control
        The contacted, and those held out.
    list_size
        Customers on the next list, contacted and held out together.
    alpha
        Of the next test, two-sided.
    """
    base = wilson_interval(control.yes, control.units)
    effect = compare_shares(*treated, *control)
    cautious = max(0.0, compare_shares(*treated, *control, level=2 * _SURE - 1).lower)
    share = (control.yes + 1) / (control.units + 2) if control.yes in {0, control.units} else base.value
    metric = Proportion(base=share)
    half = list_size // 2
    room = 1 - share
    detectable = find_effect(metric, (half, list_size - half), power=_POWER, alpha=alpha)
    if cautious <= 0 or cautious >= room:
        return NextRound(
            base_rate=base,
            effect=Estimate(*effect[:3]),
            cautious_effect=min(cautious, room),
            list_size=list_size,
            holdout=None,
            power=float("nan"),
            detectable=detectable,
            needed=None,
        )
    holdout = _find_holdout(metric, cautious, list_size, alpha)
    kept = half if holdout is None else holdout
    return NextRound(
        base_rate=base,
        effect=Estimate(*effect[:3]),
        cautious_effect=cautious,
        list_size=list_size,
        holdout=holdout,
        power=find_power(metric, cautious, (kept, list_size - kept), alpha=alpha),
        detectable=detectable,
        needed=sum(find_sample_size(metric, cautious, power=_POWER, alpha=alpha)),
    )


def _find_holdout(metric: Proportion, effect: float, list_size: int, alpha: float) -> int | None:
    """Fewest customers held out with the power wanted, by bisection up to half of the list."""
    low, high = min(_FEWEST, list_size // 2), list_size // 2

    def finds(size: int) -> bool:
        return find_power(metric, effect, (size, list_size - size), alpha=alpha) >= _POWER

    if not finds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if finds(middle) else (middle + 1, high)
    return low
