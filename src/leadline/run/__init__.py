"""Running notebooks: checked before, watched while, published whole after."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.run.recording import is_unattended, record

__all__ = ["is_unattended", "record"]

# jsonschema builds a grammar of web addresses for 2 s when it is imported; notebooks are checked without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def __getattr__(name: str) -> Any:
    """Load what a notebook asks for when it does; the command line refuses a parameter without it."""
    if name not in __all__:
        raise AttributeError(name)
    from leadline.run import recording  # noqa: PLC0415 (see above)

    return getattr(recording, name)
