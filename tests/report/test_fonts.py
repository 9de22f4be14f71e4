"""A page brings the Chinese letters it shows, and no more."""

import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from leadline.language import speaking
from leadline.report import fonts
from leadline.report.fonts import embed_fonts


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEADLINE_CACHE", str(tmp_path))
    monkeypatch.setattr(fonts, "letters_of_catalogue", lambda _language: "客户名单")
    fonts._read_font.cache_clear()
    return tmp_path


def letters(css: str) -> dict[str, set[str]]:
    """Family → the letters its font has."""
    faces = re.findall(r'font-family:"([\w-]+)".*?base64,([\w+/=]+)\)', css)
    return {family: set(map(chr, TTFont(BytesIO(b64decode(font))).getBestCmap())) for family, font in faces}


def test_an_english_page_without_chinese_needs_no_font() -> None:
    assert embed_fonts("Customers “listed”", "…") == ""


def test_an_english_page_brings_the_chinese_of_its_data() -> None:
    assert letters(embed_fonts("branch 杭州", "（客户）")) == {"leadline-data": set("杭州客户（）")}


def test_a_chinese_page_shares_the_catalogue_s_letters_and_adds_its_own() -> None:
    with speaking("zh"):
        found = letters(embed_fonts("杭州的客户"))
    assert found == {"leadline-told": set("客户名单“”‘’…—·"), "leadline-data": set("杭州的")}


def test_a_font_is_cut_once_and_then_read(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = embed_fonts("杭州")
    (file,) = (cache / "fonts").iterdir()
    assert file.suffix == ".woff2"
    fonts._read_font.cache_clear()
    monkeypatch.setattr(fonts, "_cut_font", None)
    assert embed_fonts("州杭") == first


def test_a_cache_that_cannot_be_written_is_done_without(cache: Path) -> None:
    (cache / "fonts").write_text("a file where the folder should be")
    assert "leadline-data" in embed_fonts("杭")
    assert (cache / "fonts").is_file()


def test_letters_that_the_font_lacks_are_left_to_the_machine() -> None:
    assert letters(embed_fonts("杭\u3130")) == {"leadline-data": {"杭"}}
