"""The one gate between what a notebook's outputs hold and the page.

Cell outputs carry customers' text. HTML gets onto the page only as the `markupsafe.Markup` that `clean_html`
returns; the template escapes everything else.
"""

import re

import nh3
from markupsafe import Markup

from leadline.report.styles import filter_declarations

_TAGS = """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup
    table tbody td tfoot th thead tr u ul
"""
_TAGS_DROPPED_WHOLE = """
    script style svg math title iframe object template noscript noembed noframes select textarea xmp plaintext
"""
_CELL = {"colspan", "rowspan", "scope", "data-value", "data-upper", "data-column", "data-unit"}
_ATTRIBUTES = {
    "*": {"class", "id", "style", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "table": {"data-name"},
    "td": _CELL,
    "th": _CELL,
}
_CLASS = re.compile(
    r"leadline|number|result|summary|warning|dataframe|simpletable"
    r"|(?:row|col|level)\d+|index_name|col_heading|row_heading|blank|data"  # pandas Styler's
)
_ALLOWED_VALUE = {
    "id": re.compile(r"T_\w+"),  # pandas Styler's; others could stand in for parts of the page
    "width": re.compile(r"\d{1,4}%?"),
    "height": re.compile(r"\d{1,4}%?"),
    "href": re.compile(r"(?!\s*data:).*", re.IGNORECASE | re.DOTALL),
    "src": re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*"),
}


def clean_html(html: str) -> Markup:
    """Keep the tags, attributes, addresses and styles that a report needs and drop all else.

    The result is well formed: every tag is closed and every attribute quoted.
    """
    cleaned = nh3.clean(
        html,
        tags=set(_TAGS.split()),
        clean_content_tags=set(_TAGS_DROPPED_WHOLE.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto", "data"},
    )
    return Markup(cleaned)  # noqa: S704 - this is the gate


def _filter_attribute(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return " ".join(filter(_CLASS.fullmatch, value.split())) or None
    if attribute == "style":
        return filter_declarations(value) or None
    allowed = _ALLOWED_VALUE.get(attribute)
    return value if allowed is None or allowed.fullmatch(value) else None
