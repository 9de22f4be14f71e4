"""PostgreSQL tables, named by the variable that holds their connection; a connection is never repeated."""

import re

from leadline.language import _

#: Begins the name of a PostgreSQL table: ``postgres:VARIABLE::schema.table``.
POSTGRES = "postgres:"
#: Stands between a data set and its part: ``file.xlsx::sheet``.
PART = "::"
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
_PASSWORD = re.compile(r"(?:pass(?:word|wd)?|pwd|token|secret)\s*=", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Tell whether ``text`` is an address on a network (``http://…``) rather than a path."""
    return _ADDRESS.match(text) is not None


def read_postgres_name(name: str) -> tuple[str, str]:
    """Return the variable and the part (table or SELECT) of ``postgres:VARIABLE::part``.

    Raises
    ------
    ValueError
        If it has not this form; the text continues "NAME …".
    """
    variable, _mark, part = name.removeprefix(POSTGRES).partition(PART)
    if not variable.isidentifier() or not part:
        raise ValueError(
            _(
                "does not name a PostgreSQL table: write postgres:VARIABLE::schema.table, where the "
                "environment variable VARIABLE holds the connection (host=… dbname=… user=… "
                "password=…); the connection itself never goes here."
            )
        )
    return variable, part


def hide_connection(text: str) -> str:
    """Return ``text`` as a message may repeat it: of what may hold a password, the kind alone."""
    if text.startswith(POSTGRES) and not text.removeprefix(POSTGRES).partition(PART)[0].isidentifier():
        return f"{POSTGRES}…"
    if is_address(text):
        return f"{text.partition(':')[0]}://…"
    return "…" if _PASSWORD.search(text) else text
