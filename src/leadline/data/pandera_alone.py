"""pandera without Spark, which it would load wherever it is installed: a warning on every report's page."""

import sys

_SPARK = "pyspark"
_is_hidden = _SPARK not in sys.modules
if _is_hidden:
    sys.modules[_SPARK] = None  # type: ignore[assignment]  # what None stands for cannot be imported
try:
    import pandera.pandas as pandera
finally:
    if _is_hidden:
        del sys.modules[_SPARK]

__all__ = ["pandera"]
