"""Segment profiles: each segment's means against the total, and the variables that mark it."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from leadline.disclosure import MINIMUM
from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate, wilson_interval
from leadline.language import _
from leadline.target.profiles.columns import (
    FloatArray,
    Variable,
    check_frame,
    find_shown,
    order_segments,
    read_variables,
)
from leadline.target.profiles.profile_result import ProfileResult
from leadline.target.views.groups import estimate_mean, spread

BoolArray = npt.NDArray[np.bool_]

_TAILS = (0.05, 0.95)


def profile_segments(
    bases: pd.DataFrame,
    segments: pd.Series,
    *,
    labels: Mapping[str, str] | None = None,
    absolute: float = 0.25,
    relative: float = 0.25,
    minimum: int = MINIMUM,
) -> ProfileResult:
    """Compare each segment's means with those of all customers and mark what is large.

    A *marker variable* differs from the total mean by at least ``absolute`` (shares of a yes only) or by at
    least ``relative`` of it (Dolnicar, Grün & Leisch 2018, *Market Segmentation Analysis*, ch. 8); of a
    number that goes below zero, whose mean says little, ``relative`` is of the standard deviation. Size is
    not proof: a marker is *sure* if its difference, linearised with the segments taken as given, stays on one
    side of zero after Bonferroni's correction over all differences shown.

    Parameters
    ----------
    bases
        One row a customer: yes and no, numbers, or text (each level becomes a variable). The columns that
        made the segments, or any others. Missing values are left out of a mean.
    segments
        Label of each customer, same index, however it was made; a categorical keeps its order.
    labels
        Column → what a reader calls it.
    absolute, relative
        Differences from which a variable is a marker; flexclust's own default is 0.25 and 0.5.
    minimum
        Fewest customers of a segment that is described. Where one is left out, so is the next smallest as
        long as subtraction from all customers would give it away.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = check_frame(bases, segments, _("the table of bases"))
    problems += [] if absolute > 0 and relative > 0 else [_("absolute and relative must be above 0.")]
    problems += [] if minimum >= 1 else [_("minimum == {minimum}, must be at least 1.", minimum=minimum)]
    if problems:
        raise DataError(_("The segments cannot be profiled"), problems)
    variables = read_variables(bases, labels or {})
    masks = {str(name): (segments == name).to_numpy(dtype=bool) for name in order_segments(segments)}
    shown = [str(name) for name in find_shown(segments, minimum)]
    level = 1 - (1 - LEVEL) / max(1, len(shown) * len(variables))
    rows = [
        {"segment": name, **_describe(variable, inside, absolute, relative, level)}
        for name, inside in masks.items()
        for variable in variables
    ]
    sizes = [
        {
            "segment": name,
            "customers": int(inside.sum()),
            **spread("share", wilson_interval(int(inside.sum()), len(inside))),
        }
        for name, inside in masks.items()
    ]
    return ProfileResult(
        profiles=_keep(pd.DataFrame(rows), shown),
        sizes=_keep(pd.DataFrame(sizes), shown),
        left_out=len(masks) - len(shown),
        absolute=absolute,
        relative=relative,
        minimum=minimum,
    )


def _keep(rows: pd.DataFrame, shown: Sequence[str]) -> pd.DataFrame:
    return rows[rows["segment"].isin(shown)].reset_index(drop=True)


def _describe(
    variable: Variable, inside: BoolArray, absolute: float, relative: float, level: float
) -> dict[str, object]:
    known = ~np.isnan(variable.numbers)
    values, part = variable.numbers[known], inside[known]
    total = float(values.mean())
    gap, error = _find_gap(values, part)
    freedom = max(1, int(part.sum()) - 1)
    reach = float(special.stdtrit(freedom, 0.5 + LEVEL / 2)) * error
    low, high = (0.0, 1.0) if variable.is_share else (float(end) for end in np.quantile(values, _TAILS))
    mean = estimate_mean(values[part])
    if variable.is_share:
        mean = wilson_interval(float(values[part].sum()), int(part.sum()))
    usual = abs(total) if values.min() >= 0 else float(values.std())
    is_large = abs(gap) >= relative * usual > 0 or (variable.is_share and abs(gap) >= absolute)
    width = high - low if high > low else 1.0
    return {
        "variable": variable.name,
        "column": variable.column,
        "label": variable.label,
        "is_share": variable.is_share,
        **spread("mean", mean),
        "total": total,
        **spread("difference", Estimate(gap, gap - reach, gap + reach)),
        "is_marker": bool(is_large),
        "is_sure": bool(abs(gap) > float(special.stdtrit(freedom, 0.5 + level / 2)) * error) and gap != 0,
        "place": float(np.clip((mean.value - low) / width, 0, 1)),
        "place_total": float(np.clip((total - low) / width, 0, 1)),
    }


def _find_gap(values: FloatArray, part: BoolArray) -> tuple[float, float]:
    """Mean of a part less the mean of all, and its standard error: the part is in both."""
    if not part.any():
        return float("nan"), float("nan")
    gap = float(values[part].mean() - values.mean())
    influence = part * (values - values[part].mean()) / part.mean() - (values - values.mean())
    return gap, float(influence.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
