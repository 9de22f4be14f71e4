"""Who lives in a city: income, age, affinity to mobile data."""

from dataclasses import dataclass

import numpy as np

from leadline.market.parameters import MarketParameters
from leadline.market.truth import Floats

YOUNGEST_YEARS, OLDEST_YEARS = 18, 75


@dataclass(frozen=True, eq=False, kw_only=True)
class People:
    """Every field has shape (customers,); ``income``, ``age`` and ``affinity`` are about standard normal."""

    income: Floats
    age: Floats
    age_years: Floats
    affinity: Floats


def draw_people(parameters: MarketParameters, size: int, rng: np.random.Generator) -> People:
    """Draw ``size`` people; affinity falls with age and rises with income, with the rest unexplained."""
    income = rng.standard_normal(size, dtype=np.float32)
    age_years = np.clip(
        parameters.age_mean_years + parameters.age_sd_years * rng.standard_normal(size, dtype=np.float32),
        YOUNGEST_YEARS,
        OLDEST_YEARS,
    )
    age = (age_years - parameters.age_mean_years) / parameters.age_sd_years
    explained = parameters.affinity_age**2 + parameters.affinity_income**2
    affinity = (
        parameters.affinity_age * age
        + parameters.affinity_income * income
        + parameters.affinity_sd * rng.standard_normal(size, dtype=np.float32)
    ) / np.sqrt(explained + parameters.affinity_sd**2)
    return People(income=income, age=age, age_years=age_years, affinity=affinity.astype(np.float32))
