"""A survey of the market's people (system D1): the answer of everybody, and a stratified sample of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.market.life import LIGHT
from leadline.market.logit import to_chance
from leadline.market.parameters import MarketParameters
from leadline.market.truth import Codes, Flags, Floats, Truth

STRATA = ("subscribers", "investors", "others")
OBSTACLES = ("difficulty", "security", "price", "pc", "none")
AGE_BANDS = ("18-29", "30-39", "40-49", "50-59", "60+")
_BAND_STARTS = (30, 40, 50, 60)
_MINUTES_SPREAD = 0.4


@dataclass(frozen=True, eq=False, kw_only=True)
class Answers:
    """What everybody in a city would answer, asked or not; shape (customers,).

    ``stratum``, ``main_obstacle`` and ``age_band`` are codes of `STRATA`, `OBSTACLES` and `AGE_BANDS`.
    ``lot`` is uniform: the people with the lowest lots of a stratum are its sample.
    """

    stratum: Codes
    holds_account: Flags
    has_tried: Flags
    uses_often: Flags
    finds_difficult: Flags
    places_orders: Flags
    slow_data_has_broadband: Flags
    pc_is_substitute: Flags
    main_obstacle: Codes
    age_band: Codes
    answer_minutes: Floats
    lot: NDArray[np.float64]

    def asked(self) -> dict[str, Flags]:
        """Return who is asked each question that not everybody is asked."""
        return {
            "uses_often": self.has_tried,
            "finds_difficult": self.has_tried & ~self.uses_often,
            "places_orders": self.has_tried,
            "slow_data_has_broadband": self.holds_account,
            "pc_is_substitute": self.holds_account,
            "main_obstacle": self.holds_account & ~self.has_tried,
        }


@dataclass(frozen=True, eq=False, kw_only=True)
class Respondents:
    """Those of some cities who may be in the sample, and how many people their strata hold.

    ``frame`` has one row a person: the columns of the survey table (save id and weight), ``lot``. ``people``
    is in the order of `STRATA`.
    """

    frame: pd.DataFrame
    people: NDArray[np.int64]


def draw_answers(parameters: MarketParameters, truth: Truth, rng: np.random.Generator) -> Answers:
    """Draw everybody's answers; they are traits: asked twice, a person says the same."""
    size = len(truth.customer_id)
    draws = rng.random((4, size), dtype=np.float32)
    uses_often = truth.use > LIGHT
    difficult = to_chance(parameters.difficult_base + parameters.difficult_difficulty * truth.difficulty)
    orders = to_chance(
        parameters.orders_base
        + parameters.orders_partner * truth.has_partner_account
        + parameters.orders_often * uses_often
        + parameters.orders_fear * truth.security_fear
    )
    slow = to_chance(parameters.slow_base + parameters.slow_affinity * truth.mobile_affinity)
    substitute = to_chance(
        parameters.substitute_base + parameters.substitute_affinity * truth.mobile_affinity
    )
    minutes = np.exp(
        parameters.answer_log_minutes + _MINUTES_SPREAD * rng.standard_normal(size, dtype=np.float32)
    )
    return Answers(
        stratum=np.where(truth.subscribed_before, 0, np.where(truth.is_holder, 1, 2)).astype(np.int8),
        holds_account=truth.is_holder,
        has_tried=truth.subscribed_before,
        uses_often=uses_often,
        finds_difficult=draws[0] < difficult,
        places_orders=draws[1] < orders,
        slow_data_has_broadband=truth.has_pc_substitute & (draws[2] < slow),
        pc_is_substitute=truth.has_pc_substitute & (draws[3] < substitute),
        main_obstacle=_find_main_obstacle(parameters, truth),
        age_band=np.searchsorted(_BAND_STARTS, truth.age_years, side="right").astype(np.int8),
        answer_minutes=np.round(minutes, 1),
        lot=rng.random(size),
    )


def find_respondents(parameters: MarketParameters, answers: Answers) -> Respondents:
    """Keep of each stratum the people with the lowest lots, as many as the sample may need."""
    kept = [
        _lowest(np.flatnonzero(answers.stratum == stratum), answers.lot, wanted)
        for stratum, wanted in enumerate(_wanted(parameters))
    ]
    return Respondents(
        frame=_make_frame(answers, np.concatenate(kept)),
        people=np.bincount(answers.stratum, minlength=len(STRATA)),
    )


def draw_survey(parameters: MarketParameters, cities: Sequence[Respondents]) -> pd.DataFrame:
    """Draw the sample: of each stratum of the whole market a simple random one, without replacement.

    The lowest lots of all cities together are among the lowest lots of each (bottom-k sampling, Cohen &
    Kaplan 2007, PODC), so that only those were kept.

    Returns
    -------
    pandas.DataFrame
        One row a respondent, in random order, as `leadline.data.tables.SURVEY`. ``weight`` is the people of
        the stratum for each respondent from it. A stratum smaller than its sample is asked whole.
    """
    people = np.sum([city.people for city in cities], axis=0)
    pool = pd.concat([city.frame for city in cities], ignore_index=True).sort_values("lot")
    parts = []
    for stratum, wanted, size in zip(STRATA, _wanted(parameters), people, strict=True):
        part = pool[pool["stratum"] == stratum].head(wanted)
        mixed = part["lot"] / part["lot"].max()  # so that the strata take turns
        parts.append(part.assign(weight=size / max(len(part), 1), lot=mixed))
    sample = pd.concat(parts).sort_values("lot").drop(columns="lot")
    sample.insert(0, "respondent_id", np.arange(1, len(sample) + 1))
    sample.insert(2, "weight", sample.pop("weight"))
    return sample.reset_index(drop=True)


def _wanted(parameters: MarketParameters) -> tuple[int, int, int]:
    return parameters.survey_subscribers, parameters.survey_investors, parameters.survey_others


def _lowest(rows: NDArray[np.int64], lot: NDArray[np.float64], wanted: int) -> NDArray[np.int64]:
    if len(rows) <= wanted:
        return rows
    return rows[np.argpartition(lot[rows], wanted)[:wanted]]


def _find_main_obstacle(parameters: MarketParameters, truth: Truth) -> Codes:
    """Find what costs each person the most utility; none if nothing does."""
    costs = np.stack(
        [
            -parameters.utility_difficulty * truth.difficulty,
            -parameters.utility_fear * truth.security_fear,
            -parameters.utility_price * truth.price_sensitivity,
            -parameters.utility_pc * truth.has_pc_substitute,
            np.zeros_like(truth.difficulty),
        ]
    )
    return np.asarray(costs.argmax(axis=0), np.int8)


def _make_frame(answers: Answers, rows: NDArray[np.int64]) -> pd.DataFrame:
    asked = answers.asked()
    columns: dict[str, object] = {
        "stratum": np.array(STRATA, dtype=object)[answers.stratum[rows]],
        "holds_account": answers.holds_account[rows],
        "has_tried": answers.has_tried[rows],
    }
    for question, who in asked.items():
        if question != "main_obstacle":
            columns[question] = pd.arrays.BooleanArray(getattr(answers, question)[rows], ~who[rows])
    obstacle = pd.Series(OBSTACLES, dtype="str").take(answers.main_obstacle[rows]).reset_index(drop=True)
    columns["main_obstacle"] = obstacle.where(asked["main_obstacle"][rows])
    columns["age_band"] = np.array(AGE_BANDS, dtype=object)[answers.age_band[rows]]
    columns["answer_minutes"] = answers.answer_minutes[rows]
    columns["lot"] = answers.lot[rows]
    return pd.DataFrame(columns).astype({"stratum": "str", "age_band": "str"})
