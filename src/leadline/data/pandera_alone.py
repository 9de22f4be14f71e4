"""pandera without Spark, which it would load wherever it is installed: a warning on every report's page.

It also tells Spark to bind to this machine alone, which no worker of a cluster could then reach.
"""

import os
import sys

_SPARK = "pyspark"
_VARIABLES = ("SPARK_LOCAL_IP", "PYARROW_IGNORE_TIMEZONE")
_is_hidden = _SPARK not in sys.modules
_unset = [name for name in _VARIABLES if name not in os.environ]
if _is_hidden:
    sys.modules[_SPARK] = None  # type: ignore[assignment]  # what None stands for cannot be imported
try:
    import pandera.pandas as pandera
finally:
    if _is_hidden:
        del sys.modules[_SPARK]
    for name in _unset:
        os.environ.pop(name, None)

__all__ = ["pandera"]
