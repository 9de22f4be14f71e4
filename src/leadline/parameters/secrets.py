"""Secrets: a parameter names where a secret is kept, never the secret itself."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from leadline.language import _

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+", re.DOTALL)


@dataclass(frozen=True)
class SecretValue:
    """Where a secret is kept; `reveal` reads it at the moment it is needed."""

    reference: str

    def __post_init__(self) -> None:
        if not _REFERENCE.fullmatch(self.reference):
            # The text may be the secret itself: never repeat it.
            raise ValueError(_("must name where the secret is kept: env:NAME or file:PATH, never the secret"))

    def reveal(self) -> str:
        """Return the secret, without the line break that ends a file.

        Raises
        ------
        ValueError
            If the variable is not set or the file cannot be read.
        """
        kind, _colon, place = self.reference.partition(":")
        if kind == "env":
            if place not in os.environ:
                raise ValueError(_("names the environment variable {place}, which is not set", place=place))
            return os.environ[place]
        try:
            return Path(place).expanduser().read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise ValueError(_("names the file {place}, which cannot be read", place=place)) from None
