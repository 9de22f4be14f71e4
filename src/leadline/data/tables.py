"""The tables that leadline reads, each declared once: what a row is, and what every column must hold.

The data dictionary in ``data/README.md`` is written from here. Ids are whole numbers in the files of the
simulated market and text once read; an analyst's own table may hold either.
"""

from typing import Any

from leadline.channels import CHANNELS
from leadline.data.contract import ColumnRule, Contract


def _id(name: str, meaning: str, **more: Any) -> ColumnRule:
    return ColumnRule(name=name, kind="id", meaning=meaning, **more)


def _customer(name: str = "customer_id", meaning: str = "the customer", **more: Any) -> ColumnRule:
    return _id(name, meaning, personal_data="pseudonym", **more)


def _count(name: str, meaning: str, unit: str = "count", **more: Any) -> ColumnRule:
    return ColumnRule(name=name, kind="whole_number", meaning=meaning, unit=unit, minimum=0, **more)


def _amount(name: str, meaning: str, unit: str, **more: Any) -> ColumnRule:
    return ColumnRule(name=name, kind="number", meaning=meaning, unit=unit, minimum=0, **more)


def _share(name: str, meaning: str, **more: Any) -> ColumnRule:
    return ColumnRule(name=name, kind="number", meaning=meaning, unit="share", minimum=0, maximum=1, **more)


def _flag(name: str, meaning: str, **more: Any) -> ColumnRule:
    return ColumnRule(name=name, kind="flag", meaning=meaning, **more)


def _date(name: str, meaning: str, **more: Any) -> ColumnRule:
    return ColumnRule(name=name, kind="date", meaning=meaning, **more)


def _text(name: str, meaning: str, **more: Any) -> ColumnRule:
    return ColumnRule(name=name, kind="text", meaning=meaning, **more)


_RISK_LEVEL: dict[str, Any] = {"minimum": 1, "maximum": 5, "personal_data": "sensitive"}

CUSTOMERS = Contract(
    name="customers",
    grain="one mobile customer",
    key=("customer_id",),
    columns=(
        _customer(),
        _text("phone", "mobile number, 11 digits", personal_data="identifier", required=False),
        _count("age_years", "age", "years", maximum=120, personal_data="personal", nullable=True),
        _text("city", "city of residence", personal_data="personal"),
        _count("tenure_months", "since the number was opened", "months", personal_data="personal"),
        _flag("handset_supports", "the handset can run the service"),
        _text("data_service", "mobile-data plan", allowed=("none", "some", "all")),
        _flag("broadband", "has our fixed broadband too", personal_data="personal"),
        _flag("key_account", "works for a financial firm that is a key account", personal_data="personal"),
        _amount("branch_distance_km", "to the nearest branch", "km", personal_data="personal", nullable=True),
        _id("branch_id", "the nearest branch", required=False, nullable=True),
        _flag("consent", "agreed to marketing contact", personal_data="sensitive"),
        _flag("do_not_contact", "opted out: never on a list", personal_data="sensitive"),
    ),
)

MONTHLY_USAGE = Contract(
    name="monthly_usage",
    grain="one customer in one month",
    key=("customer_id", "month"),
    columns=(
        _customer(),
        _date("month", "first day of the month"),
        _amount("traffic_mb", "mobile data used; 0 is a month without use", "MB", personal_data="personal"),
        _count("sessions", "mobile-data sessions", personal_data="personal"),
        _amount("spend_cny", "bill of the month", "CNY", personal_data="personal"),
        _count("bank_calls", "calls to banks' hotlines", "calls", personal_data="personal"),
        _count("broker_calls", "calls to brokers' order hotlines", "calls", personal_data="personal"),
        _count("fund_calls", "calls to fund companies' hotlines", "calls", personal_data="personal"),
        _count("branch_days", "days active near a broker's branch", "days", personal_data="personal"),
        _count("pushes_received", "marketing messages received", personal_data="personal"),
        _count("pushes_answered", "marketing messages answered", personal_data="personal"),
    ),
)

CALLS = Contract(
    name="calls",
    grain="one call between two customers",
    columns=(
        _customer("caller_id", "the customer who called"),
        _customer("callee_id", "the customer who was called"),
        _date("called_on", "day of the call"),
        _count("duration_s", "length of the call", "seconds", personal_data="personal"),
    ),
)

PARTNER_ACCOUNTS = Contract(
    name="partner_accounts",
    grain="one brokerage account of the partner",
    key=("account_id",),
    columns=(
        _id("account_id", "the account", personal_data="pseudonym"),
        _text("phone", "number left with the broker, as typed there", personal_data="identifier"),
        _flag("is_staff", "belongs to an employee of the broker", personal_data="personal"),
        _flag("key_account", "on the broker's key-account list", personal_data="sensitive"),
        _date("opened_on", "account opened", personal_data="personal"),
        _count("trades_3m", "orders filled in three months", "trades", personal_data="sensitive"),
        _amount("assets_cny", "assets in the account", "CNY", personal_data="sensitive"),
        _share("pc_share", "orders placed on a PC", personal_data="personal"),
        _share("work_hours_share", "orders placed in working hours", personal_data="personal"),
        _flag("phone_orders", "has placed orders by telephone", personal_data="personal"),
        _flag("hall_orders", "has placed orders in a branch's hall", personal_data="personal"),
        _count("age_years", "age", "years", maximum=120, personal_data="personal", nullable=True),
        ColumnRule(
            name="risk_level",
            kind="whole_number",
            meaning="risk tolerance, 1 (low) to 5",
            nullable=True,
            **_RISK_LEVEL,
        ),
    ),
)

CAMPAIGNS = Contract(
    name="campaigns",
    grain="one campaign",
    key=("campaign_id",),
    columns=(
        _id("campaign_id", "the campaign"),
        _text("name", "what it is called"),
        _id("product_id", "the product offered"),
        _date("started_on", "first contact"),
        _date("ended_on", "last day on which an outcome counts"),
        _text("design", "how customers were chosen and assigned"),
    ),
)

CONTACTS = Contract(
    name="contacts",
    grain="one customer on a campaign's list, contacted or held out",
    key=("campaign_id", "customer_id"),
    columns=(
        _id("campaign_id", "the campaign"),
        _customer(),
        _text("channel", "channel assigned; none is the hold-out", allowed=("none", *CHANNELS)),
        _date("contacted_on", "day of the contact; for the hold-out the day it would have been"),
        _flag("is_reached", "the contact got through", nullable=True),
        _amount("cost_cny", "cost of the contact", "CNY"),
    ),
)

OUTCOMES = Contract(
    name="outcomes",
    grain="one customer on a campaign's list",
    key=("campaign_id", "customer_id"),
    columns=(
        _id("campaign_id", "the campaign"),
        _customer(),
        _flag("is_subscribed", "subscribed before the campaign ended"),
        _date("subscribed_on", "day of the subscription", nullable=True),
        _amount(
            "revenue_cny",
            "contribution in the twelve months after the subscription; known only when they are over",
            "CNY",
            nullable=True,
        ),
    ),
)

SURVEY = Contract(
    name="survey",
    grain="one respondent",
    key=("respondent_id",),
    columns=(
        _id("respondent_id", "the respondent; no customer's number", personal_data="pseudonym"),
        _text("stratum", "group from which the respondent was drawn"),
        _amount("weight", "people whom the respondent stands for", "people"),
        _flag("holds_account", "holds a brokerage account", personal_data="sensitive"),
        _flag("has_tried", "has used the service at least once"),
        _flag("uses_often", "uses it often; asked of those who tried", nullable=True),
        _flag(
            "finds_difficult", "finds it hard to use; asked of those who use it now and then", nullable=True
        ),
        _flag("places_orders", "places orders on it; asked of subscribers", nullable=True),
        _flag(
            "slow_data_has_broadband",
            "mobile data is slow, has broadband; asked of investors",
            nullable=True,
        ),
        _flag(
            "pc_is_substitute",
            "a PC on broadband is the strongest substitute; asked of investors",
            nullable=True,
        ),
        _text(
            "main_obstacle",
            "what keeps an investor from using it",
            allowed=("difficulty", "security", "price", "pc", "none"),
            nullable=True,
        ),
        _text(
            "age_band", "age", allowed=("18-29", "30-39", "40-49", "50-59", "60+"), personal_data="personal"
        ),
        _amount("answer_minutes", "time taken to answer", "minutes"),
    ),
)

PRODUCTS = Contract(
    name="products",
    grain="one product",
    key=("product_id",),
    columns=(
        _id("product_id", "the product"),
        _text("name", "what it is called"),
        _amount("fee_cny_month", "monthly fee", "CNY"),
        ColumnRule(
            name="risk_level", kind="whole_number", meaning="risk, 1 (low) to 5", minimum=1, maximum=5
        ),
        _date("launched_on", "first offered"),
    ),
)

HOLDINGS = Contract(
    name="holdings",
    grain="one product held by one customer",
    key=("customer_id", "product_id"),
    columns=(
        _customer(),
        _id("product_id", "the product"),
        _date("since", "held since"),
        _date("until", "given up on; missing while it is held", nullable=True),
        _text(
            "use",
            "how much it is used",
            allowed=("heavy", "medium", "light"),
            required=False,
            nullable=True,
        ),
    ),
)

TRANSACTIONS = Contract(
    name="transactions",
    grain="one order filled for a partner's account",
    columns=(
        _id("account_id", "the account", personal_data="pseudonym"),
        _date("traded_on", "day of the trade"),
        _text("channel", "where the order was placed", allowed=("hall", "phone", "pc", "mobile")),
        _amount("amount_cny", "value of the order", "CNY", personal_data="sensitive"),
    ),
)

PURCHASES = Contract(
    name="purchases",
    grain="one payment by mobile wallet",
    columns=(
        _customer(),
        _date("bought_on", "day of the payment"),
        _text("category", "what was paid for", personal_data="personal"),
        _amount("amount_cny", "what was paid", "CNY", personal_data="sensitive"),
    ),
)

BRANCHES = Contract(
    name="branches",
    grain="one branch of the partner broker",
    key=("branch_id",),
    columns=(
        _id("branch_id", "the branch"),
        _text("city", "city"),
        _amount("x_km", "place, from the city's western edge", "km"),
        _amount("y_km", "place, from the city's southern edge", "km"),
    ),
)

CHANNEL_TERMS = Contract(
    name="channels",
    grain="one channel",
    key=("channel",),
    columns=(
        _text("channel", "the channel", allowed=CHANNELS),
        _share("reach", "contacts that get through, on average"),
        _amount("cost_cny", "cost of one contact", "CNY"),
        _count("capacity", "contacts possible in one campaign", "contacts"),
    ),
)

#: What the workbench reads, in the order of the loop.
MARKET_TABLES = (
    CUSTOMERS,
    MONTHLY_USAGE,
    CALLS,
    BRANCHES,
    PARTNER_ACCOUNTS,
    TRANSACTIONS,
    PURCHASES,
    PRODUCTS,
    HOLDINGS,
    CHANNEL_TERMS,
    CAMPAIGNS,
    CONTACTS,
    OUTCOMES,
    SURVEY,
)

#: The CoIL 2000 training table as shipped, codes as documented at UCI.
COIL2000 = Contract(
    name="coil2000",
    grain="one customer of a Dutch insurer",
    columns=(
        ColumnRule(name="MOSTYPE", kind="whole_number", meaning="subtype, code", minimum=1, maximum=41),
        ColumnRule(name="MOSHOOFD", kind="whole_number", meaning="main type, code", minimum=1, maximum=10),
        _text("Purchase", "holds a caravan policy", allowed=("Yes", "No")),
    ),
)
