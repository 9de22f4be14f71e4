"""Secrets never reach a notebook, a record or a page: what a cell prints of one is masked."""

import json
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

from leadline.parameters import SecretValue

if TYPE_CHECKING:
    import pandas as pd

_MASK = "•••"
_SHORTEST = 4
Document = TypeVar("Document")


def _forms(text: str) -> tuple[str, ...]:
    """Return a secret as it is, and as HTML, Python and JSON write it."""
    return text, escape(text), escape(text, quote=False), repr(text)[1:-1], json.dumps(text)[1:-1]


class Mask:
    """Replaces the given secrets wherever they occur in a JSON-like document.

    A secret shorter than four characters would blot out ordinary text and is left to its owner.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for text in secrets if len(text) >= _SHORTEST for form in _forms(text)}
        self._secrets = sorted(forms, key=len, reverse=True)

    @classmethod
    def of(cls, values: Iterable[Any]) -> "Mask":
        """Mask the secrets among checked parameter values."""
        return cls(value.reveal() for value in values if isinstance(value, SecretValue))

    def apply(self, document: Document) -> Document:
        """Mask in place (lists and mappings) and return the document; text is returned anew."""
        return self._walk(document) if self._secrets else document

    def apply_to_frame(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """Return a table with its texts and its columns' names masked."""
        if not self._secrets:
            return frame
        masked = frame.rename(columns=self._walk)
        for place, (_name, values) in enumerate(frame.items()):
            if values.dtype.kind == "O":
                texts = [
                    self._walk(cell) if isinstance(cell, str) else cell for cell in values.astype(object)
                ]
                masked.isetitem(place, texts)
        return masked

    def _walk(self, node: Any) -> Any:
        if isinstance(node, str):
            for secret in self._secrets:
                node = node.replace(secret, _MASK)
        elif isinstance(node, dict):
            for key in list(node):
                node[self._walk(key)] = self._walk(node.pop(key))
        elif isinstance(node, list):
            node[:] = [self._walk(item) for item in node]
        return node
