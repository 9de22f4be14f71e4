"""The metric that decides, estimated in every way there is: does the answer hang on the method? (V1)."""

from collections.abc import Sequence

import pandas as pd

from leadline.evaluate.judging.pairs import pair_arms
from leadline.evaluate.judging.robustness_result import RobustnessResult
from leadline.evaluate.judging.units import find_units
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.scan import ExperimentScan
from leadline.intervals import LEVEL
from leadline.language import _


def check_robustness(
    scan: ExperimentScan,
    *,
    adjust: bool = True,
    strata: Sequence[str] = (),
    level: float = LEVEL,
) -> RobustnessResult:
    """Estimate the metric that decides plainly, adjusted, post-stratified and, where it was cut, uncut.

    Parameters
    ----------
    adjust, strata
        What the comparison of arms was asked for (`leadline.evaluate.judging.effects.compare_arms`). Without
        strata the design's segments are used for the post-stratified way.
    level
        Of the intervals.

    Raises
    ------
    DataError
        If the metric is the same for every unit.
    ParameterError
        As `leadline.evaluate.judging.pairs.pair_arms`.
    """
    metric = scan.design.main
    chosen = _choose(scan, metric, adjust=adjust, strata=strata)
    rows = []
    for key, way, asked, groups, raw in _list_ways(scan, metric, strata or scan.design.segments):
        pairs = pair_arms(scan, metric, adjust=asked, strata=groups, raw=raw)
        for arm, pair in pairs.items():
            found = pair.difference(level=level)
            told = {"way": key, "label": way, "arm": arm, "is_reported": (asked, bool(groups), raw) == chosen}
            told |= {"difference": found.value, "difference_ci_lower": found.lower}
            rows.append({**told, "difference_ci_upper": found.upper, "p_value": found.p_value})
    frame = pd.DataFrame(rows)
    width = frame["difference_ci_upper"] - frame["difference_ci_lower"]
    is_plain = frame["way"] == "unadjusted"
    plain = dict(zip(frame.loc[is_plain, "arm"], width[is_plain], strict=True))
    return RobustnessResult(
        ways=frame.assign(width=width / frame["arm"].map(plain)),
        metric=metric.label,
        control=scan.design.control,
        unit=find_units(metric).difference,
        falls_is_good=metric.falls_is_good,
        level=level,
    )


def _choose(
    scan: ExperimentScan, metric: Metric, *, adjust: bool, strata: Sequence[str]
) -> tuple[bool, bool, bool]:
    """Return whether what was reported is adjusted, stratified, uncut."""
    if metric.kind == "quantile":
        return False, False, False
    return adjust and bool(scan.moments[metric.key].covariates), bool(strata), False


def _list_ways(
    scan: ExperimentScan, metric: Metric, strata: Sequence[str]
) -> list[tuple[str, str, bool, Sequence[str], bool]]:
    """List key, words, whether adjusted, by which strata, whether uncut."""
    ways: list[tuple[str, str, bool, Sequence[str], bool]] = [
        ("unadjusted", _("unadjusted"), False, (), False)
    ]
    if metric.kind == "quantile":
        return ways
    moments = scan.moments[metric.key]
    if moments.covariates:
        ways.append(("cuped", _("CUPED"), True, (), False))
    if strata:
        ways.append(("post_stratified", _("post-stratified"), False, strata, False))
    if moments.covariates and strata:
        ways.append(("both", _("CUPED, post-stratified"), True, strata, False))
    if moments.raw:
        ways.append(("raw", _("not winsorised"), False, (), True))
        if moments.covariates:
            ways.append(("raw_cuped", _("CUPED, not winsorised"), True, (), True))
    return ways
