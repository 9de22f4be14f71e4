"""Processes that are killed: forks of one that has loaded the packages, so that a try takes no second."""

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["tests.faults.ledger_writer", "tests.faults.kill_writers", "duckdb", "pandera.pandas", "pyarrow.parquet"]
)
