"""A tree of scikit-learn on variables of a profile, made ready to be told in words."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier

from leadline.target.profiles.columns import Variable
from leadline.target.segments.rules import Question, Tree

FloatArray = npt.NDArray[np.float64]


def read_tree(tree: DecisionTreeClassifier) -> Tree:
    """Read a fitted tree whose classes are numbers."""
    made = tree.tree_
    return Tree(
        features=made.feature,
        cuts=made.threshold,
        left=made.children_left,
        right=made.children_right,
        unknown_left=made.missing_go_to_left.astype(bool),
        answers=tree.classes_[made.value[:, 0].argmax(axis=1)],
    )


def ask_variables(
    variables: Sequence[Variable], matrix: FloatArray, labels: Mapping[str, str]
) -> list[Question]:
    """Name the columns of ``matrix``, one a variable, for a reader."""
    return [
        _ask(variable, matrix[:, place], labels.get(variable.column, variable.column))
        for place, variable in enumerate(variables)
    ]


def _ask(variable: Variable, values: FloatArray, label: str) -> Question:
    level = variable.name.removeprefix(variable.column).removeprefix("=")
    if level:
        return Question(
            column=variable.column,
            label=label,
            kind="level",
            levels=(level,),
            readings=values,
            encoded=values,
        )
    if variable.is_share:
        return Question(
            column=variable.column,
            label=label,
            kind="flag",
            levels=("no", "yes"),
            readings=values,
            encoded=values,
        )
    return Question(column=variable.column, label=label, kind="number", readings=values, encoded=values)
