"""Chinese letters that a page brings along, so that it reads on a machine without Chinese fonts.

The font is Noto Sans SC (SIL Open Font License 1.1), cut down to the letters needed and kept in the cache:
those of the Chinese catalogue as one face, which pages share, and those of a page's data as a second.
"""

import re
from base64 import b64encode
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path

from leadline.datasets import cache_folder
from leadline.durable import replace_file
from leadline.language import current_language
from leadline.language.messages import letters_of_catalogue

#: Letters that fonts of Western machines lack: Chinese signs, their punctuation, full-width forms.
_CHINESE = re.compile(
    "[\u2e80-\u2fdf\u3000-\u303f\u3100-\u312f\u31c0-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"
)
#: Signs whose Chinese form is wider than the Western one; on a Chinese page they are part of the text.
_WIDE_SIGNS = "“”‘’…—·"
_PACKAGE, _FILE = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"


def embed_fonts(*texts: str) -> str:
    """Return the style sheet whose fonts hold the Chinese letters of ``texts``; empty where none are needed.

    On a Chinese page (see `leadline.language.current_language`) the letters of the whole catalogue are in it.
    """
    letters = set[str]().union(*(text for text in texts if not text.isascii()))  # most are, figures above all
    wanted = set(filter(_CHINESE.match, letters))
    told = set(_WIDE_SIGNS) | set(_CHINESE.findall(letters_of_catalogue("zh")))
    faces = {}
    if current_language() == "zh":
        faces["leadline-told"], wanted = told, wanted - told
    if wanted:
        faces["leadline-data"] = wanted
    return "\n".join(_write_face(family, letters) for family, letters in faces.items())


def _write_face(family: str, letters: set[str]) -> str:
    font = b64encode(_read_font("".join(sorted(letters)))).decode()
    return f'@font-face{{font-family:"{family}";src:url(data:font/woff2;base64,{font}) format("woff2")}}'


@cache
def _read_font(letters: str) -> bytes:
    """Return the font of these letters as WOFF2, from the cache where it has them."""
    key = sha256(f"{version('pylopdf-fonts-zh-cn')} {version('fonttools')} {letters}".encode()).hexdigest()
    path = cache_folder() / "fonts" / f"{key[:32]}.woff2"
    try:
        return path.read_bytes()
    except OSError:
        font = _cut_font(letters)
        _keep(path, font)
        return font


def _keep(path: Path, font: bytes) -> None:
    """Put a font into the cache; one that cannot be written is done without."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, font)


def _cut_font(letters: str) -> bytes:
    from io import BytesIO  # noqa: PLC0415 (with fontTools: needed once for many pages)

    from fontTools import subset  # noqa: PLC0415

    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    with as_file(files(_PACKAGE) / _FILE) as path:
        font = subset.load_font(str(path), options, lazy=True)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        buffer = BytesIO()
        subset.save_font(font, buffer, options)
    return buffer.getvalue()
