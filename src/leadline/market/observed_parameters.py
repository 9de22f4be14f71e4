"""The numbers behind what is seen of people: the operator's months and calls, the partner's accounts."""

from dataclasses import dataclass

from leadline.market.declare import log_odds, number, share


@dataclass(frozen=True, kw_only=True)
class TelecomParameters:
    """What the operator sees of its customers; the monthly figures are of one month."""

    signal: float = share(
        0.3, "how far investing shows in telecom behaviour; 0 hides it", source="calibrated: moved by hand"
    )
    data_use_logit: float = log_odds(0.2, "using mobile data in a month, at mean affinity")
    data_use_affinity: float = log_odds(1.1, "using mobile data rises with affinity, per sd")
    data_use_sd: float = number(0.9, "log-odds", "spread of data use besides", low=0, high=10)
    data_use_persistence: float = share(0.6, "how far one month's use decides the next's; makes streaks")
    no_plan_affinity: float = number(-1.3, "sd", "below it a customer has no data plan", low=-9, high=9)
    full_plan_affinity: float = number(0.9, "sd", "above it a customer has the full plan", low=-9, high=9)
    usage_persistence: float = share(0.6, "correlation of a customer's use in adjoining months")
    traffic_log_mean: float = number(2.5, "log MB", "traffic of a month of use", low=-5, high=12)
    traffic_affinity: float = number(1.0, "log per sd", "traffic rises with affinity", low=-3, high=3)
    traffic_sd: float = number(0.9, "log", "spread of traffic between customers", low=0, high=3)
    traffic_month_sd: float = number(0.4, "log", "spread of traffic from month to month", low=0, high=3)
    sessions_log_mean: float = number(1.8, "log count", "sessions of a month of use", low=-5, high=5)
    sessions_affinity: float = number(0.8, "log per sd", "sessions rise with affinity", low=-5, high=5)
    sessions_sd: float = number(0.6, "log", "spread of sessions between customers", low=0, high=2)
    spend_log_mean: float = number(4.2, "log CNY", "bill", low=-2, high=9)
    spend_income: float = number(0.4, "log per sd", "the bill rises with income", low=-3, high=3)
    spend_affinity: float = number(0.25, "log per sd", "the bill rises with affinity", low=-3, high=3)
    spend_sd: float = number(0.35, "log", "spread of bills between customers", low=0, high=3)
    spend_month_sd: float = number(0.12, "log", "spread of bills from month to month", low=0, high=3)
    bank_calls_log_mean: float = number(-1.2, "log calls", "calls to banks' hotlines", low=-9, high=2)
    fund_calls_log_mean: float = number(-3.7, "log calls", "calls to fund companies", low=-9, high=2)
    calls_income: float = number(0.4, "log per sd", "both kinds of calls rise with income", low=-2, high=2)
    bank_calls_holder: float = number(0.25, "log", "bank calls rise with an account", low=-2, high=2)
    bank_calls_sd: float = number(0.6, "log", "spread of bank calls", low=0, high=2)
    fund_calls_holder: float = number(0.9, "log", "fund calls rise with an account", low=-2, high=2)
    fund_calls_sd: float = number(0.5, "log", "spread of fund calls", low=0, high=2)
    order_calls_holder: float = number(0.05 / 3, "calls", "to order hotlines, any holder", low=0, high=9)
    order_calls_base: float = number(0.05, "calls", "besides, of who orders by telephone", low=0, high=9)
    order_calls_trade: float = number(
        0.033, "calls a trade", "of those who order by telephone", low=0, high=1
    )
    order_calls_staff: float = number(2 / 3, "calls", "of the broker's staff", low=0, high=99)
    wrong_callers_calls: float = number(0.8 / 3, "calls", "of other callers of such hotlines", low=0, high=99)
    wrong_caller_share: float = share(0.03, "customers who call such a hotline for other reasons")
    branch_days_log_mean: float = number(-0.5, "log days", "days near a branch, beside it", low=-9, high=2)
    branch_days_distance: float = number(-0.9, "log per km", "such days fall with distance", low=-9, high=0)
    branch_days_hall: float = number(2 / 3, "days", "besides, of who trades in the hall", low=0, high=20)
    branch_days_staff: float = number(20 / 3, "days", "besides, of the broker's staff", low=0, high=20)
    branch_worker_share: float = share(0.02, "customers who work near a branch, or live above it")
    branch_worker_days: float = number(5.0, "days", "days near the branch of such customers", low=0, high=20)
    pushes_a_month: int = number(
        2, "messages", "marketing messages received, give or take one", low=1, high=9
    )
    answer_logit: float = log_odds(-3.0, "answering a marketing message, at mean affinity")
    answer_affinity: float = log_odds(0.4, "answering rises with affinity, per sd")
    answer_holder: float = log_odds(0.5, "answering rises with an account")
    answer_sd: float = number(0.6, "log-odds", "spread of answering besides", low=0, high=10)
    season: float = number(0.08, "share", "swing of use over the year, highest in January", low=0, high=0.9)
    calls_per_tie: float = number(1.25, "calls", "calls along one tie in three months", low=0, high=50)
    call_log_seconds: float = number(4.3, "log seconds", "length of a call", low=0, high=9)
    call_log_sd: float = number(0.9, "log seconds", "spread of the length of calls", low=0, high=3)
    broadband_share: float = share(0.7, "PCs on broadband whose line is the operator's")
    handset_logit: float = log_odds(1.2, "the handset can run the service, at mean affinity")
    key_account_share: float = share(0.01, "customers who work for a financial firm that is a key account")
    tenure_log_months: float = number(3.7, "log months", "since the number was opened", low=0, high=5)


@dataclass(frozen=True, kw_only=True)
class BrokerParameters:
    """What the partner broker brings."""

    phone_match: float = share(0.88, "the partner's clients who left the number that the operator knows")
    duplicate_rate: float = share(0.005, "numbers that occur on two of the partner's rows")
    conflict_rate: float = share(0.3, "such pairs whose facts disagree")
    staff_flag_rate: float = share(0.9, "staff whose account is marked as staff's")
    risk_missing_rate: float = share(0.06, "accounts without a risk level")
    assets_log_mean: float = number(10.6, "log CNY", "assets of a client who does not trade", low=0, high=20)
    assets_income: float = number(0.7, "log per sd", "assets rise with income", low=-3, high=3)
    assets_trades: float = number(0.35, "log per log", "assets rise with 1 + trades a month", low=-3, high=3)
    assets_sd: float = number(0.7, "log", "spread of assets besides", low=0, high=3)
    pc_share_without: float = share(0.15, "orders placed on a PC by clients without a PC on broadband")
    pc_share_with: float = number(0.6, "share", "that those with one place besides", low=-1, high=1)
    pc_share_sd: float = number(0.18, "share", "spread of it", low=0, high=1)
