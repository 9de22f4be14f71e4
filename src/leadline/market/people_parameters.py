"""The numbers behind the people of the simulated market: who they are, whom they know, who invests."""

from dataclasses import dataclass

from leadline.market.declare import log_odds, number, share


@dataclass(frozen=True, kw_only=True)
class PeopleParameters:
    """People, circles and places."""

    city_size: int = number(
        100_000, "people", "customers of one city; the last may be smaller", low=2_000, high=1_000_000
    )
    age_mean_years: float = number(38.0, "years", "mean age", low=18, high=75)
    age_sd_years: float = number(
        12.0, "years", "spread of age, before it is cut at 18 and 75", low=0.1, high=60
    )
    affinity_age: float = number(-0.5, "sd per sd", "mobile-data affinity falls with age", low=-5, high=5)
    affinity_income: float = number(
        0.3, "sd per sd", "mobile-data affinity rises with income", low=-5, high=5
    )
    affinity_sd: float = number(0.8, "sd", "affinity that age and income leave unexplained", low=0.01, high=5)
    circle_size: int = number(
        25, "people", "members of a circle (workplace, neighbourhood)", low=2, high=1_000
    )
    circle_ties: int = number(3, "ties", "ties that each person opens inside the circle", low=1, high=50)
    far_ties: int = number(1, "ties", "ties that each person opens anywhere in the city", low=0, high=50)
    circle_mixing: float = number(
        1.0, "sd", "noise on income when circles form; 0 sorts them strictly", low=0, high=100
    )
    people_per_branch: int = number(
        8_333, "people", "customers for each branch of the partner broker", low=100, high=10_000_000
    )
    branch_spacing_km: float = number(
        5.5, "km", "side of the square that one branch serves", low=0.1, high=500
    )
    centre_share: float = share(0.45, "people who live around the city's centre")
    consent_rate: float = share(0.72, "customers who agreed to marketing contact")
    do_not_contact_rate: float = share(0.04, "customers who opted out, whatever else they agreed to")


@dataclass(frozen=True, kw_only=True)
class InvestorParameters:
    """Latent investor status, trading and the obstacles."""

    holder_rate: float = number(0.09, "share", "customers with a brokerage account", low=0.001, high=0.9)
    holder_income: float = log_odds(0.65, "holding rises with income, per sd")
    holder_circle_sd: float = number(0.7, "log-odds", "spread of holding between circles", low=0, high=10)
    contagion: float = log_odds(1.5, "holding rises with the share of friends who hold")
    holder_peak_years: float = number(43.0, "years", "age at which holding is likeliest", low=18, high=75)
    holder_width_years: float = number(13.0, "years", "how fast holding falls off that age", low=1, high=100)
    trades_log_mean: float = number(-0.35, "log trades a month", "level of holders' trading", low=-5, high=4)
    trades_log_sd: float = number(1.15, "log trades a month", "spread of holders' trading", low=0, high=3)
    trades_income: float = number(0.15, "log per sd", "trading rises with income", low=-3, high=3)
    partner_share: float = share(
        0.25, "the partner broker's share of holders", source="calibrated: moved by hand"
    )
    staff_share: float = share(0.03, "the partner's accounts that belong to its own staff")
    pc_logit: float = log_odds(0.35, "having a PC on broadband as a substitute, at mean income and affinity")
    pc_income: float = log_odds(0.5, "having such a PC rises with income, per sd")
    pc_affinity: float = log_odds(0.15, "having such a PC rises with mobile-data affinity, per sd")
    hall_logit: float = log_odds(-1.6, "trading in a branch's hall, at mean age, beside the branch")
    hall_age: float = log_odds(0.6, "trading in the hall rises with age, per sd")
    hall_distance: float = log_odds(-0.25, "trading in the hall falls with distance, per km")
    telephone_logit: float = log_odds(-1.9, "trading by telephone, at mean age, without a PC")
    telephone_pc: float = log_odds(-0.7, "trading by telephone with a PC")
    telephone_age: float = log_odds(0.2, "trading by telephone rises with age, per sd")


@dataclass(frozen=True, kw_only=True)
class ObstacleParameters:
    """What stands between a person and the service; each obstacle is about standard normal."""

    difficulty_age: float = number(0.3, "sd per sd", "difficulty rises with age", low=-5, high=5)
    difficulty_affinity: float = number(-0.5, "sd per sd", "difficulty falls with affinity", low=-5, high=5)
    difficulty_sd: float = number(0.8, "sd", "difficulty left unexplained", low=0, high=5)
    fear_age: float = number(0.25, "sd per sd", "doubts about security rise with age", low=-5, high=5)
    fear_affinity: float = number(-0.15, "sd per sd", "such doubts fall with affinity", low=-5, high=5)
    fear_sd: float = number(0.95, "sd", "such doubts left unexplained", low=0, high=5)
    price_income: float = number(-0.55, "sd per sd", "price sensitivity falls with income", low=-5, high=5)
    price_sd: float = number(0.8, "sd", "price sensitivity left unexplained", low=0, high=5)
