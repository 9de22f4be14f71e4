"""Which packages a classroom needs, and that no wheel of leadline holds a lab."""

import subprocess
import sys
from zipfile import ZipFile

import pytest
from packaging.utils import canonicalize_name

from leadline.course.bundle.wheels import Target, _find_needed, _select_pins
from leadline.course.labs import LABS, list_labs, read_lab
from leadline.course.releasing.leaks import find_hidden
from leadline.paths import PROJECT


def names(target):
    return {pin.split("==")[0] for pin in _select_pins(None, target)}


def test_pins_are_what_leadline_needs_with_hashes_and_no_tools_of_its_makers():
    pins = list(_select_pins(None, Target()))
    assert {"pandas", "jupyterlab", "matplotlib", "markupsafe"} <= names(
        Target()
    )  # the last one only indirectly
    assert not {"pytest", "mypy", "playwright", "nbgrader"} & names(Target())
    assert all("--hash=sha256:" in pin and ";" not in pin for pin in pins)
    assert names(Target()) == {canonicalize_name(name) for name in _find_needed(Target().environment())}


@pytest.mark.parametrize(("platform", "wanted"), [("win_amd64", True), ("manylinux_2_28_x86_64", False)])
def test_the_target_decides_what_only_windows_needs(platform, wanted):
    found = names(Target(platform, "3.11"))
    assert ("pywinpty" in found) is wanted
    assert ("ptyprocess" in found) is not wanted


def test_pip_is_told_the_target():
    assert Target().options() == []
    wanted = ["--platform", "win_amd64", "--python-version", "3.12"]
    assert Target("win_amd64", "3.12").options() == wanted


def test_the_wheel_of_this_clone_holds_no_lab(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    lines = {line for path in list_labs() for line in find_hidden(read_lab(path)).lines if len(line) > 40}
    assert len(lines) > 100
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        held = archive.namelist()
        assert any(name.endswith("4_evaluate/judge_campaign.ipynb") for name in held)
        assert [name for name in held if "/labs/" in name or LABS.name in name.split("/")] == []
        readable = [name for name in held if name.endswith((".py", ".ipynb", ".po", ".json", ".txt"))]
        everything = " ".join(" ".join(archive.read(name).decode().split()) for name in readable)
    assert [line for line in lines if line in everything and not line.startswith(("from ", "import "))] == []
