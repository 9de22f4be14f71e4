"""How many contacts it takes to prove that one list is better than another."""

import math

from scipy import stats

from leadline.errors import ParameterError
from leadline.intervals import LEVEL
from leadline.language import _


def count_contacts_to_prove(precision: float, better: float, *, power: float = 0.8) -> int:
    """Return the contacts that each of two lists needs for their difference to show.

    Two independent lists, two-sided test at 5%, normal approximation with the pooled variance under no
    difference (Fleiss, Levin & Paik 2003, *Statistical Methods for Rates and Proportions*, eq. 4.14, without
    continuity correction). Lists that share customers need fewer.

    Parameters
    ----------
    precision, better
        True precision of the two lists, 0 to 1.
    power
        Chance that the test shows the difference, 0 to 1.

    Raises
    ------
    ParameterError
        If the precisions are equal or any value is impossible.
    """
    problems = [
        _("{name} == {value}, must lie between 0 and 1.", name=name, value=value)
        for name, value in (("precision", precision), ("better", better), ("power", power))
        if not 0 < value < 1
    ]
    if precision == better:
        problems.append(_("the two precisions are equal: no number of contacts shows a difference."))
    if problems:
        raise ParameterError(_("The number of contacts cannot be found"), problems)
    middle = (precision + better) / 2
    under_none = stats.norm.ppf(0.5 + LEVEL / 2) * math.sqrt(2 * middle * (1 - middle))
    under_some = stats.norm.ppf(power) * math.sqrt(precision * (1 - precision) + better * (1 - better))
    contacts: int = math.ceil(((under_none + under_some) / (better - precision)) ** 2)
    return contacts
