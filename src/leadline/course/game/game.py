"""A game as its log tells it: the market made again, every closed quarter played again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from leadline.course.game.ground import Ground, Rows
from leadline.course.game.log import Event, count_events, open_log, read_events
from leadline.course.game.rules import GAME_VERSION, Terms
from leadline.course.game.world import World
from leadline.errors import DataError
from leadline.language import _
from leadline.market.note import remake_market
from leadline.market.truth import ARMS, Codes

_NO_LIST: tuple[Rows, Codes] = (np.empty(0, np.int64), np.empty(0, np.int8))


@dataclass(frozen=True, eq=False, kw_only=True)
class Submission:
    """A list that was accepted.

    ``row`` and ``arm`` have shape (listed,), in the order of the list; ``claimed`` is what the team says its
    contacts win in the quarter, None where it says nothing; ``at`` an ISO time.
    """

    row: Rows
    arm: Codes
    claimed: float | None
    at: str


@dataclass(eq=False, kw_only=True)
class Game:
    """The state of a game.

    Attributes
    ----------
    quarter
        The quarter that is open, from 1; one more than the last where the game is over.
    teams
        Their names, in the order in which they joined.
    worlds
        Team → its world.
    submissions
        (quarter, team) → the list that counts, the last one handed in.
    events, as_of
        Number of the last entry in the log, and its time (ISO).
    """

    ground: Ground
    terms: Terms
    language: str
    as_of: str
    events: int = 1
    quarter: int = 1
    teams: list[str] = field(default_factory=list)
    worlds: dict[str, World] = field(default_factory=dict)
    submissions: dict[tuple[int, str], Submission] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether all quarters are closed."""
        return self.quarter > self.terms.quarters

    def find_list(self, quarter: int, team: str) -> tuple[Rows, Codes]:
        """Return rows and arms of the list that a team handed in; empty where it handed in none."""
        handed_in = self.submissions.get((quarter, team))
        return (handed_in.row, handed_in.arm) if handed_in else _NO_LIST

    def close_quarter(self) -> str:
        """Play the open quarter for every team; return a digest of all that happened in it."""
        digest = hashlib.sha256()
        for team, world in self.worlds.items():
            played = world.play(*self.find_list(self.quarter, team))
            for part in (played.contacted, played.is_reached, played.subscribed, played.opted_out):
                digest.update(part.tobytes())
        self.quarter += 1
        return digest.hexdigest()

    def play_untouched(self) -> World:
        """Play the closed quarters in a world where nobody is ever contacted."""
        world = World(self.ground)
        for _quarter in range(1, self.quarter):
            world.play(*_NO_LIST)
        return world


def load_game(folder: Path, *, only: str | None = None) -> Game:
    """Read the log of a folder and play the game up to now.

    Parameters
    ----------
    folder
        The game's folder.
    only
        The one team whose world is wanted; the others' are not played then, nor are outcomes compared with
        those of the log.

    Raises
    ------
    ParameterError
        If the folder holds no game.
    DataError
        If the log is damaged, of another version, or its market or outcomes can no longer be made again.
    """
    with open_log(folder) as log:
        events = read_events(log)
    return replay_events(events, str(folder), only=only)


def find_language(folder: Path) -> str:
    """Return the language of a folder's game. Errors are those of `load_game`."""
    with open_log(folder) as log:
        return str(read_events(log)[0].body.get("language", "en"))


def is_up_to_date(folder: Path, game: Game) -> bool:
    """Tell whether the log of a folder holds nothing that ``game`` does not know of."""
    with open_log(folder) as log:
        return count_events(log) == game.events


def replay_events(events: Sequence[Event], source_name: str, *, only: str | None = None) -> Game:
    """Play a game again from its log. Parameters and errors are those of `load_game`."""
    game = _start(events[0], source_name)
    for event in events[1:]:
        game.events, game.as_of = event.number, event.at
        match event.kind:
            case "team":
                game.teams.append(str(event.team))
                if only in (None, event.team):
                    game.worlds[str(event.team)] = game.play_untouched()  # until it joined it did nothing
            case "submission":
                if only in (None, event.team):
                    game.submissions[game.quarter, str(event.team)] = _read_submission(event, game.ground)
            case _:
                digest = game.close_quarter()
                if only is None and digest != event.body.get("digest"):
                    raise _no_longer(
                        source_name,
                        _(
                            "quarter {quarter} has other outcomes on this machine than when it was "
                            "closed. Use the machine and the leadline that ran the game.",
                            quarter=game.quarter - 1,
                        ),
                    )
    return game


def pack_submission(ids: Sequence[int], arms: Codes, claimed: float | None, file: str) -> dict[str, Any]:
    """Return what the log keeps of a list: readable without the market."""
    return {
        "customer_id": list(ids),
        "channel": [ARMS[code] for code in arms.tolist()],
        "claimed": claimed,
        "file": file,
    }


def _read_submission(event: Event, ground: Ground) -> Submission:
    known = ground.market.observed.customer_id
    return Submission(
        row=np.searchsorted(known, np.array(event.body["customer_id"], np.int64)),
        arm=np.array([ARMS.index(channel) for channel in event.body["channel"]], np.int8),
        claimed=event.body["claimed"],
        at=event.at,
    )


def _start(event: Event, source_name: str) -> Game:
    body = event.body
    if body.get("game_version") != GAME_VERSION:
        raise _no_longer(
            source_name,
            _(
                "its rules are of version {found}, this leadline plays version {version}. Use the "
                "leadline that made the game.",
                found=body.get("game_version"),
                version=GAME_VERSION,
            ),
        )
    return Game(
        ground=Ground(remake_market(body["market"], source_name), body["luck_seed"]),
        terms=Terms(quarters=body["quarters"], budget_cny=body["budget_cny"]),
        language=body["language"],
        as_of=event.at,
    )


def _no_longer(source_name: str, problem: str) -> DataError:
    return DataError.of(_("The game in {folder} cannot be played again", folder=source_name), problem)
