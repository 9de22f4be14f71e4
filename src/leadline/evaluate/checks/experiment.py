"""Whether a test can be trusted: every check with its verdict, before any effect is read (V1)."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from leadline.data import check_columns
from leadline.errors import DataError
from leadline.evaluate.checks.balance import compare_covariates
from leadline.evaluate.checks.check import Check, tell_p
from leadline.evaluate.checks.drift import compare_weekdays, find_trends
from leadline.evaluate.checks.missing import compare_missing
from leadline.evaluate.checks.records import TOLERATED, check_records
from leadline.evaluate.checks.result import ChecksResult
from leadline.evaluate.checks.sample_ratio import SampleRatio, assume_shares, check_sample_ratio
from leadline.evaluate.judging.units import find_units
from leadline.evaluate.words import spell_difference
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.scan import ARM, DAY, ExperimentScan
from leadline.holm import correct_holm
from leadline.language import _, format_value, plural

#: Imbalance, drift and missing outcomes are spoken of below this p-value, after Holm's correction.
LEVEL = 0.01
#: And below this one, the one of sample ratios, chance is no explanation and the test is not trusted.
_FAILS = 0.001


def check_experiment(
    scan: ExperimentScan,
    *,
    shares: Mapping[str, float] | None = None,
    contacts: pd.DataFrame | None = None,
    seed: int = 0,
) -> ChecksResult:
    """Make every check that the scan allows, and say of the others why they are not made.

    Parameters
    ----------
    scan
        The test.
    shares
        Arm → planned share, adding up to 1. By default all arms have the same; where an arm has less than
        half of that, no plan is assumed, and segments and days are compared with the shares of all units.
    contacts
        Who talked with whom, as `leadline.features.experiment.contacts.contact_features` gives: one row an
        arm, ``arm``, ``units``, ``touched`` (those of them who talked with a unit of another arm).
    seed
        Of p-values that must be simulated.

    Raises
    ------
    DataError
        If the plan is none for these arms, or ``contacts`` is no such table.
    """
    counts = _count_units(scan)
    found = {arm: int(counts.loc[counts[ARM] == arm, "units"].sum()) for arm in scan.arms}
    plan = dict(shares) if shares else assume_shares(found)
    base = plan or {arm: units / sum(found.values()) for arm, units in found.items()}
    ratio = check_sample_ratio(counts, arm=ARM, shares=base, count="units", seed=seed)
    ratio = ratio if plan else ratio.leave_plan()
    segments = [name for name in scan.design.segments if name in counts]
    parts = check_sample_ratio(
        counts,
        arm=ARM,
        shares=base,
        segments=segments,
        day=DAY if DAY in counts and _is_dated(counts) else None,
        count="units",
        seed=seed,
    )
    checks = [
        _judge_ratio(ratio),
        _judge_parts(parts, scan, is_day=False, has_plan=ratio.has_plan),
        _judge_parts(parts, scan, is_day=True, has_plan=ratio.has_plan),
        *check_records(scan),
        _judge_missing(scan, seed),
        _judge_balance(scan),
        _judge_trend(scan),
        _judge_weekdays(scan),
        _judge_contacts(scan, contacts),
    ]
    return ChecksResult(checks=tuple(checks), ratio=ratio)


def _count_units(scan: ExperimentScan) -> pd.DataFrame:
    """Units by cell, newly entered: of cumulative counts what each day added."""
    known = scan.units[scan.units[ARM].isin(scan.arms)]
    if not scan.is_cumulative:
        return known
    keys = [name for name in scan.by if name != DAY]
    ordered = known.sort_values(DAY, kind="stable")
    added = ordered.groupby(keys, sort=False, dropna=False)["units"].diff().fillna(ordered["units"])
    if (added < 0).any():  # units were taken away again: days cannot be told apart
        return ordered.groupby(keys, dropna=False)["units"].last().reset_index()
    return ordered.assign(units=added)


def _is_dated(counts: pd.DataFrame) -> bool:
    return pd.api.types.is_datetime64_any_dtype(counts[DAY])


def _judge_ratio(ratio: SampleRatio) -> Check:
    question = _("Did as many come into each arm as planned?")
    if not ratio.has_plan:
        why = _("no planned shares are named, and the arms are far from equal; name shares")
        return Check("sample_ratio", question, "not asked", why)
    rows = ratio.arms.to_dict("records")
    furthest = max(rows, key=lambda row: abs(row["found_share"] - row["planned_share"]))
    words = {
        "arm": furthest["arm"],
        "found": format_value(furthest["found_share"], "share"),
        "planned": format_value(furthest["planned_share"], "share"),
        "p": tell_p(ratio.overall.p_value),
    }
    text = _("{arm} has {found} of the units, planned were {planned} ({p})", **words)
    if ratio.overall.p_value >= ratio.level:
        return Check("sample_ratio", question, "good", text)
    remedy = _("Read no effect. Find where units were lost or added: in assignment, delivery or records.")
    return Check("sample_ratio", question, "failed", text, remedy)


def _judge_parts(ratio: SampleRatio, scan: ExperimentScan, *, is_day: bool, has_plan: bool) -> Check:
    name = "sample_ratio_days" if is_day else "sample_ratio_segments"
    if has_plan:
        question = _("… also on each day?") if is_day else _("… also in each segment?")
    else:
        question = _("… as overall on each day?") if is_day else _("… as overall in each segment?")
    rows = ratio.parts[(ratio.parts["column"] == DAY) == is_day]
    if rows.empty:
        why = _("days are not known as dates") if is_day else _("no segments are named")
        return Check(name, question, "not asked", why)
    worst = rows.sort_values("p_adjusted", kind="stable").to_dict("records")[0]
    count = int(rows["is_mismatch"].sum())
    smallest = tell_p(worst["p_adjusted"])
    if not count:
        text = plural(
            "{count} compared; the one furthest off has {p}, corrected for all",
            "{count} compared; the one furthest off has {p}, corrected for all",
            len(rows),
            p=smallest,
        )
        return Check(name, question, "good", text)
    part = worst["part"] if is_day else f"{_label(scan, worst['column'])} {worst['part']}"
    text = _(
        "{count} of {all} not; furthest {part}: {arm} has {found} ({p}, corrected for all)",
        count=format_value(count, "count"),
        all=format_value(len(rows), "count"),
        part=part,
        arm=worst["arm"],
        found=format_value(float(worst["found_share"]), "share"),
        p=smallest,
    )
    remedy = _("Read no effect. What happened there, and there alone, tells why units are missing.")
    return Check(name, question, "failed", text, remedy)


def _judge_missing(scan: ExperimentScan, seed: int) -> Check:
    question = _("Are outcomes missing alike in all arms?")
    counts = pd.concat(
        [_count_missing(scan, metric) for metric in scan.design.metrics if metric.key in scan.moments]
        or [pd.DataFrame({"missing": []})]
    )
    if counts["missing"].sum() == 0:
        return Check("missing_outcomes", question, "good", _("no outcome is missing"))
    told = compare_missing(counts, seed=seed).sort_values("p_adjusted", kind="stable")
    worst = told[told["outcome"] == told["outcome"].iloc[0]]
    p_value = float(worst["p_adjusted"].iloc[0])
    text = _(
        "{metric}: {shares} ({p})",
        metric=worst["outcome"].iloc[0],
        shares=_(", ").join(
            f"{row['arm']} {format_value(row['missing_share'], 'share')}" for row in worst.to_dict("records")
        ),
        p=tell_p(p_value),
    )
    remedy = _("Find why outcomes are lost in one arm more: the units left are not alike any more.")
    return _judge_p("missing_outcomes", question, p_value, text, remedy)


def _count_missing(scan: ExperimentScan, metric: Metric) -> pd.DataFrame:
    units = _count_units(scan).groupby(ARM)["units"].sum()
    frame = scan.moments[metric.key].frame
    if scan.is_cumulative:
        frame = frame[frame[DAY] == frame[DAY].max()]
    known = frame.groupby(ARM)["count"].sum().reindex(units.index, fill_value=0)
    missing = (units - known).clip(lower=0).astype("int64")
    told = {"outcome": metric.label, "arm": units.index, "units": units.to_numpy(), "missing": missing}
    return pd.DataFrame(told).reset_index(drop=True)


def _judge_balance(scan: ExperimentScan) -> Check:
    question = _("Were the arms alike before the start?")
    found = compare_covariates(scan)
    if not found:
        return Check("balance", question, "not asked", _("no covariates known before the start are named"))
    worst = min(found, key=lambda one: (one.p_adjusted, -abs(one.standardised)))
    text = _(
        "furthest apart: {covariate} in {arm}, {apart} standard deviations ({p})",
        covariate=_label(scan, worst.covariate),
        arm=worst.arm,
        apart=format_value(round(worst.standardised, 3), "number"),
        p=tell_p(worst.p_adjusted),
    )
    remedy = _("Check that it was known before the start, and that assignment was random.")
    return _judge_p("balance", question, worst.p_adjusted, text, remedy)


def _judge_trend(scan: ExperimentScan) -> Check:
    metric = scan.design.main
    question = _("Is the effect steady over the days?")
    found = find_trends(scan, metric.key) if metric.key in scan.moments else []
    if not found:
        return Check("novelty", question, "not asked", _why_no_days(scan, metric))
    adjusted = correct_holm([one.p_value for one in found])
    worst, p_value = found[int(np.argmin(adjusted))], float(adjusted.min())
    words = {
        "arm": worst.arm,
        "first": _tell_difference(worst.first, metric),
        "last": _tell_difference(worst.first + worst.change, metric),
        "p": tell_p(p_value),
    }
    text = _("{arm}: from {first} among the first to {last} among the last to enter ({p})", **words)
    remedy = _("A novelty that wears off, or another public: let it run on and read the later days.")
    return _judge_p("novelty", question, p_value, text, remedy, fails=False)


def _judge_weekdays(scan: ExperimentScan) -> Check:
    metric = scan.design.main
    question = _("Is the effect the same on all weekdays?")
    found = compare_weekdays(scan, metric.key) if metric.key in scan.moments else []
    if not found:
        return Check("weekdays", question, "not asked", _why_no_days(scan, metric))
    adjusted = correct_holm([one.p_value for one in found])
    worst, p_value = found[int(np.argmin(adjusted))], float(adjusted.min())
    words = {
        "arm": worst.arm,
        "lowest": _tell_difference(worst.lowest, metric),
        "highest": _tell_difference(worst.highest, metric),
        "p": tell_p(p_value),
    }
    text = _("{arm}: {lowest} to {highest} by the weekday of entry ({p})", **words)
    remedy = _("Read whole weeks only, and ask what differs on these days.")
    return _judge_p("weekdays", question, p_value, text, remedy, fails=False)


def _judge_contacts(scan: ExperimentScan, contacts: pd.DataFrame | None) -> Check:
    question = _("Do the arms keep apart from one another?")
    if contacts is None:
        return Check("interference", question, "not asked", _("it is not known who talks with whom"))
    problems = check_columns(contacts, ["arm", "units", "touched"], _("the contacts"))
    if not problems and scan.arms[0] not in set(contacts["arm"]):
        problems = [_("arm: the control {arms} is not there. Give one row an arm.", arms=scan.arms[0])]
    if problems:
        raise DataError(_("The contacts between arms cannot be read"), problems)
    row = contacts[contacts["arm"] == scan.arms[0]].sum(numeric_only=True)
    share = float(row["touched"]) / max(float(row["units"]), 1.0)
    text = _(
        "{share} of {control} talk with somebody in another arm",
        share=format_value(share, "share"),
        control=scan.arms[0],
    )
    if share <= TOLERATED:
        return Check("interference", question, "good", text)
    remedy = _(
        "What is told on reaches the control too, and the effect looks smaller or larger than it is: assign "
        "whole circles of acquaintances next time."
    )
    return Check("interference", question, "warning", text, remedy)


def _judge_p(
    name: str, question: str, p_value: float, text: str, remedy: str, *, fails: bool = True
) -> Check:
    judge: Callable[..., Check] = partial(Check, name, question)
    if p_value >= LEVEL:
        return judge("good", text)
    return judge("failed" if fails and p_value < _FAILS else "warning", text, remedy)


def _why_no_days(scan: ExperimentScan, metric: Metric) -> str:
    if metric.key not in scan.moments:
        return _("a quantile is not followed by day")
    if DAY not in scan.by:
        return _("days of entry are not known")
    return _("counts are cumulative") if scan.is_cumulative else _("too few days, or no dates")


def _tell_difference(value: float, metric: Metric) -> str:
    return spell_difference(value, find_units(metric).difference)


def _label(scan: ExperimentScan, column: str) -> str:
    return str(scan.design.labels.get(column, column))
