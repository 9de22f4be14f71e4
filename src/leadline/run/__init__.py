"""Running notebooks: checked before, watched while, published whole after."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.run.recording import record

__all__ = ["record"]

# jsonschema builds a grammar of web addresses for 2 s when it is imported; notebooks are checked without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def __getattr__(name: str) -> Any:
    """Load `record` when a notebook asks for it; the command line refuses a parameter without it."""
    if name != "record":
        raise AttributeError(name)
    from leadline.run.recording import record  # noqa: PLC0415 (see above)

    return record
