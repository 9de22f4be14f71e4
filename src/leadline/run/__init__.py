"""Running notebooks: checked before, watched while, published whole after."""

import sys

from leadline.run.recording import record

# jsonschema builds a grammar of web addresses for 2 s when it is imported; notebooks are checked without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

__all__ = ["record"]
