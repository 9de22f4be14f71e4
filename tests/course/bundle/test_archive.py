"""A classroom's archive: whole, the same again, and it installs with the network cut."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from leadline.course.bundle import make_bundle
from leadline.course.releasing import release_lab
from leadline.errors import DataError, ParameterError
from tests.course.releasing.tiny import make_class

PIN = "six==1.17.0\n"


def make_wheel(folder, name, version, members=(), requires=""):
    folder.mkdir(exist_ok=True)
    path, info = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    with ZipFile(path, "w") as wheel:
        for member in members:
            wheel.writestr(member, "x = 1\n")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}"
        )
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def course(tmp_path):
    course = make_class(tmp_path / "course")
    release_lab(course, "tiny")
    return course


@pytest.fixture
def packed(tmp_path):
    """Wheels that are there already, and the file that pins them."""
    folder, pins = tmp_path / "given", tmp_path / "pins.txt"
    make_wheel(folder, "leadline", "0.1.0", ["leadline/__init__.py"], "Requires-Dist: six\n")
    make_wheel(folder, "six", "1.17.0", ["six.py"])
    make_wheel(folder, "unwanted", "1.0", ["unwanted.py"])
    pins.write_text(PIN)
    return {"wheels": folder, "requirements": pins}


def test_the_archive_holds_packages_labs_and_the_sums_of_both(course, packed, tmp_path):
    out = make_bundle(course, tmp_path / "out" / "classroom.zip", **packed)
    with ZipFile(out) as archive:
        files = {name.removeprefix("classroom/"): archive.read(name) for name in archive.namelist()}
    assert files.keys() == {
        *("README.md", "SHA256SUMS", "install.py"),
        *(f"labs/tiny/tiny-{name}.zip" for name in ("ann", "bob", "cho")),
        *("wheels/leadline-0.1.0-py3-none-any.whl", "wheels/six-1.17.0-py3-none-any.whl"),
    }
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: sha256(content).hexdigest() for name, content in files.items()}
    before = out.read_bytes()
    assert make_bundle(course, out, **packed).read_bytes() == before
    assert [path.name for path in out.parent.iterdir()] == ["classroom.zip"]


def test_one_student_gets_the_own_labs_alone(course, packed, tmp_path):
    out = make_bundle(course, tmp_path / "bob.zip", student="bob", **packed)
    with ZipFile(out) as archive:
        assert [name for name in archive.namelist() if "/labs/" in name] == [
            "classroom/labs/tiny/tiny-bob.zip"
        ]
    with pytest.raises(DataError, match=r"roster\.csv"):
        make_bundle(course, tmp_path / "eve.zip", student="eve", **packed)


def test_it_installs_where_there_is_no_network_and_names_what_is_damaged(course, packed, tmp_path):
    with ZipFile(make_bundle(course, tmp_path / "classroom.zip", **packed)) as archive:
        archive.extractall(tmp_path)
    place = tmp_path / "classroom"
    cut = {"PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_NO_CACHE_DIR": "1"}
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | cut
    command = [sys.executable, str(place / "install.py"), str(tmp_path / "env")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = subprocess.run(
        [tmp_path / "env" / "bin" / "python", "-c", "import leadline, six"],
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert found.returncode == 0
    (place / "labs" / "tiny" / "tiny-ann.zip").write_bytes(b"torn")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "labs/tiny/tiny-ann.zip" in done.stdout


def test_missing_wheels_are_all_named(course, packed, tmp_path):
    packed["requirements"].write_text(
        f"{PIN}numpy==2.3.0\nscipy==1.16.0 ; sys_platform == 'never'\npandas==3.0.0\n"
    )
    with pytest.raises(DataError) as caught:
        make_bundle(course, tmp_path / "classroom.zip", **packed)
    assert [problem.split()[5] for problem in caught.value.problems] == ["numpy==2.3.0", "pandas==3.0.0"]
    assert not (tmp_path / "classroom.zip").exists()


def test_a_wheel_that_holds_the_labs_is_refused(course, packed, tmp_path):
    make_wheel(packed["wheels"], "leadline", "0.1.0", ["leadline/share/notebooks/labs/lab1_survey.ipynb"])
    with pytest.raises(DataError, match="the labs with their solutions"):
        make_bundle(course, tmp_path / "classroom.zip", **packed)


def test_a_leak_in_a_released_lab_stops_the_archive(course, packed, tmp_path):
    with ZipFile(course.place / "release" / "tiny" / "tiny-bob.zip", "a") as archive:
        archive.writestr("tiny/notes.txt", 'best = "hold-out"')
    with pytest.raises(DataError, match=r"tiny-bob\.zip/tiny/notes\.txt"):
        make_bundle(course, tmp_path / "classroom.zip", **packed)
    assert not (tmp_path / "classroom.zip").exists()


def test_what_is_missing_is_said(tmp_path, packed):
    course = make_class(tmp_path / "new")
    with pytest.raises(ParameterError, match="leadline course release LAB"):
        make_bundle(course, tmp_path / "classroom.zip", **packed)
    with pytest.raises(ParameterError, match=r"end with \.zip"):
        make_bundle(course, Path("classroom"), **packed)
