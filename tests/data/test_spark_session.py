"""What stands in the way of Spark, with the real Java and real sockets; no Spark is started here."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.data.engine import Engine
from leadline.errors import RunError

pytestmark = pytest.mark.spark


def refused(**settings: object) -> str:
    from leadline.data.spark_session import get_session  # noqa: PLC0415 - not without pyspark

    with pytest.raises(RunError) as caught:
        get_session(Engine(kind="spark", **settings))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_no_java_in_java_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    assert "/nowhere/bin/java" in (message := refused())
    assert "Install Java 17 or newer" in message


def test_no_java_in_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "there is none (PATH)" in refused()


@pytest.mark.parametrize(
    ("answer", "version"),
    [('openjdk version "11.0.2" 2019-01-15', "11"), ('java version "1.8.0_292"', "1"), ("?", "unknown")],
)
def test_java_too_old(answer: str, version: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{answer}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert f"Spark needs Java 17, and {java} is version {version}" in refused()


@pytest.mark.parametrize(
    "place", [{"spark_master": "spark://127.0.0.1:1"}, {"spark_remote": "sc://127.0.0.1:1/;token=hush"}]
)
def test_nobody_listens(place: dict[str, str]) -> None:
    message = refused(**place)
    assert next(iter(place.values())).split("/;")[0] in message
    assert "Connection refused" in message
    assert "hush" not in message


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_server_that_never_answers_is_given_up(deaf: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.data.spark_session._ANSWER_SECONDS", 0.3)
    assert "no answer in 0 seconds" in refused(spark_remote=f"sc://127.0.0.1:{deaf}")
