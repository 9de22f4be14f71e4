"""What a table of aggregates may not hold: rows that contradict themselves, arms without a control (V1)."""

import numpy as np
import pandas as pd

from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.features.experiment.aggregate_cells import COUNT, MEAN, SHOWN, VARIANCE, Form
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.number_check import tell_small
from leadline.features.experiment.scan import ARM, DAY
from leadline.language import _, plural


def check_rows(rows: pd.DataFrame, metric: Metric, form: Form, lacks: pd.Series, problems: list[str]) -> None:
    """Add what is wrong with a metric's rows: counts, variances, shares, rows that repeat a cell."""
    count, mean, variance = rows[COUNT], rows[MEAN], rows[VARIANCE]
    asked = {
        _("have a count that is no whole number of 0 or more"): ~((count >= 0) & (count % 1 == 0)),
        _("have a negative variance, which none is"): variance < 0,
        _("lack mean or variance"): lacks,
        _("have an infinite mean or variance"): np.isinf(mean) | np.isinf(variance),
        _("repeat a cell (arm, segment, day) of another row"): rows.duplicated(list(form.by)),
    }
    if metric.kind == "conversion":
        asked[_("have a share beyond 0 and 1")] = (mean < 0) | (mean > 1)
    for what, wrong in asked.items():
        if wrong.any():
            places = find_file_rows(wrong[wrong])
            problems.append(
                plural(
                    "{metric}: {count} row {what} ({rows}). Correct the table.",
                    "{metric}: {count} rows {what} ({rows}). Correct the table.",
                    len(places),
                    metric=metric.value,
                    what=what,
                    rows=name_rows(places),
                )
            )
    looks = [rows[ARM], rows[DAY]] if form.is_cumulative else [rows[ARM]]
    sizes = count.groupby(looks).sum().groupby(ARM).max()
    problems += [f"{metric.value}: {problem}" for problem in tell_small(sizes, form.arm)]
    if len(rows) and not variance.fillna(0).any() and mean.min() == mean.max():
        problems.append(
            _(
                "{metric}: is {value} for every unit; nothing can be compared.",
                metric=metric.value,
                value=f"{mean.iloc[0]:g}",
            )
        )


def check_arms(cells: pd.DataFrame, form: Form, problems: list[str]) -> tuple[str, ...]:
    """Return the arms, the control first; add a problem where there is no control or no other arm."""
    names = sorted(cells[ARM].unique())
    if form.control not in names:
        listed = _(", ").join(names[:SHOWN])
        hint = suggest(form.control, names)
        problems.append(
            _(
                "{arm}: no arm is called {control}; the arms are {listed}.{hint}",
                arm=form.arm,
                control=repr(form.control),
                listed=listed,
                hint=hint,
            )
        )
    elif len(names) == 1:
        problems.append(
            _(
                "{arm}: {control} is the only arm; a comparison needs another.",
                arm=form.arm,
                control=form.control,
            )
        )
    return (form.control, *(name for name in names if name != form.control))
