"""How sure the estimated chances are: intervals of averages, and predictions against what happened."""

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit

from leadline.data.loop.tables import NO_CONTACT
from leadline.engage.chances_result import Check
from leadline.engage.lesson import Lesson
from leadline.engage.problem import FloatArray, IntArray
from leadline.engage.response_model import ALONE, ResponseModel
from leadline.intervals import LEVEL, wilson_interval

_DRAWS, _SAMPLED = 1_000, 250
_TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
#: Contacts are compared with their predictions in this many groups of equal size.
_GROUPS = 3
_Z = float(stats.norm.ppf(_TAILS[1]))


class Spread:
    """Draws of the average chance of customers, all channels from the same draws of the coefficients.

    Customers come in the order of their ids, and an even sample of them stands for many.
    """

    def __init__(
        self,
        chances: pd.DataFrame,
        columns: FloatArray,
        model: ResponseModel | None,
        lesson: Lesson | None,
        rng: np.random.Generator,
    ) -> None:
        self.chances = chances
        self._columns = columns
        self._draws: dict[str, FloatArray] = {}  # channel → coefficients of the columns, one row a draw
        if model is None or lesson is None:
            return
        known = model.posterior
        drawn = rng.multivariate_normal(known.mean, known.covariance, size=_DRAWS, method="eigh")
        learned = {name: number for number, name in enumerate(lesson.names, start=1)}
        if lesson.knows_alone:
            learned[NO_CONTACT] = ALONE
        self._draws = {name: drawn @ model.effects[number].T for name, number in learned.items()}

    def mean(self, channel: str, among: IntArray | None = None) -> float:
        """Return the average chance of the customers, of those ``among`` (positions)."""
        values = self.chances[f"chance_{channel}"].to_numpy()
        return float((values if among is None else values[among]).mean())

    def draw(
        self, channel: str, among: IntArray | None = None, weight: FloatArray | None = None
    ) -> FloatArray | None:
        """Return draws of the average chance; None where it was given or stated. Shape: (draws,).

        ``weight`` has one value for each of ``among``.
        """
        if channel not in self._draws:
            return None
        columns = self._columns if among is None else self._columns[among]
        best_first = np.argsort(-columns[:, 1], kind="stable")
        places = np.unique(np.linspace(0, len(columns) - 1, min(_SAMPLED, len(columns))).astype(np.int64))
        chosen = best_first[places]
        average: FloatArray = np.average(
            expit(columns[chosen] @ self._draws[channel].T),
            axis=0,
            weights=None if weight is None else weight[chosen],
        )
        return average

    def interval(self, channel: str, among: IntArray | None = None) -> tuple[float, float]:
        """Return the 95% interval of the average chance; missing where it was given or stated."""
        drawn = self.draw(channel, among)
        if drawn is None:
            return np.nan, np.nan
        lower, upper = np.quantile(drawn, _TAILS)
        return float(lower), float(upper)


def describe_channels(terms: pd.DataFrame, spread: Spread) -> pd.DataFrame:
    """Return one row a channel, the customers left alone last: its history, and the chance if it reaches.

    ``is_highest`` is the share of draws in which no other channel of the history has a higher chance.
    """
    known = terms[terms["source"] != "none"]["channel"]
    drawn = {name: draws for name in known if (draws := spread.draw(name)) is not None}
    winner = np.stack(list(drawn.values())).argmax(axis=0) if drawn else np.empty(0)
    first = {name: float((winner == place).mean()) for place, name in enumerate(drawn)}
    rows = []
    for row in terms.to_dict("records"):
        name = str(row["channel"])
        has_chance = row["source"] != "none"
        lower, upper = spread.interval(name) if has_chance else (np.nan, np.nan)
        raw = wilson_interval(row["buyers"], row["reached"])
        rows.append(
            {
                **{key: value for key, value in row.items() if key != "response"},
                "raw_chance": raw.value,
                "raw_chance_ci_lower": raw.lower,
                "raw_chance_ci_upper": raw.upper,
                "chance": spread.mean(name) if has_chance else np.nan,
                "chance_ci_lower": lower,
                "chance_ci_upper": upper,
                "is_highest": first.get(name, np.nan),
            }
        )
    return pd.DataFrame(rows)


def describe_tiers(spread: Spread, tier: pd.Series) -> pd.DataFrame:
    """Return one row a tier and channel: ``customers``, ``chance`` if reached, and its 95% interval.

    ``tier`` has the order of the spread's customers. Channel ``none`` is being left alone.
    """
    names = [str(column).removeprefix("chance_") for column in spread.chances.columns[1:]]
    tiers = tier.cat.categories if isinstance(tier.dtype, pd.CategoricalDtype) else sorted(tier.unique())
    rows = []
    for name in tiers:
        among = np.flatnonzero((tier == name).to_numpy(dtype=bool))
        for channel in names if len(among) else ():
            lower, upper = spread.interval(channel, among)
            rows.append((name, channel, len(among), spread.mean(channel, among), lower, upper))
    return pd.DataFrame(
        rows, columns=["tier", "channel", "customers", "chance", "chance_ci_lower", "chance_ci_upper"]
    )


def check_predictions(predicted: FloatArray, lesson: Lesson) -> Check:
    """Compare predictions of contacts that the model had not seen with what came of them."""
    order = np.argsort(predicted, kind="stable")
    rows = []
    for place, inside in enumerate(np.array_split(order, _GROUPS), start=1):
        buyers = int(lesson.is_buyer[inside].sum())
        found = wilson_interval(buyers, len(inside))
        rows.append(
            (place, len(inside), float(predicted[inside].mean()), found.value, found.lower, found.upper)
        )
    spread = float(np.sqrt((predicted * (1 - predicted)).sum()))
    expected = float(predicted.sum())
    return Check(
        expected=expected,
        lower=max(0.0, expected - _Z * spread),
        upper=expected + _Z * spread,
        observed=int(lesson.is_buyer.sum()),
        groups=pd.DataFrame(rows, columns=["group", "contacts", "predicted", "observed", "lower", "upper"]),
    )
