import pytest

from leadline.language import _, current_language, plural, use_language
from leadline.language.extract import TEMPLATE_FILE, extract_messages


def test_values_fill_a_message_and_are_not_read_as_one() -> None:
    assert _("{name} buys", name="{0.__class__}") == "{0.__class__} buys"


def test_a_message_without_values_keeps_its_braces() -> None:
    assert _("a set {x}") == "a set {x}"


def test_the_empty_message_stays_empty() -> None:
    assert _("") == ""


def test_plural_follows_the_count() -> None:
    assert plural("{count} row", "{count} rows", 1) == "1 row"
    assert plural("{count} row", "{count} rows", 0) == "0 rows"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="language == 'xx', must be one of en, zh"):
        use_language("xx")
    assert current_language() == "en"


def test_the_catalogue_holds_every_message_of_code_template_and_notebooks() -> None:
    assert TEMPLATE_FILE.read_text("utf-8") == extract_messages(), "run 'make messages'"
