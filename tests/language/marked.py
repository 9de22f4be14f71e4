"""A language that marks every message: what stands outside all marks is no message of the catalogue."""

import gettext
import re

import pytest

from leadline.language import messages

OPEN, CLOSE = "⟦", "⟧"
_PLACEHOLDER = re.compile(r"(?<!\{)\{\w+\}(?!\})")


class Marked(gettext.NullTranslations):
    """Marks a message whole or, ``around_values``, its own words only, so that the values stand outside."""

    def __init__(self, *, around_values: bool) -> None:
        super().__init__()
        self._around_values = around_values

    def gettext(self, message: str) -> str:
        text = _PLACEHOLDER.sub(rf"{CLOSE}\g<0>{OPEN}", message) if self._around_values else message
        return f"{OPEN}{text}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def speak_marked(monkeypatch: pytest.MonkeyPatch, *, around_values: bool = False) -> None:
    """Speak the marked language until the test ends."""
    language = Marked(around_values=around_values)
    monkeypatch.setattr(messages, "_catalogue", lambda _language: language)


def unmarked(text: str) -> str:
    """What stands outside all marks, letters only."""
    while OPEN in text:
        text, before = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text), text
        assert text != before, "a mark is not closed"
    return "".join(re.findall(r"[^\W\d_]+", text))
