"""Score customers with a points table: the list, why these, and where its cut falls."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data.ids import spell_ids
from leadline.errors import DataError
from leadline.language import _, format_value
from leadline.target.metrics import choose_list
from leadline.target.points import LevelPoints, PointsTable
from leadline.target.scores_result import ScoresResult

_REASONS = 3
_ROWS_NAMED = 3
#: Rarer levels were too few to learn from, and are rightly together.
_UNNAMED_SHARE = 0.02
_FILE_ROW_OF_FIRST = 2


def score_customers(
    frame: pd.DataFrame, points: PointsTable, *, list_size: int, id_column: str = "customer_id"
) -> ScoresResult:
    """Score customers and list the best.

    Parameters
    ----------
    frame
        One row a customer: ``id_column`` and the columns of ``points``.
    points
        The points table.
    list_size
        Customers on the list. Among equal scores at the cut the smaller id comes first.
    id_column
        Names the customer: a pseudonym, never a telephone number.

    Raises
    ------
    DataError
        With all problems at once: ids missing or repeated, a list longer than the customers, or as
        `PointsTable.score`.
    """
    problems = _check(frame, list_size, id_column)
    try:
        score = points.score(frame)
    except DataError as error:
        raise DataError(_("The customers cannot be scored"), [*problems, *error.problems]) from None
    if problems:
        raise DataError(_("The customers cannot be scored"), problems)
    ids = spell_ids(frame[id_column]).to_numpy(dtype=str)
    tie_order = rank_ids(ids)
    order = np.lexsort((tie_order, -score.to_numpy()))
    split = points.split_score(frame)
    listed = choose_list(score.to_numpy(), list_size, tie_order)
    cut = int(score.to_numpy()[listed].min())
    scores = pd.DataFrame(
        {
            "rank": np.arange(1, len(frame) + 1),
            "customer_id": ids[order],
            "score": score.to_numpy()[order],
            "is_listed": listed[order],
            "reasons": _give_reasons(split, points)[order],
        }
    )
    return ScoresResult(
        scores=scores,
        reasons=_compare_listed(split, listed, points),
        list_size=list_size,
        lowest_points=cut,
        tied=int((score == cut).sum()),
        tied_listed=int((score.to_numpy()[listed] == cut).sum()),
        range=points.range,
        unnamed=tuple(_tell_unnamed(frame, points)),
    )


def _tell_unnamed(frame: pd.DataFrame, points: PointsTable) -> list[str]:
    """Name values that many customers have and the points nowhere: a list of new branches, a new plan."""
    told = []
    for attribute in points.attributes:
        if not isinstance(attribute, LevelPoints) or len(attribute.levels) <= 1:
            continue  # one named level against all others is meant so
        counts = attribute.count_unnamed(frame[attribute.column])
        if counts.empty or counts.iloc[0] < _UNNAMED_SHARE * len(frame):
            continue
        told.append(
            _(
                "{label}: {count} of {total} customers have a value that the points do not name ({values}); "
                "each of them gets {points} points as “any other”. If the values are new, make the points "
                "anew.",
                label=attribute.label,
                count=format_value(int(counts.sum()), "count"),
                total=format_value(len(frame), "count"),
                values=_(", ").join(repr(str(level)) for level in counts.index[:_ROWS_NAMED]),
                points=attribute.otherwise,
            )
        )
    return told


def rank_ids(ids: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the place of each id, shorter ones first: the order among equal scores."""
    texts = np.asarray(ids, dtype=str)
    order = np.lexsort((texts, np.char.str_len(texts)))
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def _give_reasons(split: pd.DataFrame, points: PointsTable) -> npt.NDArray[np.object_]:
    """Write for each customer the attributes that give most over the average: "Orders 30; Sessions 4"."""
    above = split.to_numpy(dtype=float) - split.to_numpy(dtype=float).mean(axis=0)
    best = np.argsort(-above, axis=1, kind="stable")[:, :_REASONS]
    given = np.take_along_axis(above, best, axis=1) > 0
    words = np.empty(split.shape, dtype=object)
    for place, attribute in enumerate(points.attributes):
        codes, found = pd.factorize(split.iloc[:, place])
        words[:, place] = np.array([f"{attribute.label} {count}" for count in found], dtype=object)[codes]
    chosen = np.take_along_axis(words, best, axis=1)
    reasons = np.empty(len(split), dtype=object)
    reasons[:] = [
        _("; ").join(word for word, is_given in zip(row, flags, strict=True) if is_given)
        for row, flags in zip(chosen.tolist(), given.tolist(), strict=True)
    ]
    return reasons


def _compare_listed(split: pd.DataFrame, listed: npt.NDArray[np.bool_], points: PointsTable) -> pd.DataFrame:
    """Average points by attribute of the listed and of all customers, the largest difference first."""
    frame = pd.DataFrame(
        {
            "column": points.columns,
            "label": [attribute.label for attribute in points.attributes],
            "points_listed": split[listed].mean().to_numpy(),
            "points_all": split.mean().to_numpy(),
            "points_highest": [attribute.range[1] for attribute in points.attributes],
        }
    )
    frame.insert(4, "difference", frame["points_listed"] - frame["points_all"])
    return frame.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def _check(frame: pd.DataFrame, list_size: int, id_column: str) -> list[str]:
    problems = []
    if not 1 <= list_size <= len(frame):
        problems.append(
            _(
                "list_size == {list_size}, must be from 1 to {count}, the customers that can be listed.",
                list_size=f"{list_size:,}",
                count=f"{len(frame):,}",
            )
        )
    if id_column not in frame.columns:
        return [
            *problems,
            _(
                "{id_column}: the table has no such column. Name the column that names a customer.",
                id_column=id_column,
            ),
        ]
    for is_wrong, what in (
        (frame[id_column].isna(), _("ids are missing")),
        (frame[id_column].duplicated() & frame[id_column].notna(), _("ids occur a second time")),
    ):
        if is_wrong.any():
            rows = np.flatnonzero(is_wrong)[:_ROWS_NAMED] + _FILE_ROW_OF_FIRST
            named = _(", ").join(f"{row:,}" for row in rows)
            problems.append(
                _(
                    "{id_column}: {count} {what} (rows {named}). Mend these rows.",
                    id_column=id_column,
                    count=f"{int(is_wrong.sum()):,}",
                    what=what,
                    named=named,
                )
            )
    return problems
