from pathlib import Path

import pytest

from leadline.data.engine import VARIABLES, Engine, read_engine, read_settings
from leadline.errors import ParameterError


@pytest.fixture(autouse=True)
def _in_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


def write(text: str) -> None:
    Path("leadline.toml").write_text(f"[engine]\n{text}\n")


def test_without_settings_duckdb_works() -> None:
    assert read_engine() == Engine()
    assert {setting.origin for setting in read_settings().values()} == {None}


def test_every_setting_is_read_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "fast disk").mkdir()
    write(
        'kind = "spark"\nmemory_gb = 8\nthreads = 4\ntemp = "fast disk"\nspark_master = "spark://head:7077"\n'
        'data = "hdfs://head/crm/"\n[engine.spark]\nspark.executor.cores = 2\n"spark.speculation" = true'
    )
    assert read_engine() == Engine(
        kind="spark",
        memory_gb=8.0,
        threads=4,
        temp=tmp_path / "fast disk",
        spark_master="spark://head:7077",
        data="hdfs://head/crm",
        spark={"spark.executor.cores": "2", "spark.speculation": "true"},
    )


def test_the_environment_overrides_each_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write('kind = "duckdb"\nmemory_gb = 8\nthreads = 4')
    monkeypatch.setenv("LEADLINE_ENGINE", "spark")
    monkeypatch.setenv("LEADLINE_ENGINE_THREADS", "2")
    monkeypatch.setenv("LEADLINE_ENGINE_DATA", "crm")
    engine = read_engine()
    assert (engine.kind, engine.memory_gb, engine.threads) == ("spark", 8.0, 2)
    assert engine.data == str(tmp_path / "crm")  # from the working folder
    origins = {name: setting.origin for name, setting in read_settings().items()}
    assert origins["memory_gb"] == str(tmp_path / "leadline.toml")
    assert origins["threads"] == "LEADLINE_ENGINE_THREADS"
    assert origins["temp"] is None


def test_a_place_in_the_environment_takes_the_place_of_the_other_in_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write('kind = "spark"\nspark_remote = "sc://head:15002"')
    monkeypatch.setenv("LEADLINE_SPARK_MASTER", "local[2]")
    engine = read_engine()
    assert (engine.spark_remote, engine.spark_master) == (None, "local[2]")


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    write('kind = "sparc"\nmemory = 4\nthreads = 2.5\ntemp = "nowhere"\nspark = {executor = 1}\ndata = 3')
    monkeypatch.setenv("LEADLINE_ENGINE_MEMORY_GB", "nan")
    with pytest.raises(ParameterError) as caught:
        read_engine()
    told = {problem.split(":")[0]: problem for problem in caught.value.problems}
    assert told.keys() == {"kind", "memory", "threads", "temp", "spark", "data", "LEADLINE_ENGINE_MEMORY_GB"}
    assert "Did you mean 'spark'?" in told["kind"]
    assert "Did you mean 'memory_gb'?" in told["memory"]
    assert "'executor'" in told["spark"]


def test_two_places_of_spark_are_refused() -> None:
    write('spark_remote = "sc://head"\nspark_master = "local[*]"')
    with pytest.raises(ParameterError, match="two places"):
        read_engine()


@pytest.mark.parametrize(
    "master",
    [
        "local",
        "local[2]",
        "local[*,3]",
        "local-cluster[2,1,1024]",
        "spark://a:7077,b:7077",
        "yarn",
        "k8s://https://x",
    ],
)
def test_a_master_of_spark_is_one(master: str) -> None:
    write(f'spark_master = "{master}"')
    assert read_engine().spark_master == master


@pytest.mark.parametrize(
    "master", ["lokal", "local[0]", "local-cluster[2]", "spark://head", "sc://head:15002", ""]
)
def test_what_is_no_master_is_refused(master: str) -> None:
    write(f'spark_master = "{master}"')
    with pytest.raises(ParameterError, match="spark_master: "):
        read_engine()


def test_an_address_that_may_carry_a_token_is_not_repeated() -> None:
    write('spark_remote = "https://head/;token=hush"')
    with pytest.raises(ParameterError) as caught:
        read_engine()
    assert "hush" not in str(caught.value)
    assert "hush" not in repr(Engine(spark={"spark.hadoop.fs.s3a.secret.key": "hush"}))
