"""One message function for every text that a report's reader sees.

The English text is the message's identifier (gettext). ``locale/messages.pot`` lists all messages; each
language adds ``locale/<code>/LC_MESSAGES/leadline.mo``. Text without a translation stays English.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

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


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak ``code`` inside the block only."""
    before = current_language()
    use_language(code)
    try:
        yield
    finally:
        _language.set(before)


def current_language() -> str:
    """Return the language in use, a key of `LANGUAGES`."""
    return _language.get()


def current_locale() -> str:
    """Return the CLDR locale of the language in use."""
    return LANGUAGES[current_language()]


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("leadline", LOCALE_FOLDER, languages=[LANGUAGES[language]], fallback=True)


def letters_of_catalogue(language: str) -> str:
    """Return all texts of a language's catalogue in one, for who needs to know its letters."""
    catalogue = _catalogue(language)
    is_there = isinstance(catalogue, gettext.GNUTranslations)
    texts = catalogue._catalog.values() if is_there else ()  # type: ignore[attr-defined] # noqa: SLF001 (no public one)
    return "".join(text for text in texts if isinstance(text, str))


def _(message: str, /, **values: object) -> str:
    """Translate ``message`` and fill its ``{placeholders}`` with ``values``.

    The empty message stays empty (gettext would answer with the catalogue's own head).
    """
    text = _catalogue(current_language()).gettext(message) if message else ""
    return text.format(**values) if values else text


def plural(one: str, many: str, count: int, /, **values: object) -> str:
    """Translate the form that fits ``count``; ``{count}`` may be used in both."""
    count = int(count)
    text = _catalogue(current_language()).ngettext(one, many, count)
    return text.format(count=_write_count(count), **values)


def _write_count(count: int) -> str:
    if abs(count) < 1_000:  # noqa: PLR2004 (written alike in every language)
        return str(count)
    from babel.numbers import format_decimal  # noqa: PLC0415 (a refused run need not pay for it)

    return str(format_decimal(count, locale=current_locale()))


def N_(message: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark ``message`` for the catalogue and leave it as it is; who uses it later calls ``_`` on it.

    For texts kept in constants: what is evaluated at import does not know the language yet.
    """
    return message
