"""The packages of a classroom as wheels: leadline's own, and all that it needs, as pinned."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import cast
from zipfile import ZipFile

from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from leadline.errors import DataError, RunError
from leadline.language import N_, _
from leadline.paths import PROJECT

_LOCK = PROJECT / "requirements.lock"
_PROJECT_FILE = PROJECT / "pyproject.toml"
_HEADLINE = N_("The packages cannot be put together")
_LAST_LINES = 3
#: By the beginning of pip's platform: what requirements call it.
_SYSTEMS = {
    "win": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
    "macosx": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "manylinux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
}


@dataclass(frozen=True)
class Target:
    """The computers of the classroom: pip's name of their platform (``win_amd64``), their Python (``3.11``).

    Empty means this computer's.
    """

    platform: str = ""
    python: str = ""

    def environment(self) -> Environment:
        """Return what the markers of requirements ask for."""
        known = cast("Environment", {**default_environment(), **self._system()})
        if self.python:
            known |= {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        return known

    def options(self) -> list[str]:
        """Return pip's options for it."""
        platform = ["--platform", self.platform] if self.platform else []
        return [*platform, *(["--python-version", self.python] if self.python else [])]

    def _system(self) -> Mapping[str, str]:
        return next((told for start, told in _SYSTEMS.items() if self.platform.startswith(start)), {})


def collect_wheels(folder: Path, target: Target, *, given: Path | None, requirements: Path | None) -> None:
    """Put every wheel of the classroom into ``folder``.

    Parameters
    ----------
    folder
        Where they go.
    target
        The computers of the classroom.
    given
        Folder of wheels that are there already: then nothing is downloaded.
    requirements
        Pinned packages in place of leadline's own lock file.

    Raises
    ------
    DataError
        If the wheels given lack some, or leadline's own would carry the labs' solutions.
    RunError
        If they cannot be downloaded or built.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pins = list(_select_pins(requirements, target))
    if given is None:
        _download(folder, pins, target)
    else:
        _copy(folder, given, pins)
    own = [*(given.glob("leadline-*.whl") if given else ())]
    if own:
        shutil.copy2(own[-1], folder)
    else:
        _build(folder)
    _refuse_labs(folder)


def _select_pins(requirements: Path | None, target: Target) -> Iterator[str]:
    """Yield the pins of what leadline needs on the target, with their hashes where the lock file has them.

    What is pinned and not installed here is for other computers: for the target if its marker says so.
    """
    environment = target.environment()
    if requirements is None and not _LOCK.is_file():
        for name in sorted(_find_needed(environment)):
            yield f"{name}=={metadata.version(name)}"
        return
    needed = None if requirements else _find_needed(environment)
    text = (requirements or _LOCK).read_text("utf-8").replace("\\\n", " ")
    for line in filter(None, (line.split(" #")[0].strip() for line in text.split("\n"))):
        told, *hashes = re.split(r"\s+(?=--hash=)", line)
        if told.startswith("#"):
            continue
        pin = Requirement(told)
        is_meant = pin.marker is None or pin.marker.evaluate(cast("dict[str, str]", environment))
        name = canonicalize_name(pin.name)
        if is_meant and (needed is None or name in needed or not _is_installed(name)):
            yield " ".join([f"{pin.name}{pin.specifier}", *hashes])


def _find_needed(environment: Environment) -> set[str]:
    """Return leadline's dependencies and theirs; what is not installed here needs nothing further."""
    found: set[str] = set()
    waiting = [("leadline", "")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found.add(name)
        for requirement in _read_requirements(name):
            asked = cast("dict[str, str]", environment | {"extra": extra})
            if requirement.marker is None or requirement.marker.evaluate(asked):
                needed = canonicalize_name(requirement.name)
                waiting += [(needed, wanted) for wanted in ("", *requirement.extras)]
    return found - {"leadline"}


def _is_installed(name: str) -> bool:
    return any(True for _found in metadata.distributions(name=name))


def _read_requirements(name: str) -> list[Requirement]:
    try:
        return [Requirement(told) for told in metadata.requires(name) or ()]
    except metadata.PackageNotFoundError:
        return []


def _download(folder: Path, pins: list[str], target: Target) -> None:
    listed = folder / "pins.txt"
    listed.write_text("\n".join(pins) + "\n", "utf-8")
    options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"]
    _run("pip", "download", *options, *target.options(), "--dest", str(folder), "-r", str(listed))
    listed.unlink()


def _build(folder: Path) -> None:
    """Build leadline's own wheel from the clone; hatchling gives the same bytes each time."""
    if not _PROJECT_FILE.is_file():
        raise DataError.of(
            _(_HEADLINE),
            _("leadline was installed without its sources. Put its wheel into the folder of --wheels."),
        )
    _run("hatchling", "build", "--target", "wheel", "--directory", str(folder.resolve()))


def _run(module: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip().split("\n")[-_LAST_LINES:]
        raise RunError(
            _(
                "The packages cannot be put together: {tool} ended with: {reason}. With a folder of wheels "
                "that you have, use --wheels.",
                tool=module,
                reason=" ".join(told),
            )
        )


def _copy(folder: Path, given: Path, pins: list[str]) -> None:
    there = {}
    for path in sorted(given.glob("*.whl")):
        name, version, _build_tag, _tags = parse_wheel_filename(path.name)
        there[name, str(version)] = path
    missing = []
    for pin in pins:
        wanted = Requirement(pin.split(" --hash")[0])
        fit = [path for (name, version), path in there.items() if _fits(wanted, name, version)]
        missing += [] if fit else [str(wanted)]
        for path in fit:
            shutil.copy2(path, folder)
    if missing:
        problems = [
            _("there is no wheel of {package} in {folder}.", package=pin, folder=given) for pin in missing
        ]
        raise DataError(_(_HEADLINE), problems)


def _fits(wanted: Requirement, name: str, version: str) -> bool:
    return canonicalize_name(wanted.name) == name and wanted.specifier.contains(version, prereleases=True)


def _refuse_labs(folder: Path) -> None:
    for path in folder.glob("leadline-*.whl"):
        with ZipFile(path) as wheel:
            if any("notebooks/labs" in name for name in wheel.namelist()):
                raise DataError.of(
                    _(_HEADLINE),
                    _(
                        "{file} holds the labs with their solutions. Build it anew from the clone.",
                        file=path.name,
                    ),
                )
