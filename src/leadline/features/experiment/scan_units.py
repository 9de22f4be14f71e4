"""Scan the units of a test: rows in any number, moments out (V1)."""

import ibis
import ibis.expr.types as ir
import pandas as pd

from leadline.features.experiment.moments import moment_features
from leadline.features.experiment.scan import ARM, DAY, ExperimentDesign, ExperimentScan, MetricMoments


def scan_frame(frame: pd.DataFrame, design: ExperimentDesign) -> ExperimentScan:
    """Scan a frame (`scan_units`)."""
    return scan_units(ibis.memtable(frame), design)


def scan_units(units: ir.Table, design: ExperimentDesign) -> ExperimentScan:
    """Describe the units of a test by the moments of every metric, by arm, segments and day.

    Parameters
    ----------
    units
        One row a unit, or several that are added up.
    design
        Which columns say what.
    """
    names = {ARM: units[design.arm].cast("string"), **{name: units[name] for name in design.segments}}
    if design.day:
        names[DAY] = units[design.day].cast("date")
    told = units.mutate(**names)
    by = tuple(names)
    counts = told.aggregate(by=list(by), units=told.count()).to_pyarrow().to_pandas()
    counts = _date(counts)
    moments = {}
    for metric in design.metrics:
        if metric.kind == "quantile":
            continue
        columns = (*metric.columns, *design.covariates)
        frame = moment_features(told, by=by, columns=columns).to_pyarrow().to_pandas()
        moments[metric.key] = MetricMoments(
            frame=_date(frame),
            columns=columns,
            value=metric.value,
            denominator=metric.denominator,
            covariates=design.covariates,
        )
    others = sorted(set(counts[ARM].dropna()) - {design.control})
    return ExperimentScan(
        design=design,
        arms=(design.control, *others),
        by=by,
        units=counts,
        moments=moments,
        quantiles=pd.DataFrame(columns=["metric", "arm", "units", "value", "lower", "upper", "variance"]),
        cuts=pd.DataFrame(columns=["metric", "arm", "cut", "cut_units"]),
        findings=pd.DataFrame(columns=["check", "wrong", "total", "first"]),
    )


def _date(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{DAY: pd.to_datetime(frame[DAY])}) if DAY in frame else frame
