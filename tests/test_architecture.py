"""The house stays as it is drawn: imports point down, rooms hold what they should."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "leadline"
#: Lowest floor first; rooms of one floor do not import one another.
FLOORS = [
    {"language"},
    {"errors", "paths", "channels", "durable", "locks", "disclosure", "holm"},
    {"results", "plain_yaml", "store", "shared_key", "datasets", "intervals", "settings"},
    {"parameters", "data"},
    {"features", "chart"},
    {"market"},
    {"discover", "target", "engage", "evaluate"},
    {"report"},
    {"run"},
    {"lab"},
    {"course"},
    {"cli"},
    {"__main__"},
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.append(node.module or "")
    return {name.split(".")[1] for name in names if name.startswith("leadline.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_down(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    for other in imported_rooms(path) - {room}:
        assert FLOOR_OF[other] < FLOOR_OF[room], f"{room} must not import {other}"


def test_every_room_has_its_floor() -> None:
    assert {room_of(path) for path in MODULES} - {"__init__"} <= FLOOR_OF.keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_are_small_and_rightly_named(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "misc"}
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_only_data_run_and_report_touch_the_disk() -> None:
    opening = {
        "read_csv",
        "read_parquet",
        "read_excel",
        "to_csv",
        "to_parquet",
        "open",
        "write_text",
        "write_bytes",
    }
    for path in MODULES:
        if room_of(path) not in {"target", "chart", "discover", "engage", "evaluate"}:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                assert name not in opening, f"{path}:{node.lineno} touches the disk"


def test_no_analysis_sees_the_truth_of_the_market() -> None:
    for path in MODULES:
        if room_of(path) in {"features", "discover", "target", "engage", "evaluate"}:
            assert "market" not in imported_rooms(path), path


def test_conda_users_get_what_the_lock_file_pins() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert environment["dependencies"] == [
        f"python{project['requires-python']}",
        "pip",
        {"pip": ["-r requirements.lock"]},
    ]


def test_the_lock_file_pins_every_dependency_with_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = settings["project"]["dependencies"] + settings["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    pinned = {line.split("==")[0] for line in lock.splitlines() if "==" in line and not line.startswith(" ")}
    assert names <= pinned
    for block in lock.replace("\\\n", "").splitlines():
        assert "--hash=sha256:" in block
    assert "://" not in lock
