"""The ground floor: messages, formats and escaping. Imports nothing of leadline."""

from leadline.language.formats import format_value
from leadline.language.messages import LANGUAGES, _, current_language, plural, use_language

__all__ = ["LANGUAGES", "_", "current_language", "format_value", "plural", "use_language"]
