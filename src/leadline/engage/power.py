"""What a list and its hold-out can prove."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from statsmodels.stats.proportion import power_proportions_2indep

from leadline.errors import ParameterError
from leadline.language import _, format_value

_SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
_LARGEST_SHARE = 0.5
#: With fewer buyers expected among the held out, the normal approximation is rough.
_FEWEST_BUYERS = 5


@dataclass(frozen=True, eq=False, kw_only=True)
class PowerStatement:
    """What the comparison of contacted and held-out customers can show.

    Attributes
    ----------
    listed, held_out
        Customers on the list, and those of them held out.
    base_rate
        Share that buys without a contact, assumed.
    power, alpha
        Chance to find an effect that is there; chance to find one that is not (two-sided).
    detectable_effect
        Smallest rise in the share of buyers (0.02 is 2 points) found with this power; NaN if none is.
    effect, needed_share
        The effect asked about, and the smallest share of the list to hold out for it; NaN if even half of the
        list is too few. None if nothing was asked.
    curve
        One row a share: ``holdout_share``, ``detectable_effect``.
    """

    listed: int
    held_out: int
    base_rate: float
    power: float
    alpha: float
    detectable_effect: float
    effect: float | None
    needed_share: float | None
    curve: pd.DataFrame

    @property
    def sentences(self) -> list[str]:
        """The statement in words: what is found, and what the effect asked about would take."""
        words = {
            "held_out": format_value(self.held_out, "count"),
            "listed": format_value(self.listed, "count"),
            "base": format_value(self.base_rate, "share"),
            "power": format_value(self.power, "share"),
        }
        if np.isnan(self.detectable_effect):
            told = [_("With {held_out} of {listed} held out no effect can be proven.", **words)]
        else:
            effect = format_value(self.detectable_effect, "points")
            told = [
                _(
                    "With {held_out} of {listed} held out, an effect of {effect} on a base of {base} is "
                    "found in {power} of campaigns; a smaller one is more often missed.",
                    effect=effect,
                    **words,
                )
            ]
        if self.effect is not None and self.needed_share is not None and self.is_enough:
            told.append(self._tell_needed(self.effect, self.needed_share))
        return told

    @property
    def warnings(self) -> list[str]:
        """An effect asked about that this hold-out is too small for, and a statement that is rough."""
        notes = []
        if self.effect is not None and self.needed_share is not None and not self.is_enough:
            notes.append(self._tell_needed(self.effect, self.needed_share))
        if self.held_out * self.base_rate < _FEWEST_BUYERS:
            notes.append(
                _("Fewer than five buyers are expected among the held out, so the statement is rough.")
            )
        return notes

    @property
    def is_enough(self) -> bool:
        """Whether the hold-out suffices for the effect asked about."""
        return self.needed_share is not None and self.needed_share <= self.held_out / self.listed

    def _tell_needed(self, effect: float, needed_share: float) -> str:
        shown = format_value(effect, "points")
        if np.isnan(needed_share):
            return _(
                "An effect of {effect} cannot be proven with this list, not even with half of it held out: "
                "take a longer list.",
                effect=shown,
            )
        return _(
            "To find an effect of {effect}, {share} of the list must be held out.",
            effect=shown,
            share=format_value(needed_share, "share"),
        )


def state_power(
    listed: int,
    held_out: int,
    *,
    base_rate: float,
    effect: float | None = None,
    power: float = 0.80,
    alpha: float = 0.05,
) -> PowerStatement:
    """State what a list with a hold-out can prove.

    Two independent proportions, score test with pooled variance, normal approximation (Fleiss, Levin & Paik
    2003, *Statistical Methods for Rates and Proportions*, ch. 4), as in statsmodels.

    Parameters
    ----------
    listed, held_out
        Customers on the list, and those of them held out.
    base_rate
        Share that buys without a contact.
    effect
        A rise in that share (0.01 is one point) to size the hold-out for.
    power, alpha
        Chance to find an effect; two-sided error of the first kind.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    problems = check_rates(base_rate, effect, power=power, alpha=alpha)
    if not 0 < held_out < listed:
        problems.append(
            _(
                "held_out == {held_out}, must be above 0 and below the list's {listed}.",
                held_out=f"{held_out:,}",
                listed=f"{listed:,}",
            )
        )
    if problems:
        raise ParameterError(_("The power cannot be stated"), problems)
    held = sorted({max(1, round(share * listed)) for share in _SHARES if round(share * listed) < listed})
    curve = [(size / listed, find_effect(listed, size, base_rate, power, alpha)) for size in held]
    return PowerStatement(
        listed=listed,
        held_out=held_out,
        base_rate=base_rate,
        power=power,
        alpha=alpha,
        detectable_effect=find_effect(listed, held_out, base_rate, power, alpha),
        effect=effect,
        needed_share=None if effect is None else _find_share(listed, base_rate, effect, power, alpha),
        curve=pd.DataFrame(curve, columns=["holdout_share", "detectable_effect"]),
    )


def check_rates(base_rate: float, effect: float | None, **shares: float) -> list[str]:
    """List what of a power statement's shares is none."""
    problems = [
        _("{name} == {value}, must be above 0 and below 1.", name=name, value=repr(value))
        for name, value in {"base_rate": base_rate, **shares}.items()
        if not 0 < value < 1
    ]
    if effect is not None and not 0 < effect < 1 - base_rate:
        problems.append(
            _("effect == {effect}, must be above 0 and below 1 − base_rate.", effect=repr(effect))
        )
    return problems


def find_power(listed: int, held_out: int, base_rate: float, effect: float, alpha: float) -> float:
    """Return the chance to find ``effect``."""
    treated = listed - held_out
    ratio = held_out / treated
    return float(
        power_proportions_2indep(effect, base_rate, treated, ratio=ratio, alpha=alpha, return_results=False)
    )


def find_effect(listed: int, held_out: int, base_rate: float, power: float, alpha: float) -> float:
    """Return the smallest rise that is found with ``power``; NaN if none is."""
    largest = 1 - base_rate - 1e-9

    def lacking(effect: float) -> float:
        return find_power(listed, held_out, base_rate, effect, alpha) - power

    if not lacking(largest) > 0:
        return np.nan
    return float(brentq(lacking, 1e-9, largest, xtol=1e-10))


def _find_share(listed: int, base_rate: float, effect: float, power: float, alpha: float) -> float:
    """Return the smallest share, up to one half, by bisection: power rises with the smaller group."""
    lower, upper = 0, int(_LARGEST_SHARE * listed)
    if upper < 1 or not find_power(listed, upper, base_rate, effect, alpha) >= power:
        return np.nan
    while upper - lower > 1:
        middle = (lower + upper) // 2
        if find_power(listed, middle, base_rate, effect, alpha) >= power:
            upper = middle
        else:
            lower = middle
    return upper / listed
