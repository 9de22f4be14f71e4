"""What a notice says, in the language of its report; every line is plain text of one line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.dates import format_datetime

from leadline.language import _, format_value, speaking
from leadline.language.formats import format_interval
from leadline.language.messages import current_locale
from leadline.run.notify.event import MAXIMUM_CARDS, Event

#: Longest title, answer or message that is sent.
MAXIMUM_CHARACTERS = 600
_MAXIMUM_LABEL = 120


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The parts of a notice, any of them empty: ``facts`` and ``cards`` are pairs of a label and a text."""

    headline: str
    title: str
    answer: str
    cards: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    link: str
    link_text: str

    @property
    def lines(self) -> list[str]:
        """The notice as plain text."""
        parts = [self.title, self.answer]
        parts += [_pair(*pair) for pair in (*self.cards, *self.facts)]
        return [part for part in (*parts, self.link) if part]


def word(event: Event) -> Wording:
    """Write what is told of ``event``, in its language."""
    with speaking(event.language):
        return _word(event)


def one_line(text: str, limit: int = MAXIMUM_CHARACTERS) -> str:
    """Return text without line breaks, control characters or what turns the direction of writing."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


def first_line(text: str) -> str:
    """Return the head of an error: the lines below it may quote rows of a table."""
    return one_line(text.strip().partition("\n")[0])


def _word(event: Event) -> Wording:
    name = one_line(event.name, _MAXIMUM_LABEL)
    facts = [
        (_("Step"), event.step),
        (_("Reason"), first_line(event.message)),
        (_("Planned for"), _time(event.planned)),
        (_("Ended"), _time(event.ended)),
        (_("Report"), "" if event.link or event.report is None else str(event.report)),
    ]
    return Wording(
        headline=_headline(event.status, name),
        title=one_line(event.title),
        answer=one_line(event.answer),
        cards=tuple(_card(kpi) for kpi in event.kpis[:MAXIMUM_CARDS]),
        facts=tuple((label, one_line(text)) for label, text in facts if text),
        link=event.link,
        link_text=_("Open the report"),
    )


def _headline(status: str, name: str) -> str:
    match status:
        case "done":
            return _("✓ {name}: the report is ready", name=name)
        case "refused":
            return _("✗ {name}: refused, its data or a parameter cannot be used", name=name)
        case "timed_out":
            return _("✗ {name}: stopped at its time limit", name=name)
        case "killed":
            return _("✗ {name}: ended from outside", name=name)
        case "skipped":
            return _("– {name}: skipped", name=name)
        case _:
            return _("✗ {name}: failed", name=name)


def _card(kpi: Mapping[str, Any]) -> tuple[str, str]:
    unit = kpi["unit"]
    value, interval = (
        format_value(kpi["value"], unit),
        format_interval(kpi.get("ci_lower"), kpi.get("ci_upper"), unit),
    )
    text = _("{value} (95% CI {interval})", value=value, interval=interval) if interval else value
    return one_line(_(kpi["label"]), _MAXIMUM_LABEL), one_line(text, _MAXIMUM_LABEL)


def _time(moment: Any) -> str:
    return (
        format_datetime(moment, "yyyy-MM-dd HH:mm ZZZZ", tzinfo=moment.tzinfo, locale=current_locale())
        if moment
        else ""
    )


def _pair(label: str, text: str) -> str:
    return _("{label}: {text}", label=label, text=text)
