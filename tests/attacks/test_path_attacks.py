"""Paths of notebooks, data sets and outputs that try to lead elsewhere."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from leadline.errors import ParameterError
from leadline.parameters.places import find_dataset, find_file
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome

Run = Callable[..., RunOutcome]
Write = Callable[..., Path]
Leadline = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
DATA = "from leadline.parameters import Dataset\ndata: Dataset = 'coil2000'"
ODD = "a{p.__class__} 客户:报告|a?*<b>\"'&;$(touch PWNED)"


@pytest.mark.covers("paths", "notebook_address")
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/evil.ipynb", "file:///etc/x.ipynb", "s3://b/x.ipynb"]
)
def test_a_notebook_is_never_fetched(address: str) -> None:
    with pytest.raises(ParameterError, match="only local notebooks are run"):
        make_request(address, {})


@pytest.mark.covers("paths", "notebook_json")
def test_a_notebook_s_text_is_no_notebook_s_path(write: Write) -> None:
    with pytest.raises(ParameterError, match="There is no notebook"):
        make_request(write("1").read_text(), {})


@pytest.mark.covers("paths", "output_braces", "output_odd", "output_by_parameter")
def test_a_report_lies_in_its_folder_whatever_folder_and_values_are_called(
    write: Write, working_folder: Path, leadline: Leadline
) -> None:
    path = write("print(p)", parameters="from leadline.parameters import Text\np: Text = ''")
    before = set(working_folder.parent.rglob("*"))
    done = leadline("run", str(path), "--out", f"{ODD}/{{abc}}", "-p", "p=../../escape")
    assert done.returncode == 0, done.stderr
    (folder,) = [found for found in Path(ODD, "{abc}").iterdir() if found.is_dir()]
    assert re.fullmatch(r"\d+T\d+Z-work-\w+", folder.name)
    assert json.loads((folder / "record.json").read_text("utf-8"))["parameters"] == {"p": "../../escape"}
    new = {found for found in working_folder.parent.rglob("*") if found not in before}
    assert not [found for found in new if working_folder / ODD not in (found, *found.parents)]


@pytest.mark.covers("paths", "output_address")
def test_an_address_as_output_is_refused(write: Write, leadline: Leadline) -> None:
    done = leadline("run", str(write("1")), "--out", "http://127.0.0.1:9/steal")
    assert done.returncode == 2
    assert "address on a network" in done.stderr


def _seal() -> str:
    Path("sealed").mkdir()
    Path("sealed", "out").touch()
    return "sealed/out/below"


@pytest.mark.parametrize(
    "make_out",
    [
        pytest.param(lambda: "x" * 300, marks=pytest.mark.covers("paths", "output_long")),
        pytest.param(
            lambda: "work.ipynb", marks=pytest.mark.covers("paths", "output_file", "output_is_input")
        ),
        pytest.param(_seal, marks=pytest.mark.covers("paths", "output_sealed")),
        pytest.param(lambda: "/proc/out", marks=pytest.mark.covers("paths", "output_sealed")),
        pytest.param(lambda: "a\0b", marks=pytest.mark.covers("paths", "output_odd")),
    ],
    ids=["long", "file", "under_a_file", "sealed", "nul"],
)
def test_a_folder_that_cannot_be_written_is_refused_before_the_work(
    write: Write, make_out: Callable[[], str]
) -> None:
    path = write("1")
    before = path.read_bytes()
    with pytest.raises(ParameterError, match="cannot be written|not the name of a file"):
        make_request(str(path), {}, out=Path(make_out()))
    assert path.read_bytes() == before


@pytest.mark.covers("paths", "output_linked")
def test_links_of_the_staging_folder_s_names_are_not_followed(run: Run, tmp_path_factory) -> None:
    victim = tmp_path_factory.mktemp("victim")
    first = run("1")
    for name in (first.folder.name, f".{first.folder.name}.run"):
        (first.folder.parent / f"{name}-2").symlink_to(victim)
    assert run("1").exit_code == 0
    assert list(victim.iterdir()) == []


@pytest.mark.covers("paths", "data_outside")
def test_a_file_outside_never_reaches_the_notebook(write: Write, tmp_path_factory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "clients.csv"
    outside.write_text("id\n1\n")
    Path("link.csv").symlink_to(outside)
    Path("folder").symlink_to(outside.parent)
    path = write("1", parameters=DATA)
    ways = [
        str(outside),
        "link.csv",
        "folder",
        "folder/clients.csv",
        f"../{outside.parent.name}/clients.csv",
        f"{outside}::part",
    ]
    for given in ways:
        with pytest.raises(ParameterError, match="outside the folders|does not exist|neither a file"):
            make_request(str(path), {"data": given})
    allowed = make_request(str(path), {"data": str(outside)}, allow=(outside.parent,))
    assert allowed.values["data"] == str(outside)


@pytest.mark.covers("paths", "data_device")
@pytest.mark.parametrize("find", [find_file, find_dataset])
def test_a_pipe_is_refused_at_once(working_folder: Path, find: Callable[[str], object]) -> None:
    os.mkfifo("pipe.csv")
    with pytest.raises(ValueError, match="device or a pipe"):
        find("pipe.csv")


@pytest.mark.covers("paths", "lock_hashes")
@pytest.mark.parametrize("name", ["requirements.lock", "requirements-spark.lock"])
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    lines = (ROOT / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    packages = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert packages
    for line in packages:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[\w.+!]+ ", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", line), line
