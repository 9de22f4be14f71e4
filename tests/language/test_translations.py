"""The Chinese catalogue is whole, current, and Chinese."""

import re
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from leadline.language import _, plural, speaking
from leadline.language.extract import extract_messages
from leadline.language.translations import (
    find_catalogue,
    find_faults,
    read_catalogue,
    update_catalogue,
    write_catalogue,
)

#: Messages that read the same in both languages: signs and placeholders.
NAMES = {"AUC", "CUPED", "Newcombe", "p {p_value}", "{megabytes} MB", "table == {text} {problem}."}
_CODE = re.compile(r"`[^`\n]+`")
SAME_IN_BOTH = re.compile(r"[\W\d_]*(?:\{\w+\}[\W\d_]*)*")


def template() -> Catalog:
    return read_po(BytesIO(extract_messages().encode()))


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return read_catalogue("zh")


def test_every_message_is_translated_with_its_placeholders(catalogue: Catalog) -> None:
    assert find_faults(catalogue) == []


def test_no_message_is_missing_or_unused(catalogue: Catalog) -> None:
    said = {message.id for message in template()}
    assert {message.id for message in catalogue} == said, "run 'make messages'"


def test_the_compiled_catalogue_is_what_the_po_file_says(catalogue: Catalog) -> None:
    path = find_catalogue("zh")
    update_catalogue(catalogue, template())
    assert (path.read_bytes(), path.with_suffix(".mo").read_bytes()) == write_catalogue(catalogue)


def test_a_translation_is_chinese_and_keeps_its_structure(catalogue: Catalog) -> None:
    for message in catalogue:
        told = message.string if isinstance(message.string, str) else message.string[0]
        said = message.id if isinstance(message.id, str) else message.id[-1]
        if not said or SAME_IN_BOTH.fullmatch(said):
            continue
        assert told != said or said in NAMES, said
        assert sorted(_CODE.findall(said)) == sorted(_CODE.findall(told)), said
        for mark in (r"^#+ ", r"^\|", r"^```"):
            found = [len(re.findall(mark, text, re.MULTILINE)) for text in (said, told)]
            assert found[0] == found[1], (mark, said)


def test_a_message_that_is_new_gone_or_damaged_is_named() -> None:
    old = Catalog(locale="zh_Hans")
    old.add("gone", "没了")
    old.add("{count} rows", "行")
    new = Catalog()
    new.add("{count} rows")
    new.add("new")
    update_catalogue(old, new)
    assert [message.id for message in old if message.id] == ["{count} rows", "new"]
    assert find_faults(old) == ["other placeholders: '{count} rows'", "not translated: 'new'"]


def test_chinese_has_one_form_for_every_count() -> None:
    with speaking("zh"):
        assert plural("{count} row.", "{count} rows.", 1) == "1 行。"
        assert plural("{count} row.", "{count} rows.", 1234) == "1,234 行。"
        assert _("Checks") == "检查"
    assert _("Checks") == "Checks"
