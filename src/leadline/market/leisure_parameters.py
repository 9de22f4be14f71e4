"""The numbers behind payments by mobile wallet: who pays so, for what, and what the leisure interests are."""

from dataclasses import dataclass

from leadline.market.declare import log_odds, number, share

_WALLETS = "calibrated: moved by hand to 12% of customers and 35% of account holders"
_CASE = "calibrated: moved by hand until golfers trade most and football fans stay longest, as the case says"


@dataclass(frozen=True, kw_only=True)
class LeisureParameters:
    """Payments by mobile wallet in three months, and the latent interest of each who pays so."""

    wallet_base: float = log_odds(-2.58, "paying by mobile wallet, without an account", source=_WALLETS)
    wallet_affinity: float = log_odds(0.9, "paying so rises with mobile-data affinity, per sd")
    wallet_income: float = log_odds(0.4, "paying so rises with income, per sd")
    wallet_account: float = log_odds(1.55, "paying so rises with a brokerage account", source=_WALLETS)
    payments_log_mean: float = number(1.95, "log payments", "payments in three months", low=-5, high=6)
    payments_log_sd: float = number(0.5, "log payments", "spread of payments between people", low=0, high=3)
    interest_payments: float = number(
        0.25, "log payments", "payments besides, of who has an interest", low=-3, high=3
    )
    travel_base: float = log_odds(-1.5, "travelling rather than no interest, at mean income")
    travel_income: float = log_odds(0.3, "travelling rises with income, per sd")
    football_base: float = log_odds(-1.9, "football rather than no interest, at mean tenure", source=_CASE)
    football_tenure: float = log_odds(1.0, "football rises with log tenure", source=_CASE)
    golf_base: float = log_odds(-4.2, "golf rather than no interest, at mean income", source=_CASE)
    golf_income: float = log_odds(1.2, "golf rises with income, per sd", source=_CASE)
    golf_trades: float = log_odds(1.3, "golf rises with log(1 + trades a month)", source=_CASE)
    leisure_share: float = share(0.12, "payments for leisure, of people without an interest")
    interest_share: float = share(0.5, "payments for their interest, of people who have one")
    amount_income: float = number(0.15, "log per sd", "amounts rise with income", low=-3, high=3)
    amount_sd: float = number(0.6, "log CNY", "spread of amounts within a category", low=0, high=3)
