"""What a report was made from, as one hash: with equal hashes a new run would tell the same."""

import datetime as dt
import hashlib
import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from leadline.data.locate import locate
from leadline.data.sources import hash_file
from leadline.datasets import POSTGRES, SAMPLE_MARKET
from leadline.errors import LeadlineError
from leadline.parameters.check import describe_type
from leadline.paths import PROJECT
from leadline.run.request import Request

_PACKAGE = Path(__file__).resolve().parents[2]
_PLAIN = (".yml", ".yaml")


class Fingerprints:
    """Fingerprints of requests; a file is read once as long as its size and times stay.

    Parameters
    ----------
    today
        The day: a notebook whose date is left empty tells of it.
    """

    def __init__(self, today: dt.date) -> None:
        self._today = today.isoformat()
        self._files: dict[tuple[str, int, int, int], str] = {}

    def of(self, request: Request) -> str:
        """Hash notebook, parameters, the files behind them, leadline's code and the installed packages.

        Returns
        -------
        str
            Hexadecimal; empty where it cannot be known (a database on a server, a file that is gone
            or cannot be read): such a report is always made.
        """
        try:
            data = self._hash_data(request)
            content = {
                "notebook": self._hash(request.notebook.path),
                "modules": self._hash_modules(request.notebook.path.parent),
                "parameters": request.values,
                "data": data,
                "code": _hash_code(),
            }
        except (OSError, LeadlineError):
            return ""
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
        return "" if data is None else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

    def _hash_data(self, request: Request) -> dict[str, Any] | None:
        data: dict[str, Any] = {}
        for name, value in request.checked.items():
            kind = describe_type(request.declared[name].annotation)[0].name
            if kind == "Dataset" and str(value or "").startswith(POSTGRES):
                return None
            if kind in ("Dataset", "File") and value is not None:
                data[name] = self._hash_place(value)
            elif kind == "Date" and value is None:
                data[name] = self._today
        return data

    def _hash_place(self, value: str | Path) -> Any:
        if value == SAMPLE_MARKET:  # made by our own code, which is hashed beside it
            return SAMPLE_MARKET
        path = locate(value).path if isinstance(value, str) else value
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
            return {file.relative_to(path).as_posix(): self._hash(file) for file in files}
        found = {path.name: self._hash(path)}
        if path.suffix in _PLAIN:  # it may name files of its own folder
            text = path.read_text("utf-8", "replace")
            beside = (file for file in path.parent.iterdir() if file.is_file() and file.name in text)
            found |= {file.name: self._hash(file) for file in beside}
        return found

    def _hash_modules(self, folder: Path) -> dict[str, str]:
        """Python files that a notebook may import from its working folder or from beside itself."""
        files = sorted({*folder.glob("*.py"), *Path.cwd().glob("*.py")})
        return {str(file): self._hash(file) for file in files}

    def _hash(self, file: Path) -> str:
        status = file.stat()
        key = (str(file), status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if key not in self._files:
            self._files[key] = hash_file(file)
        return self._files[key]


@cache
def _hash_code() -> str:
    """Hash leadline's sources, the lock file, and which packages of which version are installed."""
    digest = hashlib.sha256(sys.version.encode())
    sources = (file for file in _PACKAGE.rglob("*") if file.is_file() and file.suffix != ".pyc")
    for file in sorted(sources):
        digest.update(f"{file.relative_to(_PACKAGE).as_posix()}\0{hash_file(file)}\n".encode())
    lock = PROJECT / "requirements.lock"
    digest.update(lock.read_bytes() if lock.is_file() else b"")
    installed = {
        entry.name
        for place in sys.path
        if os.path.isdir(place)  # noqa: PTH112 (sys.path may hold an empty text)
        for entry in Path(place).glob("*.dist-info")
    }
    digest.update("\n".join(sorted(installed)).encode())
    return digest.hexdigest()
