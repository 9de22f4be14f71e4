"""Shares of a surveyed population: weighted, with intervals that know the sample's design (system D1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.chart.draw import draw_estimates
from leadline.data import check_columns
from leadline.errors import DataError
from leadline.intervals import Estimate, wilson_interval
from leadline.language import N_, _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
_HEADLINE = N_("The survey cannot be read")
_FEW = 30


@dataclass(frozen=True, eq=False, kw_only=True)
class SharesResult:
    """Shares of the population that the respondents stand for.

    Attributes
    ----------
    shares
        One row a question: ``question`` (the column), ``meaning`` (in words), ``respondents`` (who were
        asked), ``share`` (0 to 1) with ``share_ci_lower`` and ``share_ci_upper`` (95%).
    respondents
        Everybody in the survey.
    """

    shares: pd.DataFrame
    respondents: int

    @property
    def summary(self) -> str:
        """The largest share, in words."""
        first = self._largest()
        return _(
            "{share} of {meaning} (95% CI {interval}; {asked} of {respondents} respondents answered).",
            share=format_value(float(first["share"]), "share"),
            meaning=first["meaning"],
            interval=format_interval(first["share_ci_lower"], first["share_ci_upper"], "share"),
            asked=format_value(int(first["respondents"]), "count"),
            respondents=format_value(self.respondents, "count"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a question."""
        return self.shares

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No card: a share needs its question beside it."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Questions that too few were asked."""
        few = self.shares[self.shares["respondents"] < _FEW]
        return [
            _(
                "Only {count} respondents stand behind “{meaning}”: read its interval, not its share.",
                count=row["respondents"],
                meaning=row["meaning"],
            )
            for row in few.to_dict("records")
        ]

    def figure(self) -> "Figure":
        """Each share with its interval."""
        frame = self.shares.rename(
            columns={
                "meaning": "label",
                "share": "value",
                "share_ci_lower": "lower",
                "share_ci_upper": "upper",
            }
        )
        values = _("; ").join(
            f"{row['label']} {format_value(row['value'], 'share')}" for row in frame.to_dict("records")
        )
        return draw_estimates(
            frame,
            title=_("What the survey says"),
            axis_label=_("Share of those whom the question concerns, with 95% interval"),
            unit="share",
            alt=_("Shares: {values}.", values=values),
            reference=0.5,
            reference_label=_("half"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"shares": self.shares.to_dict("records"), "respondents": self.respondents}

    def _repr_html_(self) -> str:
        columns = {
            "meaning": Column(_("Share of")),
            "share": Column(_("Share"), "share"),
            "share_ci_lower": Column(_("95% CI"), "share", upper="share_ci_upper"),
            "respondents": Column(_("Asked"), "count"),
        }
        caption = _("Weighted shares of the population")
        return result_html(self, table_html(self.shares, columns, name="shares", caption=caption))

    def _largest(self) -> Any:
        return self.shares.sort_values("share", ascending=False).iloc[0]


def estimate_shares(
    survey: pd.DataFrame,
    questions: Mapping[str, str],
    *,
    weight: str = "weight",
    stratum: str = "stratum",
) -> SharesResult:
    """Estimate the share who say yes to each question, of those whom it concerns.

    A share is a ratio of two weighted totals; its variance is linearised within strata (Taylor; Cochran 1977,
    *Sampling Techniques*, ch. 5A and 6) with the finite-population correction that the weights imply, and
    becomes an interval by Wilson's method on the effective number of respondents (Korn & Graubard 1998,
    Survey Methodology 24:193-201; Franco et al. 2019, Journal of Survey Statistics and Methodology
    7:334-364).

    Parameters
    ----------
    survey
        One row a respondent. Questions are flags, missing where a respondent was not asked.
    questions
        Column → what a yes means, continuing "60% of …".
    weight
        Column of the people whom a respondent stands for: one weight in a stratum.
    stratum
        Column of the group from which respondents were drawn at random, without replacement. A group of one
        respondent tells nothing of its own spread: the interval is then missing.

    Raises
    ------
    DataError
        With every column that is absent or no flag, every weight that is missing, below 1, or not that of its
        stratum; or if no question is asked.
    """
    _check(survey, questions, weight, stratum)
    weights = survey[weight].to_numpy(dtype=np.float64)
    strata = survey[stratum].to_numpy(dtype=str)
    rows = []
    for column, meaning in questions.items():
        asked = survey[column].notna().to_numpy()
        yes = survey[column].fillna(value=False).to_numpy(dtype=bool)
        rows.append((column, meaning, int(asked.sum()), *_estimate(weights, strata, asked, yes)))
    names = ["question", "meaning", "respondents", "share", "share_ci_lower", "share_ci_upper"]
    return SharesResult(shares=pd.DataFrame(rows, columns=names), respondents=len(survey))


def _check(survey: pd.DataFrame, questions: Mapping[str, str], weight: str, stratum: str) -> None:
    problems = check_columns(survey, [weight, stratum, *questions], _("the survey"))
    problems += [] if questions else [_("no question is named. Name at least one column of flags.")]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    problems = [
        _(
            "{column}: holds {dtype}, must be yes or no. Name another column, or correct it.",
            column=column,
            dtype=survey[column].dtype,
        )
        for column in questions
        if not pd.api.types.is_bool_dtype(survey[column])
    ]
    values = pd.to_numeric(survey[weight], errors="coerce")
    wrong = int((~(values >= 1)).sum())
    if wrong:
        problems.append(
            _(
                "{weight}: {wrong} of {count} weights are missing or below 1, the respondent alone. "
                "A weight is the number of people whom a respondent stands for.",
                weight=weight,
                wrong=f"{wrong:,}",
                count=f"{len(survey):,}",
            )
        )
    spread = values.groupby(survey[stratum]).agg(["min", "max"])
    mixed = spread.index[~np.isclose(spread["min"], spread["max"])]
    if len(mixed) and not wrong:
        problems.append(
            _(
                "{weight}: {count} strata hold different weights (first: {mixed}). Respondents drawn "
                "at random from a stratum all stand for as many people; name the column that tells "
                "them apart.",
                weight=weight,
                count=f"{len(mixed):,}",
                mixed=mixed[0],
            )
        )
    if problems:
        raise DataError(_(_HEADLINE), problems)


def _estimate(
    weights: FloatArray, strata: npt.NDArray[np.str_], asked: BoolArray, yes: BoolArray
) -> Estimate:
    if not asked.any():
        return Estimate(np.nan, np.nan, np.nan)
    total = (weights * asked).sum()
    share = float((weights * asked * yes).sum() / total)
    linear = weights * asked * (yes - share) / total
    variance = sum(
        _stratum_variance(linear[strata == one], weights[strata == one]) for one in np.unique(strata)
    )
    if np.isnan(variance):
        return Estimate(share, np.nan, np.nan)
    if share * (1 - share) == 0:  # all said the same: the variance says nothing, the count of them does
        return wilson_interval(share * asked.sum(), float(asked.sum()))
    if variance == 0:  # everybody was asked
        return Estimate(share, share, share)
    effective = share * (1 - share) / variance
    return wilson_interval(share * effective, effective)


def _stratum_variance(linear: FloatArray, weights: FloatArray) -> float:
    """Variance of a stratum's total under simple random sampling without replacement."""
    size = len(linear)
    left_out = 1 - 1 / weights[0]
    if size == 1:
        return 0.0 if linear[0] == 0 or left_out == 0 else np.nan
    return float(left_out * size * linear.var(ddof=1))
