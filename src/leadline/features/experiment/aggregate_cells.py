"""The cells of a table of aggregates, long or with control and treated side by side (V1)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from leadline.data.raw import suggest
from leadline.errors import DataError, ParameterError
from leadline.features.experiment.design_check import NO_DAY
from leadline.features.experiment.metric import Metric, parse_metrics
from leadline.features.experiment.scan import ARM, DAY
from leadline.language import N_, _

METRIC, COUNT, MEAN, VARIANCE, SD = "metric", "count", "mean", "variance", "sd"
HEADLINE = N_("The table of aggregates cannot be used")
SHOWN = 5
#: Columns of the form with control and treated side by side, as in the ASOS data (arXiv:2111.10198).
PAIRED = ("count_c", "count_t", "mean_c", "mean_t", "variance_c", "variance_t")
_TIME, _METRIC_ID, _TEST_ID, _VARIANT_ID = "time_since_start", "metric_id", "experiment_id", "variant_id"
_SHARE_SLACK = 1e-4
_TAKEN = {ARM, DAY, METRIC, COUNT, MEAN, VARIANCE, SD, "units", "rows"}


@dataclass(frozen=True, kw_only=True)
class Form:
    """Which columns of a long table say what; ``day`` and ``segments`` only where there are any."""

    arm: str
    control: str
    day: str | None
    segments: tuple[str, ...]
    is_cumulative: bool

    @property
    def by(self) -> tuple[str, ...]:
        """Columns that name cells."""
        return (ARM, *self.segments, *((DAY,) if self.day else ()))


def unpair(frame: pd.DataFrame, control: str | None) -> tuple[pd.DataFrame, Form]:
    """Write control and treated in rows of their own; the control once, however many variants it faces."""
    wanted = [*PAIRED, _METRIC_ID, _TIME]
    problems = [
        _("{name}: the table has no such column.{hint}", name=name, hint=suggest(name, frame.columns))
        for name in wanted
        if name not in frame
    ]
    if _TEST_ID in frame and (tests := sorted(frame[_TEST_ID].dropna().astype(str).unique()))[1:]:
        listed = _(", ").join(tests[:SHOWN])
        problems.append(
            _(
                "{test_id}: {count} tests ({listed} …). Choose one by only: {test_id} = {tests}.",
                test_id=_TEST_ID,
                count=f"{len(tests):,}",
                listed=listed,
                tests=tests[0],
            )
        )
    if problems:
        raise DataError(_(HEADLINE), problems)
    name = control or "control"
    variants = frame[_VARIANT_ID] if _VARIANT_ID in frame else pd.Series(1, index=frame.index)
    sides = []
    for side, arms in (("c", pd.Series(name, index=frame.index)), ("t", "variant " + variants.astype(str))):
        values = {what: frame[f"{what}_{side}"] for what in (COUNT, MEAN, VARIANCE)}
        sides.append(frame[[_METRIC_ID, _TIME]].assign(**{ARM: arms}, **values))
    sides[0] = sides[0].drop_duplicates()
    long = pd.concat(sides).rename(columns={_METRIC_ID: METRIC})
    return long, Form(arm=ARM, control=name, day=_TIME, segments=(), is_cumulative=True)


def read_cells(frame: pd.DataFrame, form: Form, metrics: Sequence[Metric]) -> pd.DataFrame:
    """Bring a long table to fixed columns: cells, ``metric``, ``count``, ``mean``, ``variance``."""
    wanted = [form.arm, *form.segments, *([form.day] if form.day else []), COUNT, MEAN]
    problems = [
        _("{name}: the table has no such column.{hint}", name=name, hint=suggest(name, frame.columns))
        for name in wanted
        if name not in frame
    ]
    has_spread = VARIANCE in frame or SD in frame
    if not has_spread and not (metrics and all(metric.kind == "conversion" for metric in metrics)):
        problems.append(
            _(
                "{variance}: the table has neither {variance} nor {sd}; only a conversion needs none.",
                variance=VARIANCE,
                sd=SD,
            )
        )
    if METRIC not in frame and len(metrics) != 1:
        problems.append(
            _("{metric}: the table has no such column, so name the one metric that it is of.", metric=METRIC)
        )
    problems += [
        _(
            "{name}: a segment's column cannot be called so, as the cells have one of this name. "
            "Rename it in a mapping file.",
            name=name,
        )
        for name in form.segments
        if name in _TAKEN
    ]
    numbers = [name for name in (COUNT, MEAN, VARIANCE, SD) if name in frame]
    problems += [
        _("{name}: holds {dtype}, must be numbers.", name=name, dtype=frame[name].dtype)
        for name in numbers
        if not pd.api.types.is_numeric_dtype(frame[name])
    ]
    if problems:
        raise DataError(_(HEADLINE), problems)
    cells = pd.DataFrame(
        {ARM: _spell(frame[form.arm]), **{name: _spell(frame[name]) for name in form.segments}}
    )
    if form.day:
        cells[DAY] = _read_days(frame[form.day], form.day)
    cells[METRIC] = _spell(frame[METRIC]) if METRIC in frame else metrics[0].value
    cells[[COUNT, MEAN]] = frame[[COUNT, MEAN]].astype(float)
    spread = frame[VARIANCE] if VARIANCE in frame else frame[SD] ** 2 if SD in frame else np.nan
    return cells.assign(**{VARIANCE: spread}).dropna(subset=[ARM])


def drop_later(cells: pd.DataFrame, form: Form, until: dt.date | None) -> pd.DataFrame:
    """Drop the cells of days after ``until``, the day of the analysis.

    Raises
    ------
    ParameterError
        If the table has no day, or its days are numbers.
    DataError
        If nothing is left.
    """
    if until is None:
        return cells
    if not form.day:
        raise ParameterError(_(HEADLINE), [_(NO_DAY, until=until)])
    if pd.api.types.is_numeric_dtype(cells[DAY]):
        problem = _(
            "as_of: {day} holds numbers, no dates: nothing is known to be later. Take it out.", day=form.day
        )
        raise ParameterError(_(HEADLINE), [problem])
    kept: pd.DataFrame = cells[~(cells[DAY].dt.normalize() > pd.Timestamp(until))]
    if kept.empty:
        first = cells[DAY].min().date()
        raise DataError.of(
            _(HEADLINE),
            _(
                "{day} begins on {first}, after as_of {until}. Name a later day.",
                day=form.day,
                first=first,
                until=until,
            ),
        )
    return kept


def guess_metrics(cells: pd.DataFrame) -> tuple[Metric, ...]:
    """Take every metric of the table: those with the variance of shares as conversions."""
    texts = []
    for name, rows in cells.dropna(subset=[VARIANCE]).groupby(METRIC, sort=True):
        share = rows[MEAN] * (1 - rows[MEAN])
        is_share = (
            (rows[VARIANCE] - share).abs().le(_SHARE_SLACK * share.clip(lower=0) + 1 / rows[COUNT]).all()
        )
        kind = "conversion" if is_share and rows[MEAN].between(0, 1).all() else "mean"
        label = _("metric {name}", name=str(name)) if str(name).isdigit() else str(name)
        texts.append(f"{name!s}: {kind}, as {label}")
    return parse_metrics(texts)


def spell_control(text: str, arms: pd.Series) -> str:
    """Write the control as the cells write it: that of flags in small letters."""
    return text.strip().lower() if _is_flag(arms) else text.strip()


def _is_flag(column: pd.Series) -> bool:
    return pd.api.types.infer_dtype(column, skipna=True) == "boolean"


def _read_days(column: pd.Series, name: str) -> pd.Series:
    """Read days as moments, those with a zone in UTC, or as numbers where they are numbers."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    days = pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601").dt.tz_localize(None)
    wrong = column.notna() & days.isna()
    if wrong.any():
        problem = _(
            "{name}: {count} values are no days (such as {iloc}).",
            name=name,
            count=f"{int(wrong.sum()):,}",
            iloc=repr(column[wrong].iloc[0]),
        )
        raise DataError.of(_(HEADLINE), _("{problem} Write them as 2025-07-01.", problem=problem))
    return days


def _spell(column: pd.Series) -> pd.Series:
    """Write names as `leadline.features.experiment.rows.spell` does; missing and blank stay missing."""
    if _is_flag(column):
        column = column.map({True: "true", False: "false"})
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    texts = column.astype("string").str.strip()
    return texts.mask(texts == "").astype(object).where(texts.notna() & (texts != ""), None)
