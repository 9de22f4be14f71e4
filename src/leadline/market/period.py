"""The market's calendar: twelve months before the day of the list, twelve after."""

import numpy as np

#: The day on which lists are drawn and the launch starts.
LISTED_ON = np.datetime64("2025-07-01", "D")
#: The last day of which a desk knows anything.
AS_OF = LISTED_ON - 1
MONTHS_BEFORE = 12
MONTHS_AFTER = 12
#: First days of the 24 months, oldest first.
MONTHS = np.arange(MONTHS_BEFORE + MONTHS_AFTER).astype("timedelta64[M]") + (
    LISTED_ON.astype("datetime64[M]") - MONTHS_BEFORE
)
