"""Colours and alignment that outputs may bring: harmless declarations, and the rules of pandas Styler.

pandas Styler writes a ``<style>`` block whose rules all start at the id of its table (``#T_…``). Those rules
go, filtered, into one style sheet of the page; any other ``<style>`` block is dropped.
"""

import re

_PROPERTY_NAMES = """
    background background-color border border-bottom border-bottom-color border-bottom-style
    border-bottom-width border-collapse border-color border-left border-right border-style
    border-top border-width caption-side color font-size font-style font-variant-numeric font-weight
    height letter-spacing line-height margin margin-bottom margin-left margin-right margin-top
    max-width min-width opacity padding padding-bottom padding-left padding-right padding-top
    text-align text-decoration text-transform vertical-align white-space width
"""
_PROPERTIES = frozenset(_PROPERTY_NAMES.split())
_VALUE = re.compile(r"[\w\s#%.,+\-/!()]{1,300}")
_FUNCTION = re.compile(r"([\w-]+)\s*\(")
_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "calc", "linear-gradient"}
_STYLE_BLOCK = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"#T_\w+[\w\s.#:>()-]*")


def filter_declarations(css: str) -> str:
    """Keep the declarations of ``css`` that only colour, space or align.

    A background without a text colour gets black text, as in a notebook, so that it reads in dark mode too.
    """
    kept = {}
    for declaration in css.split(";"):
        name, _colon, value = (part.strip() for part in declaration.partition(":"))
        if name.lower() in _PROPERTIES and _is_safe(value):
            kept[name.lower()] = value
    if {"background", "background-color"} & kept.keys() and "color" not in kept:
        kept["color"] = "#000"
    return ";".join(f"{name}:{value}" for name, value in kept.items())


def collect_styler_rules(html: str) -> str:
    """Style sheet of the pandas Styler tables in ``html``, filtered; empty when there are none."""
    if "#T_" not in html:
        return ""
    rules = []
    for block in _STYLE_BLOCK.findall(html):
        for selectors, declarations in _RULE.findall(block):
            names = [name.strip() for name in selectors.split(",")]
            kept = filter_declarations(declarations)
            if kept and all(_SELECTOR.fullmatch(name) for name in names):
                rules.append(f"{','.join(names)}{{{kept}}}")
    return "\n".join(rules)


def _is_safe(value: str) -> bool:
    functions = {name.lower() for name in _FUNCTION.findall(value)}
    return bool(_VALUE.fullmatch(value)) and functions <= _FUNCTIONS
