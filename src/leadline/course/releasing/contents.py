"""What a curious reader can find in a file, as texts: through archives, escapes, tags, Base64, Parquet."""

import io
import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq

_ARCHIVES = (".zip", ".whl", ".xlsx")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]{24,}={0,2}")
_TAG = re.compile(r"<[^>]*>")
_DEEPEST = 4


def iter_files(place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a folder, an archive or a file, archives within looked into: name and bytes."""
    if place.is_dir():
        files = sorted(path for path in place.rglob("*") if path.is_file())
        named = [(path.relative_to(place).as_posix(), path) for path in files]
    else:
        named = [(place.name, place)]
    for name, path in named:
        yield from _open(name, path.read_bytes())


def _open(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if name.endswith(_ARCHIVES):
        try:
            with ZipFile(io.BytesIO(content)) as archive:
                for inner in sorted(archive.namelist()):
                    yield from _open(f"{name}/{inner}", archive.read(inner))
        except BadZipFile:
            return


def find_texts(name: str, content: bytes) -> Iterator[str]:
    """Yield the texts of a file: its name, itself, and what stands behind its encodings."""
    yield name
    if name.endswith(".parquet"):
        yield from _read_parquet(content)
    if not name.endswith(_ARCHIVES):
        yield from _decode(content, 0)


def _decode(content: bytes, depth: int) -> Iterator[str]:
    text = content.decode("utf-8", "replace")
    yield text
    if b"\0" in content:
        yield content.decode("utf-16-le", "replace")
        yield content[1:].decode("utf-16-le", "replace")
    if "<" in text:
        yield unescape(_TAG.sub("", text))
    if "&" in text or "<" in text:
        yield unescape(_TAG.sub("\n", text))
    if text.lstrip()[:1] in ("{", "["):
        yield from _read_json(text, depth)
    if depth < _DEEPEST:
        for found in _BASE64.finditer(content):
            yield from _decode_base64(found[0], depth + 1)


def _decode_base64(found: bytes, depth: int) -> Iterator[str]:
    packed = b"".join(found.split())
    try:
        inner = b64decode(packed + b"=" * (-len(packed) % 4))
    except (Base64Error, ValueError):
        return
    yield from _decode(inner, depth)


def _read_json(text: str, depth: int) -> Iterator[str]:
    try:
        tree = json.loads(text)
    except ValueError:
        return
    strings = list(_walk(tree))
    yield "\n".join(strings)
    yield "".join(strings)  # a source kept as a list of lines, or of pieces
    if depth < _DEEPEST:
        for string in strings:
            if string.isascii() and _BASE64.fullmatch(string.encode()):
                yield from _decode_base64(string.encode(), depth + 1)


def _walk(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key)
            yield from _walk(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _walk(value)
    else:
        yield str(tree)


def find_names(name: str, content: bytes) -> Iterator[str]:
    """Yield the names of a table's columns and of what a JSON file holds."""
    if name.endswith(".parquet"):
        table = _open_parquet(content)
        yield from table.column_names if table else ()
    elif name.endswith(".csv"):
        yield from content.decode("utf-8-sig", "replace").split("\n", 1)[0].strip().split(",")
    elif name.endswith((".json", ".ipynb")):
        with suppress(ValueError):
            yield from _walk_keys(json.loads(content))


def has_outputs(name: str, content: bytes) -> bool:
    """Tell whether a notebook still shows what its cells gave."""
    if not name.endswith(".ipynb"):
        return False
    try:
        cells = json.loads(content)["cells"]
        return any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _walk_keys(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
    for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _walk_keys(value)


def _open_parquet(content: bytes) -> pa.Table | None:
    try:
        return pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError):
        return None


def _read_parquet(content: bytes) -> Iterator[str]:
    table = _open_parquet(content)
    if table is None:
        return
    yield "\n".join(table.column_names)
    yield repr(table.schema.metadata)
    for column in table.columns:
        values = column if pa.types.is_nested(column.type) else column.unique()
        yield "\n".join(map(str, values.to_pylist()))
