"""How concentrated value is among customers: Lorenz curve, Gini, "the top x% bring y%" (system D3)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from leadline.data import check_columns
from leadline.disclosure import MINIMUM
from leadline.discover.concentration_result import ConcentrationResult
from leadline.discover.lorenz import Lorenz
from leadline.errors import DataError
from leadline.language import _

_TOPS = (0.01, 0.05, 0.10, 0.20, 0.50)
_CURVE_POINTS = 101
_FEWEST = 2


def measure_concentration(
    customers: pd.DataFrame,
    *,
    value: str,
    label: str,
    weight: str | None = None,
    tops: Sequence[float] = _TOPS,
    goal: float = 0.80,
    minimum: int = MINIMUM,
) -> ConcentrationResult:
    """Measure how much of a value its best customers bring.

    The curve is Lorenz's, read from the best customer down. Gini is half the mean absolute difference between
    two customers over the mean *absolute* value: the usual Gini (0 equal, towards 1 one has all) where nobody
    is negative, and within 0 to 1 where some are (Raffinetti, Siletti & Vernizzi 2015, Statistical Methods &
    Applications 24:507-521). Shares are of the net sum, so losses can lift them over 100%.

    Variances are linearised (Deville 1999, Survey Methodology 25:193-203; Langel & Tillé 2013, Journal of the
    Royal Statistical Society A 176:521-540); shares and Gini have their intervals on the logit scale. They
    answer how far another base of this size, drawn from the same kind of customers, would differ.

    Parameters
    ----------
    customers
        One row a customer.
    value
        Column of what each brings; negative values (losses) count as they are.
    label
        What it is in words, continuing "of all …": "contribution".
    weight
        Column of the number of customers a row stands for, above 0; by default 1.
    tops
        Shares of the customers, above 0 and below 1, of whom to say what they bring.
    goal
        Share of the value of which to say how few customers bring it.
    minimum
        Fewest rows of whom a share, or a point of the curve, may speak.

    Raises
    ------
    DataError
        With all problems at once: absent, missing or infinite values, weights that are not above 0, fewer
        than 2 customers, a sum that is not above 0, shares out of their range.
    """
    problems = [*_check_shares(tops, goal), *check_values(customers, value, weight)]
    if not problems and not find_told(tops, len(customers), minimum):
        few = _(
            "{count} customers: the top {tops} of them are fewer than {minimum}.",
            count=f"{len(customers):,}",
            tops=f"{max(tops):.0%}",
            minimum=minimum,
        )
        problems = [_("{few} Hand in more customers.", few=few)]
    if problems:
        raise DataError(_("Concentration cannot be measured"), problems)
    values = customers[value].to_numpy(dtype=np.float64)
    weights = np.ones(len(values)) if weight is None else customers[weight].to_numpy(dtype=np.float64)
    base = Lorenz(values, weights)
    told = find_told(tops, len(values), minimum)
    rows = [(top, *base.find_share(top), top * float(weights.sum())) for top in told]
    steps = np.linspace(0, 1, _CURVE_POINTS)
    is_told = [step in (0, 1) or min(step, 1 - step) * len(values) >= minimum for step in steps]
    curve = [(top, *base.find_share(top)) for top in steps[is_told]]
    names = ["top_share", "value_share", "value_share_ci_lower", "value_share_ci_upper"]
    losing = values < 0
    return ConcentrationResult(
        shares=pd.DataFrame(rows, columns=[*names, "customers"]),
        curve=pd.DataFrame(curve, columns=names),
        gini=base.find_gini(),
        goal=goal,
        goal_customers=base.find_customers(goal),
        label=label,
        customers=float(weights.sum()),
        rows=len(values),
        losing_customers=float(weights[losing].sum()),
        losses_share=float(-(weights * values)[losing].sum() / (weights * values)[~losing].sum()),
        tail_index=base.find_tail_index(),
        untold=len(set(tops)) - len(told),
        minimum=minimum,
    )


def find_told(tops: Sequence[float], rows: int, minimum: int) -> list[float]:
    """Return the shares, ascending, that so many rows fill with ``minimum`` of them at least."""
    return [top for top in sorted(set(tops)) if round(top * rows, 6) >= minimum]


def _check_shares(tops: Sequence[float], goal: float) -> list[str]:
    problems = [
        _("tops: {top} must be above 0 and below 1.", top=f"{top:g}") for top in tops if not 0 < top < 1
    ]
    problems += [] if tops else [_("tops names no share of the customers. Name at least one.")]
    problems += [] if 0 < goal < 1 else [_("goal == {goal}, must be above 0 and below 1.", goal=f"{goal:g}")]
    return problems


def check_values(customers: pd.DataFrame, value: str, weight: str | None) -> list[str]:
    """Return the problems of a value and its weights, empty when there are none."""
    columns = [value] if weight is None else [value, weight]
    if len(customers) < _FEWEST:
        return [
            _(
                "{count} customers are too few to compare. Hand in at least {fewest}.",
                count=len(customers),
                fewest=_FEWEST,
            )
        ]
    problems = check_columns(customers, columns, _("the table of customers"))
    if problems:
        return problems
    for name in columns:
        kind = customers[name].dtype
        if pd.api.types.is_bool_dtype(kind) or not pd.api.types.is_numeric_dtype(kind):
            problems.append(_("{name}: holds {kind}, must be numbers.", name=name, kind=kind))
        elif missing := int(customers[name].isna().sum()):
            problems.append(
                _(
                    "{name}: {missing} of {count} values are missing. Write 0 where a customer brings "
                    "nothing, or leave these customers out.",
                    name=name,
                    missing=f"{missing:,}",
                    count=f"{len(customers):,}",
                )
            )
    if problems:
        return problems
    weights = pd.Series(1.0, index=customers.index) if weight is None else customers[weight]
    if wrong := int((weights <= 0).sum()):
        problems.append(
            _(
                "{weight}: {wrong} of {count} weights are 0 or below. A weight is the number of "
                "customers a row stands for; leave out rows that stand for none.",
                weight=weight,
                wrong=f"{wrong:,}",
                count=f"{len(customers):,}",
            )
        )
    if not problems and (total := float((weights * customers[value]).sum())) <= 0:
        problems.append(
            _(
                "{value}: the values sum to {total}, so a share of them means nothing. Take a value "
                "whose sum is above 0, such as revenue before cost.",
                value=value,
                total=f"{total:,.0f}",
            )
        )
    return problems
