"""What a scorecard is handed on as: JSON, a page, one SQL expression, a Python function."""

from leadline.target.fit_scorecard import take_points
from leadline.target.points import PointsTable
from leadline.target.points_page import write_page
from leadline.target.points_python import write_python
from leadline.target.points_sql import write_sql
from leadline.target.scorecard_file import write_scorecard
from leadline.target.scorecard_result import ScorecardResult

_SQL_HELP = (
    "-- One expression: the points of each row. Put it between SELECT customer_id, and FROM your table."
)


def write_exports(card: ScorecardResult, changed: PointsTable | None = None) -> dict[str, str]:
    """Return file name -> text of a scorecard and, ending in ``_changed``, of its points changed by hand."""
    texts = _write(card, "")
    if changed is not None and changed != card.points:
        texts |= _write(take_points(changed, card.learned), "_changed")
    return texts


def _write(card: ScorecardResult, ending: str) -> dict[str, str]:
    return {
        f"scorecard{ending}.json": write_scorecard(card),
        f"points{ending}.html": write_page(card.points),
        f"points{ending}.sql": f"{_SQL_HELP}\n{write_sql(card.points)}\n",
        f"points{ending}.py": write_python(card.points),
    }
