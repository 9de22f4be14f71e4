"""A new game: the hidden market drawn, the log begun, the folder published whole."""

import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from leadline.course.game.files import publish_files
from leadline.course.game.game import Game, load_game
from leadline.course.game.log import append_event, make_log, open_log, read_events
from leadline.course.game.rules import GAME_VERSION
from leadline.data.table_folder import staged
from leadline.errors import ParameterError, RunError
from leadline.language import LANGUAGES, _, plural
from leadline.market.note import describe_market
from leadline.market.order import SMALLEST_CITY
from leadline.market.parameters import MarketParameters
from leadline.paths import find_taken

MOST_CUSTOMERS = 2_000_000
MOST_QUARTERS = 40
MOST_CNY = 1_000_000_000
_SEED_BITS = 128
#: Letters of any language, digits, space, hyphen, underscore: a team's name is its folder's.
_TEAM = re.compile(r"\w(?:[\w -]{0,38}\w)?")


def make_game(
    folder: Path,
    teams: Sequence[str],
    *,
    customers: int,
    quarters: int,
    budget_cny: float,
    language: str = "en",
) -> Game:
    """Make a game in a new folder, with a market that nobody chose.

    Parameters
    ----------
    folder
        Where; it must be absent or empty. It appears whole or not at all.
    teams
        Their names: 1 to 40 letters, digits, spaces, hyphens, underscores.
    customers
        Size of the market.
    quarters
        How long the game is.
    budget_cny
        What each team may spend on contacts in all quarters together.
    language
        Of the firm's dictionary and of the board: ``en`` or ``zh``.

    Raises
    ------
    ParameterError
        With everything wrong in what was asked.
    RunError
        If the folder cannot be written.
    """
    problems = list(
        _check(
            folder, teams, customers=customers, quarters=quarters, budget_cny=budget_cny, language=language
        )
    )
    if problems:
        raise ParameterError(_("The game cannot be made"), problems)
    body = {
        "game_version": GAME_VERSION,
        "market": describe_market(MarketParameters(), secrets.randbits(_SEED_BITS), customers),
        "luck_seed": secrets.randbits(_SEED_BITS),
        "quarters": quarters,
        "budget_cny": budget_cny,
        "language": language,
    }
    try:
        with staged(folder) as place:
            make_log(place)
            with open_log(place, writing=True) as log:
                append_event(log, "new", body)
                for team in teams:
                    append_event(log, "team", {}, team=team)
            game = load_game(place)
            publish_files(place, game)
    except OSError as error:
        raise RunError(
            _(
                "{place} cannot be written: {reason}. Nothing was left there.",
                place=folder,
                reason=error.strerror or error,
            )
        ) from None
    return game


def add_team(folder: Path, team: str) -> Game:
    """Let a team join a running game; in the quarters closed already it did nothing.

    Raises
    ------
    ParameterError
        If the name cannot be taken, or the game is over.
    """
    game = load_game(folder)
    problems = list(_check_teams([*game.teams, team]))
    if game.is_over:
        problems.append(_("the game is over. Make a new one."))
    if problems:
        raise ParameterError(_("The team cannot join"), problems)
    with open_log(folder, writing=True) as log:
        if any(event.team == team for event in read_events(log) if event.kind == "team"):
            raise ParameterError.of(_("The team cannot join"), _("somebody else just entered it."))
        append_event(log, "team", {}, team=team)
    game = load_game(folder)
    publish_files(folder, game)
    return game


def _check(
    folder: Path, teams: Sequence[str], *, customers: int, quarters: int, budget_cny: float, language: str
) -> Iterator[str]:
    if taken := find_taken(folder):
        yield taken
    for name, value, low, high in (
        ("customers", customers, SMALLEST_CITY, MOST_CUSTOMERS),
        ("quarters", quarters, 1, MOST_QUARTERS),
        ("budget", budget_cny, 0, MOST_CNY),
    ):
        if not low <= value <= high:
            yield _(
                "{name} is {value}, must be from {low} to {high}.",
                name=name,
                value=f"{value:,}",
                low=f"{low:,}",
                high=f"{high:,}",
            )
    if language not in LANGUAGES:
        yield _(
            "language is {language}, must be one of {known}.",
            language=repr(language),
            known=_(", ").join(LANGUAGES),
        )
    if not teams:
        yield _("no team is named. Use --team NAME once for each team, or --teams FILE.")
    yield from _check_teams(teams)


def _check_teams(teams: Sequence[str]) -> Iterator[str]:
    wrong = [team for team in teams if not _TEAM.fullmatch(team)]
    if wrong:
        yield plural(
            "{count} name cannot be a team's: {names}. Use 1 to 40 letters, digits, spaces, - or _.",
            "{count} names cannot be a team's: {names}. Use 1 to 40 letters, digits, spaces, - or _.",
            len(wrong),
            names=_(", ").join(map(repr, wrong)),
        )
    seen: set[str] = set()
    for team in teams:
        if team.casefold() in seen:
            yield _("the team {team} is named twice, upper and lower case alike.", team=repr(team))
        seen.add(team.casefold())
