"""What a list earns: the value of its buyers less the cost of its contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from leadline.intervals import Estimate
from leadline.language import _
from leadline.target.channel_rules import TextArray


@dataclass(frozen=True, kw_only=True)
class Money:
    """What one buyer brings and what one contact costs, CNY.

    ``contact_cost_cny`` is one cost for all contacts, or that of each channel; ``reference`` then says how
    customers are contacted where no channel is planned: channel → share of the contacts.
    """

    buyer_value_cny: float
    contact_cost_cny: float | Mapping[str, float]
    reference: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def find_cost(self, list_size: int, channel: TextArray | None = None) -> float:
        """Return what it costs to contact a list, CNY; ``channel`` has one entry for each customer listed."""
        if not isinstance(self.contact_cost_cny, Mapping):
            return list_size * self.contact_cost_cny
        if channel is not None:
            return float(sum(self.contact_cost_cny[name] for name in channel.tolist()))
        return list_size * sum(share * self.contact_cost_cny[name] for name, share in self.reference.items())

    def find_profit(self, precision: Estimate, list_size: int, channel: TextArray | None = None) -> Estimate:
        """Return the profit of a list, CNY; its interval is that of its precision.

        Every buyer counts, also one who would have bought without contact: this is not what contact adds.
        """
        cost = self.find_cost(list_size, channel)
        return Estimate(*(list_size * share * self.buyer_value_cny - cost for share in precision))


def read_money(
    buyer_value_cny: float | None,
    contact_cost_cny: float | Mapping[str, float] | None,
    problems: list[str],
    *,
    channels: Sequence[str] = (),
    reference: Mapping[str, float] | None = None,
) -> Money | None:
    """Return value and cost, or None if neither is given; what is impossible is added to ``problems``.

    Parameters
    ----------
    buyer_value_cny, contact_cost_cny, reference
        As of `Money`; ``reference`` is None where it is not known.
    problems
        Problems found are added here.
    channels
        Channels of the plan, each of which needs a cost where costs go by channel.
    """
    if buyer_value_cny is None and contact_cost_cny is None:
        return None
    if buyer_value_cny is None or contact_cost_cny is None:
        problems.append(
            _("profit needs both buyer_value_cny and contact_cost_cny. Give the other one, or neither.")
        )
        return None
    if buyer_value_cny <= 0:
        problems.append(
            _(
                "buyer_value_cny == {buyer_value_cny}, must be above 0.",
                buyer_value_cny=f"{buyer_value_cny:g}",
            )
        )
    if isinstance(contact_cost_cny, Mapping):
        problems += _check_costs(contact_cost_cny, channels, reference)
    elif contact_cost_cny < 0:
        problems.append(
            _(
                "contact_cost_cny == {contact_cost_cny}, must be 0 or more.",
                contact_cost_cny=f"{contact_cost_cny:g}",
            )
        )
    return Money(
        buyer_value_cny=buyer_value_cny, contact_cost_cny=contact_cost_cny, reference=reference or {}
    )


def _check_costs(
    costs: Mapping[str, float], channels: Sequence[str], reference: Mapping[str, float] | None
) -> list[str]:
    problems = [
        _("contact_cost_cny of {name} == {cost}, must be 0 or more.", name=name, cost=f"{cost:g}")
        for name, cost in costs.items()
        if cost < 0
    ]
    wanted = dict.fromkeys([*channels, *(reference or {})])
    problems += [
        _("contact_cost_cny names no cost for {name}. Add it.", name=name)
        for name in wanted
        if name not in costs
    ]
    if reference is None:
        problems.append(
            _(
                "contact_cost_cny goes by channel, and how customers are contacted where the plan "
                "names no channel is not known. Give the first stage a channel, or name the "
                "reference_channel."
            )
        )
    return problems
