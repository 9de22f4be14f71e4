"""Moments as a reader of the language in use expects them."""

import datetime as dt

from babel.dates import format_datetime

from leadline.language.messages import current_locale


def write_time(time: str | None) -> str:
    """Write an ISO time, with its distance from UTC where it tells that; empty for None.

    Raises
    ------
    ValueError
        If it is no ISO time.
    """
    if not time:
        return ""
    moment = dt.datetime.fromisoformat(time)
    return str(format_datetime(moment, "medium", locale=current_locale(), tzinfo=None)) + _write_zone(moment)


def _write_zone(moment: dt.datetime) -> str:
    offset = moment.strftime("%z")
    if not offset:
        return ""
    return " UTC" if offset == "+0000" else f" UTC{offset[:3]}:{offset[3:]}"
