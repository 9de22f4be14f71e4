import hashlib
import hmac
import os
import re
import stat
from pathlib import Path

import pytest

from leadline.errors import DataError
from leadline.parameters import SecretValue
from leadline.shared_key import SharedKey, make_key_file, read_key

SECRET = "0123456789abcdef" * 4


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "partner.key"
    path.write_text(f"{SECRET}\n")
    path.chmod(0o600)
    return path


def test_a_new_key_is_random_and_for_its_owner_alone(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        keys = [make_key_file(tmp_path / name) for name in ("a.key", "b.key")]
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert keys[0].secret != keys[1].secret
    assert read_key(SecretValue(f"file:{tmp_path / 'a.key'}")) == keys[0]


def test_a_key_is_never_overwritten(key_file: Path) -> None:
    with pytest.raises(DataError, match=r"is there already.*\n.*never overwritten"):
        make_key_file(key_file)
    assert key_file.read_text() == f"{SECRET}\n"


def test_file_and_variable_give_the_same_key(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_KEY", SECRET)
    from_file, from_variable = (
        read_key(SecretValue(f"file:{key_file}")),
        read_key(SecretValue("env:PARTNER_KEY")),
    )
    assert from_file == from_variable == SharedKey(SECRET.encode())


def test_a_place_that_holds_no_files_is_named(key_file: Path, tmp_path: Path) -> None:
    for place in (key_file / "x", tmp_path / "no" / "x"):
        with pytest.raises(DataError, match=rf"{re.escape(str(place))} cannot be written"):
            make_key_file(place)
    assert key_file.read_text() == f"{SECRET}\n"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644])
def test_a_file_that_others_can_use_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(DataError, match=rf"mode {mode:04o}.*Run: chmod 600 .*partner.key") as caught:
        read_key(SecretValue(f"file:{key_file}"))
    assert SECRET not in str(caught.value)


def test_a_readable_copy_behind_a_link_is_refused(key_file: Path, tmp_path: Path) -> None:
    (tmp_path / "link.key").symlink_to(key_file)
    key_file.chmod(0o644)
    with pytest.raises(DataError, match="mode 0644"):
        read_key(SecretValue(f"file:{tmp_path / 'link.key'}"))


def test_short_keys_are_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_KEY", "k" * 31)
    with pytest.raises(DataError, match=r"holds 31 bytes, must be >= 32.*leadline partner key") as caught:
        read_key(SecretValue("env:PARTNER_KEY"))
    assert "kkk" not in str(caught.value)
    assert SharedKey(b"k" * 32)


def test_what_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARTNER_KEY", raising=False)
    with pytest.raises(DataError, match="environment variable PARTNER_KEY, which is not set"):
        read_key(SecretValue("env:PARTNER_KEY"))
    with pytest.raises(DataError, match=r"no.key, which cannot be read"):
        read_key(SecretValue(f"file:{tmp_path / 'no.key'}"))


def test_the_key_shows_up_in_no_text_of_it() -> None:
    key = SharedKey(SECRET.encode())
    for text in (repr(key), str(key), key.key_id):
        assert SECRET not in text
        assert SECRET[:16] not in text


def test_the_key_s_name_is_made_of_the_key_alone() -> None:
    key = SharedKey(SECRET.encode())
    whole = hmac.new(SECRET.encode(), b"leadline: name of this key", hashlib.sha256).hexdigest()
    assert key.key_id == f"key-{whole[:12]}"
    assert SharedKey(SECRET.encode() + b"\n").key_id != key.key_id
