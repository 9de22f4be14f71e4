"""A report as a small page for mail: answer, cards, warnings, first limits, and where the whole stands.

It has no figure: Outlook and Gmail do not show images that a page carries, and one from elsewhere would tell
its server who read the mail. Tables and inline styles are what every mail program shows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from leadline.language import _, plural, speaking
from leadline.language.messages import current_locale
from leadline.report.forms.contents import plain_text, read_contents
from leadline.report.head import explain_failure, make_cards, write_date
from leadline.report.templates import render_template

#: Gmail cuts a mail beyond 102 kB.
MOST_BYTES = 100_000
_MOST_CARDS, _MOST_WARNINGS, _MOST_LIMITS = 12, 8, 4
_MOST_CHARS, _MOST_LABEL_CHARS = 800, 160
_CARD = ("label", "value", "interval", "sign", "note")
_SOFT, _COLORS = "#55616d", {"good": "#17663a", "bad": "#a3241f", "unsure": "#7a5200"}


def write_email(notebook: NotebookNode, record: Mapping[str, Any], *, place: str = "") -> str:
    """Write the page ``email.html``, in the language of the record; at most 100 kB, no script, no image.

    Parameters
    ----------
    notebook
        Executed notebook.
    record
        Its run record; of a run that is not done, the page says why.
    place
        Where the whole report is: an address or a path. Without it the mail names the run's folder.
    """
    with speaking(record["language"]):
        return render_template("email.html.j2", _describe(notebook, record, place))


def _describe(notebook: NotebookNode, record: Mapping[str, Any], place: str) -> dict[str, Any]:
    failure = explain_failure(record)
    contents = read_contents(notebook, record)
    cards = () if failure else make_cards(record.get("kpis", []))[:_MOST_CARDS]
    parts = [
        _list_part(_("Before you rely on this"), record.get("warnings", []), _MOST_WARNINGS),
        _list_part(_("What this does not show"), () if failure else contents.limits, _MOST_LIMITS),
    ]
    return {
        "language": current_locale().replace("_", "-"),
        "title": _shorten(contents.title),
        "date": write_date(record.get("ended") or record.get("started")),
        "failure": _shorten(failure.headline) if failure else "",
        "answer": "" if failure else _shorten(record.get("answer") or ""),
        "cards": [
            {
                **{
                    key: _shorten(getattr(card, key), _MOST_LABEL_CHARS)
                    for key in ("label", "value", "interval", "sign", "note")
                },
                "color": _COLORS.get(card.verdict, "#55616d"),
            }
            for card in cards
        ],
        "parts": [part for part in parts if part["texts"]],
        "place": _tell_place(record, place),
    }


def _list_part(title: str, texts: Sequence[str], most: int) -> dict[str, Any]:
    left = len(texts) - most
    more = plural("{count} more is in the report.", "{count} more are in the report.", max(left, 0))
    return {
        "title": title,
        "texts": [_shorten(text) for text in texts[:most]],
        "more": more if left > 0 else "",
    }


def _tell_place(record: Mapping[str, Any], place: str) -> str:
    if place:
        return _("The whole report, with its figures and tables: {place}", place=_shorten(place))
    return _(
        "The whole report, with its figures and tables, is report.html of the run {run}.",
        run=record["run_id"],
    )


def _shorten(text: str, most: int = _MOST_CHARS) -> str:
    plain = plain_text(text)
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"
