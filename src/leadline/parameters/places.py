"""Which files a run may touch: the working folder, the project, and the folders that somebody named."""

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from leadline.datasets import (
    PART,
    POSTGRES,
    SAMPLE_MARKET,
    find_named,
    is_address,
    known_names,
    read_postgres_name,
)
from leadline.errors import ParameterError
from leadline.language import _
from leadline.paths import PROJECT
from leadline.settings import read_sections

#: Environment variable that hands a run's extra folders to its kernel.
ALLOW_VARIABLE = "LEADLINE_ALLOW"
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]+")


def allowed_folders() -> list[Path]:
    """Return the folders to read from: working folder, project, those named, those of ``leadline.toml``."""
    named = [folder for folder in os.environ.get(ALLOW_VARIABLE, "").split(os.pathsep) if folder]
    places = [Path.cwd(), PROJECT, *(Path(folder) for folder in named), *_configured_folders()]
    return [place.expanduser().resolve() for place in places]


def allow_folders(folders: Iterable[Path]) -> None:
    """Allow ``folders`` in this process and in the kernels that it starts."""
    before = os.environ.get(ALLOW_VARIABLE, "").split(os.pathsep)
    named = [*before, *(str(folder.expanduser().resolve()) for folder in folders)]
    os.environ[ALLOW_VARIABLE] = os.pathsep.join(dict.fromkeys(name for name in named if name))


def find_file(text: str) -> Path:
    """Return the file that ``text`` names: from the working folder, else from the project.

    Raises
    ------
    ValueError
        If it is an address on a network, lies outside the allowed folders, or is not there.
    """
    if is_address(text):
        raise ValueError(_("is an address on a network; only local files are read"))
    if "\0" in text or not text.strip():
        raise ValueError(_("is not the name of a file"))
    given = Path(text) if text.startswith("~") and not _has_home(text) else Path(text).expanduser()
    candidates = [given] if given.is_absolute() else [Path.cwd() / given, PROJECT / given]
    found = next((path for path in candidates if _exists(path)), None)
    if not any((found or candidates[0]).resolve().is_relative_to(folder) for folder in allowed_folders()):
        raise ValueError(
            _(
                "lies outside the folders that may be read. "
                "Add --allow {folder}, or name the folder under [paths] allow in leadline.toml",
                folder=given.parent,
            )
        )
    if found is None:
        raise ValueError(_("does not exist{hint}", hint=_suggest_file(candidates[0])))
    if not (found.is_file() or found.is_dir()):
        raise ValueError(_("is neither a file nor a folder (a device or a pipe is not read)"))
    return found.resolve()


def find_dataset(text: str) -> str:
    """Return ``text`` with its file made absolute; the name of a known table stays as it is.

    A dataset is a known name (shipped, or public and fetched), a file, a folder of tables,
    ``file.duckdb::table`` or ``file.xlsx::sheet``.

    Raises
    ------
    ValueError
        As `find_file`, or if a bare name is neither known nor a file, or its table is not fetched yet.
    """
    if text.startswith(POSTGRES):
        read_postgres_name(text)
        return text
    place, mark, part = text.partition(PART)
    if _BARE_NAME.fullmatch(place) and not _exists(Path(place)):
        if text == SAMPLE_MARKET or find_named(place, part):
            return text
        if not mark:
            raise ValueError(_("is neither a file nor a known table. {hint}", hint=_suggest_name(text)))
    return f"{find_file(place)}{mark}{part}"


def _suggest_name(name: str) -> str:
    near = get_close_matches(name, known_names(), n=1)
    return (
        _("Did you mean {near}?", near=repr(near[0]))
        if near
        else _("Known tables: {names}.", names=_(", ").join(known_names()))
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that the file system cannot hold
        return False


def _has_home(text: str) -> bool:
    try:
        Path(text).expanduser()
    except RuntimeError:  # ~somebody who is not known here
        return False
    return True


def _suggest_file(path: Path) -> str:
    try:
        neighbours = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return ""
    near = get_close_matches(path.name, neighbours, n=1, cutoff=0.7)
    return ". " + _("Did you mean {near}?", near=repr(near[0])) if near else ""


def _configured_folders() -> list[Path]:
    folders: list[Path] = []
    for file, paths in read_sections("paths"):
        allow = paths.get("allow", [])
        if not isinstance(allow, list) or not all(isinstance(folder, str) for folder in allow):
            problem = _('write [paths] and below it allow = ["/data/crm"], a list of folders.')
            raise ParameterError.of(_("{file} cannot be read", file=file), problem)
        folders += [file.parent / Path(folder).expanduser() for folder in allow]
    return folders
