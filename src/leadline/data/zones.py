"""Clock times placed in a time zone: those that the clock skipped or showed twice are no moments."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from leadline.data.raw import Findings, find_file_rows, name_rows
from leadline.language import _, plural


def place_times(frame: pd.DataFrame, time_zone: str, findings: Findings) -> pd.DataFrame:
    """Return the frame with clock times as moments in UTC; columns of mere days stay days.

    Parameters
    ----------
    frame
        One row a record, labelled as `read_table` does.
    time_zone
        Name such as ``Asia/Shanghai``.
    findings
        Takes the problem of every column with times that a clock change made impossible or ambiguous.
    """
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.problems.append(
            _("no time zone is called {time_zone}. Write it as Asia/Shanghai.", time_zone=repr(time_zone))
        )
        return frame
    clocks = {str(name): column for name, column in frame.select_dtypes("datetime").items()}
    return frame.assign(
        **{
            name: _place(times, zone, findings)
            for name, times in clocks.items()
            if (times.dropna() != times.dropna().dt.normalize()).any()
        }
    )


def _place(times: pd.Series, zone: ZoneInfo, findings: Findings) -> pd.Series:
    skipped = times.dt.tz_localize(zone, nonexistent="NaT", ambiguous=np.ones(len(times), dtype=bool))
    placed: pd.Series = times.dt.tz_localize(zone, nonexistent="NaT", ambiguous="NaT")
    for what, mask in (
        (_("impossible, for the clock was put forward"), skipped.isna() & times.notna()),
        (_("ambiguous, for the clock was put back"), placed.isna() & skipped.notna()),
    ):
        if mask.any():
            rows = find_file_rows(mask)
            findings.problems.append(
                plural(
                    "{name}: {count} time is {what} ({rows}: {first}). Export the moments in UTC or with "
                    "their offset.",
                    "{name}: {count} times are {what} ({rows}: {first}). Export the moments in UTC or with "
                    "their offset.",
                    len(rows),
                    name=times.name,
                    what=what,
                    rows=name_rows(rows),
                    first=times[mask].iloc[0],
                )
            )
    moments: pd.Series = placed.dt.tz_convert("UTC")
    return moments
