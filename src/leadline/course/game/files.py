"""The files of a game's folder: all but the log follow from it, and are made again if missing."""

from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from leadline.course.game.board import render_board
from leadline.course.game.firm import list_channels, list_customers, list_pilot
from leadline.course.game.game import Game, is_up_to_date, load_game
from leadline.course.game.guide import write_guide
from leadline.course.game.log import GAME_FILE
from leadline.course.game.team_files import list_quarter, list_summary
from leadline.course.game.world import World
from leadline.data import write_table
from leadline.data.export import write_text
from leadline.errors import RunError
from leadline.language import _, speaking

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

BOARD_FILE = "board.html"
_LOCK = ".files.lock"


def publish_files(folder: Path, game: Game, *, anew: bool = False) -> None:
    """Write what follows from the log: ``firm/``, ``teams/<team>/`` and the board.

    Parameters
    ----------
    folder
        The game's folder.
    game
        The game; if the log has gone on since, it is read again.
    anew
        Write also what is there already.

    Raises
    ------
    RunError
        If a file cannot be written. The log is not touched: what is missing is written by the next command.
    """
    try:
        with FileLock(folder / _LOCK):  # who knows more comes later
            latest = game if is_up_to_date(folder, game) else load_game(folder)
            _write_firm(folder / "firm", latest, anew=anew)
            for team, world in latest.worlds.items():
                _write_team(folder / "teams" / team, world, latest.terms.budget_cny, anew=anew)
            write_board(latest, folder / BOARD_FILE, language=latest.language)
    except OSError as error:
        raise RunError(
            _(
                "The game's files cannot be written: {reason}. Nothing is lost, all is in {file}: "
                "run leadline course game board {folder} when that is mended.",
                reason=error.strerror or error,
                file=GAME_FILE,
                folder=folder,
            )
        ) from None


def write_board(game: Game, file: Path, *, language: str) -> None:
    """Write the board to ``file``, whole or not at all. Raises RunError if that cannot be done."""
    write_text(render_board(game, language), file)


def _write_firm(place: Path, game: Game, *, anew: bool) -> None:
    market = game.ground.market
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "customers.csv": lambda: list_customers(game.play_untouched()),
        "channels.csv": lambda: list_channels(market),
        "pilot.csv": lambda: list_pilot(market),
    }
    place.mkdir(exist_ok=True)
    for name, make in tables.items():
        if anew or not (place / name).exists():
            write_table(make(), place / name)
    if anew or not (place / "README.md").exists():
        with speaking(game.language):
            write_text(write_guide(game), place / "README.md")


def _write_team(place: Path, world: World, budget_cny: float, *, anew: bool) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for number in range(1, len(world.played)):
        file = place / f"quarter_{number}.csv"
        if anew or not file.exists():
            write_table(list_quarter(world, number), file)
    write_table(list_summary(world, budget_cny), place / "summary.csv")
