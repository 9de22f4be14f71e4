"""How the chance to buy hangs on score, likely obstacle and channel: the design of the pooled model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from leadline.engage.cells import BoolArray
from leadline.engage.pooled_logit import Posterior, Scale, fit_pooled_logit
from leadline.engage.problem import FloatArray, IntArray

#: Stands for "no contact, or none that got through" where a channel's number would stand.
ALONE = 0
_FOLDS = 5
#: A chance this near 0 or 1 is taken as this near when it is turned into log-odds.
_NEAR = 1e-4
#: In log-odds: level, score (per standard deviation), a contact, channels, and everything finer.
_LEVEL, _SCORE, _CONTACT, _CHANNEL, _DETAIL = range(5)
_SCALES = (
    Scale(values=(5.0,)),
    Scale(values=(1.0,)),
    Scale(values=(2.0,)),
    Scale(values=(0.25, 0.5, 1.0, 2.0), expected=1.0),
    Scale(values=(0.1, 0.3, 0.6), expected=0.5),
)


@dataclass(frozen=True, kw_only=True)
class Attributes:
    """How a customer enters the model: the score in standard deviations, and the likely obstacle."""

    is_chance: bool
    centre: float
    spread: float
    obstacles: tuple[str, ...]

    @classmethod
    def of(cls, customers: pd.DataFrame) -> "Attributes":
        """Take centre and spread of the score, and the obstacles, from these customers."""
        score = customers["score"].to_numpy(dtype=np.float64)
        is_chance = bool(((score > 0) & (score < 1)).all())
        used = _to_log_odds(score) if is_chance else score
        known = sorted(customers["obstacle"].dropna().astype(str).unique()) if "obstacle" in customers else []
        return cls(
            is_chance=is_chance,
            centre=float(used.mean()),
            spread=float(used.std()) or 1.0,
            obstacles=tuple(known) if len(known) > 1 else (),
        )

    def encode(self, customers: pd.DataFrame) -> FloatArray:
        """Return one column for the level, one for the score, one an obstacle. Shape: (customers, 2 + …)."""
        score = customers["score"].to_numpy(dtype=np.float64)
        used = _to_log_odds(score) if self.is_chance else score
        columns: list[FloatArray] = [np.ones(len(customers)), (used - self.centre) / self.spread]
        if self.obstacles:
            named = customers["obstacle"].astype("string").fillna("").to_numpy(dtype=object)
            columns += [np.asarray(named == name, dtype=np.float64) for name in self.obstacles]
        return np.column_stack(columns)


@dataclass(frozen=True, eq=False, kw_only=True)
class ResponseModel:
    """What is known of the chance under each channel.

    ``posterior`` is of all coefficients; ``effects[k]`` takes them to the coefficients of a customer's
    columns under channel ``k`` (`ALONE`: left alone). Shape: (columns, coefficients) each.
    """

    attributes: Attributes
    effects: tuple[FloatArray, ...]
    posterior: Posterior

    def under(self, channel: int) -> Posterior:
        """Return what is known of the coefficients of a customer's columns under a channel."""
        return self.posterior.project(self.effects[channel])


def fit_response(
    people: pd.DataFrame, channel: IntArray, is_buyer: BoolArray, channels: int, attributes: Attributes
) -> ResponseModel:
    """Fit the pooled model on contacts.

    Parameters
    ----------
    people
        One row a contact: ``score`` and, if known, ``obstacle``.
    channel
        Number of the channel that got through, from 1, or `ALONE`. Shape: (contacts,).
    is_buyer
        Shape: (contacts,).
    channels
        How many channels there are.
    attributes
        How people enter the model.
    """
    columns = attributes.encode(people)
    effects, group = _lay_out(columns.shape[1], channels)
    features = _build(columns, channel, effects)
    return ResponseModel(
        attributes=attributes,
        effects=effects,
        posterior=fit_pooled_logit(features, is_buyer, group, _SCALES),
    )


def predict_held_out(
    people: pd.DataFrame,
    channel: IntArray,
    is_buyer: BoolArray,
    channels: int,
    attributes: Attributes,
    *,
    rng: np.random.Generator,
) -> FloatArray:
    """Predict each contact by a model that has not seen it: five-fold cross-validation.

    Parameters as in `fit_response`. Shape: (contacts,).
    """
    columns = attributes.encode(people)
    predicted = np.zeros(len(people))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=int(rng.integers(2**31)))
    for train, test in folds.split(columns, is_buyer):
        model = fit_response(people.iloc[train], channel[train], is_buyer[train], channels, attributes)
        predicted[test] = model.posterior.predict(_build(columns[test], channel[test], model.effects))
    return predicted


def _lay_out(columns: int, channels: int) -> tuple[tuple[FloatArray, ...], IntArray]:
    """Return what each coefficient does under each channel, and its group of scales.

    In turn: a customer's columns when left alone; what any contact adds to level and score; what each
    channel adds beyond that to all columns.
    """
    size = columns + 2 + channels * columns
    group = np.full(size, _DETAIL, dtype=np.int64)
    group[:2] = _LEVEL, _SCORE
    group[columns] = _CONTACT
    effects = []
    for number in range(channels + 1):
        effect = np.zeros((columns, size))
        effect[:, :columns] = np.eye(columns)
        if number != ALONE:
            effect[0, columns] = effect[1, columns + 1] = 1.0
            own = columns + 2 + (number - 1) * columns
            effect[:, own : own + columns] = np.eye(columns)
            group[own] = _CHANNEL
        effects.append(effect)
    return tuple(effects), group


def _build(columns: FloatArray, channel: IntArray, effects: Sequence[FloatArray]) -> FloatArray:
    features = np.zeros((len(columns), effects[0].shape[1]))
    for number, effect in enumerate(effects):
        chosen = channel == number
        features[chosen] = columns[chosen] @ effect
    return features


def _to_log_odds(chance: FloatArray) -> FloatArray:
    inside = np.clip(chance, _NEAR, 1 - _NEAR)
    log_odds: FloatArray = np.log(inside / (1 - inside))
    return log_odds
