"""A tree told in words: on the scales of the table, in digits that a person can apply."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data.flags import NO, YES
from leadline.disclosure import MINIMUM
from leadline.errors import ParameterError
from leadline.language import _
from leadline.language.formats import format_exactly
from leadline.results import Column, table_html
from leadline.target.segments.bases import Bases, Basis, FloatArray, IntArray
from leadline.target.segments.fit import Fit

BoolArray = npt.NDArray[np.bool_]
_MOST_DIGITS = 17


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """One column of a tree's matrix as a reader sees it.

    Attributes
    ----------
    column, label
        The column of the table (questions on the levels of one column share it), and its name for a reader.
    kind
        ``number``, ``logged`` (told without the logarithm), ``rank`` of a level, ``level`` (whether it is
        this one), or ``flag``.
    levels
        Of a rank: all of them in order; of a level: itself; of a flag: no and yes.
    readings
        What the customers answer: numbers, ranks, or 0 and 1; NaN where unknown.
    encoded
        The same as the tree was given it.
    """

    column: str
    label: str
    kind: Literal["number", "logged", "rank", "level", "flag"]
    levels: tuple[str, ...] = ()
    readings: FloatArray
    encoded: FloatArray


class Tree(NamedTuple):
    """A binary tree, one entry a node: where it asks, goes left and right, and what its leaves answer.

    Customers of at most ``cuts`` go left; those whose encoded value is missing where ``unknown_left`` says.
    """

    features: IntArray
    cuts: FloatArray
    left: IntArray
    right: IntArray
    unknown_left: BoolArray
    answers: IntArray


class Leaf(NamedTuple):
    """Customers of one rule: which they are, what they are placed as, and the rule in words."""

    answer: int
    rows: BoolArray
    rule: str


class _Limit(NamedTuple):
    """One answer: above or up to a cut; and whether the unknown are with it. A cut of NaN parts these."""

    question: Question
    is_above: bool
    cut: float
    takes_unknown: bool


def tell_rules(
    bases: Bases,
    fit: Fit,
    *,
    labels: Mapping[str, str] | None = None,
    names: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Tell the rules of segments made by the method ``tree``.

    Cuts stand on the scales of the table, with the fewest digits that lie between the same two neighbouring
    values as the tree's own cut: applied to these customers, the words place each as the tree does.

    Parameters
    ----------
    bases, fit
        The customers, and their segments.
    labels
        Column → what a reader calls it.
    names
        Names of the segments; "Segment 1", … unless given.

    Returns
    -------
    DataFrame
        One row a ``segment``: its ``rule``, ``customers``, and ``share`` of all (of the people whom they
        stand for).

    Raises
    ------
    ParameterError
        If the segments were not made by a tree.
    """
    if fit.method != "tree":
        raise ParameterError(
            _("The segments have no rules to tell"),
            [
                _(
                    "method == {method}: only a tree is rules. `measure_rule` finds some.",
                    method=repr(fit.method),
                )
            ],
        )
    learned = fit.learned
    tree = Tree(
        features=learned["features"].astype(np.int64),
        cuts=learned["cuts"],
        left=learned["left"].astype(np.int64),
        right=learned["right"].astype(np.int64),
        unknown_left=np.zeros(len(learned["cuts"]), dtype=bool),
        answers=learned["segments"].astype(np.int64) if fit.k > 1 else np.zeros(len(learned["cuts"]), int),
    )
    called = names or [_("Segment {number}", number=number + 1) for number in range(fit.k)]
    leaves = sorted(tell_tree(tree, ask_bases(bases, labels or {})), key=lambda leaf: leaf.answer)
    return pd.DataFrame(
        {
            "segment": [called[leaf.answer] for leaf in leaves],
            "rule": [leaf.rule for leaf in leaves],
            "customers": [int(leaf.rows.sum()) for leaf in leaves],
            "share": [float(bases.weights[leaf.rows].sum() / bases.weights.sum()) for leaf in leaves],
        }
    )


def show_rules(rules: pd.DataFrame) -> str:
    """Write the rules (`tell_rules`) of segments that are not small as an HTML table, escaped."""
    rules = rules[rules["customers"] >= MINIMUM]
    columns = {
        "segment": Column(_("Segment")),
        "rule": Column(_("Who is in it")),
        "share": Column(_("Share"), "share"),
    }
    return table_html(rules, columns, name="tree_rules", caption=_("The tree's rules"))


def ask_bases(bases: Bases, labels: Mapping[str, str]) -> list[Question]:
    """Name the columns of ``bases.matrix`` for a reader."""
    questions: list[Question] = []
    for place, basis in enumerate(bases.columns):
        block = basis.spread(bases.readings[:, place])
        questions += [
            _ask(basis, feature, labels, block[:, feature], bases.matrix[:, len(questions) + feature])
            for feature in range(block.shape[1])
        ]
    return questions


def _ask(
    basis: Basis, feature: int, labels: Mapping[str, str], readings: FloatArray, encoded: FloatArray
) -> Question:
    kinds: Mapping[str, Literal["number", "logged", "rank", "level", "flag"]] = {
        "numeric": "number",
        "logged": "logged",
        "ordinal": "rank",
        "binary": "flag",
        "categorical": "level",
    }
    return Question(
        column=basis.name,
        label=labels.get(basis.name, basis.name),
        kind=kinds[basis.kind],
        levels=(basis.levels[feature],) if basis.kind == "categorical" else basis.levels,
        readings=readings,
        encoded=encoded,
    )


def tell_tree(tree: Tree, questions: Sequence[Question]) -> list[Leaf]:
    """Tell every leaf of a tree; branches whose leaves all answer the same count as one."""
    rows = np.ones(len(questions[0].readings), dtype=bool)
    return list(_walk(tree, questions, 0, rows, ()))


def _walk(
    tree: Tree, questions: Sequence[Question], node: int, rows: BoolArray, limits: tuple[_Limit, ...]
) -> Iterator[Leaf]:
    answers = _answers(tree, node)
    if len(answers) == 1:
        yield Leaf(answers.pop(), rows, _tell(limits))
        return
    question = questions[tree.features[node]]
    # scikit-learn compares in single precision
    goes_left = question.encoded.astype(np.float32).astype(np.float64) <= tree.cuts[node]
    goes_left |= np.isnan(question.encoded) & tree.unknown_left[node]
    unknown = np.isnan(question.readings)
    cut = _round_cut(question, goes_left & ~unknown, ~goes_left & ~unknown)
    for is_above, goes, child in ((False, goes_left, tree.left[node]), (True, ~goes_left, tree.right[node])):
        limit = _Limit(question, is_above, cut, bool((goes & unknown).any()))
        yield from _walk(tree, questions, int(child), rows & goes, (*limits, limit))


def _answers(tree: Tree, node: int) -> set[int]:
    if tree.left[node] < 0:
        return {int(tree.answers[node])}
    return _answers(tree, int(tree.left[node])) | _answers(tree, int(tree.right[node]))


def _round_cut(question: Question, below: BoolArray, above: BoolArray) -> float:
    """Return the shortest number from the last value below up to, not including, the first above."""
    if not below.any() or not above.any():
        return np.nan
    ends = float(question.readings[below].max()), float(question.readings[above].min())
    read: Callable[[float], float] = np.log1p if question.kind == "logged" else float
    low, high = np.expm1(ends) if question.kind == "logged" else ends
    for digits in range(-_MOST_DIGITS, _MOST_DIGITS):
        for cut in (round((float(low) + float(high)) / 2, digits), round(float(low), digits)):
            if ends[0] <= read(cut) < ends[1]:
                return cut + 0.0
    return float(low)


def _tell(limits: Sequence[_Limit]) -> str:
    if not limits:
        return _("Everybody")
    columns = dict.fromkeys(limit.question.column for limit in limits)
    told = [_tell_column([one for one in limits if one.question.column == name]) for name in columns]
    return reduce(lambda first, second: _("{first} and {second}", first=first, second=second), told)


def _tell_column(limits: Sequence[_Limit]) -> str:
    """Tell all limits on one column; who is unknown is with them if every limit takes the unknown."""
    label, kind = limits[0].question.label, limits[0].question.kind
    takes_unknown = all(limit.takes_unknown for limit in limits)
    known = [limit for limit in limits if not np.isnan(limit.cut)]
    if len(known) < len(limits) and takes_unknown:
        return _("{label} unknown", label=label)
    if not known:
        return _("{label} known", label=label)
    told = {"level": _tell_level, "flag": _tell_flag, "rank": _tell_rank}.get(kind, _tell_number)(
        label, known
    )
    return _("{told} (or unknown)", told=told) if takes_unknown else told


def _tell_number(label: str, limits: Sequence[_Limit]) -> str:
    low, high = _narrow(limits)
    if np.isinf(high):
        return _("{label} above {low}", label=label, low=format_exactly(low))
    if np.isinf(low):
        return _("{label} up to {high}", label=label, high=format_exactly(high))
    ends = {"low": format_exactly(low), "high": format_exactly(high)}
    return _("{label} above {low} up to {high}", label=label, **ends)


def _tell_rank(label: str, limits: Sequence[_Limit]) -> str:
    low, high = _narrow(limits)
    levels = limits[0].question.levels
    first = 0 if np.isinf(low) else int(np.floor(low)) + 1
    last = len(levels) - 1 if np.isinf(high) else int(np.floor(high))
    words = {"label": label, "low": levels[first], "high": levels[last]}
    if first == last:
        return _("{label}: {low}", **words)
    if last == len(levels) - 1:
        return _("{label}: {low} or above", **words)
    return _("{label}: up to {high}", **words) if first == 0 else _("{label}: {low} to {high}", **words)


def _tell_flag(label: str, limits: Sequence[_Limit]) -> str:
    no, yes = limits[0].question.levels
    is_yes = limits[-1].is_above
    if no.casefold() in NO and yes.casefold() in YES:
        return _("{label}: yes", label=label) if is_yes else _("{label}: no", label=label)
    return _("{label}: {level}", label=label, level=yes if is_yes else no)


def _tell_level(label: str, limits: Sequence[_Limit]) -> str:
    for limit in limits:
        if limit.is_above:
            return _("{label}: {level}", label=label, level=limit.question.levels[0])
    levels = [limit.question.levels[0] for limit in limits]
    either = reduce(lambda first, second: _("{first} or {second}", first=first, second=second), levels)
    return _("{label}: not {levels}", label=label, levels=either)


def _narrow(limits: Sequence[_Limit]) -> tuple[float, float]:
    low = max((limit.cut for limit in limits if limit.is_above), default=-np.inf)
    return low, min((limit.cut for limit in limits if not limit.is_above), default=np.inf)
