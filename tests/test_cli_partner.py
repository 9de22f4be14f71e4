"""``leadline partner``: what an analyst types, from key to joined list."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from leadline.cli.partner import partner
from leadline.errors import DataError

OURS = "customer_id,phone\n1,13800138000\n2,13900139000\n3,15012345678\n"
THEIRS = """account_id,mobile,is_staff,trades_3m,assets_cny
8,+86 138-0013-8000,no,3,1
9,１３９００１３９０００,yes,5,2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ours.csv").write_text(OURS, "utf-8")
    (tmp_path / "theirs.csv").write_text(THEIRS, "utf-8")
    (tmp_path / "purposes.yml").write_text("list: [is_staff, trades_3m]\n", "utf-8")
    return tmp_path


def leadline(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "leadline", "partner", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def hash_theirs(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    words = [
        "theirs.csv",
        "--key",
        "file:shared.key",
        "--purpose",
        "list",
        "--phone",
        "mobile",
        "--out",
        "keyed.csv",
    ]
    return leadline(folder, "hash", *words, *more)


def test_from_key_to_joined_list(folder: Path) -> None:
    made = leadline(folder, "key", "shared.key")
    assert made.returncode == 0
    secret = (folder / "shared.key").read_text().strip()
    hashed = hash_theirs(folder)
    assert hashed.returncode == 0, hashed.stderr
    keyed = (folder / "keyed.csv").read_text("utf-8-sig")
    assert keyed.splitlines()[0] == "phone_key,key_id,is_staff,trades_3m"
    assert "13800138000" not in keyed
    words = [
        "ours.csv",
        "keyed.csv",
        "--key",
        "file:shared.key",
        "--purpose",
        "list",
        "--out",
        "joined.parquet",
    ]
    joined = leadline(folder, "join", *words)
    assert joined.returncode == 0, joined.stderr
    assert joined.stdout.startswith("2 customers were found on the partner's list")
    assert joined.stdout.splitlines()[-1] == "joined.parquet"
    found = pd.read_parquet(folder / "joined.parquet")
    assert found.to_dict("list") == {
        "customer_id": ["1", "2"],
        "is_staff": [False, True],
        "trades_3m": [3, 5],
    }
    audit = (folder / "partner_audit.jsonl").read_text()
    entries = [json.loads(line) for line in audit.splitlines()]
    assert [entry["event"] for entry in entries] == ["partner_hash", "partner_join"]
    assert [entry["columns"] for entry in entries] == [["is_staff", "trades_3m"]] * 2
    for text in (made.stdout, hashed.stdout, joined.stdout, keyed, audit):
        assert secret not in text


def test_a_refusal_writes_nothing_and_says_what_to_do(folder: Path) -> None:
    leadline(folder, "key", "shared.key")
    outside = hash_theirs(folder, "--columns", "is_staff,assets_cny")
    assert (outside.returncode, outside.stdout) == (2, "")
    assert "assets_cny: not in the allow-list" in outside.stderr
    (folder / "shared.key").chmod(0o644)
    readable = hash_theirs(folder)
    assert readable.returncode == 2
    assert "chmod 600" in readable.stderr
    assert not (folder / "keyed.csv").exists()


@pytest.mark.parametrize("words", [["hash", "theirs.csv"], ["join", "ours.csv", "theirs.csv"]])
def test_a_file_that_cannot_be_written_leaves_no_audit_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SHARED", "k" * 64)
    more = ["--key", "env:SHARED", "--purpose", "list", "--phone", "mobile"]
    for out, reason in (("x.xlsx", "must end in .csv or .parquet"), ("no/x.csv", "there is no folder no")):
        refused = CliRunner().invoke(partner, [*words, *more, "--out", out])
        assert isinstance(refused.exception, DataError)
        assert reason in str(refused.exception)
    assert not (folder / "partner_audit.jsonl").exists()


@pytest.mark.parametrize(
    ("has_modes", "told"), [(True, "only you can read it"), (False, "keep it in a folder")]
)
def test_a_promise_is_made_only_where_files_have_modes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, has_modes: bool, told: str
) -> None:
    monkeypatch.setattr("leadline.shared_key.HAS_FILE_MODES", has_modes)
    made = CliRunner().invoke(partner, ["key", str(folder / "a.key")])
    assert told in made.output
    assert ("only you can read it" in made.output) == has_modes


def test_the_key_itself_on_the_command_line_is_refused_and_not_repeated(folder: Path) -> None:
    words = ["theirs.csv", "--key", "s3cret" * 8, "--purpose", "list", "--out", "keyed.csv"]
    refused = leadline(folder, "hash", *words)
    assert refused.returncode == 2
    assert "env:NAME or file:PATH" in refused.stderr
    assert "s3cret" not in refused.stderr


def test_a_partner_s_list_in_plain_numbers_is_refused(folder: Path) -> None:
    leadline(folder, "key", "shared.key")
    words = ["ours.csv", "theirs.csv", "--key", "file:shared.key", "--purpose", "list", "--out", "found.csv"]
    done = leadline(folder, "join", *words)
    assert done.returncode == 2
    assert "Key the list with: leadline partner hash." in done.stderr
    assert not (folder / "found.csv").exists()
