"""Every number of the simulated market in one object, each with unit, meaning and source."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Self

from leadline.errors import ParameterError
from leadline.language import N_, _
from leadline.market.declare import find_problems
from leadline.market.leisure_parameters import LeisureParameters
from leadline.market.life_parameters import HistoryParameters, LifeParameters, SurveyParameters
from leadline.market.observed_parameters import BrokerParameters, TelecomParameters
from leadline.market.people_parameters import (
    InvestorParameters,
    ObstacleParameters,
    PeopleParameters,
)
from leadline.market.response_parameters import ChannelParameters, ResponseParameters

if TYPE_CHECKING:
    import pandas as pd

_HEADLINE = N_("The market cannot be made with these parameters")


@dataclass(frozen=True, kw_only=True)
class MarketParameters(
    LeisureParameters,
    HistoryParameters,
    SurveyParameters,
    LifeParameters,
    ChannelParameters,
    ResponseParameters,
    BrokerParameters,
    TelecomParameters,
    ObstacleParameters,
    InvestorParameters,
    PeopleParameters,  # fields are declared from the last base to the first
):
    """All numbers of the market. None is an estimate from data; ``describe`` says which were calibrated.

    Raises
    ------
    ParameterError
        Naming every impossible value at once.
    """

    def __post_init__(self) -> None:
        problems = find_problems(self)
        if problems:
            raise ParameterError(_(_HEADLINE), problems)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Take the default of every parameter that is not in ``values``.

        Raises
        ------
        ParameterError
            Naming every unknown parameter, with the nearest name, and every impossible value.
        """
        known = {declared.name: declared.default for declared in fields(cls)}
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if name in known
        }
        problems = [_name_nearest(name, list(known)) for name in values if name not in known]
        try:
            made = cls(**given)
        except ParameterError as error:
            raise ParameterError(_(_HEADLINE), [*problems, *error.problems]) from None
        if problems:
            raise ParameterError(_(_HEADLINE), problems)
        return made

    def changes(self) -> dict[str, Any]:
        """Return the parameters that differ from their default, as plain JSON values."""
        return {
            declared.name: list(value) if isinstance(value, tuple) else value
            for declared in fields(self)
            if (value := getattr(self, declared.name)) != declared.default
        }

    def capacity(self, customers: int) -> tuple[int, ...]:
        """Return the contacts possible in one campaign, by channel, in a market of ``customers``."""
        return tuple(int(per_million * customers // 1_000_000) for per_million in self.capacity_per_million)

    def contact_costs(self) -> tuple[float, ...]:
        """Return the cost of one contact in CNY: the hold-out's, which is 0, and each channel's."""
        return (0.0, *self.cost_cny)

    def describe(self) -> "pd.DataFrame":
        """Return one row a parameter: parameter, value, default, unit, meaning, source."""
        import pandas as pd  # noqa: PLC0415 (a refused parameter must cost little)

        return pd.DataFrame(
            {
                "parameter": declared.name,
                "value": getattr(self, declared.name),
                "default": declared.default,
                "unit": declared.metadata["unit"],
                "meaning": declared.metadata["meaning"],
                "source": declared.metadata["source"],
            }
            for declared in fields(self)
        )


def _name_nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(str(name), known, n=1, cutoff=0.5)
    hint = (
        _("Did you mean {near}?", near=repr(near[0])) if near else _("`leadline market describe` lists them.")
    )
    return f"The market has no parameter {name!r}. {hint}"
