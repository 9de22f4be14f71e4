"""A points table as a page of its own, to be read, printed and handed on."""

from html import escape

from leadline.language import _
from leadline.results import Column, table_html
from leadline.target.points import PointsTable

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:48rem;padding:0 "
    "1rem}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid "
    "#d5dae0;padding:.3rem "
    ".6rem;text-align:left}.number{text-align:right}caption{text-align:left;padding-bottom:.6rem}"
)


def write_page(table: PointsTable) -> str:
    """Return the points table as one HTML page: no script, nothing loaded from elsewhere."""
    columns = {
        "label": Column(_("Attribute")),
        "rule": Column(_("Rule")),
        "points": Column(_("Points"), "count"),
    }
    caption = _("Points by rule; a customer's score is their sum")
    body = table_html(table.table, columns, name="points", caption=caption)
    name = escape(table.name)
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>'
        f"{name}</title><style>{_STYLE}</style></head>\n<body><h1>{name}</h1>\n{body}\n</body></html>\n"
    )
