"""What goes wrong on Spark, as one message: its own are pages of Java."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError
from pyspark.errors import PySparkException

from leadline.data.engine import Engine
from leadline.data.engine_errors import damaged, first_line, misfit, out_of_memory
from leadline.data.spark_settings import name_place
from leadline.errors import RunError
from leadline.language import _

_MEMORY = re.compile(r"OutOfMemoryError|UNABLE_TO_ACQUIRE_MEMORY|ExecutorLostFailure|No space left on device")
_DAMAGE = re.compile(
    r"FAILED_READ_FILE|CANNOT_READ_FILE_FOOTER|ParquetDecodingException|is not a Parquet file"
)
_MISFIT = re.compile(
    r"CAST_INVALID_INPUT|CAST_OVERFLOW|ARITHMETIC_OVERFLOW|DIVIDE_BY_ZERO|NUMERIC_VALUE_OUT_OF_RANGE"
    r"|CANNOT_PARSE_TIMESTAMP|INVALID_FRACTION"
)
_JAVA_NAME = re.compile(r"^(?:[\w$]+\.)+[\w$]+(?:Exception|Error): ")


def say(error: Exception) -> str:
    """Return one line of what Spark says, without the names of Java classes."""
    text = str(error)
    if isinstance(error, Py4JJavaError):
        text = error.java_exception.toString()
    return first_line(_JAVA_NAME.sub("", text.strip()))


@contextmanager
def translate_errors(engine: Engine, place: str) -> Iterator[None]:
    """Turn what Spark raises into our errors.

    Raises
    ------
    DataError
        If memory or disk did not suffice, a value does not fit, or a file is damaged.
    RunError
        If Spark went away, or for anything else that it refuses.
    """
    try:
        yield
    except (PySparkException, Py4JError) as error:
        text, line = str(error), say(error)
        if _MEMORY.search(text):
            raise out_of_memory(place, engine.memory_gb, line) from None
        if _MISFIT.search(text):
            raise misfit(place, line) from None
        if _DAMAGE.search(text):
            raise damaged(place, line) from None
        if isinstance(error, Py4JNetworkError):
            raise RunError(
                _(
                    "Spark ended while it worked ({place}), most often for want of memory. "
                    "Allow more memory_gb, or fewer threads.",
                    place=name_place(engine),
                )
            ) from None
        raise RunError(_("{place}: Spark could not do this ({line}).", place=place, line=line)) from None
