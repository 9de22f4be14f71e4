from pathlib import Path

import pytest

from leadline.errors import ParameterError
from leadline.settings import read_sections


@pytest.fixture(autouse=True)
def _in_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_working_folder_speaks_before_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "leadline.toml").write_text("[engine]\nthreads = 1\n[paths]\nallow = []\n")
    Path("leadline.toml").write_text("[engine]\nthreads = 2\n")
    monkeypatch.setattr("leadline.settings.PROJECT", project)
    assert [values for _file, values in read_sections("engine")] == [{"threads": 2}, {"threads": 1}]
    assert [file for file, _values in read_sections("paths")] == [project / "leadline.toml"]


@pytest.mark.parametrize("text", ["engine = 3", "engine =", "[engine", "\udcff"])
def test_a_file_that_cannot_be_read_is_named(text: str) -> None:
    Path("leadline.toml").write_text(text, errors="surrogateescape")
    with pytest.raises(ParameterError, match=r"leadline\.toml cannot be read"):
        read_sections("engine")
