"""``firm/README.md``: what a team must know before its first list, in the game's language."""

from collections.abc import Sequence

from leadline.course.game.firm import find_past_value
from leadline.course.game.game import Game
from leadline.language import _, format_value, plural


def write_guide(game: Game) -> str:
    """Write the guide, as Markdown, in the language in use."""
    market = game.ground.market
    facts = [
        _("Customers: {count}", count=format_value(market.customers, "count")),
        plural("Game: {count} quarter", "Game: {count} quarters", game.terms.quarters),
        _(
            "Budget for contacts: {budget} for the whole game; spend it when you like.",
            budget=format_value(game.terms.budget_cny, "money_cny"),
        ),
        _(
            "A subscriber of earlier years contributed {value} on average in the first twelve months.",
            value=format_value(find_past_value(market), "money_cny"),
        ),
        _(
            "In the quarter before the first, nobody was contacted outside the pilot; whoever subscribed "
            "then is marked in customers.csv, and counted in summary.csv as quarter 0."
        ),
    ]
    rules = [
        _(
            "A list is a table (CSV or Excel) with customer_id and channel: sms, call, branch, trial, "
            "referral, or none for a hold-out, which you follow without contacting it."
        ),
        _("Customers without consent, and those who opted out, may not be on a list, not even held out."),
        _("Capacity and price of each channel are in channels.csv; the capacity is for one quarter."),
        _("Each contact in the two quarters before takes 25% off the chance that the next one gets through."),
        _(
            "Who was contacted before, is reached again and not won may opt out for good, and then never "
            "subscribes; the chance is 3% for each contact in the four quarters before."
        ),
        _("Customers decide anew every quarter; friends who use the service help."),
        _(
            "You see the outcomes of the customers whom you listed, in quarter_<n>.csv of your folder, and "
            "the totals of your firm in summary.csv."
        ),
        _(
            "Ranked is the true profit: what your contacts add to what would have come without any, over the "
            "whole game, times its contribution in twelve months, less the cost of the contacts."
        ),
    ]
    return "\n".join(
        [
            f"# {_('The market game: what your firm knows')}",
            "",
            *(f"- {fact}" for fact in facts),
            "",
            f"## {_('Rules')}",
            "",
            *(f"- {rule}" for rule in rules),
            "",
            *_tell_columns("customers.csv", _list_customer_columns()),
            *_tell_columns("channels.csv", _list_channel_columns()),
            *_tell_columns("pilot.csv", _list_pilot_columns()),
            *_tell_columns("quarter_<n>.csv", _list_quarter_columns()),
        ]
    )


def _tell_columns(file: str, columns: Sequence[tuple[str, str]]) -> list[str]:
    return [
        f"## `{file}`",
        "",
        f"| {_('Column')} | {_('Meaning')} |",
        "|---|---|",
        *(f"| `{name}` | {meaning} |" for name, meaning in columns),
        "",
    ]


def _list_customer_columns() -> list[tuple[str, str]]:
    return [
        ("customer_id", _("number of the customer")),
        ("age_years, tenure_months", _("age; months since the number was opened")),
        ("handset_supports, data_service", _("whether the handset can run the service; mobile-data plan")),
        ("broadband, key_account", _("our fixed broadband too; works for a financial firm")),
        ("branch_distance_km", _("distance from the nearest branch of the partner broker")),
        ("consent, do_not_contact", _("agreed to marketing; opted out")),
        ("data_months", _("months with mobile data in the last twelve")),
        (
            "traffic_mb, sessions, bank_calls, broker_calls, fund_calls, branch_days, pushes_answered",
            _(
                "in the last three months: data traffic, sessions, calls to banks, brokers' order lines and "
                "fund companies, days near a branch, marketing messages answered"
            ),
        ),
        ("spend_cny", _("monthly bill, mean of three months")),
        ("in_pilot", _("was in the pilot, contacted or held out")),
        ("subscribed", _("uses the service already")),
        ("matched", _("known to the partner broker; without it the following columns are empty")),
        ("staff", _("works for the partner broker: never subscribes")),
        (
            "trades_3m, assets_cny, pc_share, work_hours_share",
            _("orders in three months; assets; share of orders placed on a PC, in working hours"),
        ),
        ("phone_orders, hall_orders", _("has placed orders by telephone, in a branch's hall")),
        ("risk_level", _("risk tolerance, 1 (low) to 5")),
    ]


def _list_channel_columns() -> list[tuple[str, str]]:
    return [
        ("channel", _("name of the channel")),
        ("reach", _("share of contacts that get through, before a person's own factors")),
        ("cost_cny, capacity", _("price of one contact; contacts possible in a quarter")),
    ]


def _list_pilot_columns() -> list[tuple[str, str]]:
    return [
        ("customer_id, channel", _("who was drawn at random; the channel, drawn at random (none: hold-out)")),
        ("reached, subscribed", _("whether the contact got through; whether the customer subscribed")),
    ]


def _list_quarter_columns() -> list[tuple[str, str]]:
    return [
        ("customer_id", _("every customer whom you listed so far")),
        ("channel", _("on this quarter's list; empty if not on it")),
        ("contacted, reached", _("whether the contact was made, and got through")),
        (
            "subscribed, subscribed_quarter",
            _("subscribed in this quarter; quarter of the subscription, if any"),
        ),
        ("opted_out", _("opted out by now: never list this customer again")),
        ("revenue_cny", _("contribution of the customer so far")),
    ]
