"""Which segments to choose: attractiveness × fit, and what the order owes to the weights (system T2)."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from leadline.data import check_columns
from leadline.errors import DataError
from leadline.intervals import LEVEL
from leadline.language import N_, _
from leadline.target.profiles.evaluation_result import EvaluationResult
from leadline.target.views.checks import check_ids, check_numbers
from leadline.target.views.shake import check_shake, shake_weights
from leadline.target.views.weighing import score_criteria, share_weights, weigh
from leadline.target.views.weight_file import ScoreWeights

FloatArray = npt.NDArray[np.float64]
_TABLE = N_("the table of segments")
_RANGE = (0.05, 0.95)


def evaluate_segments(
    segments: pd.DataFrame,
    *,
    attractiveness: ScoreWeights,
    fit: ScoreWeights,
    size: str,
    rng: np.random.Generator,
    segment: str = "segment",
    shake: float = 0.25,
    draws: int = 2_000,
) -> EvaluationResult:
    """Place segments by how attractive each is and how well the firm suits it.

    Both are weighted means of criteria, 0 to 100 (Dolnicar, Grün & Leisch 2018, *Market Segmentation
    Analysis*, ch. 10; McDonald & Dunbar 2012, *Market Segmentation*); a segment's place in the order is by
    their product. Every draw shakes all weights and, where a criterion's column has an interval, the value
    too.

    Parameters
    ----------
    segments
        One row a segment: the columns of both weight sets, all known. A column ``x`` may stand with its 95%
        interval, ``x_ci_lower`` and ``x_ci_upper``.
    attractiveness, fit
        Criteria and weights, as `leadline.target.views.parse_weights` reads them: how attractive a segment is
        to the firm, and the firm to the segment.
    size
        Column drawn as the bubble, such as contribution; 0 or above.
    rng
        Draws weights and values.
    segment
        Column of the segment's name.
    shake, draws
        How far each weight is shaken (a share of it), and how often.

    Raises
    ------
    DataError
        With all problems at once.
    """
    columns = dict.fromkeys([*attractiveness.columns, *fit.columns])
    problems = [
        *check_columns(segments, [segment], _(_TABLE)),
        *(check_ids(segments, segment, _(_TABLE)) if segment in segments else []),
        *check_numbers(segments, dict.fromkeys([*columns, size]), _(_TABLE)),
        *check_shake(shake, draws),
    ]
    if not problems and len(segments) < 2:  # noqa: PLR2004 (an order needs two)
        problems.append(_("there is one segment only; nothing can be put in order."))
    if not problems and (segments[size] < 0).any():
        problems.append(
            _("{size}: is below 0 for some segments; a bubble cannot be. Choose another column.", size=size)
        )
    if problems:
        raise DataError(_("The segments cannot be evaluated"), problems)
    set_so = [_place(segments, weights, share_weights(weights)) for weights in (attractiveness, fit)]
    shaken = [
        shake_weights(share_weights(weights), by=shake, draws=draws, rng=rng)
        for weights in (attractiveness, fit)
    ]
    errors = _find_errors(segments, list(columns))
    sets = (attractiveness, fit)
    by_weights = _draw(segments, len(segments), sets, shaken)
    by_both = (
        _draw(_move(segments, errors, draws, rng), len(segments), sets, shaken) if errors else by_weights
    )
    return EvaluationResult(
        segments=_describe(segments, segment, size, set_so, by_both),
        order_kept_weights=_keep_order(set_so, by_weights),
        order_kept=_keep_order(set_so, by_both),
        first_kept=_keep_first(set_so, by_both),
        attractiveness=attractiveness,
        fit=fit,
        shake=shake,
        has_intervals=bool(errors),
    )


def _place(segments: pd.DataFrame, weights: ScoreWeights, shares: FloatArray) -> FloatArray:
    return weigh(score_criteria(segments, weights), shares)


def _draw(
    rows: pd.DataFrame, count: int, sets: tuple[ScoreWeights, ScoreWeights], shaken: list[FloatArray]
) -> FloatArray:
    """Both judgements under each draw of the weights.

    ``rows`` are the ``count`` segments, or as many copies of them as draws, one below the other.

    Returns
    -------
    array
        Shape: (2, draws, segments).
    """
    drawn = []
    for weights, shares in zip(sets, shaken, strict=True):
        parts = score_criteria(rows, weights)
        copies = parts.reshape(-1, count, parts.shape[1])
        drawn.append(
            np.einsum("dsc,dc->ds", np.broadcast_to(copies, (len(shares), *copies.shape[1:])), shares)
        )
    return np.array(drawn)


def _move(
    segments: pd.DataFrame, errors: dict[str, FloatArray], draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Copy the segments once a draw, each value moved within its interval."""
    copies = pd.concat([segments] * draws, ignore_index=True)
    return copies.assign(
        **{
            name: copies[name] + np.tile(error, draws) * rng.standard_normal(len(copies))
            for name, error in errors.items()
        }
    )


def _find_errors(segments: pd.DataFrame, columns: list[str]) -> dict[str, FloatArray]:
    """Find the standard errors of the columns that stand with their interval."""
    reach = 2 * float(special.ndtri(0.5 + LEVEL / 2))
    ends = {name: (f"{name}_ci_lower", f"{name}_ci_upper") for name in columns}
    return {
        name: np.nan_to_num(((segments[upper] - segments[lower]) / reach).to_numpy(dtype=np.float64))
        for name, (lower, upper) in ends.items()
        if lower in segments and upper in segments
    }


def _rank(places: FloatArray | list[FloatArray]) -> npt.NDArray[np.int64]:
    """Rank of each segment by the product, 1 the best; equal ones by their row."""
    product = places[0] * places[1]
    return np.argsort(np.argsort(-product, axis=-1, kind="stable"), axis=-1, kind="stable") + 1


def _keep_order(set_so: list[FloatArray], drawn: FloatArray) -> float:
    return float((_rank(drawn) == _rank(set_so)).all(axis=1).mean())


def _keep_first(set_so: list[FloatArray], drawn: FloatArray) -> float:
    first = int(np.argmin(_rank(set_so)))
    return float((_rank(drawn)[:, first] == 1).mean())


def _describe(
    segments: pd.DataFrame, segment: str, size: str, set_so: list[FloatArray], drawn: FloatArray
) -> pd.DataFrame:
    ranks = _rank(drawn)
    frame = pd.DataFrame(
        {
            "segment": segments[segment].astype(str).to_numpy(),
            "size": segments[size].to_numpy(dtype=np.float64),
        }
    )
    for name, place, draws in zip(("attractiveness", "fit"), set_so, drawn, strict=True):
        low, high = np.quantile(draws, _RANGE, axis=0)
        frame = frame.assign(**{name: place, f"{name}_lowest": low, f"{name}_highest": high})
    return frame.assign(
        rank=_rank(set_so),
        rank_best=np.quantile(ranks, _RANGE[0], axis=0, method="nearest"),
        rank_worst=np.quantile(ranks, _RANGE[1], axis=0, method="nearest"),
        first_frequency=(ranks == 1).mean(axis=0),
    ).sort_values("rank", kind="stable", ignore_index=True)
