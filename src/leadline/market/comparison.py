"""The reference policies side by side on one market, with the truth about each (system T3, the case)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.draw import draw_estimates
from leadline.errors import DataError
from leadline.language import _, format_value
from leadline.market.assignment import Assignment, Terms
from leadline.market.list_truth import describe_list_columns, make_cards, measure_lists
from leadline.market.market import Market
from leadline.market.oracles import choose_by_chance
from leadline.market.policies import POLICIES
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ORACLE = "oracle"
_FEWEST = 50


@dataclass(frozen=True, eq=False, kw_only=True)
class PoliciesResult:
    """What each reference policy truly brings, with lists of one size.

    Attributes
    ----------
    lists
        One row a policy, from random to the oracle: ``policy``, and the measures of
        `leadline.market.list_truth.measure_lists`; ``consent_cost`` is missing for random and oracle.
    assignments
        Policy → its list.
    """

    lists: pd.DataFrame
    assignments: Mapping[str, Assignment]

    @property
    def summary(self) -> str:
        """How precision rises from stage to stage."""
        share = {
            row["policy"]: format_value(row["expected_precision"], "share")
            for row in self.lists.to_dict("records")
        }
        return _(
            "Of {listed} customers called at random {random} can be expected to subscribe; of those ranked "
            "by the operator's own data {telecom}; with the partner's data {partner}; with rules and matched "
            "channels {channels}. The best list there is reaches {oracle}.",
            listed=format_value(int(self.lists["listed"].iloc[-1]), "count"),
            **share,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a policy."""
        return self.lists.assign(policy=self.lists["policy"].map(_name_policies()))

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Precision of the last stage, what its contacts add, and their profit."""
        return make_cards(self._row("channels"), _("Subscribers on the last stage's list"))

    @property
    def warnings(self) -> Sequence[str]:
        """Nothing: the figures are the truth of a simulated market."""
        return ()

    def figure(self) -> "Figure":
        """Draw the expected precision of each list, and how far luck alone could carry it."""
        frame = pd.DataFrame(
            {
                "label": self.table["policy"],
                "value": self.lists["expected_precision"],
                "lower": self.lists["precision_luck_lower"],
                "upper": self.lists["precision_luck_upper"],
            }
        )
        return draw_estimates(
            frame,
            title=_("Subscribers among those listed"),
            axis_label=_("Share expected to subscribe; line: where luck could carry it, 95 times in 100"),
            unit="share",
            alt=self.summary,
            reference=float(self._row("random")["expected_precision"]),
            reference_label=_("random list"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"policies": self.lists.astype(object).where(self.lists.notna(), None).to_dict("records")}

    def _repr_html_(self) -> str:
        caption = _("Each list on the same market; expectations from the truth, no estimates")
        return result_html(self, table_html(self.table, _columns(), name="policies", caption=caption))

    def _row(self, policy: str) -> Any:
        return self.lists.set_index("policy").loc[policy]


def compare_policies(market: Market, *, list_size: int, rng: np.random.Generator) -> PoliciesResult:
    """Let each reference policy make a list of one market, and say what each list truly brings.

    Parameters
    ----------
    market
        From `leadline.market.simulate`.
    list_size
        Customers on each list.
    rng
        Source of the random list.

    Raises
    ------
    DataError
        If the list is too short to be judged, or longer than the partner's permitted clients are many.
    """
    _check_size(market, list_size)
    terms = Terms(list_size=list_size, capacity=market.parameters.capacity(market.customers))
    free = replace(terms, keep_consent=False)
    assignments = {name: choose(market.observed, terms, rng) for name, choose in POLICIES.items()}
    assignments[_ORACLE] = choose_by_chance(market, terms)
    unasked = {
        name: choose(market.observed, free, rng) for name, choose in POLICIES.items() if name != "random"
    }
    lists = measure_lists(market, assignments, unasked, column="policy")
    return PoliciesResult(lists=lists, assignments=assignments)


def _check_size(market: Market, list_size: int) -> None:
    observed = market.observed
    most = int((observed.permitted & observed.matched & ~observed.staff).sum())
    if not _FEWEST <= list_size <= most:
        raise DataError.of(
            _("The lists cannot be compared"),
            _(
                "list_size == {list_size}, must be from {fewest} to {most}, the partner's clients "
                "who may be contacted. Choose another size, or make a larger market.",
                list_size=f"{list_size:,}",
                fewest=_FEWEST,
                most=f"{most:,}",
            ),
        )


def _name_policies() -> dict[str, str]:
    return {
        "random": _("Random list"),
        "telecom": _("1 Operator's data"),
        "partner": _("2 + partner's data"),
        "rules": _("3a + refined rules"),
        "channels": _("3 + tiers and channels"),
        _ORACLE: _("Best list there is"),
    }


def _columns() -> dict[str, Column]:
    return {"policy": Column(_("List")), **describe_list_columns()}
