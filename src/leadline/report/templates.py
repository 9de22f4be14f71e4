"""Our own templates, escaping on, and the policy that lets a page load nothing but what it carries."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader

from leadline.language import _, plural


def render_template(name: str, page: Mapping[str, Any]) -> str:
    """Fill a template of ``report/template`` with ``page``, in the language in use."""
    return _environment().get_template(name).render(page=page)


@cache
def read_asset(name: str) -> str:
    """Return a style sheet or script of ``report/template``."""
    return files("leadline.report").joinpath("template", name).read_text("utf-8")


def write_policy(*, styles: list[str], script: str) -> str:
    """Content-Security-Policy: nothing from outside, our script and style sheets by their hash.

    Fonts and images come from the page itself.

    Style attributes are allowed (the gate has filtered them); style sheets other than ours are not.
    """
    sheets = " ".join(f"'sha256-{_digest(style)}'" for style in styles if style)
    return (
        "default-src 'none'; "
        f"script-src 'sha256-{_digest(script)}'; "
        f"style-src {sheets}; style-src-attr 'unsafe-inline'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("leadline.report", "template"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=_, plural=plural)
    return environment
