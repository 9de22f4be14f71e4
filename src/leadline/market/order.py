"""What somebody asks for: a market of so many customers, with these parameters. Loads nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from leadline.errors import ParameterError
from leadline.language import _
from leadline.market.parameters import MarketParameters

#: Beside a market's tables: what its truth is made again from.
NOTE_FILE = "market.json"
SMALLEST_CITY = 2_000
MOST_CUSTOMERS = 100_000_000


@dataclass(frozen=True, kw_only=True)
class Order:
    """A market that can be made."""

    parameters: MarketParameters
    seed: int
    customers: int

    @classmethod
    def read(
        cls, *, customers: int, seed: int, texts: Mapping[str, Any], others: tuple[str, ...] = ()
    ) -> Self:
        """Check an order as a person wrote it.

        Parameters
        ----------
        customers, seed
            Size of the market, and what starts its random numbers.
        texts
            Name of a parameter → its value as text; numbers by channel as a list, or separated by commas.
        others
            Problems found elsewhere, to be told at once with these.

        Raises
        ------
        ParameterError
            Naming every problem.
        """
        problems = list(others)
        if not SMALLEST_CITY <= customers <= MOST_CUSTOMERS:
            problems.append(
                _(
                    "customers == {customers}, must be from {smallest_city} to {most_customers}.",
                    customers=f"{customers:,}",
                    smallest_city=f"{SMALLEST_CITY:,}",
                    most_customers=f"{MOST_CUSTOMERS:,}",
                )
            )
        if seed < 0:
            problems.append(_("seed == {seed}, must be >= 0.", seed=seed))
        defaults = {declared.name: declared.default for declared in fields(MarketParameters)}
        values = {name: _read_value(text, defaults.get(name)) for name, text in texts.items()}
        try:
            parameters = MarketParameters.from_dict(values)
        except ParameterError as error:
            raise ParameterError(error.headline, [*problems, *error.problems]) from None
        if problems:
            raise ParameterError(_("The market cannot be made with these parameters"), problems)
        return cls(parameters=parameters, seed=seed, customers=customers)


def _read_value(text: Any, default: Any) -> Any:
    """Take text as what the default is: numbers by channel or one number; what is neither stays as it is."""
    if isinstance(default, tuple):
        parts = text.split(",") if isinstance(text, str) else text
        return [_read_number(part, default[0]) for part in parts] if isinstance(parts, list) else parts
    return _read_number(text, default)


def _read_number(text: Any, default: Any) -> Any:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return text
    return int(number) if isinstance(default, int) and number.is_integer() else number
