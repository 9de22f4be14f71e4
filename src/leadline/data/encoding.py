"""From bytes to text: which encoding a file is in, and whether its text was damaged before it came here."""

import re
from dataclasses import dataclass

from leadline.data.damage import find_damage
from leadline.data.raw import name_rows, unreadable
from leadline.language import N_, _, plural

_BOM8 = b"\xef\xbb\xbf"
_BOMS16 = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AGAIN = N_("Export the table again as “CSV UTF-8”.")
_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
#: Second bytes below are ASCII letters or digits: what follows a Western letter, or half of a rare hanzi.
_LETTERS_BELOW = 0x80


@dataclass(frozen=True)
class Decoded:
    """A file's text as UTF-8 bytes without byte-order mark, and what was done to get it."""

    utf8: bytes
    notes: tuple[str, ...] = ()


def decode_bytes(data: bytes, name: str) -> Decoded:
    """Decode a text file: UTF-8, UTF-16 (both with byte-order mark or without for UTF-8) or GB18030 (GBK).

    Raises
    ------
    DataError
        If the bytes are none of these, mix two of them, hold NUL bytes, or the text was already damaged by
        being read in a wrong encoding; rows are lines of the file.
    """
    decoded = _decode(data, name)
    if damage := find_damage(decoded.utf8.decode()):
        raise unreadable(name, [damage])
    return decoded


def _decode(data: bytes, name: str) -> Decoded:
    if data.startswith(_BOMS16):
        return _decode_utf16(data, name)
    if b"\0" in data:
        rows = [row for row, line in enumerate(data.split(b"\n"), start=1) if b"\0" in line]
        problem = plural(
            "{count} line holds NUL bytes ({rows}): the file is damaged or no text. {remedy}",
            "{count} lines hold NUL bytes ({rows}): the file is damaged or no text. {remedy}",
            len(rows),
            rows=name_rows(rows),
            remedy=_(_SAVE_AGAIN),
        )
        raise unreadable(name, [problem])
    notes = (
        (_("The file begins with a UTF-8 byte-order mark; it was removed."),)
        if data.startswith(_BOM8)
        else ()
    )
    body = data.removeprefix(_BOM8)
    if _decodes(body, "utf-8"):
        return Decoded(body, notes)
    return _decode_gb18030(body, name)


def _decode_utf16(data: bytes, name: str) -> Decoded:
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError:
        raise unreadable(
            name, [_("it begins as UTF-16 but breaks off or is damaged. {remedy}", remedy=_(_SAVE_AGAIN))]
        ) from None
    return Decoded(text.encode(), (_("The file is in UTF-16; it was read as such."),))


def _decode_gb18030(data: bytes, name: str) -> Decoded:
    high = [(row, line) for row, line in enumerate(data.split(b"\n"), start=1) if _HIGH_BYTES.search(line)]
    utf8 = [row for row, line in high if _is_utf8_chinese(line)]
    if utf8 and len(utf8) < len(high):
        other = sorted({row for row, _line in high} - set(utf8))
        raise unreadable(
            name,
            [
                plural(
                    "it mixes two encodings: {count} line is in GBK or another encoding ({rows}), "
                    "{number} in UTF-8 ({those}). Export both parts again as UTF-8 before joining "
                    "them.",
                    "it mixes two encodings: {count} lines are in GBK or another encoding ({rows}), "
                    "{number} in UTF-8 ({those}). Export both parts again as UTF-8 before joining "
                    "them.",
                    len(other),
                    rows=name_rows(other),
                    number=f"{len(utf8):,}",
                    those=name_rows(utf8),
                )
            ],
        )
    if _decodes(data, "gb18030") and _plausible_chinese(data):
        return Decoded(
            data.decode("gb18030").encode(), (_("The file is in GBK (GB18030); it was read as such."),)
        )
    bad = [row for row, line in high if not _decodes(line, "utf-8")]
    raise unreadable(
        name,
        [
            plural(
                "its encoding is unknown: {count} line is neither UTF-8 nor GBK ({rows}); it may be "
                "Western (Windows-1252) or Big5, or cut off in the middle of a character. {remedy}",
                "its encoding is unknown: {count} lines are neither UTF-8 nor GBK ({rows}); it may "
                "be Western (Windows-1252) or Big5, or cut off in the middle of a character. {remedy}",
                len(bad),
                rows=name_rows(bad),
                remedy=_(_SAVE_AGAIN),
            )
        ],
    )


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8_chinese(line: bytes) -> bool:
    """Say whether a line is UTF-8 beyond chance: GBK may pass as two-byte UTF-8, hardly ever as hanzi."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return False
    return _CJK.search(text) is not None and not re.search("[\u0080-\u07ff]", text)


def _plausible_chinese(data: bytes) -> bool:
    """Say whether bytes that decode as GB18030 are Chinese, not Western letters or Big5.

    Western letters stand alone between ASCII ones, hanzi beside each other. Big5 decodes as Big5 too, and
    then into more everyday characters.
    """
    text = data.decode("gb18030")
    runs = _NOT_ASCII.findall(text)
    alone = sum(len(run) == 1 and run.encode("gb18030")[1] < _LETTERS_BELOW for run in runs)
    if alone > len(runs) / 2:
        return False
    try:
        as_big5 = data.decode("big5")
    except UnicodeDecodeError:
        return True
    return _everyday_share(text, "gb2312", b"\xb0", b"\xd8") >= _everyday_share(
        as_big5, "big5", b"\xa4", b"\xc7"
    )


def _everyday_share(text: str, encoding: str, first: bytes, beyond: bytes) -> float:
    """Return the share of hanzi whose lead byte is among those of the encoding's first level."""
    hanzi = _CJK.findall(text)
    everyday = sum(first <= char.encode(encoding, "ignore")[:1] < beyond for char in hanzi)
    return everyday / len(hanzi) if hanzi else 1.0
