"""Two shares beside each other, right also where few said yes: Newcombe's interval and its kin (V1)."""

from typing import NamedTuple

import numpy as np
from scipy import optimize, stats

from leadline.errors import DataError
from leadline.evaluate.estimates.effects import Effect
from leadline.intervals import LEVEL
from leadline.language import _

_FARTHEST_Z = 37.0  # the normal tail beyond is 0 in floating point


class Count(NamedTuple):
    """How many of how many units did."""

    yes: int
    units: int

    @property
    def share(self) -> float:
        """Share of the units."""
        return self.yes / self.units

    def reach(self, z: float) -> tuple[float, float]:
        """Bounds of the score interval of Wilson (1927, JASA 22:209-212) at a normal quantile.

        Of the quantile, not of a level as `leadline.intervals.wilson_interval`: p-values far below 1e-16 are
        searched for, and a level so near to 1 cannot be told from it.
        """
        shrink = 1 + z * z / self.units
        centre = (self.share + z * z / (2 * self.units)) / shrink
        spread = self.share * (1 - self.share) / self.units + z * z / (4 * self.units**2)
        half = z * spread**0.5 / shrink
        lower = centre - half if self.yes else 0.0
        return max(0.0, lower), min(1.0, centre + half) if self.yes < self.units else 1.0


def compare_shares(
    yes: int, units: int, control_yes: int, control_units: int, *, times: float = 1.0, level: float = LEVEL
) -> Effect:
    """Difference of two shares, arm less ``times`` the control; interval and p-value are of one method.

    Newcombe (1998, Statistics in Medicine 17:873-890, method 10) makes it from two Wilson intervals, which
    holds for few conversions and for arms of unequal size, where Welch's t is too short; the p-value is 1
    less the level at which the interval first touches 0. With ``times`` it is the same construction for a
    weighted difference (Zou & Donner 2008, Statistics in Medicine 27:1693-1702).

    Raises
    ------
    DataError
        If counts are negative, above the units, or there are no units.
    """
    arm, control = _count(yes, units, control_yes, control_units)
    difference = arm.share - times * control.share

    def bounds(z: float) -> tuple[float, float]:
        low, high = arm.reach(z)
        control_low, control_high = control.reach(z)
        below = np.hypot(arm.share - low, times * (control_high - control.share))
        above = np.hypot(high - arm.share, times * (control.share - control_low))
        return difference - float(below), difference + float(above)

    def near(z: float) -> float:
        lower, upper = bounds(z)
        return lower if difference > 0 else -upper

    lower, upper = bounds(float(stats.norm.isf((1 - level) / 2)))
    if difference == 0:
        p_value = 1.0
    elif near(_FARTHEST_Z) >= 0:
        p_value = 0.0
    else:
        p_value = 2 * float(stats.norm.sf(optimize.brentq(near, 0.0, _FARTHEST_Z, xtol=1e-12)))
    return Effect(difference, lower, upper, p_value, "Newcombe")


def find_share_lift(
    yes: int, units: int, control_yes: int, control_units: int, *, level: float = LEVEL
) -> Effect:
    """Relative effect of two shares, arm ÷ control less 1, in accord with `compare_shares`.

    Its bounds are the multiples of the control that Newcombe's interval of the difference just touches
    (MOVER-R of Donner & Zou 2012, Statistical Methods in Medical Research 21:347-359; Fieller's set with
    Wilson's bounds in place of normal ones). So it holds 0 exactly where that of the difference does.

    Raises
    ------
    DataError
        If nobody in the control arm did, or as `compare_shares`.
    """
    arm, control = _count(yes, units, control_yes, control_units)
    if not control.yes:
        raise DataError(_("A lift cannot be estimated"), [_("The control's value is 0.")])
    z = float(stats.norm.isf((1 - level) / 2))
    (low, high), (control_low, control_high) = arm.reach(z), control.reach(z)
    product = arm.share * control.share
    # The roots of (arm - R control)² = (arm's reach)² + R² (control's reach)², the one on each side.
    below = low * (2 * arm.share - low)
    root = product**2 - control_high * (2 * control.share - control_high) * below
    lower = below / (product + root**0.5) if below > 0 else 0.0
    steep = control_low * (2 * control.share - control_low)
    upper = (product + (product**2 - steep * high * (2 * arm.share - high)) ** 0.5) / steep
    p_value = compare_shares(yes, units, control_yes, control_units).p_value
    return Effect(arm.share / control.share - 1, lower - 1, upper - 1, p_value, "Fieller with Wilson bounds")


def _count(yes: int, units: int, control_yes: int, control_units: int) -> tuple[Count, Count]:
    problems = [
        _(
            "In the {name} {some} of {every} units: units must be 1 or more, conversions among them.",
            name=name,
            some=some,
            every=every,
        )
        for name, some, every in (("arm", yes, units), ("control", control_yes, control_units))
        if every < 1 or not 0 <= some <= every
    ]
    if problems:
        raise DataError(_("Shares cannot be compared"), problems)
    return Count(yes, units), Count(control_yes, control_units)
