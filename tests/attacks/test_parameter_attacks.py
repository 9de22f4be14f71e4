"""Parameter values, names and paths that try to be more than data."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import ParameterError
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome

Run = Callable[..., RunOutcome]
TEXTS = "from leadline.parameters import Text, Texts\np: Text = ''\nmany: Texts = []"
TOUCH = "__import__('pathlib').Path('PWNED').touch()"
VALUES = {
    "quotes": 'a"b\'c\\\nd\\"\r\n\t;' + TOUCH,
    "breakout": '"); ' + TOUCH + " #",
    "triple": "'''\"\"\"\x00\u2028\U0001f600 \u202e",
    "import": TOUCH,
    "magic": "\n!touch PWNED\n%run x",
    "backslash": "\\",
    "format": "{p.__class__.__mro__}{0}",
}


@pytest.fixture(autouse=True)
def _nothing_was_run(working_folder: Path):
    yield
    assert not list(working_folder.rglob("PWNED"))


def test_every_value_arrives_as_the_text_it_is(run: Run) -> None:
    values = list(VALUES.values())
    given = {"p": VALUES["breakout"], "many": json.dumps(values)}
    outcome = run("import json\nprint(json.dumps([p, many]))", parameters=TEXTS, given=given)
    assert outcome.exit_code == 0
    cells = json.loads((outcome.folder / "notebook.ipynb").read_text("utf-8"))["cells"]
    assert json.loads(cells[-1]["outputs"][0]["text"]) == [VALUES["breakout"], values]
    assert outcome.record["parameters"] == {"p": VALUES["breakout"], "many": values}


@pytest.mark.parametrize(
    "name",
    [f"x=1;{TOUCH};y", f"x = 0\n{TOUCH}\ny", "__builtins__.open", "class", "print", "1a b", "", "P", "p "],
)
def test_a_name_that_the_notebook_does_not_declare_is_refused(write: Callable[..., Path], name: str) -> None:
    with pytest.raises(ParameterError, match="has no parameter"):
        make_request(str(write("1", parameters=TEXTS)), {name: "1"})


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/evil.ipynb", "file:///etc/x.ipynb", "s3://b/x.ipynb"]
)
def test_a_notebook_is_never_fetched(address: str) -> None:
    with pytest.raises(ParameterError, match="only local notebooks are run"):
        make_request(address, {})


def test_a_notebook_s_text_is_no_notebook_s_path(write: Callable[..., Path]) -> None:
    with pytest.raises(ParameterError, match="There is no notebook"):
        make_request(write("1").read_text(), {})


def test_braces_in_a_folder_are_letters(write: Callable[..., Path], leadline) -> None:
    done = leadline("run", str(write("1")), "--out", "a{p.__class__}/{abc}")
    assert done.returncode == 0, done.stderr
    assert Path("a{p.__class__}/{abc}").is_dir()


def test_an_address_as_output_is_a_local_folder_s_name(write: Callable[..., Path], leadline) -> None:
    done = leadline("run", str(write("1")), "--out", "http://127.0.0.1:9/steal")
    assert done.returncode == 2
    assert "address on a network" in done.stderr


def test_a_file_outside_never_reaches_the_notebook(write: Callable[..., Path], tmp_path_factory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "clients.csv"
    outside.write_text("id\n1\n")
    Path("link.csv").symlink_to(outside)
    path = write("1", parameters="from leadline.parameters import Dataset\ndata: Dataset = 'coil2000'")
    for given in (str(outside), "link.csv", f"../{outside.parent.name}/clients.csv"):
        with pytest.raises(ParameterError, match="outside the folders|does not exist"):
            make_request(str(path), {"data": given})
    allowed = make_request(str(path), {"data": str(outside)}, allow=(outside.parent,))
    assert allowed.values["data"] == str(outside)


def test_a_secret_on_the_command_line_is_refused_without_an_echo(
    write: Callable[..., Path], leadline
) -> None:
    path = write("1", parameters="from leadline.parameters import Secret\nkey: Secret | None = None")
    done = leadline("run", str(path), "-p", "key=S3cretPw")
    assert done.returncode == 2
    assert "never the secret" in done.stderr
    assert "S3cret" not in done.stderr + done.stdout
