"""The note kept beside a market's tables, from which its truth is made again."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from leadline.errors import DataError
from leadline.language import _
from leadline.market.city import make_city
from leadline.market.market import MARKET_VERSION, Market, plan_cities, simulate
from leadline.market.order import MOST_CUSTOMERS, SMALLEST_CITY
from leadline.market.parameters import MarketParameters
from leadline.market.period import AS_OF, LISTED_ON, MONTHS, MONTHS_BEFORE

SCHEMA_VERSION = 1
_ROUNDING = 0.02
_FIELDS_NAMED = 3


def describe_market(parameters: MarketParameters, seed: int, customers: int) -> dict[str, Any]:
    """Return the note, as plain JSON, from which `remake_market` makes the same market.

    By ``fingerprint``, of the first city's people, a simulation that draws others is noticed.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "market_version": MARKET_VERSION,
        "seed": seed,
        "customers": customers,
        "as_of": str(AS_OF),
        "parameters": parameters.changes(),
        "fingerprint": _fingerprint(parameters, seed, customers),
    }


def introduce_market(note: dict[str, Any]) -> str:
    """Return the head of the folder's README: what it is, how it was made, what is not in it."""
    changed = "".join(f"\n- `{name}` = {value}" for name, value in note["parameters"].items())
    return (
        "# A simulated mobile-securities market\n\n"
        f"{note['customers']:,} customers of a mobile operator, made by leadline (market version "
        f"{note['market_version']}, seed {note['seed']}). Nobody in it exists.\n\n"
        f"The last day known is {note['as_of']}. Lists are drawn after it, and the launch starts on "
        f"{LISTED_ON}: what is dated later is there to judge a list by, never to make it. A campaign's "
        "revenue_cny is the contribution in the twelve months after the subscription, known only when they "
        f"are over. The months {MONTHS[0]} to {MONTHS[MONTHS_BEFORE - 1]} and the pilot campaign "
        "come before, the later months and the launch campaign after. What each customer would do under each "
        "channel is in no table: `leadline market truth` tells it for a list of customers. Nor is what "
        "interests each who pays by mobile wallet: only what they buy speaks of it.\n\n"
        f"Parameters changed from their default: {changed or 'none.'}\n\n## Tables\n"
    )


def remake_market(note: dict[str, Any], source_name: str) -> Market:
    """Make the market of a note again, with its truth.

    Raises
    ------
    DataError
        If the note is of another version, or this simulation no longer draws the same people.
    """
    headline = _("The truth of {source_name} cannot be made again", source_name=source_name)
    wanted = {"schema_version": SCHEMA_VERSION, "market_version": MARKET_VERSION}
    problems = [
        _(
            "{name} is {note}; this leadline makes {version}. Make the market again, or use the "
            "leadline that wrote it.",
            name=name,
            note=repr(note.get(name)),
            version=version,
        )
        for name, version in wanted.items()
        if note.get(name) != version
    ]
    problems += _check_numbers(note.get("seed"), note.get("customers"))
    if not isinstance(note.get("parameters"), dict):
        problems.append(_("parameters are absent. Make the market again."))
    if problems:
        raise DataError(headline, problems)
    parameters = MarketParameters.from_dict(note["parameters"])
    found = _fingerprint(parameters, note["seed"], note["customers"])
    if changed := _find_changed(note.get("fingerprint"), found):
        named = _(", ").join(changed[:_FIELDS_NAMED]) + (" …" if len(changed) > _FIELDS_NAMED else "")
        raise DataError.of(
            headline,
            _(
                "the simulation draws other people than when the folder was written ({named}). Make "
                "the market again.",
                named=named,
            ),
        )
    return simulate(parameters, note["seed"], note["customers"])


def _check_numbers(seed: Any, customers: Any) -> Iterator[str]:
    """Yield what no order was ever made with; true and false are no numbers."""
    if type(seed) is not int or seed < 0:
        yield _("seed is {seed}, must be a whole number, at least 0. Make the market again.", seed=repr(seed))
    if type(customers) is not int or not SMALLEST_CITY <= customers <= MOST_CUSTOMERS:
        yield (
            _(
                "customers is {customers}, must be a whole number from {smallest_city} to "
                "{most_customers}. Make the market again.",
                customers=repr(customers),
                smallest_city=f"{SMALLEST_CITY:,}",
                most_customers=f"{MOST_CUSTOMERS:,}",
            )
        )


def _fingerprint(parameters: MarketParameters, seed: int, customers: int) -> dict[str, list[float]]:
    """Return two numbers for every field of the first city's people: standardised, on random directions.

    They are standard normal whatever the field holds, so they betray no level, and move by about one when
    the people are drawn in another way; that both stay within rounding has a chance of one in ten thousand.
    """
    city = make_city(parameters, seed, 0, plan_cities(parameters, customers)[0])
    directions = np.random.default_rng(0).standard_normal((2, city.size)) / np.sqrt(city.size)
    marks = {}
    for name, array in (vars(city.observed) | vars(city.truth)).items():
        values = array.reshape(city.size, -1).mean(axis=1, dtype=float)
        spread = float(values.std())
        marks[name] = np.round(directions @ (values - values.mean()) / (spread or 1), 4).tolist()
    return marks


def _find_changed(before: Any, now: dict[str, list[float]]) -> list[str]:
    """Name the fields that moved by more than rounding on another machine explains."""
    if not isinstance(before, dict):
        return list(now)
    return [name for name, marks in now.items() if not _is_near(before.get(name), marks)]


def _is_near(before: Any, now: list[float]) -> bool:
    if not isinstance(before, list) or len(before) != len(now):
        return False
    return all(
        isinstance(old, int | float) and abs(old - new) <= _ROUNDING
        for old, new in zip(before, now, strict=True)
    )
