"""Measurable: how well a rule on columns known of every customer tells the segments."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate, wilson_interval
from leadline.language import _
from leadline.target.criteria.told_tree import ask_variables, read_tree
from leadline.target.profiles.columns import check_frame, order_segments, read_variables
from leadline.target.segments.rules import Question, tell_tree
from leadline.target.views.groups import spread

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_FEWEST = 6
_HELD_OUT = 1 / 3
_MOST_ROWS = 20_000
_FEWEST_DRAWN = 300
_COMPARABLE = 2
_LEAVES_A_SEGMENT = 4
_SMALLEST_LEAF = 20


class Rule(NamedTuple):
    """How well a rule tells the segments.

    Attributes
    ----------
    accuracy
        Balanced accuracy on customers the rule never saw: mean over segments of the share placed right (95%).
    chance
        The same with segments in random order: mean and the range of 95% of orders.
    p_value
        Share of random orders that do as well.
    segments
        One row a ``segment``: ``customers`` judged, ``placed_right`` with ``_ci_lower`` and ``_ci_upper``.
    words
        The tree that was judged, in words. One row a ``rule`` and the ``segment`` it places in:
        ``customers`` judged whom it fits, ``right`` (share of them who are in that segment) with
        ``_ci_lower`` and ``_ci_upper``.
    left_out
        Segments of too few customers to hold some out; all figures are of the others and their customers.
    """

    accuracy: Estimate
    chance: Estimate
    p_value: float
    segments: pd.DataFrame
    words: pd.DataFrame
    left_out: Sequence[str] = ()


class _Judged(NamedTuple):
    """A tree, and of the customers it never saw: their rows, whether placed right, and their segments."""

    tree: DecisionTreeClassifier
    rows: IntArray
    right: BoolArray
    codes: IntArray


def measure_rule(
    known: pd.DataFrame,
    segments: pd.Series,
    *,
    rng: np.random.Generator,
    orders: int = 39,
    labels: Mapping[str, str] | None = None,
) -> Rule:
    """Judge a small tree on known columns by customers it never saw.

    Balanced accuracy (Brodersen et al. 2010, ICPR 3121-3124) of a tree with at most four leaves a segment
    (Breiman et al. 1984), grown on two thirds of the customers and judged by the others, so that its interval
    is that of independent cases; of cross-validated predictions it would be too narrow (Bates, Hastie &
    Tibshirani 2024, Journal of the American Statistical Association 119:1434-1445). Segments of fewer than 6
    customers are left out. More than 20,000 customers: a random 20,000 of them by segment, at least 300 of
    each segment or all it has; shares over segments weigh each customer by those it stands for.

    Parameters
    ----------
    known
        One row a customer: columns known of everybody, not those that made the segments.
    segments
        Label of each customer, same index.
    rng
        Draws who is held out, and the orders.
    orders
        Random orders of the segments, at least 19, to show what chance reaches.
    labels
        Column → what a reader calls it.

    Raises
    ------
    DataError
        With all problems at once; fewer than two segments of which some can be held out.
    """
    problems = check_frame(known, segments, _("the table of known columns"))
    problems += [] if orders >= 19 else [_("orders == {orders}, must be at least 19.", orders=orders)]  # noqa: PLR2004 (p to 0.05)
    names = [] if problems else list_judged(segments)
    if not problems and len(names) < _COMPARABLE:
        problems = [
            _(
                "fewer than two segments have {fewest} customers or more: none can be held out. Join some.",
                fewest=_FEWEST,
            )
        ]
    if problems:
        raise DataError(_("The segments cannot be judged as measurable"), problems)
    codes = pd.Index(names, dtype=object).get_indexer(pd.Index(segments.astype(object))).astype(np.int64)
    rows, weights = _draw_rows(codes, rng)
    variables = read_variables(known.iloc[rows], labels or {})
    matrix, codes = np.column_stack([variable.numbers for variable in variables]), codes[rows]
    judged = _judge(matrix, codes, rng)
    right, codes_judged = judged.right, judged.codes
    used = np.unique(codes)
    shares = [
        wilson_interval(int(right[codes_judged == one].sum()), int((codes_judged == one).sum()))
        for one in used
    ]
    drawn = [_draw_by_chance(matrix, codes, rng) for _order in range(orders)]
    accuracy = _balance(right, codes_judged)
    low, high = np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return Rule(
        accuracy=_surround(right, codes_judged),
        chance=Estimate(float(np.mean(drawn)), float(low), float(high)),
        p_value=(1 + sum(one >= accuracy for one in drawn)) / (1 + orders),
        segments=pd.DataFrame(
            [
                {
                    "segment": str(names[code]),
                    "customers": int((codes_judged == code).sum()),
                    **spread("placed_right", share),
                }
                for code, share in zip(used, shares, strict=True)
            ]
        ),
        words=_tell_words(judged, ask_variables(variables, matrix, labels or {}), codes, weights, names),
        left_out=[str(name) for name in order_segments(segments) if name not in names],
    )


def list_judged(segments: pd.Series) -> list[object]:
    """List the segments of which a rule can be judged: enough customers to hold some out."""
    return [name for name in order_segments(segments) if (segments == name).sum() >= _FEWEST]


def can_judge(segments: pd.Series) -> bool:
    """Say whether a rule can be judged at all: it needs two segments to tell apart."""
    return len(list_judged(segments)) >= _COMPARABLE


def _draw_rows(codes: IntArray, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Draw rows by segment, with the number of customers that each stands for; code -1 is left out."""
    judged = np.flatnonzero(codes >= 0).astype(np.int64)
    if len(judged) <= _MOST_ROWS:
        return judged, np.ones(len(judged))
    parts, weights = [], []
    for code in np.unique(codes[judged]):
        inside = np.flatnonzero(codes == code)
        size = max(round(len(inside) * _MOST_ROWS / len(judged)), min(len(inside), _FEWEST_DRAWN))
        parts.append(rng.choice(inside, size, replace=False))
        weights.append(np.full(size, len(inside) / size))
    return np.concatenate(parts), np.concatenate(weights)


def _tell_words(
    judged: _Judged,
    questions: Sequence[Question],
    codes: IntArray,
    weights: FloatArray,
    names: Sequence[object],
) -> pd.DataFrame:
    """Tell each leaf; where segments were drawn unequally, its share is of those whom the rows stand for."""
    rows = []
    leaves = tell_tree(read_tree(judged.tree), questions)
    for leaf in sorted(leaves, key=lambda leaf: (leaf.answer, -leaf.rows.sum())):
        chosen = judged.rows[leaf.rows[judged.rows]]
        inside, stands_for = codes[chosen], weights[chosen]
        share = float(stands_for[inside == leaf.answer].sum() / stands_for.sum()) if len(inside) else 0.0
        effective = float(stands_for.sum() ** 2 / (stands_for**2).sum()) if len(inside) else 0.0
        right = wilson_interval(share * effective, effective)
        row = {"segment": str(names[leaf.answer]), "rule": leaf.rule, "customers": len(inside)}
        rows.append(row | spread("right", right))
    return pd.DataFrame(rows)


def _draw_by_chance(matrix: FloatArray, codes: IntArray, rng: np.random.Generator) -> float:
    judged = _judge(matrix, rng.permutation(codes), rng)
    return _balance(judged.right, judged.codes)


def _judge(matrix: FloatArray, codes: IntArray, rng: np.random.Generator) -> _Judged:
    """Grow a tree on two thirds of the customers and place the last third."""
    seed = int(rng.integers(2**31))
    train, test = train_test_split(
        np.arange(len(codes)), test_size=_HELD_OUT, stratify=codes, random_state=seed
    )
    tree = DecisionTreeClassifier(
        max_leaf_nodes=_LEAVES_A_SEGMENT * len(np.unique(codes)),
        min_samples_leaf=min(_SMALLEST_LEAF, max(1, len(train) // 50)),
        class_weight="balanced",
        random_state=seed,
    ).fit(matrix[train], codes[train])
    return _Judged(tree, test, tree.predict(matrix[test]) == codes[test], codes[test])


def _balance(right: BoolArray, codes: IntArray) -> float:
    """Mean over segments of the share placed right."""
    return float(np.mean([right[codes == code].mean() for code in np.unique(codes)]))


def _surround(right: BoolArray, codes: IntArray) -> Estimate:
    """Mean of independent shares: their variances add up (shares taken half a case from 0 and 1)."""
    variance = 0.0
    groups = np.unique(codes)
    for code in groups:
        size = int((codes == code).sum())
        share = (right[codes == code].sum() + 0.5) / (size + 1)
        variance += share * (1 - share) / size / len(groups) ** 2
    accuracy = _balance(right, codes)
    reach = float(special.ndtri(0.5 + LEVEL / 2) * np.sqrt(variance))
    return Estimate(accuracy, max(0.0, accuracy - reach), min(1.0, accuracy + reach))
