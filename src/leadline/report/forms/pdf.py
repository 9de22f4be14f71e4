"""The report page on paper: what Chromium prints of it, and nothing of when or where."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from leadline.report.forms.chromium import PRINT_SECONDS, print_page

_TIMES = re.compile(rb"/(CreationDate|ModDate) \(D:(\d{14})[^)]{7}\)")


def print_pdf(page: str, record: Mapping[str, Any], *, limit_seconds: float = PRINT_SECONDS) -> bytes:
    """Print the report page (`leadline.report.page.render_page`) on A4, its pages numbered.

    The file's time is the end of the run, so that the same page gives the same file but for Chromium's own
    numbers of its parts.

    Raises
    ------
    RunError
        If Chromium could not print it.
    """
    time = dt.datetime.fromisoformat(record.get("ended") or record["started"]).astimezone(dt.UTC)
    told = time.strftime("%Y%m%d%H%M%S").encode()
    # Of equal length: a PDF names the places of its parts by counting bytes.
    return _TIMES.sub(rb"/\1 (D:" + told + rb"+00'00')", print_page(page, limit_seconds=limit_seconds))
