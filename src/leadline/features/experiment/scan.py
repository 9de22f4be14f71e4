"""What one scan of a test's units found; all estimates and checks work from it (V1)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from leadline.features.experiment.metric import Metric

#: Cells are called so whatever the table's columns are called; segments keep their names.
ARM, DAY = "arm", "day"


@dataclass(frozen=True, kw_only=True)
class ExperimentDesign:
    """How a test was set up: which columns say what, and when it ran.

    Attributes
    ----------
    arm, control
        Column of the arm; the arm that all others are compared with.
    metrics
        What is measured; the first that is no guardrail decides.
    unit
        Column of the randomised unit; without it each row is one. Several rows of a unit are added up.
    covariates
        Columns known before the start (CUPED).
    segments
        Columns that cut the units into groups.
    day
        Column of the day on which a unit entered (first contact, first exposure).
    exposed_at, outcome_at
        Columns of the moments of exposure and of the outcome, for checks of order.
    start, end
        First and last day planned; units that entered outside are left out and told.
    labels
        Column → what a reader sees.
    """

    arm: str
    control: str
    metrics: tuple[Metric, ...]
    unit: str | None = None
    covariates: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    day: str | None = None
    exposed_at: str | None = None
    outcome_at: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> Metric:
        """The metric that decides."""
        return next(metric for metric in self.metrics if not metric.is_guardrail)


@dataclass(frozen=True, eq=False, kw_only=True)
class MetricMoments:
    """The moments of one metric (no quantile) with the covariates, by cell.

    Attributes
    ----------
    frame
        One row a cell, ``count``, means and covariances, as
        `leadline.evaluate.estimates.moments.read_moments` reads them, of the units that have the metric.
    columns
        All measures of ``frame``.
    value, denominator
        The metric's measures among them; '' without a denominator. Winsorised where the metric asks for it.
    covariates
        Those of the covariates; where one may be missing it is filled and followed by a flag of missing.
    raw
        The measure before winsorising; '' where nothing was winsorised.
    ddof
        0 for population covariances, 1 for sample ones (tables of aggregates).
    """

    frame: pd.DataFrame
    columns: tuple[str, ...]
    value: str
    denominator: str = ""
    covariates: tuple[str, ...] = ()
    raw: str = ""
    ddof: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class ExperimentScan:
    """A test in moments.

    Attributes
    ----------
    design
        How it was set up.
    arms
        The control first, then the others, sorted.
    by
        Columns that name cells: `ARM`, the segments, `DAY` if days are known. A day is datetime64; for
        aggregates without dates it is a number (days since the start).
    units
        One row a cell: ``by`` and ``units`` (randomised ones, whatever they lack).
    moments
        `Metric.key` → moments; a quantile has none.
    quantiles
        One row a quantile metric and arm: ``metric`` (key), ``arm``, ``units``, ``value``, ``lower``,
        ``upper`` (95%, order statistics), ``variance`` (of the estimate).
    cuts
        One row a winsorised metric and arm: ``metric``, ``arm``, ``cut`` (value), ``cut_units``.
    findings
        One row a check of order and identity that could be made: ``check`` (`two_arms`, `repeated_units`:
        rows that repeat another wholly, `early_outcomes`, `late_exposures`, `short_followup`,
        `outside_period`, `no_arm`),
        ``wrong`` and ``total`` (units or rows), ``first`` (up to five ids, sorted, joined by commas). Units
        in two arms, without one, or outside the period are in no cell.
    is_cumulative
        Whether each day's cell counts from the start on (tables of aggregates), and is not to be added.
    """

    design: ExperimentDesign
    arms: tuple[str, ...]
    by: tuple[str, ...]
    units: pd.DataFrame
    moments: Mapping[str, MetricMoments]
    quantiles: pd.DataFrame
    cuts: pd.DataFrame
    findings: pd.DataFrame
    is_cumulative: bool = False
