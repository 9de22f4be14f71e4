import time
from pathlib import Path

import pytest

from leadline.errors import DataError
from leadline.plain_yaml import read_yaml, read_yaml_beside


@pytest.fixture
def write(tmp_path: Path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "plan.yml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.covers("parameters", "yaml_no_guessing")
@pytest.mark.parametrize("text", ["0123", "12:30:45", "no", "1e3", "2024-01-01", ".nan", "1_000", "１２"])
def test_scalars_stay_the_text_they_were(write, text: str) -> None:
    assert read_yaml(write(f"p: {text}\n")) == {"p": text}


def test_only_an_unquoted_null_is_none(write) -> None:
    assert read_yaml(write('a: null\nb: "null"\nc:\nd: ~\n')) == {
        "a": None,
        "b": "null",
        "c": None,
        "d": None,
    }


def test_a_byte_order_mark_is_passed_over(write) -> None:
    assert read_yaml(write(b"\xef\xbb\xbfname: \xe5\xae\xa2\xe6\x88\xb7\n")) == {"name": "客户"}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("p: !!python/object/apply:os.system ['touch PWNED']", "could not determine a constructor"),
        ("p: &a [*a]", "aliases"),
        ("a: 1\na: 2", "line 2: the key 'a' is repeated"),
        ("a: [1", "expected ',' or ']'"),
        ("? [a]\n: 1", "must be text"),
        (b"a: \xff", "not UTF-8"),
        ("[" * 50_000, "is not a readable YAML file"),
        (b"a" * 1_000_001, "1,000,000 bytes"),
    ],
)
def test_what_is_not_plain_is_refused_in_one_message(write, content: str | bytes, found: str) -> None:
    with pytest.raises(DataError, match="is not a readable YAML file") as caught:
        read_yaml(write(content))
    assert found in str(caught.value)


@pytest.mark.covers("parameters", "yaml_alias_bomb")
def test_an_alias_bomb_costs_nothing(write) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
    )
    began = time.process_time()
    with pytest.raises(DataError, match="aliases"):
        read_yaml(write(bomb))
    assert time.process_time() - began < 0.5


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_yaml(tmp_path / "none.yml")


@pytest.mark.covers("paths", "yaml_beside")
def test_a_file_may_name_others_of_its_own_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "points.yml").write_text("name: desk\n", "utf-8")
    (tmp_path / "outside.yml").write_text("name: other\n", "utf-8")
    (folder / "way_out.yml").symlink_to(tmp_path / "outside.yml")
    assert read_yaml_beside(folder / "plan.yml", "points.yml") == {"name": "desk"}
    for name in ("../outside.yml", str(tmp_path / "outside.yml"), "way_out.yml", "..", ""):
        with pytest.raises(DataError, match="cannot be read"):
            read_yaml_beside(folder / "plan.yml", name)
