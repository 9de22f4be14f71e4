"""Clock times placed in a time zone."""

import numpy as np
import pandas as pd

from leadline.data.raw import counted, find_file_rows, name_rows
from leadline.errors import DataError


def localize_dates(moments: pd.Series, time_zone: str) -> pd.Series:
    """Place clock times in a time zone; times that the clock skipped or showed twice are refused.

    Raises
    ------
    DataError
        If a clock change makes moments impossible or ambiguous; rows are those of a file (header = 1).
    """
    skipped = moments.dt.tz_localize(
        time_zone, nonexistent="NaT", ambiguous=np.ones(len(moments), dtype=bool)
    )
    placed: pd.Series = moments.dt.tz_localize(time_zone, nonexistent="NaT", ambiguous="NaT")
    problems = []
    for what, mask in (
        ("impossible, for the clock was put forward", skipped.isna() & moments.notna()),
        ("ambiguous, for the clock was put back", placed.isna() & skipped.notna()),
    ):
        if mask.any():
            rows = find_file_rows(mask)
            times = counted(len(rows), "time is", "times are")
            problems.append(
                f"{moments.name}: {times} {what} ({name_rows(rows)}: {moments[mask].iloc[0]}). "
                "Export the moments in UTC or with their offset."
            )
    if problems:
        raise DataError(f"{moments.name} cannot be placed in {time_zone}", problems)
    return placed
