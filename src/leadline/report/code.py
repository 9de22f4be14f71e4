"""Code as a reader sees it who asks for it: four colours, no more."""

from functools import cache, lru_cache

from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Number, String

_KINDS = {Comment: "c", Keyword: "k", String: "s", Number: "n"}


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=True, ensurenl=False)


@lru_cache(maxsize=256)  # the reports of a batch share their code
def highlight_code(source: str) -> Markup:
    """Escape Python source and mark its comments, keywords, texts and numbers (classes c, k, s, n)."""
    parts: list[Markup] = []
    run, kind = "", ""
    for token, text in _lexer().get_tokens(source):
        new = next((name for parent, name in _KINDS.items() if token in parent), "")
        if new != kind:
            parts.append(_mark(run, kind))
            run, kind = "", new
        run += text
    return Markup("").join([*parts, _mark(run, kind)])


def _mark(text: str, kind: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(kind, text) if kind else escape(text)
