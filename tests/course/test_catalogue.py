"""The labs' Chinese catalogue is whole, current and Chinese."""

import re

import pytest
from babel.messages.catalog import Catalog

from leadline.course.catalogue import collect_lab_texts
from leadline.course.labs import LABS_DOMAIN, LABS_LOCALE
from leadline.language.translations import (
    find_catalogue,
    find_faults,
    read_catalogue,
    update_catalogue,
    write_catalogue,
)


@pytest.fixture
def catalogue() -> Catalog:
    return read_catalogue("zh", LABS_LOCALE, LABS_DOMAIN)


def test_every_text_is_translated_and_none_unused(catalogue: Catalog) -> None:
    assert find_faults(catalogue, has_placeholders=False) == []
    assert {message.id for message in catalogue} == {message.id for message in collect_lab_texts()}


def test_the_compiled_catalogue_is_what_the_po_file_says(catalogue: Catalog) -> None:
    path = find_catalogue("zh", LABS_LOCALE, LABS_DOMAIN)
    update_catalogue(catalogue, collect_lab_texts())
    assert (path.read_bytes(), path.with_suffix(".mo").read_bytes()) == write_catalogue(catalogue)


def test_a_translation_is_chinese_and_keeps_code_headings_and_marks(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id:
            continue
        assert re.search("[一-鿿]", message.string), message.string[:60]
        heads = [re.findall(r"^#{1,3} (?=\S)", text, re.MULTILINE) for text in (message.id, message.string)]
        assert heads[0] == heads[1], message.id[:60]
        code = [set(re.findall(r"`[a-z]\w*_\w+`", text)) for text in (message.id, message.string)]
        assert code[0] <= code[1], (message.id[:60], code[0] - code[1])
        marks = [re.findall(r"### (?:BEGIN|END) [A-Z ]+", text) for text in (message.id, message.string)]
        assert marks[0] == marks[1], message.id[:60]
