"""The numbers behind what is seen of people: the operator's months and calls, the partner's accounts."""

from dataclasses import dataclass

from leadline.market.declare import log_odds, number, share


@dataclass(frozen=True, kw_only=True)
class TelecomParameters:
    """What the operator sees of its customers."""

    signal: float = share(
        0.3, "how far investing shows in telecom behaviour; 0 hides it", source="calibrated: moved by hand"
    )
    data_use_logit: float = log_odds(0.2, "using mobile data in a month, at mean affinity")
    data_use_affinity: float = log_odds(1.1, "using mobile data rises with affinity, per sd")
    data_use_persistence: float = share(0.7, "how far one month's use decides the next's; makes streaks")
    month_persistence: float = share(0.6, "correlation of a customer's traffic in adjoining months")
    traffic_log_mean: float = number(2.3, "log MB a month", "traffic in a month of use", low=-5, high=12)
    sessions_log_mean: float = number(
        1.6, "log sessions a month", "sessions in a month of use", low=-5, high=6
    )
    spend_log_mean: float = number(4.2, "log CNY a month", "monthly bill", low=-2, high=9)
    bank_calls_log_mean: float = number(-1.2, "log calls a month", "calls to banks' hotlines", low=-9, high=3)
    fund_calls_log_mean: float = number(-3.7, "log calls a month", "calls to fund companies", low=-9, high=3)
    pushes_a_month: int = number(2, "messages", "marketing messages received, on average", low=1, high=30)
    answer_logit: float = log_odds(-3.0, "answering a marketing message, at mean affinity")
    season: float = number(0.08, "share", "swing of use over the year, highest in January", low=0, high=0.9)
    calls_per_tie: float = number(0.65, "calls", "calls along one tie in three months", low=0, high=50)
    call_log_seconds: float = number(4.3, "log seconds", "length of a call", low=0, high=9)
    broadband_share: float = share(0.7, "PCs on broadband whose line is the operator's")
    handset_logit: float = log_odds(1.2, "the handset can run the service, at mean affinity")
    key_account_share: float = share(0.01, "customers who work for a financial firm that is a key account")


@dataclass(frozen=True, kw_only=True)
class BrokerParameters:
    """What the partner broker brings."""

    phone_match: float = share(0.88, "the partner's clients who left the number that the operator knows")
    duplicate_rate: float = share(0.005, "numbers that occur on two of the partner's rows")
    conflict_rate: float = share(0.3, "such pairs whose facts disagree")
    staff_flag_rate: float = share(0.9, "staff whose account is marked as staff's")
    risk_missing_rate: float = share(0.06, "accounts without a risk level")
    assets_log_mean: float = number(10.6, "log CNY", "assets of a client who does not trade", low=0, high=20)
