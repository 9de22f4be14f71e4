"""What a comparison of groups returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_note
from leadline.chart.groups import draw_groups
from leadline.evaluate.judging.units import find_units
from leadline.features.experiment import Metric
from leadline.language import _, format_value, join_sentences, plural
from leadline.language.formats import Unit, format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DIFFERS, _SMALLEST_P = 0.05, 0.001
_DRAWN, _LISTED = 20, 60


@dataclass(frozen=True, eq=False, kw_only=True)
class SegmentsResult:
    """Whether the effect of an arm differs between groups.

    Attributes
    ----------
    tests
        One row a segment: ``segment`` (column), ``label``, ``groups``, ``joined`` (groups too small to stand
        alone), ``left_out`` (units of groups that even joined were too few), ``statistic`` (F) with
        ``freedom`` and ``error_freedom``, ``p_value``, ``p_adjusted`` (Holm over segments), ``tau`` (spread
        of the true effects, their standard deviation; missing for two groups).
    effects
        One row a group: ``segment``, ``group``, ``units``, ``control_units``, ``difference`` (as measured),
        ``shrunken`` with ``shrunken_ci_lower`` and ``shrunken_ci_upper``.
    metric, arm, control
        What was compared.
    overall
        The effect over all units.
    level
        Of the intervals.
    """

    tests: pd.DataFrame
    effects: pd.DataFrame
    metric: Metric
    arm: str
    control: str
    overall: float
    level: float

    @property
    def summary(self) -> str:
        """Whether the effect differs, and from what to what."""
        tested = self.tests[self.tests["p_adjusted"].notna()]
        if self.tests.empty:
            return _("No segment was named: the effect is told for all together.")
        if tested.empty:
            return _(
                "Whether the effect differs by {names} cannot be said: fewer than two groups are large "
                "enough.",
                names=_list(self.tests["label"]),
            )
        different = tested[tested["p_adjusted"] < _DIFFERS]
        if different.empty:
            return _(
                "No evidence that the effect of {arm} on “{metric}” differs by {names} (interaction p "
                "{p}): read the overall effect, {overall}, for all.",
                arm=self.arm,
                metric=self.metric.label,
                names=_list(tested["label"]),
                p=_tell_p(float(tested["p_adjusted"].min())),
                overall=format_value(self.overall, self._unit),
            )
        return join_sentences(self._tell_difference(row) for row in different.to_dict("records"))

    @property
    def table(self) -> pd.DataFrame:
        """One row a group."""
        return self.effects

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No card: the effect for all has one."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Groups that were joined or left out, and what many segments cost."""
        notes = []
        for row in self.tests.to_dict("records"):
            if row["joined"]:
                notes.append(
                    plural(
                        "{segment}: {count} group with too few customers in an arm is counted with another.",
                        "{segment}: {count} groups with too few customers in an arm are counted together.",
                        int(row["joined"]),
                        segment=row["label"],
                    )
                )
            if row["left_out"]:
                notes.append(
                    plural(
                        "{segment}: {count} customer is left out, whose group is too small to be shown.",
                        "{segment}: {count} customers are left out, whose groups are too small to be shown.",
                        int(row["left_out"]),
                        segment=row["label"],
                    )
                )
        return notes

    def figure(self) -> "Figure":
        """Each group's effect as measured and once chance is taken out, beside the overall one."""
        known = self.effects.dropna(subset=["shrunken"])
        if known.empty:
            return draw_note(self.summary)
        several = len(self.tests) > 1
        shown, rest = _choose_rows(known, _DRAWN)
        labels = dict(zip(self.tests["segment"], self.tests["label"], strict=True))
        frame = pd.DataFrame(
            {
                "heading": [labels[name] if several else "" for name in shown["segment"]],
                "label": shown["group"],
                "raw": shown["difference"],
                "value": shown["shrunken"],
                "lower": shown["shrunken_ci_lower"],
                "upper": shown["shrunken_ci_upper"],
            }
        )
        told = _("; ").join(
            f"{row['label']} {format_value(float(row['value']), self._unit)}"
            for row in frame.to_dict("records")
        )
        note = plural("… and {count} more group", "… and {count} more groups", rest) if rest else ""
        title = _("Effect of {arm} by group", arm=self.arm)
        if not several:
            title = _("Effect of {arm} by {segment}", arm=self.arm, segment=labels[shown["segment"].iloc[0]])
        return draw_groups(
            frame,
            title=title,
            axis_label=self._name_axis(),
            unit="points" if self._unit == "points" else "number",
            alt=f"{title}: {told}.",
            overall=self.overall,
            names=(
                _("chance taken out, {level} interval", level=_tell_level(self.level)),
                _("as measured"),
                _("all together"),
            ),
            note=note,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "segment_tests": _to_records(self.tests),
            "segment_effects": {
                "metric": self.metric.key,
                "arm": self.arm,
                "control": self.control,
                "overall": self.overall,
                "level": self.level,
                "groups": _to_records(self.effects),
            },
        }

    def _repr_html_(self) -> str:
        if self.tests.empty:
            return result_html(self, "")
        interval = _("{level} CI", level=_tell_level(self.level))
        tests = {
            "label": Column(_("Cut by")),
            "groups": Column(_("Groups"), "count"),
            "p_value": Column(_("Interaction p"), "p_value"),
            "p_adjusted": Column(_("p, corrected"), "p_value"),
        }
        groups = {
            "label": Column(_("Cut by")),
            "group": Column(_("Group")),
            "units": Column(_("Units, {arm}", arm=self.arm), "count"),
            "control_units": Column(_("Units, {arm}", arm=self.control), "count"),
            "difference": Column(_("Effect as measured"), self._unit),
            "shrunken": Column(_("Chance taken out"), self._unit),
            "shrunken_ci_lower": Column(interval, self._unit, upper="shrunken_ci_upper"),
        }
        shown, _rest = _choose_rows(self.effects, _LISTED)
        labels = dict(zip(self.tests["segment"], self.tests["label"], strict=True))
        tables = table_html(
            self.tests, tests, name="segment_tests", caption=_("Does the effect differ between groups?")
        )
        tables += table_html(
            shown.assign(label=shown["segment"].map(labels)),
            groups,
            name="segment_effects",
            caption=_("Effect of {arm} against {control} by group", arm=self.arm, control=self.control),
        )
        return result_html(self, tables)

    @property
    def _unit(self) -> Unit:
        return find_units(self.metric).difference

    def _name_axis(self) -> str:
        if self.metric.kind == "conversion":
            return _("Effect on “{metric}”, percentage points", metric=self.metric.label)
        if self.metric.is_money:
            return _("Effect on “{metric}”, CNY a customer", metric=self.metric.label)
        return _("Effect on “{metric}”", metric=self.metric.label)

    def _tell_difference(self, test: dict[Any, Any]) -> str:
        groups = self.effects[self.effects["segment"] == test["segment"]].sort_values("shrunken")
        ends = [
            {
                "group": row["group"],
                "effect": format_value(float(row["shrunken"]), self._unit),
                "interval": format_interval(row["shrunken_ci_lower"], row["shrunken_ci_upper"], self._unit),
            }
            for row in (groups.iloc[0], groups.iloc[-1])
        ]
        return _(
            "The effect of {arm} on “{metric}” differs by {segment} (interaction p {p}): from {lowest} "
            "({level} CI {lowest_interval}) in {lowest_group} to {highest} ({level} CI {highest_interval}) "
            "in {highest_group}.",
            arm=self.arm,
            metric=self.metric.label,
            segment=test["label"],
            p=_tell_p(float(test["p_adjusted"])),
            level=_tell_level(self.level),
            lowest=ends[0]["effect"],
            lowest_interval=ends[0]["interval"],
            lowest_group=ends[0]["group"],
            highest=ends[1]["effect"],
            highest_interval=ends[1]["interval"],
            highest_group=ends[1]["group"],
        )


def _choose_rows(effects: pd.DataFrame, most: int) -> tuple[pd.DataFrame, int]:
    """Return the largest groups of each segment, at most so many together, and how many are not shown."""
    segments = effects["segment"].nunique()
    if not segments:
        return effects, 0
    quota = max(2, most // segments) if len(effects) > most else most
    size = effects["units"] + effects["control_units"]
    ranked = effects.assign(size=size).sort_values("size", ascending=False, kind="stable")
    chosen = ranked.groupby("segment", sort=False).head(quota).index
    order = {name: place for place, name in enumerate(effects["segment"].unique())}
    shown = effects.loc[chosen].assign(place=lambda rows: rows["segment"].map(order))
    shown = shown.sort_values(["place", "shrunken"], ascending=[True, False], kind="stable")
    return shown.drop(columns="place"), len(effects) - len(shown)


def _list(names: pd.Series) -> str:
    return _(", ").join(map(str, names))


def _tell_p(value: float) -> str:
    written = format_value(value, "p_value")
    return written if value < _SMALLEST_P else f"= {written}"


def _tell_level(level: float) -> str:
    return f"{100 * level:g}%"


def _to_records(frame: pd.DataFrame) -> list[dict[str, object]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]
