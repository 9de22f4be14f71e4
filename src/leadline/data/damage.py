"""Text that was read in a wrong encoding and saved again: it decodes cleanly and says nothing."""

import re
from itertools import islice

from leadline.data.raw import name_rows, shorten
from leadline.language import N_, _, plural

_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_HANZI_RUN = re.compile("[\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff\u20ac\u3001-\u303f\uff01-\uff5e]{2,}")
#: What bytes 0x80 to 0xFF look like when they are read as Latin-1 or as Windows-1252.
_WINDOWS = bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
_LATIN_RUN = re.compile(f"[\u0080-\u00ff{_WINDOWS}]+")
_REPLACED = "\N{REPLACEMENT CHARACTER}"
_DAMAGED_SHARE = 0.5
_LINES_LOOKED_AT = 20_000
_REMEDY = N_("Export the table again as “CSV UTF-8” from the system it comes from.")


def find_damage(text: str) -> str:
    """Return the problem of a text that was damaged by a wrong encoding, empty when there is none.

    Looked for are characters lost for good (U+FFFD), GBK or UTF-8 that was read as Latin-1, and UTF-8 that
    was read as GBK: undone, most words become valid text of the other encoding, which chance hardly does.
    """
    if text.isascii():
        return ""
    numbered = enumerate(text.split("\n"), start=1)
    if _REPLACED in text:
        rows = [row for row, line in numbered if _REPLACED in line]
        return plural(
            "{count} line holds characters that were lost ({character}; {rows}). {remedy}",
            "{count} lines hold characters that were lost ({character}; {rows}). {remedy}",
            len(rows),
            character=_REPLACED,
            rows=name_rows(rows),
            remedy=_(_REMEDY),
        )
    lines = list(islice(((row, line) for row, line in numbered if not line.isascii()), _LINES_LOOKED_AT))
    for what, find_words, undo in _DAMAGES:
        words = [(row, word) for row, line in lines for word in find_words(line)]
        undone = [(row, word, mended) for row, word in words if (mended := undo(word))]
        if undone and len(undone) >= _DAMAGED_SHARE * len(words) and _outnumbers(undo, undone, text):
            row, word, mended = undone[0]
            rows = sorted({row for row, *_rest in undone})
            return plural(
                "{what}: {count} line is garbled ({rows}; {word} in row {row} was {mended}). {remedy}",
                "{what}: {count} lines are garbled ({rows}; {word} in row {row} was {mended}). {remedy}",
                len(rows),
                what=_(what),
                rows=name_rows(rows),
                word=shorten(word),
                row=f"{row:,}",
                mended=shorten(mended),
                remedy=_(_REMEDY),
            )
    return ""


def _outnumbers(undo: object, undone: list[tuple[int, str, str]], text: str) -> bool:
    """Say whether more hanzi come out than stand there: two accented letters may be one hanzi by chance."""
    return undo is not _latin_as_gbk or sum(len(_CJK.findall(mended)) for *_at, mended in undone) > len(
        _CJK.findall(text)
    )


def _latin_as_utf8(word: str) -> str:
    return _decode(_latin_bytes(word), "utf-8")


def _latin_as_gbk(word: str) -> str:
    mended = _decode(_latin_bytes(word), "gb2312")
    return mended if _CJK.search(mended) else ""


def _gbk_as_utf8(word: str) -> str:
    """Undo UTF-8 read as GBK; hanzi must come out, for short Chinese words may pass as two-byte UTF-8."""
    try:
        data = word.encode("gb18030")
    except UnicodeEncodeError:
        return ""
    mended = _decode(data, "utf-8")
    return mended if mended and all(_CJK.match(char) or char.isascii() for char in mended) else ""


def _latin_bytes(word: str) -> bytes:
    return b"".join(char.encode("cp1252") if char in _WINDOWS else char.encode("latin-1") for char in word)


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


_DAMAGES = (
    (N_("UTF-8 text was once read as Latin-1"), _LATIN_RUN.findall, _latin_as_utf8),
    (N_("GBK text was once read as Latin-1"), _LATIN_RUN.findall, _latin_as_gbk),
    (N_("UTF-8 text was once read as GBK"), _HANZI_RUN.findall, _gbk_as_utf8),
)
