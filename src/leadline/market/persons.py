"""The people of a city as a whole: who they are, whom they know, where they live, whether they invest."""

from dataclasses import dataclass

from leadline.market.circles import Circles, draw_circles
from leadline.market.geography import Places, draw_places
from leadline.market.investors import Investors, Obstacles, draw_investors, draw_obstacles
from leadline.market.parameters import MarketParameters
from leadline.market.people import People, draw_people
from leadline.market.streams import Purpose, Streams


@dataclass(frozen=True, eq=False, kw_only=True)
class Persons:
    """Everything about the people of a city before anyone observes them."""

    people: People
    circles: Circles
    places: Places
    obstacles: Obstacles
    investors: Investors


def draw_persons(parameters: MarketParameters, size: int, streams: Streams) -> Persons:
    """Draw ``size`` persons in the order in which one thing depends on another."""
    people = draw_people(parameters, size, streams.open(Purpose.PEOPLE))
    circles = draw_circles(parameters, people.income, streams.open(Purpose.CIRCLES))
    places = draw_places(parameters, size, streams.open(Purpose.PLACES))
    obstacles = draw_obstacles(parameters, people, streams.open(Purpose.OBSTACLES))
    investors = draw_investors(
        parameters,
        people,
        circles,
        has_pc=obstacles.has_pc_substitute,
        distance_km=places.distance_km,
        rng=streams.open(Purpose.INVESTORS),
    )
    return Persons(people=people, circles=circles, places=places, obstacles=obstacles, investors=investors)
