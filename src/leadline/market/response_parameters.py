"""The numbers behind the response: the utility of subscribing, and what each channel does to it."""

from dataclasses import dataclass

from leadline.market.declare import by_channel, log_odds, number

_FITTED = "calibrated: least squares, benchmarks/market_calibration.py"


@dataclass(frozen=True, kw_only=True)
class ResponseParameters:
    """Utility of subscribing for an account holder; the rest never subscribe."""

    utility_base: float = log_odds(-3.22, "utility at mean obstacles", source=_FITTED)
    utility_other_broker: float = log_odds(
        -2.26,
        "own broker takes no orders from the handset, only quotes",
        source=_FITTED,
    )
    utility_trades: float = log_odds(0.9, "per log(1 + trades a month)")
    utility_affinity: float = log_odds(
        0.15, "per sd of mobile-data affinity", source="calibrated: moved by hand"
    )
    utility_difficulty: float = log_odds(-0.55, "per sd of difficulty")
    utility_fear: float = log_odds(-0.55, "per sd of doubts about security")
    utility_price: float = log_odds(-0.35, "per sd of price sensitivity")
    utility_pc: float = log_odds(-1.0, "has a PC on broadband as a substitute")
    utility_peer: float = log_odds(0.6, "per friend who uses the service, at most three")
    early_shift: float = log_odds(0.5, "subscribing before the campaign, against the utility without friends")


@dataclass(frozen=True, kw_only=True)
class ChannelParameters:
    """What each channel reaches, removes and costs."""

    reach: tuple[float, ...] = by_channel(
        (0.85, 0.55, 0.60, 0.75, 0.50),
        "share",
        "contacts that get through, before a person's own factors",
        low=0,
        high=1,
    )
    push: tuple[float, ...] = by_channel(
        (0.5, 2.2, 2.3, 1.9, 1.8), "log-odds", "plain push of a contact that gets through", low=0, high=20
    )
    match: float = number(
        0.35,
        "share",
        "strength of the obstacle-removing part of every channel",
        low=0,
        high=5,
        source=_FITTED,
    )
    eases_difficulty: tuple[float, ...] = by_channel(
        (0.0, 0.30, 0.60, 0.15, 0.45), "log-odds", "how far it takes away difficulty, per sd", low=0, high=20
    )
    eases_fear: tuple[float, ...] = by_channel(
        (0.0, 0.10, 0.70, 0.05, 0.55),
        "log-odds",
        "how far it takes away doubts about security, per sd",
        low=0,
        high=20,
    )
    eases_price: tuple[float, ...] = by_channel(
        (0.05, 0.05, 0.0, 0.95, 0.0),
        "log-odds",
        "how far it takes away the price barrier, per sd",
        low=0,
        high=20,
    )
    sms_reach_base: float = number(0.8, "factor", "on the reach of a message, none answered", low=0, high=2)
    sms_reach_answer: float = number(0.25, "factor", "besides, for each of two answered", low=0, high=2)
    branch_range_km: float = number(
        6.0, "km", "within it the reach of a branch falls to 37%", low=0.1, high=1_000
    )
    branch_reach_hall: float = number(1.5, "factor", "on it for those who trade in the hall", low=0, high=5)
    cost_cny: tuple[float, ...] = by_channel(
        (0.06, 3.5, 12.0, 6.0, 10.0), "CNY", "cost of one contact", low=0, high=1e6
    )
    capacity_per_million: tuple[int, ...] = by_channel(
        (500_000, 60_000, 4_000, 20_000, 5_000),
        "contacts",
        "possible in one campaign, for 1,000,000 customers",
        low=0,
        high=1_000_000_000,
    )
