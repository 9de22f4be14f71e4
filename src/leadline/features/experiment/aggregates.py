"""A test from a table of aggregates, where nobody has the rows of the units any more (V1)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from leadline.data.open_table import CHUNK, open_table
from leadline.data.raw import suggest
from leadline.data.sources import Source
from leadline.errors import DataError, ParameterError
from leadline.features.experiment.aggregate_cells import (
    COUNT,
    HEADLINE,
    MEAN,
    METRIC,
    PAIRED,
    SHOWN,
    VARIANCE,
    Form,
    drop_later,
    guess_metrics,
    read_cells,
    spell_control,
    unpair,
)
from leadline.features.experiment.aggregate_check import check_arms, check_rows
from leadline.features.experiment.findings import list_findings
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.moments import name_covariance
from leadline.features.experiment.read import keep_only
from leadline.features.experiment.scan import ARM, DAY, ExperimentDesign, ExperimentScan, MetricMoments
from leadline.language import _, plural


def read_aggregates(
    data: str | Path,
    *,
    metrics: Sequence[Metric] = (),
    arm: str | None = None,
    control: str | None = None,
    segments: Sequence[str] = (),
    day: str | None = None,
    is_cumulative: bool = False,
    mapping: str | Path | None = None,
    only: Sequence[str] = (),
    start: dt.date | None = None,
    end: dt.date | None = None,
    until: dt.date | None = None,
    **others: object,
) -> tuple[ExperimentScan, Source]:
    """Read a test from a table of aggregates.

    Parameters
    ----------
    data, mapping
        As `leadline.data.read_table`.
    only
        ``column = value`` keeps the rows that have it, for one test of several: ``experiment_id = 036afc``.
    others
        Fields of a design that need the rows of units; refused by name.

    The remaining ones are those of `scan_aggregates`.

    Raises
    ------
    ParameterError, DataError
        As `scan_aggregates`.
    """
    if others:
        raise ParameterError(
            _("A table of aggregates does not know units"),
            [_("{name}: needs one row a unit. Take it out.", name=name) for name in others],
        )
    with open_table(data, mapping=mapping, in_order=True, is_mapping_shared=True) as opened:
        kept = keep_only(opened.table, only)
        frame = kept.to_pyarrow().to_pandas().drop(columns=CHUNK, errors="ignore")
        notes: list[str] = []
        scan = scan_aggregates(
            frame,
            metrics=metrics,
            arm=arm,
            control=control,
            segments=segments,
            day=day,
            is_cumulative=is_cumulative,
            start=start,
            end=end,
            until=until,
            warnings=notes,
        )
        return scan, replace(opened.source, warnings=(*opened.source.warnings, *notes))


def scan_aggregates(
    frame: pd.DataFrame,
    *,
    metrics: Sequence[Metric] = (),
    arm: str | None = None,
    control: str | None = None,
    segments: Sequence[str] = (),
    day: str | None = None,
    is_cumulative: bool = False,
    start: dt.date | None = None,
    end: dt.date | None = None,
    until: dt.date | None = None,
    warnings: list[str] | None = None,
) -> ExperimentScan:
    """Make the scan of a test from counts, means and variances.

    Parameters
    ----------
    frame
        Long: one row an arm, and a ``metric``, segment and day if there are several: ``count`` (units that
        have the metric), ``mean``, ``variance`` (of a sample, divided by count - 1) or ``sd``. A conversion
        needs neither of the last. Or paired, as the ASOS data: ``count_c``, ``count_t``, ``mean_c``,
        ``mean_t``, ``variance_c``, ``variance_t`` with ``metric_id``, ``variant_id`` and
        ``time_since_start`` (days), each row counting from the start on.
    metrics
        Those wanted, conversions and means, by their names in the table; by default all of them, a
        conversion where mean and variance can be no other's.
    arm, control
        Column of the arm (by default ``arm``) and the arm that all others are compared with; of the paired
        form the control is ``control`` and the others ``variant 1`` and so on.
    segments, day
        Columns.
    is_cumulative
        Whether each day of a long table counts from the start on.
    start, end
        First and last day planned.
    until
        Day of the analysis: cells of a later day are as if they were not there.
    warnings
        Takes what was left out.

    Returns
    -------
    ExperimentScan
        Its units are those that have the deciding metric.

    Raises
    ------
    ParameterError
        If a metric is a ratio or a quantile, or is winsorised; if days are needed and there are none.
    DataError
        With all that is wrong: absent columns, several tests, a cell twice, counts that are none, negative
        variances, shares beyond 0 and 1, one arm, another control.
    """
    told = warnings if warnings is not None else []
    if set(PAIRED) & set(frame.columns):
        frame, form = unpair(frame, control)
    else:
        if is_cumulative and not day:
            problem = _("is_cumulative: each day counts from the start on, but no day is named. Name day.")
            raise ParameterError(_(HEADLINE), [problem])
        name = control or "control"
        form = Form(
            arm=arm or ARM,
            control=spell_control(name, frame[arm or ARM]) if (arm or ARM) in frame else name,
            day=day,
            segments=tuple(segments),
            is_cumulative=is_cumulative,
        )
    cells = drop_later(read_cells(frame, form, metrics), form, until)
    metrics = tuple(metrics) or guess_metrics(cells)
    _check_kinds(metrics)
    problems: list[str] = []
    found = {metric.key: _read_metric(cells, metric, form, problems, told) for metric in metrics}
    arms = check_arms(cells, form, problems)
    if problems:
        raise DataError(_(HEADLINE), problems)
    design = ExperimentDesign(
        arm=form.arm,
        control=form.control,
        metrics=metrics,
        segments=form.segments,
        day=form.day,
        start=start,
        end=end,
    )
    units = found[design.main.key].frame[[*form.by, COUNT]].rename(columns={COUNT: "units"})
    return ExperimentScan(
        design=design,
        arms=arms,
        by=form.by,
        units=units,
        moments=found,
        quantiles=pd.DataFrame(columns=["metric", "arm", "units", "value", "lower", "upper", "variance"]),
        cuts=pd.DataFrame(columns=["metric", "arm", "cut", "cut_units"]),
        findings=list_findings([]),
        is_cumulative=form.is_cumulative,
    )


def _check_kinds(metrics: Sequence[Metric]) -> None:
    problems = [
        _(
            "{key}: {kind} needs one row a unit. Name conversions and means.",
            key=metric.key,
            kind=metric.kind if metric.winsorise is None else "winsorising",
        )
        for metric in metrics
        if metric.kind not in {"conversion", "mean"} or metric.winsorise is not None
    ]
    if problems:
        raise ParameterError(_(HEADLINE), problems)


def _read_metric(
    cells: pd.DataFrame, metric: Metric, form: Form, problems: list[str], warnings: list[str]
) -> MetricMoments:
    rows = cells[cells[METRIC] == metric.value]
    if rows.empty:
        known = list(dict.fromkeys(cells[METRIC].dropna()))
        listed = _(", ").join(known[:SHOWN])
        problems.append(
            _(
                "{value}: no row has this metric; there are {listed}.{hint}",
                value=metric.value,
                listed=listed,
                hint=suggest(metric.value, known),
            )
        )
    if metric.kind == "conversion":
        share = rows[MEAN] * (1 - rows[MEAN]) * rows[COUNT] / (rows[COUNT] - 1)
        rows = rows.assign(**{VARIANCE: rows[VARIANCE].fillna(share.where(rows[COUNT] > 1))})
    lacks = (rows[VARIANCE].isna() & (rows[COUNT] > 1)) | (rows[MEAN].isna() & (rows[COUNT] > 0))
    if form.is_cumulative and lacks.any():
        rows = _drop_looks(rows, lacks, metric, warnings)
        lacks = pd.Series(data=False, index=rows.index)
    if form.is_cumulative:  # a day on which an arm is not told is no look
        whole = rows.groupby(DAY)[ARM].transform("nunique") == rows[ARM].nunique()
        rows, lacks = rows[whole], lacks[whole]
    check_rows(rows, metric, form, lacks, problems)
    renamed = {MEAN: f"{metric.value}_mean", VARIANCE: name_covariance(metric.value, metric.value)}
    frame = rows.drop(columns=METRIC).rename(columns=renamed).sort_values(list(form.by), ignore_index=True)
    return MetricMoments(frame=frame, columns=(metric.value,), value=metric.value, ddof=1)


def _drop_looks(rows: pd.DataFrame, lacks: pd.Series, metric: Metric, warnings: list[str]) -> pd.DataFrame:
    """Leave out the days of a cumulative table on which an arm's mean or variance is missing."""
    days = rows.loc[lacks, DAY].unique()
    kept = rows[~rows[DAY].isin(days)]
    last = kept[DAY].max()
    warnings.append(
        plural(
            "{metric}: {count} day without mean or variance is left out; the last one used is {last}.",
            "{metric}: {count} days without mean or variance are left out; the last one used is {last}.",
            len(days),
            metric=metric.label,
            last=last if isinstance(last, int | float) else str(last)[:10],
        )
    )
    return kept
