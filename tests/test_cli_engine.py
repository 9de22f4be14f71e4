"""``leadline engine`` as a user types it."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadline.cli import app
from leadline.data.engine import VARIABLES
from leadline.errors import RunError


@pytest.fixture(autouse=True)
def _in_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


def test_each_setting_is_shown_with_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("leadline.toml").write_text(
        '[engine]\nkind = "spark"\nspark_remote = "sc://head:15002/;token=hush"\n'
        '[engine.spark]\n"spark.hadoop.fs.s3a.secret.key" = "hush"\n'
    )
    monkeypatch.setenv("LEADLINE_ENGINE_MEMORY_GB", "8")
    output = CliRunner().invoke(app, ["engine"], catch_exceptions=False).output
    lines = {line.split()[0]: line for line in output.splitlines()}
    assert "sc://head:15002" in lines["spark_remote"]
    assert "leadline.toml" in lines["spark_remote"]
    assert "8.0" in lines["memory_gb"]
    assert "LEADLINE_ENGINE_MEMORY_GB" in lines["memory_gb"]
    assert "default" in lines["threads"]
    assert "spark.hadoop.fs.s3a.secret.key" in lines["spark"]
    assert "hush" not in output


def test_the_engine_of_this_machine_answers() -> None:
    output = CliRunner().invoke(app, ["engine", "--check"], catch_exceptions=False).output
    assert "The engine is DuckDB" in output
    assert "It answers: 3 rows" in output


def test_spark_that_is_not_installed_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("leadline.data.spark_tables")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "ibis.backends.pyspark", None)
    monkeypatch.setenv("LEADLINE_ENGINE", "spark")
    error = CliRunner().invoke(app, ["engine", "--check"]).exception
    assert isinstance(error, RunError)
    assert "pip install 'leadline[spark]'" in str(error)
