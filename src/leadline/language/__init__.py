"""The ground floor: messages, formats and escaping. Imports nothing of leadline."""

from leadline.language.formats import format_value, join_sentences
from leadline.language.messages import LANGUAGES, N_, _, current_language, plural, speaking, use_language

__all__ = [
    "LANGUAGES",
    "N_",
    "_",
    "current_language",
    "format_value",
    "join_sentences",
    "plural",
    "speaking",
    "use_language",
]
