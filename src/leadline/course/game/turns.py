"""What changes a running game: a list handed in, a quarter closed. Each is one transaction of the log."""

from dataclasses import dataclass
from pathlib import Path

from leadline.course.game.files import publish_files
from leadline.course.game.game import Game, load_game, pack_submission, replay_events
from leadline.course.game.lists import TeamList, check_team_list
from leadline.course.game.log import append_event, count_closed, count_events, open_log, read_events
from leadline.errors import LeadlineError, ParameterError, RunError
from leadline.language import _, plural


@dataclass(frozen=True, eq=False, kw_only=True)
class Accepted:
    """A list that is on the disk; ``replaces`` tells whether it takes the place of an earlier one."""

    quarter: int
    listed: TeamList
    left_cny: float
    replaces: bool


def submit_list(
    folder: Path, team: str, file: str, *, mapping: Path | None = None, claimed: float | None = None
) -> Accepted:
    """Hand in a team's list for the open quarter; it is on the disk when this returns.

    Raises
    ------
    DataError
        With everything wrong with the list.
    RunError
        If the quarter was closed meanwhile, or the log cannot be used.
    """
    game = load_game(folder, only=team)
    listed = check_team_list(game, team, file, mapping=mapping, claimed=claimed)
    ids = game.ground.market.observed.customer_id[listed.row].tolist()
    body = pack_submission(ids, listed.arm, claimed, Path(file).name)
    with open_log(folder, writing=True) as log:
        if count_closed(log) != game.quarter - 1:
            raise RunError(
                _(
                    "Quarter {quarter} was closed while {file} was being checked; it was not accepted. "
                    "Look at your new results, and submit a list for the next quarter.",
                    quarter=game.quarter,
                    file=file,
                )
            )
        append_event(log, "submission", body, quarter=game.quarter, team=team)
    return Accepted(
        quarter=game.quarter,
        listed=listed,
        left_cny=game.terms.budget_cny - game.worlds[team].cost_cny - listed.cost_cny,
        replaces=(game.quarter, team) in game.submissions,
    )


def advance_quarter(folder: Path, *, even_if_empty: bool = False) -> Game:
    """Close the open quarter for all teams, and write what each of them sees.

    Files that an earlier, killed advance could not write are written now.

    Parameters
    ----------
    folder
        The game's folder.
    even_if_empty
        Close the quarter also if no team handed in a list.

    Raises
    ------
    ParameterError
        If the game is over, or nobody handed in a list.
    RunError
        If somebody else closed the quarter meanwhile, or the log cannot be used.
    """
    with open_log(folder) as log:
        seen = count_closed(log)
    with open_log(folder, writing=True) as log:  # lists handed in now wait, and count for the next quarter
        game = replay_events(read_events(log), str(folder))
        refused = _refuse_advance(game, seen, even_if_empty=even_if_empty)
        if refused is None:
            digest = game.close_quarter()
            game.as_of = append_event(log, "advance", {"digest": digest}, quarter=game.quarter - 1)
            game.events = count_events(log)
    publish_files(folder, game)
    if refused:
        raise refused
    return game


def tell_missing(game: Game) -> str:
    """Name the teams that handed in no list for the open quarter; empty if all did."""
    missing = [team for team in game.teams if (game.quarter, team) not in game.submissions]
    if not missing or game.is_over:
        return ""
    return plural(
        "{count} team has handed in no list for quarter {quarter}: {teams}.",
        "{count} teams have handed in no list for quarter {quarter}: {teams}.",
        len(missing),
        quarter=game.quarter,
        teams=_(", ").join(missing),
    )


def _refuse_advance(game: Game, seen: int, *, even_if_empty: bool) -> LeadlineError | None:
    """Say why the open quarter is not to be closed by who saw ``seen`` closed quarters."""
    if game.quarter - 1 != seen:
        return RunError(
            _(
                "Quarter {quarter} was closed by somebody else just now; nothing more was done.",
                quarter=seen + 1,
            )
        )
    if game.is_over:
        return ParameterError(_("The game is over: there is no quarter left to close."))
    if even_if_empty or any(quarter == game.quarter for quarter, _team in game.submissions):
        return None
    return ParameterError(
        _(
            "No team has handed in a list for quarter {quarter}. To close it all the same: --empty",
            quarter=game.quarter,
        )
    )
