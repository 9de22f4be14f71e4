"""pandera changes nothing for Spark, neither what is loaded nor where a session binds."""

import json
import os
import subprocess
import sys

import pytest

TELL = """
import json, os, sys
from leadline.data.pandera_alone import pandera
told = {name: os.environ.get(name) for name in ("SPARK_LOCAL_IP", "PYARROW_IGNORE_TIMEZONE")}
print(json.dumps([pandera.__name__, "pyspark" in sys.modules, told]))
"""


@pytest.mark.parametrize("address", [None, "10.0.0.7"])
def test_spark_is_not_loaded_and_not_bound_to_this_machine(address: str | None) -> None:
    names = ("SPARK_LOCAL_IP", "PYARROW_IGNORE_TIMEZONE")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"SPARK_LOCAL_IP": address} if address else {}
    told = subprocess.run([sys.executable, "-c", TELL], env=environment, capture_output=True, check=True)
    assert json.loads(told.stdout) == [
        "pandera.pandas",
        False,
        {"SPARK_LOCAL_IP": address, "PYARROW_IGNORE_TIMEZONE": None},
    ]
