"""Where the project's own files live, in a clone and in an installed package alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CLONE = _PACKAGE.parents[1]

#: Folder that holds ``notebooks/``, ``data/samples/`` and ``reports/plans/``.
PROJECT = _CLONE if (_CLONE / "notebooks").is_dir() else _PACKAGE / "share"
NOTEBOOKS = PROJECT / "notebooks"
SAMPLES = PROJECT / "data" / "samples"
PLANS = PROJECT / "reports" / "plans"


def shorten_path(path: Path) -> str:
    """Write a path as it is found from the working folder or the project; elsewhere it stays absolute."""
    for home in (Path.cwd(), PROJECT):
        if path.is_relative_to(home):
            return path.relative_to(home).as_posix()
    return str(path)
