"""Where the project's own files live, in a clone and in an installed package alike."""

from pathlib import Path

from leadline.language import _

_PACKAGE = Path(__file__).resolve().parent
_CLONE = _PACKAGE.parents[1]

#: Folder that holds ``notebooks/``, ``data/samples/`` and ``reports/plans/``.
PROJECT = _CLONE if (_CLONE / "notebooks").is_dir() else _PACKAGE / "share"
NOTEBOOKS = PROJECT / "notebooks"
SAMPLES = PROJECT / "data" / "samples"
PLANS = PROJECT / "reports" / "plans"


def find_taken(place: Path) -> str:
    """Say why no new folder can stand at ``place``; empty where one can, also in place of an empty one."""
    if place.is_dir():
        taken = any(place.iterdir())
        return (
            _("{place} is there already and not empty. Choose a new folder, or empty it.", place=place)
            if taken
            else ""
        )
    return _("{place} is a file. Choose a new folder.", place=place) if place.exists() else ""


def shorten_path(path: Path) -> str:
    """Write a path as it is found from the working folder or the project; elsewhere it stays absolute."""
    for home in (Path.cwd(), PROJECT):
        if path.is_relative_to(home):
            return path.relative_to(home).as_posix()
    return str(path)
