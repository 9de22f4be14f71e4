"""Secrets never reach a notebook, a record or a page: what a cell prints of one is masked."""

from collections.abc import Iterable
from typing import Any, TypeVar

from leadline.parameters import SecretValue

_MASK = "•••"
_SHORTEST = 4
Document = TypeVar("Document")


class Mask:
    """Replaces the given secrets wherever they occur in a JSON-like document.

    A secret shorter than four characters would blot out ordinary text and is left to its owner.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted((text for text in secrets if len(text) >= _SHORTEST), key=len, reverse=True)

    @classmethod
    def of(cls, values: Iterable[Any]) -> "Mask":
        """Mask the secrets among checked parameter values."""
        return cls(value.reveal() for value in values if isinstance(value, SecretValue))

    def apply(self, document: Document) -> Document:
        """Mask in place (lists and mappings) and return the document; text is returned anew."""
        return self._walk(document) if self._secrets else document

    def _walk(self, node: Any) -> Any:
        if isinstance(node, str):
            for secret in self._secrets:
                node = node.replace(secret, _MASK)
        elif isinstance(node, dict):
            for key, value in node.items():
                node[key] = self._walk(value)
        elif isinstance(node, list):
            node[:] = [self._walk(item) for item in node]
        return node
