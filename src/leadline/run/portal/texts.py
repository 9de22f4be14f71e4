"""What the page's script says: every text of it, in the language in use."""

from babel.numbers import get_currency_symbol

from leadline.language import _
from leadline.language.messages import current_locale

#: How a run may have ended; the style sheet knows the same words.
RUN_STATUSES = ("done", "failed", "refused", "timed_out", "killed", "running")
#: The same for a planned time of a job and for a batch's row.
STATUSES = (*RUN_STATUSES, "missed", "skipped", "unchanged", "waiting")


def name_status(status: str) -> str:
    """Name a status; one that nobody knows is told as it is."""
    return {
        "done": _("Done"),
        "failed": _("Failed"),
        "refused": _("Refused"),
        "timed_out": _("Time limit reached"),
        "killed": _("Ended from outside"),
        "running": _("Running"),
        "missed": _("Missed"),
        "skipped": _("Skipped"),
        "unchanged": _("Unchanged"),
        "waiting": _("Waiting"),
    }.get(status, status)


def script_texts() -> dict[str, str]:
    """Return the script's texts by key; ``{placeholders}`` are filled there."""
    statuses = {f"status_{status}": name_status(status) for status in STATUSES}
    return statuses | _list_texts() | _number_texts() | _panel_texts()


def _number_texts() -> dict[str, str]:
    return {
        "currency": get_currency_symbol("CNY", locale=current_locale()),
        "points": _("{points} points"),
        "interval": _("{lower} to {upper}"),
        "tiny": _("below 0.001"),
        "seconds": _("{seconds} s"),
        "minutes": _("{minutes} min {seconds} s"),
        "value_interval": _("{value} ({interval})"),
        "reach": _("{first} to {last}; values from {low} to {high}"),
    }


def _list_texts() -> dict[str, str]:
    return {
        "showing": _("Runs {first} to {last} of {count}"),
        "none": _("No run fits. Remove a filter or a word of the search."),
        "empty": _("There is no run in this folder yet."),
        "removed": _("report removed to save space"),
        "gone": _("report's folder is missing"),
        "unfinished": _("no report yet"),
        "unsaved": _("Ended before anything could be saved."),
        "job": _("job {name}"),
        "batch": _("batch {name}"),
        "attempts": _("attempt {count}"),
        "choose": _("Choose for comparison: {title}, {when}"),
        "chosen_one": _("One run is chosen. Choose another to compare it with."),
        "chosen_two": _("Two runs are chosen."),
        "trend_of": _("Trend: {title}, {when}"),
        "trend": _("Trend"),
        "close": _("Close"),
        "page_of": _("Page {page} of {pages}"),
        "brief": _("Parameters, figures and data of the {count} oldest runs are only in their reports."),
        "cut": _(
            "The {count} oldest runs are not on this page, for want of room; their folders are untouched."
        ),
        "zone": _("Runs are told in the time of this device ({zone}), jobs and batches in UTC."),
    }


def _panel_texts() -> dict[str, str]:
    return {
        "compare_title": _("Comparison of two runs"),
        "trend_title": _("Trend: {title}"),
        "comparable": _(
            "{count} runs of the same notebook whose parameters are the same, apart from dates, as_of and "
            "seed. A run that failed is a gap, marked by a cross. The band is the 95% interval."
        ),
        "last_only": _("The newest {count} are shown."),
        "no_figures": _("These runs recorded no key figures."),
        "figure": _("Key figure"),
        "when": _("When"),
        "value": _("Value"),
        "as_table": _("As a table"),
        "spark": _("{label}: {count} values from {first} to {last}; the last is {value}."),
        "intervals": _("Intervals"),
        "overlap": _("overlap"),
        "apart": _("do not overlap"),
        "no_interval": _("no interval"),
        "overlap_note": _(
            "Intervals that do not overlap speak for a real difference. Intervals that overlap leave it "
            "open: they do not show that nothing changed."
        ),
        "numbers": _("Figures"),
        "parameters": _("Parameters"),
        "data": _("Data"),
        "code": _("Notebook and code"),
        "name": _("Name"),
        "earlier": _("Earlier run"),
        "later": _("Later run"),
        "report": _("Report"),
        "status": _("Status"),
        "answer": _("Answer"),
        "same": _("same"),
        "different": _("different"),
        "same_parameters": _("{count} parameters are the same."),
        "all_same": _("All {count} parameters are the same."),
        "verdict": _("Same or different"),
        "one_only": _("in one run only"),
        "rows": _("{count} rows"),
        "last_date": _("last date {date}"),
        "content": _("SHA-256 begins {hash}"),
        "notebook": _("Notebook"),
        "notebook_hash": _("Notebook's SHA-256 (beginning)"),
        "version": _("leadline's version"),
        "language": _("Language"),
        "no_details": _("Its parameters, figures and data are only in its report."),
        "no_data": _("No data source was recorded."),
        "unknown_run": _("This run is not on this page."),
    }
