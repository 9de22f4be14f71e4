"""One message function for every text that a report's reader sees.

The English text is the message's identifier (gettext). ``locale/messages.pot`` lists all messages; each
language adds ``locale/<code>/LC_MESSAGES/leadline.mo``. Text without a translation stays English.
"""

import gettext
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.numbers import format_decimal

LOCALE_FOLDER = Path(__file__).with_name("locale")

#: Language code of a notebook's ``language`` parameter → CLDR locale of its numbers and dates.
LANGUAGES = {"en": "en", "zh": "zh_Hans"}

_language: ContextVar[str] = ContextVar("language", default="en")


def use_language(code: str) -> None:
    """Speak ``code`` (a key of `LANGUAGES`) from here on, in this thread or task.

    Raises
    ------
    ValueError
        If the language is not one of `LANGUAGES`.
    """
    if code not in LANGUAGES:
        raise ValueError(f"language == {code!r}, must be one of {', '.join(LANGUAGES)}.")
    _language.set(code)


def current_language() -> str:
    """Return the language in use, a key of `LANGUAGES`."""
    return _language.get()


def current_locale() -> str:
    """Return the CLDR locale of the language in use."""
    return LANGUAGES[current_language()]


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("leadline", LOCALE_FOLDER, languages=[LANGUAGES[language]], fallback=True)


def _(message: str, **values: object) -> str:
    """Translate ``message`` and fill its ``{placeholders}`` with ``values``.

    The empty message stays empty (gettext would answer with the catalogue's own head).
    """
    text = _catalogue(current_language()).gettext(message) if message else ""
    return text.format(**values) if values else text


def plural(one: str, many: str, count: int, **values: object) -> str:
    """Translate the form that fits ``count``; ``{count}`` may be used in both."""
    text = _catalogue(current_language()).ngettext(one, many, count)
    return text.format(count=format_decimal(count, locale=current_locale()), **values)
