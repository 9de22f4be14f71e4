"""The market's calendar: twelve months before the day of the list, twelve after."""

import numpy as np

#: The day on which lists are made; nothing of this day or later is known to a desk.
AS_OF = np.datetime64("2025-07-01", "D")
MONTHS_BEFORE = 12
MONTHS_AFTER = 12
#: First days of the 24 months, oldest first.
MONTHS = np.arange(MONTHS_BEFORE + MONTHS_AFTER).astype("timedelta64[M]") + (
    AS_OF.astype("datetime64[M]") - MONTHS_BEFORE
)
#: Positions in `MONTHS` of the three months that a customer-level summary covers.
SUMMARY_MONTHS = tuple(range(MONTHS_BEFORE - 3, MONTHS_BEFORE))
