"""The board: one static page; what firms may see of each other, and after the last quarter the truth."""

from contextvars import copy_context
from typing import Any

import pandas as pd
from markupsafe import Markup

from leadline.course.game.game import Game
from leadline.course.game.readings import CLAIM
from leadline.course.game.standings import average_errors, list_final, list_readings, list_running
from leadline.language import _, format_value, join_sentences, plural, use_language
from leadline.language.messages import current_locale
from leadline.language.times import write_time
from leadline.report.fonts import embed_fonts
from leadline.report.templates import read_asset, render_template, write_policy
from leadline.results import Column, table_html


def render_board(game: Game, language: str) -> str:
    """Render the page; the same log gives the same text.

    Raises
    ------
    ValueError
        If the language is unknown.
    """
    return copy_context().run(_render, game, language)


def _render(game: Game, language: str) -> str:
    use_language(language)
    tables, answer = _show_final(game) if game.is_over else _show_running(game)
    style, script = f"{read_asset('page.css')}\n{read_asset('game.css')}", read_asset("page.js")
    fonts = embed_fonts(*game.worlds)
    page = {
        "language": current_locale().replace("_", "-"),
        "policy": write_policy(styles=[style, fonts], script=script),
        "style": Markup(style),  # noqa: S704 - our own file
        "fonts": Markup(fonts),  # noqa: S704 - our own rules
        "script": Markup(script),  # noqa: S704 - our own file
        "is_over": game.is_over,
        "date": _("As of {time}", time=write_time(game.as_of)),
        "answer": answer,
        "tables": tables,
        "facts": _tell_terms(game),
    }
    return render_template("game.html.j2", page)


def _show_running(game: Game) -> tuple[list[dict[str, Any]], str]:
    frame = list_running(game)
    columns = {
        "team": Column(_("Team")),
        "submitted": Column(_("List handed in")),
        "contacts": Column(_("Contacts"), "count"),
        "cost_cny": Column(_("Spent"), "money_cny"),
        "left_cny": Column(_("Budget left"), "money_cny"),
        "subscribers": Column(_("New subscribers"), "count"),
    }
    answer = _(
        "Quarter {quarter} of {quarters} is open. {submitted} of {teams} teams have handed in a list.",
        quarter=game.quarter,
        quarters=game.terms.quarters,
        submitted=sum(quarter == game.quarter for quarter, _team in game.submissions),
        teams=len(game.worlds),
    )
    return [_table("teams", _("The teams so far"), frame, columns)], answer


def _show_final(game: Game) -> tuple[list[dict[str, Any]], str]:
    standings, quarters = list_final(game)
    readings = list_readings(game, standings.loc[standings["is_team"], "team"])
    claims = readings[readings["kind"] == CLAIM]
    tables = [
        _table("ranking", _("Ranking by true profit"), standings, _describe_standings()),
        _table("quarters", _("True profit of each quarter"), quarters, _describe_quarters(game)),
        _table("claims", _("What was claimed, and what was true"), claims, _describe_claims()),
        _table("errors", _("How far the readings were off"), average_errors(readings), _describe_errors()),
        _table("readings", _("All readings of all teams"), readings, _describe_readings(), is_long=True),
    ]
    told = [_tell_winner(standings), *([] if claims.empty else [_tell_worst(claims)])]
    return [table for table in tables if table["rows"]], join_sentences(told)


def _describe_standings() -> dict[str, Column]:
    return {
        "rank": Column(_("Rank"), "count"),
        "team": Column(_("Team")),
        "profit_cny": Column(_("True profit"), "money_cny"),
        "realised_cny": Column(_("Realised, with luck"), "money_cny"),
        "cost_cny": Column(_("Spent"), "money_cny"),
        "contacts": Column(_("Contacts"), "count"),
        "subscribers": Column(_("New subscribers"), "count"),
        "won": Column(_("Won in the quarter"), "number"),
        "won_for_good": Column(_("Won for good"), "number"),
    }


def _describe_quarters(game: Game) -> dict[str, Column]:
    return {"team": Column(_("Team"))} | {
        f"q{number}": Column(_("Q{number}", number=number), "money_cny")
        for number in range(1, game.terms.quarters + 1)
    }


def _describe_claims() -> dict[str, Column]:
    return {
        "team": Column(_("Team")),
        "quarters": Column(_("Quarters"), "count"),
        "estimate": Column(_("Subscribers won, as claimed"), "number"),
        "truth": Column(_("Truth"), "number"),
        "error": Column(_("Error"), "number"),
    }


def _describe_errors() -> dict[str, Column]:
    return {
        "reading": Column(_("Reading")),
        "teams": Column(_("Teams"), "count"),
        "error": Column(_("Error on average"), "number"),
        "distance": Column(_("Distance from the truth on average"), "number"),
    }


def _describe_readings() -> dict[str, Column]:
    return {
        "team": Column(_("Team")),
        "reading": Column(_("Reading")),
        "quarters": Column(_("Quarters"), "count"),
        "estimate": Column(_("Subscribers won, as read"), "number"),
        "ci_lower": Column(_("95% CI"), "number", upper="ci_upper"),
        "truth": Column(_("Truth"), "number"),
        "error": Column(_("Error"), "number"),
    }


def _tell_winner(standings: pd.DataFrame) -> str:
    best = standings[standings["rank"] == 1]
    profit = float(best["profit_cny"].iloc[0])
    names = _(", ").join(best["team"])
    if profit <= 0:
        return _("No team earned more than doing nothing would have.")
    return _(
        "{team} wins: its contacts truly earned {profit} more than doing nothing.",
        team=names,
        profit=format_value(profit, "money_cny"),
    )


def _tell_worst(claims: pd.DataFrame) -> str:
    """Tell the claim that is farthest from the truth."""
    worst = claims.iloc[int(claims["error"].abs().argmax())]
    return _(
        "The claim farthest off is that of {team}: {claimed} subscribers won were claimed, the truth "
        "is {truth}.",
        team=worst["team"],
        claimed=format_value(float(worst["estimate"]), "number"),
        truth=format_value(round(float(worst["truth"]), 1), "number"),
    )


def _tell_terms(game: Game) -> list[tuple[str, str]]:
    market = game.ground.market
    return [
        (_("Customers"), format_value(market.customers, "count")),
        (_("Quarters"), plural("{count} quarter", "{count} quarters", game.terms.quarters)),
        (_("Budget of each team"), format_value(game.terms.budget_cny, "money_cny")),
    ]


def _table(
    name: str, title: str, frame: pd.DataFrame, columns: dict[str, Column], *, is_long: bool = False
) -> dict[str, Any]:
    rounded = frame.assign(
        **{
            key: frame[key].astype(float).round(1)
            for column, shown in columns.items()
            if shown.unit == "number"
            for key in filter(None, (column, shown.upper))
        }
    )
    return {
        "name": name,
        "title": title,
        "rows": len(frame),
        "is_long": is_long,
        "html": Markup(table_html(rounded, columns, name=name)),  # noqa: S704 - it escapes every value
    }
