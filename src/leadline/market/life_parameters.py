"""The numbers behind what follows a subscription, what people answer in a survey, and earlier campaigns."""

from dataclasses import dataclass

from leadline.market.declare import log_odds, number, share

_CALIBRATED = "calibrated: to the case's shares, benchmarks/market_survey.py"
_VALUE = "calibrated: 120 CNY a subscriber won by a call, benchmarks/market_survey.py"


@dataclass(frozen=True, kw_only=True)
class LifeParameters:
    """Use, churn and contribution of a subscriber over twelve months."""

    use_base: float = log_odds(-0.29, "medium or heavy rather than light use", source=_CALIBRATED)
    use_heavy: float = number(2.0, "log-odds", "further step from medium to heavy use", low=0, high=20)
    use_trades: float = log_odds(0.8, "use rises with log(1 + trades a month)")
    use_difficulty: float = log_odds(-0.7, "use falls with difficulty, per sd")
    use_pc: float = log_odds(-0.5, "use falls when a PC on broadband is at hand")
    churn_light: float = share(0.053, "light users who give up in a month, at mean difficulty")
    churn_medium: float = share(0.021, "medium users who give up in a month, at mean difficulty")
    churn_heavy: float = share(0.010, "heavy users who give up in a month, at mean difficulty")
    churn_difficulty: float = log_odds(0.4, "giving up rises with difficulty, per sd")
    contribution_light: float = number(
        8.1, "CNY a month", "contribution of a light user", low=0, high=1e6, source=_VALUE
    )
    contribution_medium: float = number(
        11.8, "CNY a month", "contribution of a medium user", low=0, high=1e6, source=_VALUE
    )
    contribution_heavy: float = number(
        17.2, "CNY a month", "contribution of a heavy user", low=0, high=1e6, source=_VALUE
    )
    fee_cny_month: float = number(10.0, "CNY a month", "fee of the service; data traffic pays besides", low=0)
    contribution_spread: float = number(
        0.3, "log sd", "spread of contribution between users of one class", low=0, high=2
    )


@dataclass(frozen=True, kw_only=True)
class SurveyParameters:
    """What people answer. Each answer is a trait: the same person always gives the same one."""

    survey_subscribers: int = number(250, "people", "respondents who have tried the service", low=2)
    survey_investors: int = number(1_200, "people", "respondents who invest and never tried", low=2)
    survey_others: int = number(600, "people", "respondents without an account", low=2)
    difficult_base: float = log_odds(0.50, "light users who find it hard to use", source=_CALIBRATED)
    difficult_difficulty: float = log_odds(2.0, "finding it hard rises with difficulty, per sd")
    orders_base: float = log_odds(-3.14, "subscribers who place orders on it", source=_CALIBRATED)
    orders_partner: float = log_odds(1.5, "placing orders when the own broker takes them from the handset")
    orders_often: float = log_odds(1.0, "placing orders rises with medium or heavy use")
    orders_fear: float = log_odds(-0.7, "placing orders falls with doubts about security, per sd")
    slow_base: float = log_odds(
        0.18, "investors with a PC on broadband who find mobile data slow", source=_CALIBRATED
    )
    slow_affinity: float = log_odds(-0.5, "finding mobile data slow falls with affinity, per sd")
    substitute_base: float = log_odds(
        1.84,
        "investors with a PC on broadband for whom it is the strongest substitute",
        source=_CALIBRATED,
    )
    substitute_affinity: float = log_odds(-0.3, "the PC wins less often with affinity, per sd")
    answer_log_minutes: float = number(2.1, "log minutes", "time taken to answer", low=0, high=5)


@dataclass(frozen=True, kw_only=True)
class HistoryParameters:
    """The campaigns around the day of the list."""

    pilot_share: float = share(0.005, "permitted customers in the pilot, any")
    pilot_partner_share: float = share(
        0.10, "permitted customers joined with the partner in the pilot, besides"
    )
    launch_share: float = share(0.5, "permitted customers joined with the partner in the launch")
    launch_holdout: float = share(0.2, "of the launch held out; the rest is split evenly over call and SMS")
    decision_days: float = number(9.0, "days", "from contact to subscription, on average", low=0.1, high=60)
