"""The tables that leadline reads, each declared once: what a row is, and what every column must hold.

The data dictionary in ``data/README.md`` is written from here. Ids are whole numbers in the files of the
simulated market and text once read; an analyst's own table may hold either.
"""

from dataclasses import replace
from typing import Any

from leadline.channels import CHANNELS
from leadline.data.column_rules import amount, count, customer, date, flag, identifier, share, text
from leadline.data.contract import ColumnRule, Contract

_RISK_LEVEL: dict[str, Any] = {"minimum": 1, "maximum": 5, "personal_data": "sensitive"}

CUSTOMERS = Contract(
    name="customers",
    grain="one mobile customer",
    key=("customer_id",),
    columns=(
        customer(),
        text("phone", "mobile number, 11 digits", personal_data="identifier", required=False),
        count("age_years", "age", "years", maximum=120, personal_data="personal", nullable=True),
        text("city", "city of residence", personal_data="personal"),
        count("tenure_months", "since the number was opened", "months", personal_data="personal"),
        flag("handset_supports", "the handset can run the service"),
        text("data_service", "mobile-data plan", allowed=("none", "some", "all")),
        flag("broadband", "has our fixed broadband too", personal_data="personal"),
        flag("key_account", "works for a financial firm that is a key account", personal_data="personal"),
        amount("branch_distance_km", "to the nearest branch", "km", personal_data="personal", nullable=True),
        identifier("branch_id", "the nearest branch", required=False, nullable=True),
        flag("consent", "agreed to marketing contact", personal_data="sensitive"),
        flag("do_not_contact", "opted out: never on a list", personal_data="sensitive"),
    ),
)

#: A firm's own customers need an id; what else they tell keeps the contract where it is there.
OWN_CUSTOMERS = replace(
    CUSTOMERS,
    columns=tuple(replace(rule, required=rule.name in CUSTOMERS.key) for rule in CUSTOMERS.columns),
)

MONTHLY_USAGE = Contract(
    name="monthly_usage",
    grain="one customer in one month",
    key=("customer_id", "month"),
    columns=(
        customer(),
        date("month", "first day of the month"),
        amount("traffic_mb", "mobile data used; 0 is a month without use", "MB", personal_data="personal"),
        count("sessions", "mobile-data sessions", personal_data="personal"),
        amount("spend_cny", "bill of the month", "CNY", personal_data="personal"),
        count("bank_calls", "calls to banks' hotlines", "calls", personal_data="personal"),
        count("broker_calls", "calls to brokers' order hotlines", "calls", personal_data="personal"),
        count("fund_calls", "calls to fund companies' hotlines", "calls", personal_data="personal"),
        count("branch_days", "days active near a broker's branch", "days", personal_data="personal"),
        count("pushes_received", "marketing messages received", personal_data="personal"),
        count("pushes_answered", "marketing messages answered", personal_data="personal"),
    ),
)

CALLS = Contract(
    name="calls",
    grain="one call between two customers",
    columns=(
        customer("caller_id", "the customer who called"),
        customer("callee_id", "the customer who was called"),
        date("called_on", "day of the call"),
        count("duration_s", "length of the call", "seconds", personal_data="personal"),
    ),
)

PARTNER_ACCOUNTS = Contract(
    name="partner_accounts",
    grain="one brokerage account of the partner",
    key=("account_id",),
    columns=(
        identifier("account_id", "the account", personal_data="pseudonym"),
        text("phone", "number left with the broker, as typed there", personal_data="identifier"),
        flag("is_staff", "belongs to an employee of the broker", personal_data="personal"),
        flag("key_account", "on the broker's key-account list", personal_data="sensitive"),
        date("opened_on", "account opened", personal_data="personal"),
        count("trades_3m", "orders filled in three months", "trades", personal_data="sensitive"),
        amount("assets_cny", "assets in the account", "CNY", personal_data="sensitive"),
        share("pc_share", "orders placed on a PC", personal_data="personal"),
        share("work_hours_share", "orders placed in working hours", personal_data="personal"),
        flag("phone_orders", "has placed orders by telephone", personal_data="personal"),
        flag("hall_orders", "has placed orders in a branch's hall", personal_data="personal"),
        count("age_years", "age", "years", maximum=120, personal_data="personal", nullable=True),
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
        identifier("campaign_id", "the campaign"),
        text("name", "what it is called"),
        identifier("product_id", "the product offered"),
        date("started_on", "first contact"),
        date("ended_on", "last day on which an outcome counts"),
        text("design", "how customers were chosen and assigned"),
    ),
)

CONTACTS = Contract(
    name="contacts",
    grain="one customer on a campaign's list, contacted or held out",
    key=("campaign_id", "customer_id"),
    columns=(
        identifier("campaign_id", "the campaign"),
        customer(),
        text("channel", "channel assigned; none is the hold-out", allowed=("none", *CHANNELS)),
        date("contacted_on", "day of the contact; for the hold-out the day it would have been"),
        flag("is_reached", "the contact got through", nullable=True),
        amount("cost_cny", "cost of the contact", "CNY"),
    ),
)

OUTCOMES = Contract(
    name="outcomes",
    grain="one customer on a campaign's list",
    key=("campaign_id", "customer_id"),
    columns=(
        identifier("campaign_id", "the campaign"),
        customer(),
        flag("is_subscribed", "subscribed before the campaign ended"),
        date("subscribed_on", "day of the subscription", nullable=True),
        amount(
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
        identifier("respondent_id", "the respondent; no customer's number", personal_data="pseudonym"),
        text("stratum", "group from which the respondent was drawn"),
        amount("weight", "people whom the respondent stands for", "people"),
        flag("holds_account", "holds a brokerage account", personal_data="sensitive"),
        flag("has_tried", "has used the service at least once"),
        flag("uses_often", "uses it often; asked of those who tried", nullable=True),
        flag(
            "finds_difficult", "finds it hard to use; asked of those who use it now and then", nullable=True
        ),
        flag("places_orders", "places orders on it; asked of subscribers", nullable=True),
        flag(
            "slow_data_has_broadband",
            "mobile data is slow, has broadband; asked of investors",
            nullable=True,
        ),
        flag(
            "pc_is_substitute",
            "a PC on broadband is the strongest substitute; asked of investors",
            nullable=True,
        ),
        text(
            "main_obstacle",
            "what keeps an investor from using it",
            allowed=("difficulty", "security", "price", "pc", "none"),
            nullable=True,
        ),
        text(
            "age_band", "age", allowed=("18-29", "30-39", "40-49", "50-59", "60+"), personal_data="personal"
        ),
        amount("answer_minutes", "time taken to answer", "minutes"),
    ),
)

PRODUCTS = Contract(
    name="products",
    grain="one product",
    key=("product_id",),
    columns=(
        identifier("product_id", "the product"),
        text("name", "what it is called"),
        amount("fee_cny_month", "monthly fee", "CNY"),
        ColumnRule(
            name="risk_level", kind="whole_number", meaning="risk, 1 (low) to 5", minimum=1, maximum=5
        ),
        date("launched_on", "first offered"),
    ),
)

HOLDINGS = Contract(
    name="holdings",
    grain="one product held by one customer",
    key=("customer_id", "product_id"),
    columns=(
        customer(),
        identifier("product_id", "the product"),
        date("since", "held since"),
        date("until", "given up on; missing while it is held", nullable=True),
        text(
            "use", "how much it is used", allowed=("heavy", "medium", "light"), required=False, nullable=True
        ),
    ),
)

TRANSACTIONS = Contract(
    name="transactions",
    grain="one order filled for a partner's account",
    columns=(
        identifier("account_id", "the account", personal_data="pseudonym"),
        date("traded_on", "day of the trade"),
        text("channel", "where the order was placed", allowed=("hall", "phone", "pc", "mobile")),
        amount("amount_cny", "value of the order", "CNY", personal_data="sensitive"),
    ),
)

PURCHASES = Contract(
    name="purchases",
    grain="one payment by mobile wallet",
    columns=(
        customer(),
        date("bought_on", "day of the payment"),
        text("category", "what was paid for", personal_data="personal"),
        amount("amount_cny", "what was paid", "CNY", personal_data="sensitive"),
    ),
)

BRANCHES = Contract(
    name="branches",
    grain="one branch of the partner broker",
    key=("branch_id",),
    columns=(
        identifier("branch_id", "the branch"),
        text("city", "city"),
        amount("x_km", "place, from the city's western edge", "km"),
        amount("y_km", "place, from the city's southern edge", "km"),
    ),
)

CHANNEL_TERMS = Contract(
    name="channels",
    grain="one channel",
    key=("channel",),
    columns=(
        text("channel", "the channel", allowed=CHANNELS),
        share("reach", "contacts that get through, on average"),
        amount("cost_cny", "cost of one contact", "CNY"),
        count("capacity", "contacts possible in one campaign", "contacts"),
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
        text("Purchase", "holds a caravan policy", allowed=("Yes", "No")),
    ),
)
