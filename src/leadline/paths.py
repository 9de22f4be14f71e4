"""Where the project's own files live, in a clone and in an installed package alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CLONE = _PACKAGE.parents[1]

#: Folder that holds ``notebooks/``, ``data/samples/`` and ``reports/plans/``.
PROJECT = _CLONE if (_CLONE / "notebooks").is_dir() else _PACKAGE / "share"
NOTEBOOKS = PROJECT / "notebooks"
SAMPLES = PROJECT / "data" / "samples"
PLANS = PROJECT / "reports" / "plans"
