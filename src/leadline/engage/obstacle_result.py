"""What a guess of customers' obstacles returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from leadline.engage import figures
from leadline.engage.ids import ID, spell_ids
from leadline.engage.names import name_attribute, name_obstacle
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Gain(NamedTuple):
    """Share of respondents guessed right by the model and by the most frequent answer.

    ``value`` with ``lower`` and ``upper`` (95%) is the model's share less the other; weighted.
    """

    model_share: float
    common_share: float
    value: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False, kw_only=True)
class ObstacleResult:
    """Each customer's likely obstacle, and how little or much the guess is worth.

    Attributes
    ----------
    guesses
        One row a customer: ``customer_id`` (text), ``obstacle``, ``chance`` (0 to 1, by the model).
    answers
        One row an answer: ``obstacle``, ``survey_share`` (weighted), ``customers`` guessed to have it.
    gain
        The cross-validated accuracy against that of the most frequent answer.
    respondents
        Respondents asked.
    attributes
        Columns guessed from.
    unseen
        Customers with a level that the survey does not know.
    """

    guesses: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    answers: pd.DataFrame
    gain: Gain
    respondents: int
    attributes: tuple[str, ...]
    unseen: int

    @property
    def is_better(self) -> bool:
        """Whether the model is surely better than guessing the most frequent answer."""
        return self.gain.lower > 0

    def add_to(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Return the customers with their likely ``obstacle``, where it is known better than the average."""
        if not self.is_better:
            return customers
        known = self.guesses.set_index(ID)["obstacle"]
        return customers.assign(obstacle=spell_ids(customers[ID]).map(known).to_numpy())

    @property
    def summary(self) -> str:
        """Whether the attributes tell anything about the obstacle."""
        words = {
            "attributes": _(", ").join(map(name_attribute, self.attributes)),
            "model": format_value(self.gain.model_share, "share"),
            "common": format_value(self.gain.common_share, "share"),
            "gain": format_value(self.gain.value, "points"),
            "interval": format_interval(self.gain.lower, self.gain.upper, "points"),
        }
        if self.is_better:
            return _(
                "{attributes}: known, it tells the main obstacle right for {model} of respondents, against "
                "{common} by naming the most frequent one: {gain} (95% CI {interval}).",
                **words,
            )
        return _(
            "{attributes}: known, it tells no more about the main obstacle than naming the most frequent one "
            "for everybody ({model} against {common} right: {gain}, 95% CI {interval}): every customer gets "
            "that one.",
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row an answer."""
        return self.answers

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Gain in accuracy over the most frequent answer, where there is one."""
        if not self.is_better:
            return ()
        return (
            Kpi(
                label=_("Obstacles guessed right, over the most frequent answer"),
                value=self.gain.value,
                unit="points",
                ci_lower=self.gain.lower,
                ci_upper=self.gain.upper,
                direction="up",
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Say how far the guess carries."""
        if not self.is_better:
            return ()
        notes = [
            _(
                "A guess for a group, not knowledge of a person: {respondents} respondents were asked.",
                respondents=format_value(self.respondents, "count"),
            )
        ]
        if self.unseen:
            notes.append(
                _(
                    "{customers} customers belong to a group that the survey did not ask.",
                    customers=format_value(self.unseen, "count"),
                )
            )
        return notes

    def figure(self) -> "Figure":
        """Draw how many customers have each likely obstacle."""
        return figures.draw_obstacles(self.answers)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        return {
            "obstacles": self.answers.to_dict("records"),
            "obstacle_gain": self.gain._asdict(),
            "obstacle_is_better": self.is_better,
        }

    def _repr_html_(self) -> str:
        frame = self.answers.assign(label=self.answers["obstacle"].map(name_obstacle))
        columns = {
            "label": Column(_("Obstacle")),
            "survey_share": Column(_("Share in the survey"), "share"),
            "customers": Column(_("Customers guessed to have it"), "count"),
        }
        caption = _("Obstacles in the survey, and as guessed for the customers")
        return result_html(self, table_html(frame, columns, name="obstacles", caption=caption))
