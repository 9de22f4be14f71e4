"""A small game whose market is always the same, and lists for it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.course.game import make
from leadline.course.game.game import Game, load_game
from leadline.course.game.ground import Ground
from leadline.course.game.make import make_game
from leadline.course.game.turns import advance_quarter, submit_list
from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters

CUSTOMERS = 4_000
SEEDS = (10**37 + 7, 10**37 + 11)


@pytest.fixture(scope="session")
def ground() -> Ground:
    return Ground(simulate(MarketParameters(), 3, 10_000), 17)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A game of two quarters for the teams A and 乙."""
    seeds = iter(SEEDS)
    place = tmp_path_factory.mktemp("games") / "game"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make.secrets, "randbits", lambda _bits: next(seeds))
        make_game(place, ["A", "乙"], customers=CUSTOMERS, quarters=2, budget_cny=500)
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """That game, to play with."""
    return shutil.copytree(made, tmp_path / "game")


@pytest.fixture
def game(folder: Path) -> Game:
    return load_game(folder)


def find_ids(game: Game) -> np.ndarray:
    """Ids of the customers who may be contacted, the partner's first."""
    seen = game.ground.market.observed
    allowed = [seen.customer_id[seen.permitted & known] for known in (seen.matched, ~seen.matched)]
    return np.concatenate(allowed)


@pytest.fixture
def write_list(game: Game, tmp_path: Path) -> Callable[..., str]:
    """Write a list of customers who may be contacted, the ``skip``-th first."""
    ids = find_ids(game)

    def write(name: str, *channels: str, skip: int = 0, **columns: object) -> str:
        frame = pd.DataFrame({"customer_id": ids[skip : skip + len(channels)], "channel": channels} | columns)
        file = tmp_path / name
        frame.to_csv(file, index=False)
        return str(file)

    return write


@pytest.fixture(scope="session")
def finished(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The game when both quarters are closed; each team listed other customers."""
    place = shutil.copytree(made, tmp_path_factory.mktemp("finished") / "game")
    ids = find_ids(load_game(place))
    lists = {"A": (["call"] * 30 + ["none"] * 20, 0), "乙": (["sms"] * 40, 100)}
    for quarter in range(2):
        for team, (channels, skip) in lists.items():
            first = skip + 10 * quarter
            frame = pd.DataFrame({"customer_id": ids[first : first + len(channels)], "channel": channels})
            frame.to_csv(place.parent / "list.csv", index=False)
            submit_list(place, team, str(place.parent / "list.csv"), claimed=9 if team == "A" else None)
        advance_quarter(place)
    return place


@pytest.fixture
def played(finished: Path, tmp_path: Path) -> Path:
    """That game, to change."""
    return shutil.copytree(finished, tmp_path / "game")
