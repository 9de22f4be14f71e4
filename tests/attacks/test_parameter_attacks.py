"""Parameter values and names, and files of them, that try to be more than data."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from leadline.data import read_table
from leadline.errors import DataError, LeadlineError, ParameterError
from leadline.parameters.declared import declared_parameters, read_notebook
from leadline.plain_yaml import read_yaml
from leadline.run.request import make_request
from leadline.run.runner import RunOutcome
from leadline.run.schedule.schedule_file import read_schedule
from tests.run.schedule.jobs import moment

Run = Callable[..., RunOutcome]
Write = Callable[..., Path]
Leadline = Callable[..., CompletedProcess[str]]
TEXTS = "from leadline.parameters import Text, Texts\np: Text = ''\nmany: Texts = []"
TYPED = """\
from leadline.parameters import Count, Dataset, Date, Secret, Share, Text, Texts
n: Count = 1
share: Share = 0.2
day: Date = "2026-01-31"
text: Text = ""
many: Texts = []
data: Dataset = "coil2000"
key: Secret | None = None
"""
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
NAMES = {
    "name_code": f"x=1;{TOUCH};y",
    "name_line_break": f"x = 0\n{TOUCH}\ny",
    "name_attribute": "__builtins__.open",
    "name_keyword": "class",
    "name_builtin": "print",
    "name_no_identifier": "1a b",
    "name_empty": "",
    "name_case": "P",
}


def covers(case: str, *values: Any) -> Any:
    """Parameters of a test that covers one case of the table."""
    return pytest.param(*values, id=case, marks=pytest.mark.covers("parameters", case))


@pytest.fixture(autouse=True)
def _nothing_was_run(working_folder: Path):
    yield
    assert not list(working_folder.rglob("PWNED"))


@pytest.mark.covers("parameters", *VALUES)
def test_every_value_arrives_as_the_text_it_is(run: Run) -> None:
    values = list(VALUES.values())
    given = {"p": VALUES["breakout"], "many": json.dumps(values)}
    outcome = run("import json\nprint(json.dumps([p, many]))", parameters=TEXTS, given=given)
    assert outcome.exit_code == 0
    cells = json.loads((outcome.folder / "notebook.ipynb").read_text("utf-8"))["cells"]
    assert json.loads(cells[-1]["outputs"][0]["text"]) == [VALUES["breakout"], values]
    assert outcome.record["parameters"] == {"p": VALUES["breakout"], "many": values}


REFUSED = [
    covers("surrogate", "text", "\ud800", "half a character"),
    covers("number_full_width", "n", "１２３", "whole number"),
    covers("number_huge", "n", "9" * 100_000, "must be a whole number"),
    *(covers("number_not_finite", "share", value, "must be a share") for value in ("nan", "inf", "1e400")),
    covers("number_not_finite", "n", float("inf"), "must be a whole number"),
    *(covers("number_truth", "n", value, "must be a whole number") for value in (True, "1.5", 1.5, "1e5")),
    covers("list_deep", "many", "[" * 100_000, "must be a JSON list"),
    *(
        covers("list_mixed", "many", text, "must be a JSON list")
        for text in ('["a", 1]', "[NaN]", '[{"a": "b"}]')
    ),
    covers("mapping_as_text", "text", {TOUCH: TOUCH}, "must be text"),
    covers("date_impossible", "day", "2026-02-30", "must be a date"),
]


@pytest.mark.parametrize(("name", "value", "said"), REFUSED)
def test_a_value_of_another_kind_is_refused_in_words(write: Write, name: str, value: Any, said: str) -> None:
    path = write("1", parameters=TYPED)
    with pytest.raises(ParameterError, match=said) as error:
        make_request(str(path), {name: value})
    assert len(str(error.value)) < 400


@pytest.mark.covers("parameters", "number_leading_zeros")
def test_digits_are_text_where_text_is_declared(write: Write) -> None:
    values = {"text": "013800138000", "many": '["00123"]'}
    made = make_request(str(write("1", parameters=TYPED)), values | {"n": "00123"})
    assert made.checked["text"] == "013800138000"
    assert made.checked["many"] == ["00123"]
    assert made.checked["n"] == 123


@pytest.mark.covers("parameters", "megabytes")
def test_megabytes_of_text_take_no_time(write: Write) -> None:
    path, before = write("1", parameters=TYPED), time.process_time()
    assert make_request(str(path), {"text": "x" * 10_000_000}).checked["text"] == "x" * 10_000_000
    assert time.process_time() - before < 5


@pytest.mark.parametrize("name", [*(covers(*case) for case in NAMES.items()), covers("name_case", "p ")])
def test_a_name_that_the_notebook_does_not_declare_is_refused(write: Write, name: str) -> None:
    with pytest.raises(ParameterError, match="has no parameter"):
        make_request(str(write("1", parameters=TEXTS)), {name: "1"})


@pytest.mark.covers("parameters", "defaults")
@pytest.mark.parametrize(
    "line", [f"p: Text = {TOUCH}", f"{TOUCH}", f"p: {TOUCH} = 1", f"p: Text = [{TOUCH}]", "p: Text = f'{1}'"]
)
def test_a_cell_of_parameters_is_read_never_run(write: Write, line: str) -> None:
    path = write("1", parameters=f"from leadline.parameters import Text\n{line}")
    try:
        declared = declared_parameters(read_notebook(path), "work")
    except ParameterError:
        return
    assert declared == {}


DOCUMENTS = [
    *(
        covers("yaml_tag", text, "constructor for the tag")
        for text in (
            "p: !!python/object/apply:os.system ['touch PWNED']",
            "%TAG ! tag:yaml.org,2002:python/\n---\np: !object/apply:os.system ['touch PWNED']",
        )
    ),
    *(
        covers("yaml_other_tags", f"p: {text}", "constructor for the tag")
        for text in ("!!binary aGk=", "!!set {x}", "!!int 3", "{!!merge <<: {a: b}}", "!mine x")
    ),
    covers("yaml_alias_of_itself", "p: &a [*a]", "aliases"),
    covers("yaml_deep", "p: " + "[" * 10_000, "nested too deeply"),
    covers("yaml_deep", "p: " + "{a: " * 5_000, "nested too deeply"),
    covers("yaml_endless", "p: " + "x" * 1_000_001, "more than the 1,000,000 bytes"),
    covers("yaml_two_documents", "p: 1\n---\np: 2", "another document"),
]


@pytest.mark.parametrize(("text", "said"), DOCUMENTS)
def test_a_yaml_file_that_is_more_than_text_is_refused(text: str, said: str) -> None:
    Path("p.yml").write_text(text, "utf-8")
    with pytest.raises(DataError, match=said):
        read_yaml("p.yml")


@pytest.mark.covers("parameters", "yaml_endless")
def test_a_device_is_no_yaml_file() -> None:
    with pytest.raises(DataError, match="it is no file"):
        read_yaml("/dev/zero")


@pytest.mark.covers("parameters", "door_command", "door_params_file")
def test_the_command_refuses_what_the_notebook_does_not_declare(write: Write, leadline: Leadline) -> None:
    path = write("open('PWNED', 'w')", parameters=TYPED)
    Path("p.yml").write_text(f'text: 0123\n"{NAMES["name_code"]}": 1\nn: 12:30:45\n', "utf-8")
    done = leadline("run", str(path), "-p", f"{NAMES['name_attribute']}=1", "--params", "p.yml")
    assert done.returncode == 2
    for said in ("has no parameter '__builtins__.open'", 'has no parameter "x=1;', "n == '12:30:45'"):
        assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.covers("parameters", "door_schedule")
@pytest.mark.parametrize(
    "entry", ["'__import__(1)': 1", "text: '{{ __import__(1) }}'", "day: '{{ yesterday.__class__ }}'"]
)
def test_a_schedule_holds_no_code(write: Write, entry: str) -> None:
    write("1", parameters=TYPED)
    job = "name: a\n    notebook: work\n    cron: '0 7 * * *'\n    time_zone: Asia/Shanghai\n    out: out"
    Path("schedule.yml").write_text(f"jobs:\n  - {job}\n    parameters: {{{entry}}}\n", "utf-8")
    with pytest.raises(LeadlineError, match="__import__|yesterday"):
        read_schedule(Path("schedule.yml"), moment("2026-03-01T12:00"))


@pytest.mark.covers("parameters", "secret_value")
def test_a_secret_on_the_command_line_is_refused_without_an_echo(write: Write, leadline: Leadline) -> None:
    done = leadline("run", str(write("1", parameters=TYPED)), "-p", "key=S3cretPw")
    assert done.returncode == 2
    assert "never the secret" in done.stderr
    assert "S3cret" not in done.stderr + done.stdout


CONNECTIONS = [
    "postgresql://u:S3cretPw@h/db",
    "https://h/t.csv?token=S3cretPw",
    "postgres:host=h password=S3cretPw::t",
    "postgres:postgresql://u:S3cretPw@h/db::SELECT 1",
    "host=h user=u password=S3cretPw",
]


@pytest.mark.covers("parameters", "address_with_password")
@pytest.mark.parametrize("connection", CONNECTIONS)
def test_a_connection_in_place_of_its_variable_is_refused_without_an_echo(
    write: Write, connection: str
) -> None:
    path = write("1", parameters=TYPED)
    asked: list[Callable[[], object]] = [
        lambda: make_request(str(path), {"data": connection}),
        lambda: read_table(connection),
        lambda: make_request(connection, {}),
    ]
    for ask in asked[: 3 if connection[:4] in ("post", "http") and "::" not in connection else 2]:
        with pytest.raises(LeadlineError) as error:
            ask()
        assert "S3cret" not in str(error.value)


@pytest.mark.covers("parameters", "address_with_password")
def test_an_address_of_an_output_is_not_repeated(write: Write) -> None:
    with pytest.raises(ParameterError, match="address on a network") as error:
        make_request(str(write("1")), {}, out=Path("s3://k:S3cretPw@bucket/x"))
    assert "S3cret" not in str(error.value)
