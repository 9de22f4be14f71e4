"""Encodings are told apart without guessing: real text of any of them passes, damaged text does not."""

import pytest

from leadline.data.damage import find_damage
from leadline.data.encoding import decode_bytes
from leadline.errors import DataError

CHINESE = [
    "姓名,城市\n张三,北京\n李四,联通\n王五,上海浦东新区\n欧阳娜娜,乌鲁木齐\n",
    "备注\n客户已开通两融账户，佣金万二。\n",
    "a\n联通\n",
    "名\n朱镕基\n喆\n陈镕\n",
    "city\n上海\nZürich\nZürich\n",
    "繁體\n證券市場資訊\n客戶資料\n",
]
WESTERN = [
    "name\nJosé\nMüller\nFrançois créée\nNoël Bjørn Åse\n",
    "ville\nÎle-de-France\nSaint-Étienne\nŒuvre\n",
    "note\n5 € – “quoted” … ™\n",
    "name\nÆøå\nŽižkov\n",
]


@pytest.mark.parametrize("text", CHINESE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_survives(text: str, encoding: str) -> None:
    assert decode_bytes(text.encode(encoding), "t.csv").utf8.decode() == text


@pytest.mark.parametrize(
    "text", [*WESTERN, "name\nПривет мир\n", "name\nこんにちは世界\n", "名前\n山田 太郎\n"]
)
def test_sound_text_in_utf8_is_not_taken_for_damaged(text: str) -> None:
    assert decode_bytes(text.encode(), "t.csv").utf8.decode() == text


@pytest.mark.parametrize("text", WESTERN[:2])
def test_western_files_are_not_taken_for_chinese(text: str) -> None:
    with pytest.raises(DataError, match="neither UTF-8 nor GBK"):
        decode_bytes(text.encode("cp1252"), "t.csv")


@pytest.mark.parametrize("text", CHINESE[:2])
@pytest.mark.parametrize(
    ("written", "read"), [("gbk", "latin-1"), ("utf-8", "latin-1"), ("gbk", "cp1252"), ("utf-8", "gbk")]
)
def test_text_read_in_a_wrong_encoding_is_found(text: str, written: str, read: str) -> None:
    lines = [line.encode(written).decode(read, "ignore") for line in text.splitlines()]
    assert find_damage("\n".join(lines))


def test_lost_characters_are_found() -> None:
    assert "rows 2 and 3" in find_damage("n\n张\ufffd\n\ufffd四\nok\n")


def test_a_file_cut_in_a_character_is_refused() -> None:
    with pytest.raises(DataError, match="row 3"):
        decode_bytes("姓名\n张三\n李四".encode()[:-1], "t.csv")


def test_big5_is_not_taken_for_gbk() -> None:
    text = "姓名\n" + "證券市場資訊的客戶們說這個時間應該來過我們公司開戶\n" * 3
    with pytest.raises(DataError):
        decode_bytes(text.encode("big5"), "t.csv")


def test_accented_letters_beside_real_chinese_are_no_damage() -> None:
    assert find_damage("words\n王小姐\nwp,éé\n") == ""
    assert "GBK text was once read as Latin-1" in find_damage("words\nÍõÐ¡½ã\nwp,éé\n")
