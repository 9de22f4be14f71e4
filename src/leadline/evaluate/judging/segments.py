"""Does the effect differ between groups? One interaction test a segment, effects shrunken (V1)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from leadline.errors import ParameterError
from leadline.evaluate.judging.interaction import find_errors, find_interaction, shrink_effects
from leadline.evaluate.judging.pairs import pair_arms
from leadline.evaluate.judging.segment_cells import (
    GroupEffects,
    choose_arm,
    choose_metric,
    find_group_effects,
)
from leadline.evaluate.judging.segments_result import SegmentsResult
from leadline.features.experiment import ExperimentScan
from leadline.holm import correct_holm
from leadline.intervals import LEVEL
from leadline.language import _

_EFFECTS = ("difference", "shrunken", "shrunken_ci_lower", "shrunken_ci_upper")


def compare_segments(
    scan: ExperimentScan,
    segment: str | Sequence[str],
    *,
    metric: str | None = None,
    arm: str | None = None,
    level: float = LEVEL,
    adjust: bool = True,
) -> SegmentsResult:
    """Test whether an arm's effect differs between the groups of one or more segments.

    One test a segment (`interaction.find_interaction`), corrected for their number (Holm); groups' effects
    are drawn to their mean (`interaction.shrink_effects`) and have intervals but no p-values: among eight
    groups one below 5% is to be expected in every third test of nothing. Effects are differences, not lifts:
    groups that buy at different rates can share the one or the other, not both.

    Parameters
    ----------
    scan
        The test.
    segment
        One of the segments of its design, or several.
    metric
        Key; by default the metric that decides.
    arm
        Compared with the control; by default the best by the metric (largest effect in its errors).
    level
        Of the intervals.
    adjust
        Whether covariates are used (CUPED), where there are any.

    Raises
    ------
    ParameterError
        If a segment, metric or arm is not there, or the metric is a quantile.
    """
    segments = [segment] if isinstance(segment, str) else list(segment)
    absent = [
        _("“{name}” is no segment of this test.", name=name)
        for name in segments
        if name not in scan.design.segments
    ]
    if absent:
        known = _(", ").join(scan.design.segments) or _("none were named")
        raise ParameterError(
            _("Groups cannot be compared"), [*absent, _("Its segments: {known}.", known=known)]
        )
    measured = choose_metric(scan, metric)
    chosen = choose_arm(scan, measured, arm)
    found = {name: find_group_effects(scan, measured, name, chosen, adjust=adjust) for name in segments}
    tests = pd.DataFrame([_test(scan, name, groups) for name, groups in found.items()], columns=_TESTS)
    tests["p_adjusted"] = correct_holm(tests["p_value"].to_numpy(dtype=float))
    parts = [_describe(name, groups, level) for name, groups in found.items()]
    overall = pair_arms(scan, measured, adjust=adjust)[chosen]
    tests["tau"] = [part.attrs["tau"] for part in parts]
    return SegmentsResult(
        tests=tests,
        effects=pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS),
        metric=measured,
        arm=chosen,
        control=scan.design.control,
        overall=overall.arm.value - overall.control.value,
        level=level,
    )


def compare_all_segments(
    scan: ExperimentScan,
    *,
    metric: str | None = None,
    arm: str | None = None,
    level: float = LEVEL,
    adjust: bool = True,
) -> SegmentsResult:
    """Test every segment of the design (`compare_segments`); without any the result says so."""
    return compare_segments(scan, scan.design.segments, metric=metric, arm=arm, level=level, adjust=adjust)


_TESTS = [
    "segment",
    "label",
    "groups",
    "joined",
    "left_out",
    "statistic",
    "freedom",
    "error_freedom",
    "p_value",
]
_COLUMNS = ["segment", "group", "units", "control_units", *_EFFECTS]


def _test(scan: ExperimentScan, segment: str, groups: GroupEffects) -> dict[str, object]:
    test = find_interaction(groups.difference, groups.spread, groups.units)
    return {
        "segment": segment,
        "label": scan.design.labels.get(segment, segment),
        "groups": len(groups.groups),
        "joined": groups.joined,
        "left_out": groups.left_out,
        **test._asdict(),
    }


def _tell_flag(group: str) -> str:
    """Write what a yes/no column holds as a reader says it."""
    return {"true": _("yes"), "false": _("no")}.get(group, group)


def _describe(segment: str, groups: GroupEffects, level: float) -> pd.DataFrame:
    """Return the groups' effects, one row each."""
    variances = find_errors(groups.spread, groups.units)
    frame = pd.DataFrame(
        {
            "segment": segment,
            "group": [_tell_flag(group) for group in groups.groups],
            "units": groups.units[:, 0],
            "control_units": groups.units[:, 1],
            "difference": groups.difference,
        }
    )
    if len(frame) > 1 and (variances > 0).all():
        value, lower, upper, tau = shrink_effects(groups.difference, variances, level=level)
    else:  # one group alone has nothing to be drawn to; without any spread there is nothing to draw
        value = lower = upper = np.full(len(frame), np.nan)
        tau = np.nan
    frame = frame.assign(shrunken=value, shrunken_ci_lower=lower, shrunken_ci_upper=upper)
    frame.attrs["tau"] = tau
    return frame
