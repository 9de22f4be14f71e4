import os
from pathlib import Path

import pytest

from leadline.errors import ParameterError
from leadline.parameters.places import ALLOW_VARIABLE, allow_folders, find_dataset, find_file
from leadline.paths import PROJECT


@pytest.fixture(autouse=True)
def _in_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "clients.csv").write_text("id\n1\n")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv(ALLOW_VARIABLE, "")


def test_relative_paths_start_at_the_working_folder_then_the_project() -> None:
    assert find_file("pyproject.toml") == PROJECT / "pyproject.toml"
    Path("pyproject.toml").write_text("")
    assert find_file("pyproject.toml") == Path.cwd().resolve() / "pyproject.toml"


@pytest.mark.parametrize("form", ["../elsewhere/clients.csv", "{tmp}/elsewhere/clients.csv", "link.csv"])
def test_a_file_outside_is_refused_however_it_is_named(tmp_path: Path, form: str) -> None:
    Path("link.csv").symlink_to(tmp_path / "elsewhere" / "clients.csv")
    with pytest.raises(ValueError, match="outside the folders that may be read. Add --allow"):
        find_file(form.format(tmp=tmp_path))


def test_a_named_folder_may_be_read(tmp_path: Path) -> None:
    allow_folders([tmp_path / "elsewhere"])
    assert find_file("../elsewhere/clients.csv") == (tmp_path / "elsewhere" / "clients.csv").resolve()


def test_a_folder_named_in_the_settings_may_be_read(tmp_path: Path) -> None:
    Path("leadline.toml").write_text('[paths]\nallow = ["../elsewhere"]\n')
    assert find_file("../elsewhere/clients.csv").is_file()


@pytest.mark.covers("paths", "data_address")
@pytest.mark.parametrize("address", ["http://x/y.csv", "https://x", "s3://bucket/x", "file:///etc/passwd"])
def test_an_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address on a network"):
        find_file(address)
    with pytest.raises(ValueError, match="address on a network"):
        find_dataset(address)


@pytest.mark.covers("paths", "data_odd_names")
@pytest.mark.parametrize("name", ["", " ", "a\0b", "x" * 5000])
def test_an_impossible_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a file|does not exist"):
        find_file(name)


def test_a_near_file_is_suggested() -> None:
    Path("clients.csv").write_text("id\n")
    with pytest.raises(ValueError, match=r"Did you mean 'clients\.csv'\?"):
        find_file("client.csv")


def test_the_part_of_a_dataset_stays() -> None:
    Path("base.duckdb").write_bytes(b"")
    assert find_dataset("base.duckdb::main.clients") == f"{Path.cwd().resolve()}/base.duckdb::main.clients"
    assert find_dataset("postgres:crm::clients") == "postgres:crm::clients"


def test_a_known_name_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_CACHE", str(Path.cwd() / "cache"))
    assert find_dataset("coil2000") == "coil2000"
    for name in ("polca", "polca::gss82"):
        with pytest.raises(ValueError, match="^is not here yet: leadline data get polca$"):
            find_dataset(name)
    (Path.cwd() / "cache" / "polca").mkdir(parents=True)
    (Path.cwd() / "cache" / "polca" / "gss82.csv").write_text("a\n")
    assert find_dataset("polca::gss82") == "polca::gss82"
    with pytest.raises(ValueError, match="has no table 'gss83'; it has carcinoma, cheating, gss82, values"):
        find_dataset("polca::gss83")


def test_a_file_of_a_known_name_comes_first() -> None:
    Path("polca").mkdir()
    assert find_dataset("polca") == str(Path.cwd().resolve() / "polca")


def test_a_near_known_name_is_suggested() -> None:
    with pytest.raises(ValueError, match=r"neither a file nor a known table. Did you mean 'caravan'\?"):
        find_dataset("caravans")
    with pytest.raises(ValueError, match="Known tables: coil2000, .*polca"):
        find_dataset("xyzxyz")


@pytest.mark.covers("paths", "data_allowed_by_settings")
@pytest.mark.parametrize(
    "settings", ['[paths]\nallow = "/"', "paths = 3", "[paths]\nallow = [3]", "[paths\n"]
)
def test_settings_that_are_no_list_of_folders_open_nothing(settings: str) -> None:
    Path("leadline.toml").write_text(settings)
    with pytest.raises(ParameterError, match="leadline.toml cannot be read"):
        find_file("/etc/passwd")


@pytest.mark.covers("paths", "data_odd_names")
def test_the_home_of_nobody_is_no_folder() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        find_file("~nosuchuser/x.csv")


def test_a_folder_allowed_again_is_named_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW_VARIABLE, "")
    for _time in range(3):
        allow_folders([tmp_path, tmp_path / "b"])
    assert os.environ[ALLOW_VARIABLE] == os.pathsep.join([str(tmp_path), str(tmp_path / "b")])
