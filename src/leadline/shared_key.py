"""The key that two partners share: made, read from where it is kept, named but never shown (E2)."""

import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from leadline.errors import DataError
from leadline.language import N_, _

FEWEST_BYTES = 32
#: Whether a file's mode says who may read it (Windows has other means).
HAS_FILE_MODES = os.name == "posix"
_HEADLINE = N_("The key cannot be used")
#: What the key's short name is made of; no identifier is ever this text.
_NAME_MESSAGE = b"leadline: name of this key"


class KeptSecret(Protocol):
    """Where a secret is kept (`leadline.parameters.SecretValue`): ``env:NAME`` or ``file:PATH``."""

    @property
    def reference(self) -> str:
        """The place."""

    def reveal(self) -> str:
        """Return the secret; ValueError if it is not there."""


@dataclass(frozen=True)
class SharedKey:
    """A secret of at least 32 bytes that both partners hold; only its ``key_id`` is ever shown."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < FEWEST_BYTES:
            raise DataError.of(
                _(_HEADLINE),
                _(
                    "it holds {count} bytes, must be >= {fewest_bytes}: a short key can be guessed. Make "
                    "one with: leadline partner key FILE",
                    count=len(self.secret),
                    fewest_bytes=FEWEST_BYTES,
                ),
            )

    @property
    def key_id(self) -> str:
        """Short name of the key, the same for both partners; the key cannot be found from it."""
        return "key-" + hmac.digest(self.secret, _NAME_MESSAGE, "sha256").hex()[:12]


def read_key(secret: KeptSecret) -> SharedKey:
    """Read the shared key from the place that keeps it.

    Raises
    ------
    DataError
        If it is not there, is shorter than 32 bytes, or lies in a file that others may read.
    """
    kind, _colon, place = secret.reference.partition(":")
    try:
        if kind == "file":
            _refuse_open_file(Path(place).expanduser())
        return SharedKey(secret.reveal().encode())
    except ValueError as error:
        raise DataError.of(
            _(_HEADLINE), _("{reference}: it {error}.", reference=secret.reference, error=error)
        ) from None


def make_key_file(path: Path) -> SharedKey:
    """Write a new random key, which nobody but the file's owner can read (mode 0600, where files have modes).

    Raises
    ------
    DataError
        If the file is there already, or cannot be written.
    """
    text = secrets.token_hex(FEWEST_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise DataError.of(
            _("{path} is there already", path=path), _("a key is never overwritten: choose another name.")
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    return SharedKey(text.encode())


def _unwritable(path: Path, error: OSError) -> DataError:
    return DataError.of(
        _("{path} cannot be written", path=path),
        _("{strerror}. Choose a file in a folder of yours.", strerror=error.strerror),
    )


def _refuse_open_file(path: Path) -> None:
    """Refuse a key file that others than its owner may read or change (no such modes on Windows)."""
    if not HAS_FILE_MODES or not path.is_file():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise DataError.of(
            _(_HEADLINE),
            _(
                "{path} may be read or changed by others (mode {mode}): who holds the key can undo "
                "it. Run: chmod 600 {path}, and make a new key if others could have read this one.",
                path=path,
                mode=f"{mode:04o}",
            ),
        )
