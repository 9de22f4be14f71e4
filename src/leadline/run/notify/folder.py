"""Put a report into a folder under a name that stays: a reader sees the old one or the new, never a part."""

import re

from leadline.durable import replace_file
from leadline.language import _
from leadline.run.notify.event import Event
from leadline.run.notify.failing import DeliveryError
from leadline.run.notify.targets import Folder

_LONGEST_NAME = 80


def copy_report(target: Folder, event: Event) -> None:
    """Copy the report.

    Raises
    ------
    DeliveryError
        If the folder is not there (it is not made: a drive that is not mounted would look like one), or
        cannot be written. What lay there before is untouched.
    """
    if event.report is None:
        raise DeliveryError(_("there is no report to copy."), again=False)
    if not target.path.is_dir():
        raise DeliveryError(_("there is no such folder. Make it, or mount its drive."), again=True)
    place = target.path / f"{target.name or _plain_name(event.name)}.html"
    try:
        replace_file(place, event.report.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DeliveryError(_("the report cannot be copied: {reason}.", reason=reason), again=True) from None


def _plain_name(text: str) -> str:
    return re.sub(r"[^\w-]+", "_", text)[:_LONGEST_NAME].strip("_") or "report"
