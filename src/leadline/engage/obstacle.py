"""What likely keeps each customer from the product, guessed from a survey of other people."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from leadline.data.raw import suggest
from leadline.engage.ids import ID, check_ids, spell_ids
from leadline.engage.obstacle_result import Gain, ObstacleResult
from leadline.engage.parity import band_ages
from leadline.engage.problem import FloatArray
from leadline.errors import DataError
from leadline.language import _

ANSWER, WEIGHT = "main_obstacle", "weight"
#: Customers' columns from which a survey's attribute is made where they lack it.
_DERIVED = {"age_band": "age_years"}
_FOLDS = 5
_LEVEL = 0.95
#: Strength of the ridge penalty's inverse: few respondents, so groups lean towards the average.
_PENALTY_C = 1.0


def likely_obstacle(
    customers: pd.DataFrame,
    survey: pd.DataFrame,
    *,
    attributes: Sequence[str] = ("age_band",),
    rng: np.random.Generator,
) -> ObstacleResult:
    """Guess each customer's main obstacle from attributes that survey and customers share.

    A weighted multinomial logistic model (McFadden 1974, in *Frontiers in Econometrics*, ch. 4) is judged by
    cross-validation against guessing the most frequent answer for everybody. Both are learned from the same
    folds; the interval of their difference is that of a weighted mean of paired differences. Where the model
    is not surely better, everybody gets the most frequent answer, and the result says so.

    Parameters
    ----------
    customers
        One row a customer: ``customer_id`` and the attributes; ``age_years`` stands for ``age_band``.
    survey
        One row a respondent: ``main_obstacle`` (missing: not asked), the attributes and, if the sample was
        not drawn evenly, ``weight``.
    attributes
        Columns common to both, read as classes.
    rng
        Draws the folds.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [*check_ids(customers, _("the customers table")), *_check_survey(survey, attributes)]
    people = _derive(customers)
    problems += [
        _(
            "{name}: the customers table has no such column.{hint}",
            name=name,
            hint=suggest(name, map(str, customers.columns)),
        )
        for name in attributes
        if name not in people.columns
    ]
    if problems:
        raise DataError(_("The likely obstacle cannot be guessed"), problems)
    asked = survey[survey[ANSWER].notna()]
    answers = asked[ANSWER].astype("string").to_numpy(dtype=object)
    weights = asked[WEIGHT].to_numpy(dtype=np.float64) if WEIGHT in asked.columns else np.ones(len(asked))
    levels = {name: sorted(asked[name].astype("string").fillna("").unique()) for name in attributes}
    features = _encode(asked, levels)
    gain = _judge(features, answers, weights, rng)
    common = _most_frequent(answers, weights)
    model = _fit(features, answers, weights)
    chances = model.predict_proba(_encode(people, levels))
    best = chances.argmax(axis=1)
    guesses = model.classes_[best] if gain.lower > 0 else np.full(len(people), common, dtype=object)
    place = np.searchsorted(model.classes_, guesses.astype(str))
    frame = pd.DataFrame({ID: spell_ids(customers[ID]).to_numpy(), "obstacle": pd.array(guesses, "string")})
    return ObstacleResult(
        guesses=frame.assign(chance=chances[np.arange(len(people)), place]),
        answers=_count_answers(answers, weights, frame["obstacle"]),
        gain=gain,
        respondents=len(asked),
        attributes=tuple(attributes),
        unseen=_count_unseen(people, levels),
    )


def _derive(customers: pd.DataFrame) -> pd.DataFrame:
    made = {
        name: band_ages(customers[source])
        for name, source in _DERIVED.items()
        if name not in customers.columns and source in customers.columns
    }
    return customers.assign(**made)


def _encode(frame: pd.DataFrame, levels: dict[str, list[str]]) -> FloatArray:
    """One column a level of each attribute; a level the survey does not know is all zeros."""
    columns = [
        (frame[name].astype("string").fillna("") == level).to_numpy(dtype=np.float64)
        for name, known in levels.items()
        for level in known
    ]
    return np.column_stack(columns)


def _fit(features: FloatArray, answers: np.ndarray, weights: FloatArray) -> LogisticRegression:
    model = LogisticRegression(C=_PENALTY_C, max_iter=500)
    scaled = weights * len(weights) / weights.sum()
    return model.fit(features, answers.astype(str), sample_weight=scaled)


def _most_frequent(answers: np.ndarray, weights: FloatArray) -> str:
    names, codes = np.unique(answers.astype(str), return_inverse=True)
    return str(names[np.bincount(codes, weights).argmax()])


def _judge(features: FloatArray, answers: np.ndarray, weights: FloatArray, rng: np.random.Generator) -> Gain:
    """Cross-validate the model and the most frequent answer on the same folds."""
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=int(rng.integers(2**31)))
    is_model_right, is_common_right = np.zeros(len(answers)), np.zeros(len(answers))
    texts = answers.astype(str)
    for train, test in folds.split(features, texts):
        model = _fit(features[train], texts[train], weights[train])
        is_model_right[test] = model.predict(features[test]) == texts[test]
        is_common_right[test] = _most_frequent(texts[train], weights[train]) == texts[test]
    shares = weights / weights.sum()
    model_share, common_share = float(shares @ is_model_right), float(shares @ is_common_right)
    difference = is_model_right - is_common_right
    gain = model_share - common_share
    half = float(stats.norm.ppf(0.5 + _LEVEL / 2)) * float(np.sqrt((shares**2) @ (difference - gain) ** 2))
    return Gain(
        model_share=model_share, common_share=common_share, value=gain, lower=gain - half, upper=gain + half
    )


def _count_answers(answers: np.ndarray, weights: FloatArray, guesses: pd.Series) -> pd.DataFrame:
    names, codes = np.unique(answers.astype(str), return_inverse=True)
    customers = guesses.value_counts()
    return pd.DataFrame(
        {
            "obstacle": names,
            "survey_share": np.bincount(codes, weights) / weights.sum(),
            "customers": [int(customers.get(name, 0)) for name in names],
        }
    )


def _count_unseen(people: pd.DataFrame, levels: dict[str, list[str]]) -> int:
    unseen = [~people[name].astype("string").fillna("").isin(known) for name, known in levels.items()]
    return int(np.any(unseen, axis=0).sum())


def _check_survey(survey: pd.DataFrame, attributes: Sequence[str]) -> list[str]:
    if not attributes:
        return [_("attributes is empty. Name a column that survey and customers share.")]
    problems = [
        _(
            "{name}: the survey has no such column.{hint}",
            name=name,
            hint=suggest(name, map(str, survey.columns)),
        )
        for name in (ANSWER, *attributes)
        if name not in survey.columns
    ]
    if ANSWER in survey.columns:
        counts = survey[ANSWER].dropna().astype("string").value_counts()
        if len(counts) < 2:  # noqa: PLR2004 (nothing to choose between)
            problems.append(
                _(
                    "{answer}: {count} different answers, must be two or more.",
                    answer=ANSWER,
                    count=len(counts),
                )
            )
        problems += [
            _(
                "{answer}: {name} was answered {count} times, fewer than {folds}. Group rare answers.",
                answer=ANSWER,
                name=repr(name),
                count=count,
                folds=_FOLDS,
            )
            for name, count in counts.items()
            if count < _FOLDS
        ]
    if WEIGHT in survey.columns:
        weights = pd.to_numeric(survey[WEIGHT], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        if not (np.isfinite(weights) & (weights >= 0)).all() or not weights.sum() > 0:
            problems.append(
                _(
                    "{weight}: values are missing or negative, or all are 0. Correct the weights.",
                    weight=WEIGHT,
                )
            )
    return problems
