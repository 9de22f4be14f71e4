"""One local cluster of Spark for all tests that need it: two workers, each a process of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from leadline.data.engine import Engine
from leadline.data.open_tables import OpenTables, open_tables

#: Little code is worth compiling well for a few thousand rows.
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Engine]:
    """Spark with a real shuffle between two processes; started by the first test that opens tables."""
    yield Engine(
        kind="spark",
        spark_master="local-cluster[2,1,1024]",
        spark={"spark.driver.extraJavaOptions": _QUICK, "spark.executor.extraJavaOptions": _QUICK},
    )
    from leadline.data.spark_session import close_session  # noqa: PLC0415 - not without pyspark

    close_session()


@pytest.fixture(scope="session")
def spark_tables(cluster: Engine) -> Callable[[Path], AbstractContextManager[OpenTables]]:
    """Open a folder of tables on the cluster: ``with spark_tables(folder) as tables``."""
    return partial(open_tables, engine=cluster)
