"""What a list earns: the value of its buyers less the cost of its contacts."""

from dataclasses import dataclass

from leadline.intervals import Estimate


@dataclass(frozen=True, kw_only=True)
class Money:
    """What one buyer brings and what one contact costs, CNY."""

    buyer_value_cny: float
    contact_cost_cny: float

    def find_profit(self, precision: Estimate, list_size: int) -> Estimate:
        """Return the profit of a list, CNY; its interval is that of its precision.

        Every buyer counts, also one who would have bought without contact: this is not what contact adds.
        """
        return Estimate(
            *(list_size * (share * self.buyer_value_cny - self.contact_cost_cny) for share in precision)
        )

    @property
    def break_even(self) -> float:
        """Precision from which a list earns more than its contacts cost, 0 to 1 or above."""
        return self.contact_cost_cny / self.buyer_value_cny


def read_money(
    buyer_value_cny: float | None, contact_cost_cny: float | None, problems: list[str]
) -> Money | None:
    """Return value and cost, or None if neither is given; what is impossible is added to ``problems``."""
    if buyer_value_cny is None and contact_cost_cny is None:
        return None
    if buyer_value_cny is None or contact_cost_cny is None:
        problems.append(
            "profit needs both buyer_value_cny and contact_cost_cny. Give the other one, or neither."
        )
        return None
    if buyer_value_cny <= 0:
        problems.append(f"buyer_value_cny == {buyer_value_cny:g}, must be above 0.")
    if contact_cost_cny < 0:
        problems.append(f"contact_cost_cny == {contact_cost_cny:g}, must be 0 or more.")
    return Money(buyer_value_cny=buyer_value_cny, contact_cost_cny=contact_cost_cny)
