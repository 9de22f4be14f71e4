"""What only the simulator knows. Analyses never import this room; a policy is handed `observed` alone."""

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from leadline.channels import CHANNELS

#: What can be done to a customer: leave alone, or one of the channels; the columns of chance and outcome.
ARMS = ("none", *CHANNELS)
#: Codes of `Truth.use`.
USES = ("light", "medium", "heavy")

Floats: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]
Ids: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int8]
Counts: TypeAlias = NDArray[np.int16]
Ids32: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Traits:
    """What a person is like. Every field has shape (customers,), in the order of ``customer_id``.

    ``difficulty``, ``security_fear``, ``price_sensitivity``, ``income`` and ``mobile_affinity`` are about
    standard normal. ``friends_using`` counts friends who subscribed before the campaign.
    """

    customer_id: Ids
    age_years: Floats
    income: Floats
    mobile_affinity: Floats
    is_holder: Flags
    trades_per_month: Floats
    has_partner_account: Flags
    is_staff: Flags
    trades_in_hall: Flags
    trades_by_phone: Flags
    has_pc_substitute: Flags
    has_broadband: Flags
    difficulty: Floats
    security_fear: Floats
    price_sensitivity: Floats
    subscribed_before: Flags
    friends_using: Floats

    def take(self, rows: NDArray[np.int64]) -> "Traits":
        """Return the traits of the customers at ``rows``."""
        return Traits(**{declared.name: getattr(self, declared.name)[rows] for declared in fields(Traits)})


@dataclass(frozen=True, eq=False, kw_only=True)
class Truth(Traits):
    """Traits and what would happen under each of `ARMS`.

    ``utility`` is the log-odds of subscribing when left alone, ``noise`` the person's own logistic draw,
    ``reach_draw`` the uniform draw that decides whether a contact gets through: the same under every arm.
    ``chance`` (customers, 6) float32 and ``outcome`` (customers, 6) bool are exactly 0 and False for those
    who cannot subscribe: no account, staff of the broker, subscribed already.
    ``value_cny`` is the contribution of the twelve months after if the person subscribed, ``use`` a code of
    `USES`, ``months_kept`` 1 to 12.
    """

    utility: Floats
    noise: Floats
    reach_draw: Floats
    chance: Floats
    outcome: Flags
    value_cny: Floats
    use: Codes
    months_kept: Codes
