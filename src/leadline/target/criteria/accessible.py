"""Accessible: whom of each segment we may reach, and by what."""

import pandas as pd

from leadline.errors import DataError
from leadline.intervals import wilson_interval
from leadline.language import _
from leadline.target.profiles.columns import check_frame, order_segments
from leadline.target.views.groups import spread

#: The row of those whom at least one channel reaches.
ANY = ""


def measure_access(permitted: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Share of each segment that may be reached, by channel and by any.

    Parameters
    ----------
    permitted
        One row a customer, one column a channel: yes where the channel reaches the customer *and* the
        customer's permission covers it. Missing counts as no.
    segments
        Label of each customer, same index.

    Returns
    -------
    DataFrame
        One row a ``segment`` (empty: all customers) and ``channel`` (empty: any): ``customers`` of the
        segment, ``reached`` (share) with ``_ci_lower`` and ``_ci_upper`` (Wilson).

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = check_frame(permitted, segments, _("the table of channels"))
    problems += [
        _("{name}: holds {dtype}, must be yes or no.", name=name, dtype=permitted[name].dtype)
        for name in permitted.columns
        if not pd.api.types.is_bool_dtype(permitted[name])
    ]
    if problems:
        raise DataError(_("The access to segments cannot be measured"), problems)
    flags = permitted.astype("boolean").fillna(value=False).astype(bool)
    flags.insert(0, ANY, flags.any(axis=1))
    rows = []
    for name in (None, *order_segments(segments)):
        inside = flags if name is None else flags[segments == name]
        for channel in flags.columns:
            reached = wilson_interval(int(inside[channel].sum()), len(inside))
            rows.append(
                {
                    "segment": ANY if name is None else str(name),
                    "channel": channel,
                    "customers": len(inside),
                    **spread("reached", reached),
                }
            )
    return pd.DataFrame(rows)
