"""What a decision on a test returns: the report's first screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from leadline.chart.draw import draw_estimates, draw_note
from leadline.evaluate.judging.decision_story import tell_change, tell_reason
from leadline.evaluate.judging.money_result import MoneyResult
from leadline.evaluate.judging.units import find_units
from leadline.features.experiment import ExperimentDesign
from leadline.language import _, format_value, join_sentences
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Verdict = Literal["roll out", "keep testing", "stop", "no verdict"]
_THOUSAND = 1000


class Answer(NamedTuple):
    """Answer to one question: ``question`` names it in records, ``asked`` to a reader."""

    question: str
    asked: str
    answer: str
    reason: str


@dataclass(frozen=True, eq=False, kw_only=True)
class DecisionResult:
    """What to do after a test, why, and what would change it.

    Attributes
    ----------
    verdict
        ``roll out``, ``keep testing``, ``stop``, or ``no verdict`` if a check failed.
    arm
        The arm that the verdict speaks of.
    arms
        One row an arm: ``arm``, ``verdict``.
    design, effects, level, money
        As `decide` was given them.
    failed
        Checks that failed, in words.
    harmed, unshown
        Guardrails of the arm that became worse, and that are not shown to be within the margin.
    gain
        1 if the arm's profit (without money: the metric that decides) is shown to be better, -1 if worse, 0
        if neither.
    nominal
        p-value of profit that the last look asks for; missing where there is one look only.
    look
        What the arm's looks say: '' without any, ``continue``, ``futility``, ``end``, ``efficacy, better``,
        ``efficacy, worse``.
    looked
        The same in words, of all arms.
    more_units
        Units to add before the gain seen could be told from none; infinite if too many, missing if the gain
        is unknown.
    """

    verdict: Verdict
    arm: str
    arms: pd.DataFrame
    design: ExperimentDesign
    effects: pd.DataFrame
    level: float
    failed: Sequence[str]
    harmed: Sequence[str]
    unshown: Sequence[str]
    gain: int
    nominal: float
    look: str
    looked: str
    money: MoneyResult | None
    more_units: float

    @property
    def summary(self) -> str:
        """The verdict, why, and what would change it."""
        heads = {
            "roll out": _("Roll out “{arm}”.", arm=self.arm),
            "keep testing": _("Keep testing."),
            "stop": _("Stop."),
            "no verdict": _("No verdict: the test cannot be trusted."),
        }
        return join_sentences(
            part for part in (heads[self.verdict], tell_reason(self), tell_change(self)) if part
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a question: ``question``, ``asked``, ``answer``, ``reason``."""
        return pd.DataFrame(self._answer(), columns=list(Answer._fields))

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No card: effect and profit have theirs."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """What else failed, and arms with another verdict."""
        notes = list(self.failed[1:])
        if self.verdict == "no verdict":
            return notes
        others = self.arms[self.arms["arm"] != self.arm]
        others = others[(others["verdict"] != self.verdict) | (others["verdict"] == "roll out")]
        for verdict, rows in others.groupby("verdict", sort=False):
            arms = _(", ").join(f"“{arm}”" for arm in rows["arm"])
            texts = {
                "roll out": _("Of the other arms, {arms} could be rolled out, too.", arms=arms),
                "keep testing": _("Of the other arms, {arms} should be tested on.", arms=arms),
                "stop": _("Of the other arms, {arms} should be stopped.", arms=arms),
            }
            notes.append(texts[str(verdict)])
        return notes

    def figure(self) -> "Figure":
        """Draw the profit of each arm with its interval, or without money the effect that decides."""
        if self.verdict == "no verdict":
            return draw_note(_("No effect is shown: the test cannot be trusted."))
        money = self.money
        if money is not None and money.is_known:
            rows = money.profits
            ends = [_THOUSAND * rows[f"profit{end}"] for end in ("", "_ci_lower", "_ci_upper")]
            title, reference = _("Profit by arm"), _("no profit, no loss")
            unit: Any = "money_cny"
            label = _("CNY a thousand contacted, with {level} interval", level=f"{100 * money.level:g}%")
        else:
            rows = self.effects[self.effects["metric"] == self.design.main.key]
            rows = rows[rows["difference_ci_lower"].notna()]
            ends = [rows[f"difference{end}"] for end in ("", "_ci_lower", "_ci_upper")]
            title, reference = _("Effect by arm"), _("no effect")
            unit = find_units(self.design.main).difference
            label = _(
                "Effect on “{metric}”, with {level} interval",
                metric=self.design.main.label,
                level=f"{100 * self.level:g}%",
            )
        frame = pd.DataFrame(
            {"label": rows["arm"], "value": ends[0], "lower": ends[1], "upper": ends[2]}
        ).reset_index(drop=True)
        told = _("; ").join(
            f"{row['label']} {format_value(float(row['value']), unit)}" for row in frame.to_dict("records")
        )
        return draw_estimates(
            frame,
            title=title,
            axis_label=label,
            unit=unit,
            alt=f"{title}: {told}.",
            reference=0.0,
            reference_label=reference,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        more = self.more_units
        return {
            "decision": {
                "verdict": self.verdict,
                "arm": self.arm,
                "why": tell_reason(self),
                "what_would_change_it": tell_change(self),
                "more_units": more if np.isfinite(more) else None,
                "arms": self.arms.to_dict("records"),
                "questions": [answer._asdict() for answer in self._answer()],
            }
        }

    def _repr_html_(self) -> str:
        columns = {
            "asked": Column(_("Question")),
            "answer": Column(_("Answer")),
            "reason": Column(_("Why")),
        }
        caption = _("How the verdict came about")
        return result_html(self, table_html(self.table, columns, name="decision", caption=caption))

    def _answer(self) -> list[Answer]:
        first = self._tell_trust()
        asked = {
            "effect": _("Did it work?"),
            "money": _("Does it pay?"),
            "harm": _("Is anything harmed?"),
            "looks": _("May we conclude now?"),
        }
        if self.verdict == "no verdict":
            told = (_("not read"), _("the test cannot be trusted"))
            return [first, *(Answer(key, text, *told) for key, text in asked.items())]
        answers = {
            "effect": self._tell_effect(),
            "money": self._tell_money(),
            "harm": self._tell_harm(),
            "looks": self._tell_looks(),
        }
        return [first, *(Answer(key, text, *answers[key]) for key, text in asked.items())]

    def _tell_trust(self) -> Answer:
        question = _("Can the test be trusted?")
        if self.verdict == "no verdict":
            return Answer("trust", question, _("no"), self.failed[0] if self.failed else "")
        return Answer("trust", question, _("yes"), _("no check failed"))

    def _tell_effect(self) -> tuple[str, str]:
        main = self.design.main
        row = self.effects[(self.effects["metric"] == main.key) & (self.effects["arm"] == self.arm)].iloc[0]
        unit = find_units(main)
        answers = {"better": _("yes"), "worse": _("no, worse"), "not told apart": _("not shown")}
        reason = _(
            "{arm}: {metric} {value} against {control_value}, {difference} ({level} CI {interval})",
            level=f"{100 * self.level:g}%",
            arm=self.arm,
            metric=main.label,
            value=format_value(float(row["value"]), unit.value),
            control_value=format_value(float(row["control_value"]), unit.value),
            difference=format_value(float(row["difference"]), unit.difference),
            interval=format_interval(row["difference_ci_lower"], row["difference_ci_upper"], unit.difference),
        )
        return answers.get(row["verdict"], _("unknown")), reason

    def _tell_money(self) -> tuple[str, str]:
        money = self.money
        if money is None or not money.is_known:
            return _("unknown"), money.summary if money is not None else _("no value and cost were named")
        row = money.read_arm(self.arm)
        answer = {1: _("yes"), -1: _("no"), 0: _("not shown")}[self.gain]
        reason = _(
            "{arm}: profit of {profit} a thousand contacted ({level} CI {interval})",
            arm=self.arm,
            profit=format_value(_THOUSAND * float(row["profit"]), "money_cny"),
            level=f"{100 * money.level:g}%",
            interval=format_interval(
                _THOUSAND * row["profit_ci_lower"], _THOUSAND * row["profit_ci_upper"], "money_cny"
            ),
        )
        return answer, reason

    def _tell_harm(self) -> tuple[str, str]:
        if self.harmed:
            return _("yes"), _("{metrics} became worse", metrics=_(", ").join(self.harmed))
        if self.unshown:
            told = _("{metrics} could be worse by more than the margin", metrics=_(", ").join(self.unshown))
            return _("not excluded"), told
        rows = self.effects[self.effects["is_guardrail"] & (self.effects["arm"] == self.arm)]
        if rows.empty:
            return _("not asked"), _("no guardrail was named")
        if (rows["verdict"] == "holds").all():
            return _("no"), _("{metrics} within the margin", metrics=_(", ").join(rows["label"]))
        return _("none seen"), _("no margin was named, so that harm is not excluded")

    def _tell_looks(self) -> tuple[str, str]:
        if not self.look:
            return _("yes"), _("if this is the one look that was planned; looks before it were not told")
        return (_("not yet") if self.look == "continue" else _("yes")), self.looked
