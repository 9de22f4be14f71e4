"""Whether a list takes one group of the permitted customers more often than the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from leadline.disclosure import MINIMUM, join_small
from leadline.engage import figures
from leadline.engage.cells import BoolArray, read_numbers
from leadline.engage.ids import ID, check_ids, is_among, spell_ids
from leadline.engage.rules import OLDEST_YEARS
from leadline.errors import DataError
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Lower ends of the age bands, in years; the survey and the market use the same.
AGE_BANDS = {18: "18-29", 30: "30-39", 40: "40-49", 50: "50-59", 60: "60+"}
#: Below four fifths of the others' rate, selection is commonly called uneven (US Uniform Guidelines 1978).
_FOUR_FIFTHS = 0.8
_FEMALE = ("f", "female", "w", "woman", "女", "女性")
_MALE = ("m", "male", "man", "男", "男性")
_COLUMNS = [
    "attribute",
    "group",
    "permitted",
    "listed",
    "rate",
    "rate_ci_lower",
    "rate_ci_upper",
    "ratio",
    "ratio_ci_lower",
    "ratio_ci_upper",
]


@dataclass(frozen=True, eq=False, kw_only=True)
class ParityResult:
    """How often each group of the permitted customers is listed.

    Attributes
    ----------
    groups
        One row a group of each attribute: ``attribute``, ``group``; customers ``permitted`` and ``listed``;
        the ``rate`` listed with its Wilson interval; its ``ratio`` to the rate of the other permitted
        customers with the score interval (Koopman 1984, Biometrics 40:513-517); each with ``_ci_lower`` and
        ``_ci_upper`` (95%).
    permitted, listed
        Customers who may be contacted, and those on the list.
    absent
        Attributes (age, sex) that the table does not tell, or in no words that are read.
    is_joined
        Whether groups of fewer than ten customers were joined with others, so that no row speaks of a few.
    """

    groups: pd.DataFrame
    permitted: int
    listed: int
    absent: tuple[str, ...] = ()
    is_joined: bool = False

    @property
    def summary(self) -> str:
        """Which group is listed most unlike the others."""
        if self.groups.empty:
            return _("The table tells neither age nor sex: nobody can say whether the list is even by them.")
        rows = self._find_uneven()
        if not rows:
            return _("No group is listed clearly more or less often than the other permitted customers.")
        row = max(rows, key=lambda row: abs(np.log(max(row["ratio"], 1e-9))))
        return _(
            "“{group}” ({attribute}) is listed {ratio} as often as the other permitted customers "
            "(95% CI {interval}).",
            group=row["group"],
            attribute=row["attribute"],
            ratio=format_value(float(row["ratio"]), "ratio"),
            interval=format_interval(row["ratio_ci_lower"], row["ratio_ci_upper"], "ratio"),
        )

    def _find_uneven(self) -> list[dict[Any, Any]]:
        rows = self.groups.to_dict("records")
        return [row for row in rows if row["ratio_ci_upper"] < 1 or row["ratio_ci_lower"] > 1]

    @property
    def table(self) -> pd.DataFrame:
        """One row a group."""
        return self.groups

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Share of the permitted customers that is listed."""
        return (Kpi(label=_("Permitted customers listed"), value=self.listed / self.permitted, unit="share"),)

    @property
    def warnings(self) -> Sequence[str]:
        """Groups surely below four fifths of the others' rate, and how often chance alone shows one."""
        uneven = self._find_uneven()
        low = [row for row in uneven if row["ratio_ci_upper"] < _FOUR_FIFTHS]
        notes = [
            _(
                "“{group}” ({attribute}) is listed less than four fifths as often as the others: have the "
                "reason at hand.",
                group=row["group"],
                attribute=row["attribute"],
            )
            for row in low
        ]
        notes += [
            _("The table does not tell {attribute}: the list is not compared by it.", attribute=name)
            for name in self.absent
        ]
        if self.is_joined:
            notes.append(
                _(
                    "Groups of fewer than {minimum} permitted customers are joined with the next smallest.",
                    minimum=MINIMUM,
                )
            )
        if uneven:
            notes.append(self._tell_chance())
        return notes

    def _tell_chance(self) -> str:
        return plural(
            "One group is compared; in one of twenty lists drawn by lot its interval would miss 1.",
            "{count} groups are compared; by chance alone about one in twenty intervals misses 1.",
            len(self.groups),
        )

    def figure(self) -> "Figure":
        """Draw each group's ratio with its interval."""
        return figures.draw_parity(self.groups)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"parity": self.groups.astype(object).where(self.groups.notna(), None).to_dict("records")}

    def _repr_html_(self) -> str:
        interval = _("95% CI")
        columns = {
            "attribute": Column(_("Attribute")),
            "group": Column(_("Group")),
            "permitted": Column(_("Permitted"), "count"),
            "listed": Column(_("Listed"), "count"),
            "rate": Column(_("Rate"), "share"),
            "rate_ci_lower": Column(interval, "share", upper="rate_ci_upper"),
            "ratio": Column(_("Times the others' rate"), "ratio"),
            "ratio_ci_lower": Column(interval, "ratio", upper="ratio_ci_upper"),
        }
        caption = _("How often each group of the permitted customers is listed")
        return result_html(self, table_html(self.groups, columns, name="parity", caption=caption))


def band_ages(age_years: pd.Series) -> pd.Series:
    """Return the age band of each row: "under 18", "18-29" … "60+", or missing."""
    ages = read_numbers(age_years, 0, OLDEST_YEARS)
    place = np.searchsorted(list(AGE_BANDS), ages, side="right")
    names = np.array([_("under 18"), *AGE_BANDS.values()], dtype=object)
    bands = pd.Series(names[np.minimum(place, len(AGE_BANDS))], index=age_years.index)
    return bands.mask(np.isnan(ages), None).astype("string")


def read_sex(sex: pd.Series) -> pd.Series:
    """Return "female", "male", "other" for any other text (which may tell of one person), or missing."""
    words = sex.astype("string").str.strip().str.lower()
    known = {**dict.fromkeys(_FEMALE, _("female")), **dict.fromkeys(_MALE, _("male"))}
    return words.map(known).astype("string").mask(words.notna() & ~words.isin(list(known)), _("other"))


def compare_parity(permitted: pd.DataFrame, listed: pd.Series) -> ParityResult:
    """Compare how often groups by age, and by sex if known, are on the list.

    Parameters
    ----------
    permitted
        One row a customer who may be contacted: ``customer_id``, and ``age_years``, ``sex`` (a word for
        female or male in English or Chinese; any other text is "other") or both.
    listed
        Ids of the customers on the list, all of them permitted.

    Raises
    ------
    DataError
        If somebody listed is not permitted.
    """
    problems = check_ids(permitted, _("the table of permitted customers"))
    if not problems:
        unknown = ~is_among(spell_ids(listed), spell_ids(permitted[ID]))
        if unknown.any():
            first = listed[unknown].iloc[0]
            problems.append(
                _(
                    "{count} customers on the list are not permitted (first: {first}). Build the list "
                    "from the permitted customers.",
                    count=f"{int(unknown.sum()):,}",
                    first=first,
                )
            )
    if problems:
        raise DataError(_("The list cannot be compared with the permitted customers"), problems)
    is_listed = is_among(spell_ids(permitted[ID]), spell_ids(listed))
    rows, absent, is_joined = [], [], False
    for name, label in (("age_years", _("age")), ("sex", _("sex"))):
        read = band_ages if name == "age_years" else read_sex
        groups = read(permitted[name]) if name in permitted.columns else pd.Series(dtype="string")
        if groups.isin([_("other"), pd.NA]).all():
            absent.append(label)
            continue
        groups = groups.fillna(_("unknown"))
        joined = join_small(groups)
        is_joined |= bool((joined != groups).any())
        rows += _count_groups(label, joined, is_listed)
    return ParityResult(
        groups=pd.DataFrame(rows, columns=_COLUMNS),
        permitted=len(permitted),
        listed=int(is_listed.sum()),
        absent=tuple(absent),
        is_joined=is_joined,
    )


def _count_groups(attribute: str, groups: pd.Series, is_listed: BoolArray) -> list[tuple[Any, ...]]:
    rows = []
    for group in sorted(groups.unique()):
        inside = (groups == group).to_numpy(dtype=bool)
        found, size = int(is_listed[inside].sum()), int(inside.sum())
        others, rest = int(is_listed[~inside].sum()), int((~inside).sum())
        lower, upper = proportion_confint(found, size, method="wilson")
        ratio, low, high = np.nan, np.nan, np.nan
        if rest and others:
            ratio = (found / size) / (others / rest)
            ends = confint_proportions_2indep(found, size, others, rest, compare="ratio", method="score")
            low, high = max(0.0, float(ends[0])), float(ends[1])  # rounding goes below 0
        rows.append((attribute, group, size, found, found / size, lower, upper, ratio, low, high))
    return rows
