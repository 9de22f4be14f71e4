"""Reading the tags of cleaned HTML (see `leadline.report.gate.clean_html`), never of raw HTML."""

import re
from collections.abc import Iterator
from html import unescape

#: A tag; quoted attribute values may hold anything.
TAG = re.compile(r'<(?P<slash>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>[^>"]*(?:"[^"]*"[^>"]*)*)>')
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def iter_tags(html: str) -> Iterator[re.Match[str]]:
    """Tags in order; because the search goes on behind each, text in attributes is never taken for a tag."""
    return TAG.finditer(html)


def read_attributes(attributes: str) -> dict[str, str]:
    """Attributes of a tag, unescaped."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}


def read_text(html: str) -> str:
    """Text of a piece of HTML, white space folded."""
    if "<" in html or "&" in html:
        html = unescape(TAG.sub(" ", html))
    return " ".join(html.split())
