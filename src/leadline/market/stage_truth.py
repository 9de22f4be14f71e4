"""What the lists of a staged model truly bring: precision beside effect, the best lists, consent's price."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.parts import draw_parts
from leadline.errors import DataError
from leadline.language import N_, _, format_value
from leadline.market.assignment import Assignment, Terms
from leadline.market.list_truth import describe_list_columns, make_cards, measure_lists
from leadline.market.market import Market
from leadline.market.oracles import choose_by_chance, choose_by_uplift
from leadline.market.score import check_list
from leadline.market.truth import Flags
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HEADLINE = N_("The lists cannot be judged by the truth")
_BY_CHANCE, _BY_UPLIFT = "oracle by chance", "oracle by uplift"
#: Shares of the list that a reader sees as one.
_ALIKE = 0.001


@dataclass(frozen=True, eq=False, kw_only=True)
class StageTruthResult:
    """The truth about the lists of a staged model on a simulated market.

    Attributes
    ----------
    lists
        One row a list, in order, then the best there are of the same size (``oracle by chance``, ``oracle by
        uplift``: everybody called): ``list`` and the measures of
        `leadline.market.list_truth.measure_lists`, all but ``subscribers`` and ``precision`` exact.
        ``consent_cost`` is missing for a list whose counterpart without consent is not known.
    """

    lists: pd.DataFrame

    @property
    def summary(self) -> str:
        """How much of the last list's precision is effect, and what the best list reaches."""
        last, best = self._row(self.stages[-1]), self._row(_BY_CHANCE)
        return _(
            "Precision is not effect: of the {listed} that “{stage}” lists, {precision} can be expected to "
            "subscribe, but {organic} would without any contact, so that contacts win {uplift}; the best "
            "list of as many calls reaches {best}.",
            listed=format_value(int(last["listed"]), "count"),
            stage=last["list"],
            precision=format_value(last["expected_precision"], "share"),
            organic=format_value(last["organic_rate"], "share"),
            uplift=format_value(last["uplift"], "share"),
            best=format_value(best["expected_precision"], "share"),
        )

    @property
    def stages(self) -> list[str]:
        """Names of the lists judged, without the best there are."""
        return [str(name) for name in self.lists["list"] if name not in (_BY_CHANCE, _BY_UPLIFT)]

    @property
    def sentences(self) -> list[str]:
        """Where precision and effect, or precision and profit, disagree, and what consent costs."""
        return [
            *_tell_order([self._row(stage) for stage in self.stages]),
            self._tell_best(),
            *self._tell_consent(),
        ]

    @property
    def table(self) -> pd.DataFrame:
        """One row a list, named for a reader."""
        names = {_BY_CHANCE: _("Best list by precision"), _BY_UPLIFT: _("Best list by effect")}
        return self.lists.assign(list=self.lists["list"].replace(names))

    @property
    def kpis(self) -> Sequence[Kpi]:
        """True precision, uplift and profit of the last stage's list."""
        return make_cards(self._row(self.stages[-1]), _("Truly expected on the last stage's list"))

    @property
    def warnings(self) -> Sequence[str]:
        """A stage whose list brings less than its contacts cost."""
        return [
            _(
                "The contacts of “{stage}” cost more than they bring: {profit} in twelve months.",
                stage=row["list"],
                profit=format_value(row["profit_cny"], "money_cny"),
            )
            for row in map(self._row, self.stages)
            if row["profit_cny"] < 0
        ]

    def figure(self) -> "Figure":
        """Who would subscribe anyway and whom the contact wins, a bar a list."""
        anyway, won = _("would subscribe anyway"), _("won by the contact")
        frame = self.table.rename(columns={"list": "label", "organic_rate": anyway, "uplift": won})
        values = _("; ").join(
            _(
                "{list} {organic} anyway and {uplift} won",
                list=row["list"],
                organic=format_value(row["organic_rate"], "share"),
                uplift=format_value(row["uplift"], "share"),
            )
            for row in self.table.to_dict("records")
        )
        return draw_parts(
            frame.assign(**{won: frame[won].clip(lower=0)}),
            parts=[anyway, won],
            title=_("Precision is not effect"),
            axis_label=_("Share of those listed who can be expected to subscribe"),
            alt=_("Expected subscribers among those listed: {values}.", values=values),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"stage_truth": self.lists.astype(object).where(self.lists.notna(), None).to_dict("records")}

    def _repr_html_(self) -> str:
        columns = {"list": Column(_("List")), **describe_list_columns()}
        if self.lists["consent_cost"].isna().all():
            del columns["consent_cost"]
        sentences = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        caption = _("Each list by the truth of the simulated market; expectations, no estimates")
        table = table_html(self.table, columns, name="stage_truth", caption=caption)
        return result_html(self, f"<ul>{sentences}</ul>{table}")

    def _tell_best(self) -> str:
        chance, uplift = self._row(_BY_CHANCE), self._row(_BY_UPLIFT)
        words = {
            "precision": format_value(chance["expected_precision"], "share"),
            "won": format_value(chance["uplift"], "share"),
            "most": format_value(uplift["uplift"], "share"),
            "held": format_value(uplift["expected_precision"], "share"),
        }
        if uplift["uplift"] - chance["uplift"] < _ALIKE:
            return _(
                "The best list by precision and the best by effect hardly differ here: {precision} "
                "subscribe, {won} are won.",
                **words,
            )
        return _(
            "Of the list with most subscribers {precision} subscribe and {won} are won by contact; of the "
            "list that wins most {held} subscribe and {most} are won.",
            **words,
        )

    def _tell_consent(self) -> list[str]:
        if self.lists["consent_cost"].isna().all():
            return []
        costs = _("; ").join(
            _(
                "“{list}” {cost}",
                list=row["list"],
                cost=format_value(round(100 * row["consent_cost"], 1), "number"),
            )
            for row in self.table.dropna(subset=["consent_cost"]).to_dict("records")
        )
        return [_("What asking for consent costs, in points of precision: {costs}.", costs=costs)]

    def _row(self, name: str) -> dict[Hashable, Any]:
        return self.lists[self.lists["list"] == name].to_dict("records")[0]


def judge_lists(
    market: Market,
    lists: Mapping[str, pd.DataFrame],
    *,
    among: Sequence[str] | None = None,
    unasked: Mapping[str, pd.DataFrame] | None = None,
    unasked_among: Sequence[str] | None = None,
) -> StageTruthResult:
    """Say what each stage's list truly brings, beside the best lists of the same size.

    Parameters
    ----------
    market
        The market that the customers are from, with its truth (`leadline.market.sample.remake_truth`).
    lists
        Stage, in order → its list, one row a customer: ``customer_id`` and ``channel`` (by call without it).
    among
        Ids of the customers that the stages could choose from, such as the held-out ones: the best lists are
        chosen from the permitted of them. Everybody by default.
    unasked
        Stage → the list it would have made if consent were not asked: then what consent costs it is told.
    unasked_among
        As ``among``, if consent were not asked: what it costs the best lists is told when this is given, or
        when both kinds of lists are chosen from everybody.

    Raises
    ------
    DataError
        With all problems of a list at once; if the lists differ in length, the best ones would be of none.
    """
    made = {name: _read(market, frame, name, allow_opted_out=False) for name, frame in lists.items()}
    free = {name: _read(market, frame, name, allow_opted_out=True) for name, frame in (unasked or {}).items()}
    size = _find_size(made | {f"{name}, consent not asked": one for name, one in free.items()})
    pool = None if among is None else _mark(market, among)
    terms = Terms(list_size=size, capacity=market.parameters.capacity(market.customers))
    made |= _choose_best(market, terms, pool)
    if among is None or unasked_among is not None:
        wider = None if unasked_among is None else _mark(market, unasked_among)
        free |= _choose_best(market, replace(terms, keep_consent=False), wider)
    return StageTruthResult(lists=measure_lists(market, made, free, column="list"))


def _read(market: Market, frame: pd.DataFrame, name: str, *, allow_opted_out: bool) -> Assignment:
    found = check_list(
        frame, market, source_name=_("the list of {name}", name=repr(name)), allow_opted_out=allow_opted_out
    )
    return Assignment(row=found.row, channel=found.arm)


def _mark(market: Market, customers: Sequence[str]) -> Flags:
    return np.isin(market.observed.customer_id.astype(str), list(customers))


def _choose_best(market: Market, terms: Terms, among: Flags | None) -> dict[str, Assignment]:
    return {
        _BY_CHANCE: choose_by_chance(market, terms, among=among),
        _BY_UPLIFT: choose_by_uplift(market, terms, among=among),
    }


def _find_size(lists: Mapping[str, Assignment]) -> int:
    sizes = {name: len(made.row) for name, made in lists.items()}
    if len(set(sizes.values())) == 1 and min(sizes.values()) > 0:
        return next(iter(sizes.values()))
    found = _(", ").join(f"{name!r} {size:,}" for name, size in sizes.items()) or _("none")
    raise DataError.of(
        _(_HEADLINE),
        _(
            "they must be of one length, not empty; found: {found}. Make all lists with one list_size.",
            found=found,
        ),
    )


def _tell_order(rows: Sequence[dict[Hashable, Any]]) -> list[str]:
    """Name the pairs of stages that precision ranks otherwise than effect, or than profit."""
    told = []
    for one, other in combinations(rows, 2):
        more, fewer = sorted((one, other), key=lambda row: -row["expected_precision"])
        words = {
            "more": more["list"],
            "fewer": fewer["list"],
            "precision": format_value(more["expected_precision"], "share"),
            "other": format_value(fewer["expected_precision"], "share"),
        }
        if more["uplift"] < fewer["uplift"]:
            told.append(
                _(
                    "“{more}” holds more subscribers than “{fewer}” ({precision} against {other}), but its "
                    "contacts win fewer ({least} against {most}).",
                    least=format_value(more["uplift"], "share"),
                    most=format_value(fewer["uplift"], "share"),
                    **words,
                )
            )
        if more["profit_cny"] < fewer["profit_cny"]:
            told.append(
                _(
                    "“{more}” holds more subscribers than “{fewer}” ({precision} against {other}), but earns "
                    "less ({least} against {most}).",
                    least=format_value(more["profit_cny"], "money_cny"),
                    most=format_value(fewer["profit_cny"], "money_cny"),
                    **words,
                )
            )
    return told
