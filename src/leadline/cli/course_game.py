"""``leadline course game new | team | submit | advance | board | replay``. Imports wait until needed."""

from pathlib import Path

import click

from leadline.language import LANGUAGES, _, current_language, format_value, plural, speaking

_LANGUAGE = click.option("--language", type=click.Choice(list(LANGUAGES)), help="Language of the page.")


@click.group()
def game() -> None:
    """Let teams play quarters on one hidden market."""


@game.command()
@click.argument("folder", type=Path)
@click.option("--customers", type=int, default=20_000, show_default=True, help="Size of the market.")
@click.option("--quarters", type=int, default=8, show_default=True, help="How long the game is.")
@click.option(
    "--budget", type=float, default=60_000, show_default=True, help="CNY a team may spend in the whole game."
)
@click.option("--team", "names", multiple=True, metavar="NAME", help="A team; once for each.")
@click.option("--teams", "file", metavar="FILE", help="A table with a column 'team'.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Of the teams' guide and the board.")
def new(
    folder: Path,
    customers: int,
    quarters: int,
    budget: float,
    names: tuple[str, ...],
    file: str | None,
    language: str | None,
) -> None:
    """Make a game in a new FOLDER. Its market is drawn at random and known to nobody."""
    from leadline.course.game.make import make_game

    teams = [name.strip() for name in (*names, *(_read_teams(file) if file else []))]
    made = make_game(
        folder,
        teams,
        customers=customers,
        quarters=quarters,
        budget_cny=budget,
        language=language or current_language(),
    )
    click.echo(
        plural(
            "{folder} holds a game for {count} team (quarters: {quarters}).",
            "{folder} holds a game for {count} teams (quarters: {quarters}).",
            len(made.worlds),
            folder=folder,
            quarters=quarters,
        )
    )
    click.echo(
        _(
            "Give the teams the folder {firm}; keep game.db to yourself: it holds the market's truth.",
            firm=folder / "firm",
        )
    )


@game.command()
@click.argument("folder", type=Path)
@click.argument("name")
def team(folder: Path, name: str) -> None:
    """Let team NAME join the game of FOLDER; until now it did nothing."""
    from leadline.course.game.make import add_team

    _speak(folder)
    joined = add_team(folder, name.strip())
    click.echo(_("{team} plays from quarter {quarter} on.", team=name.strip(), quarter=joined.quarter))


@game.command()
@click.argument("folder", type=Path)
@click.argument("team")
@click.argument("file", metavar="LIST")
@click.option(
    "--claimed-subscribers",
    "claimed",
    type=float,
    metavar="N",
    help="How many the contacts win, as the team says.",
)
@click.option("--mapping", type=Path, metavar="FILE", help="Our column names for those of the list.")
def submit(folder: Path, team: str, file: str, claimed: float | None, mapping: Path | None) -> None:
    """Hand in the list of TEAM for the open quarter.

    LIST is CSV, Excel or Parquet: customer_id and channel (sms, call, branch, trial, referral; none is the
    hold-out).
    """
    from leadline.course.game.turns import submit_list

    _speak(folder)
    done = submit_list(folder, team, file, mapping=mapping, claimed=claimed)
    contacts = int((done.listed.arm > 0).sum()) - done.listed.idle
    click.echo(
        _(
            "accepted: {team}, quarter {quarter}: {contacts} contacts for {cost}, {held_out} held out; "
            "{left} of the budget is left after it.",
            team=team,
            quarter=done.quarter,
            contacts=format_value(contacts, "count"),
            cost=format_value(done.listed.cost_cny, "price_cny"),
            held_out=format_value(int((done.listed.arm == 0).sum()), "count"),
            left=format_value(done.left_cny, "price_cny"),
        )
    )
    if done.replaces:
        click.echo(_("It replaces the list that the team handed in before for this quarter."))
    if done.listed.idle:
        click.echo(
            plural(
                "{count} customer on it subscribes already, is not contacted and costs nothing.",
                "{count} customers on it subscribe already, are not contacted and cost nothing.",
                done.listed.idle,
            )
        )


@game.command()
@click.argument("folder", type=Path)
@click.option("--empty", "even_if_empty", is_flag=True, help="Also if no team handed in a list.")
def advance(folder: Path, even_if_empty: bool) -> None:  # noqa: FBT001 (click's)
    """Close the open quarter for all teams, and write what each of them sees."""
    from leadline.course.game.files import BOARD_FILE
    from leadline.course.game.turns import advance_quarter

    _speak(folder)
    now = advance_quarter(folder, even_if_empty=even_if_empty)
    click.echo(_("Quarter {quarter} is closed.", quarter=now.quarter - 1))
    if now.is_over:
        click.echo(_("The game is over. Ranks and truth: {board}", board=folder / BOARD_FILE))
        return
    click.echo(
        _(
            "Give each team its folder in {teams}. Quarter {quarter} is open.",
            teams=folder / "teams",
            quarter=now.quarter,
        )
    )


@game.command()
@click.argument("folder", type=Path)
@_LANGUAGE
@click.option("--to", type=Path, metavar="FILE", help="Where the page goes; by default FOLDER/board.html.")
def board(folder: Path, language: str | None, to: Path | None) -> None:
    """Write the page of the game: where the teams stand; after the last quarter ranks and truth."""
    from leadline.course.game.files import BOARD_FILE, publish_files, write_board
    from leadline.course.game.game import load_game
    from leadline.course.game.turns import tell_missing

    now = load_game(folder)
    publish_files(folder, now)
    place = to or folder / BOARD_FILE
    if language or to:
        write_board(now, place, language=language or now.language)
    if missing := tell_missing(now):
        click.echo(missing)
    click.echo(place)


@game.command()
@click.argument("folder", type=Path)
def replay(folder: Path) -> None:
    """Write all files of the game again, from its log alone."""
    from leadline.course.game.files import publish_files
    from leadline.course.game.game import load_game

    now = load_game(folder)
    publish_files(folder, now, anew=True)
    click.echo(
        plural(
            "{count} entry of the log was played again; every file was written anew.",
            "{count} entries of the log were played again; every file was written anew.",
            now.events,
        )
    )


def _speak(folder: Path) -> None:
    """Speak the game's language until the command ends."""
    from leadline.course.game.game import find_language

    click.get_current_context().with_resource(speaking(find_language(folder)))


def _read_teams(file: str) -> list[str]:
    from leadline.data import read_table

    names = read_table(file, text_columns=("team",), fewest_rows=1).frame["team"]
    return [str(name) for name in names.dropna()]
