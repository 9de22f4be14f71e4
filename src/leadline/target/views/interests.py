"""Customers by what they spend their leisure on, read from their purchases (system T9)."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from leadline.data import check_columns
from leadline.disclosure import MINIMUM, hide_small_overlapping
from leadline.errors import DataError
from leadline.holm import correct_holm
from leadline.intervals import LEVEL, Estimate
from leadline.language import N_, _
from leadline.target.views.checks import check_ids, check_numbers
from leadline.target.views.groups import describe_groups, spread
from leadline.target.views.interests_result import NONE, InterestsResult

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_PURCHASES = N_("the table of purchases")
_ERROR = 0.05


def find_interests(
    purchases: pd.DataFrame,
    customers: pd.DataFrame,
    interests: Mapping[str, str],
    *,
    measures: Mapping[str, str],
    customer: str = "customer_id",
    category: str = "category",
    amount: str = "amount_cny",
    day: str | None = None,
    fewest: int = 3,
    minimum: int = MINIMUM,
) -> InterestsResult:
    """Label customers with interests that their purchases give evidence of, and compare what they bring.

    A customer has an interest if at least ``fewest`` purchases speak of it, and so many of all the customer's
    purchases do that, did everybody buy alike, under 5% of customers would be labelled with any interest at
    all (exact binomial test against the share among all purchases, Bonferroni over the interests).

    Parameters
    ----------
    purchases
        One row a purchase: ``customer``, ``category``, ``amount`` (CNY, above 0; returns left out), ``day``.
    customers
        One row a customer: ``customer`` and the ``measures``; those without purchases have no interest.
    interests
        Category → interest (`leadline.target.views.parse_interests`). Other categories count as purchases
        that speak of none.
    measures
        Column of ``customers`` → what a reader calls it, the first named first in the summary: contribution,
        tenure, a renewal (yes or no).
    customer, category, amount
        Columns of ``purchases``.
    day
        Column of the day. Named, days are counted in place of purchases, so that one outing that leaves five
        receipts is evidence once.
    fewest
        Fewest purchases (or days) that make an interest.
    minimum
        Fewest customers of whom a row of a table may speak.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = _check(purchases, customers, interests, measures, (customer, category, amount, day))
    problems += [] if fewest >= 1 else [_("fewest == {fewest}, must be at least 1.", fewest=fewest)]
    problems += [] if minimum >= 1 else [_("minimum == {minimum}, must be at least 1.", minimum=minimum)]
    if problems:
        raise DataError(_("Interests cannot be found"), problems)
    rows = pd.DataFrame(
        {
            "customer_id": purchases[customer].to_numpy(),
            "interest": purchases[category].map(dict(interests)).to_numpy(),
            "amount_cny": purchases[amount].to_numpy(dtype=np.float64),
            "day": np.arange(len(purchases)) if day is None else purchases[day].to_numpy(),
        }
    )
    evidence = _weigh_evidence(rows, sorted(set(interests.values())), fewest)
    known = customers[customer]
    labels = evidence[evidence["is_label"] & evidence["customer_id"].isin(known)].drop(columns="is_label")
    masks = {
        name: known.isin(labels.loc[labels["interest"] == name, "customer_id"]).to_numpy()
        for name in sorted(set(interests.values()))
    }
    masks[NONE] = ~np.any(list(masks.values()), axis=0)
    values = {name: customers[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in measures}
    segments = describe_groups(masks, values).rename(columns={"group": "interest"})
    gaps = pd.DataFrame([_compare(inside, values) for inside in masks.values()])
    spent = rows.groupby("customer_id")["amount_cny"].sum()
    return InterestsResult(
        segments=hide_small_overlapping(
            _adjust(pd.concat([segments, gaps], axis=1), list(measures)), minimum=minimum, keys=["interest"]
        ),
        labels=labels.reset_index(drop=True),
        spending=pd.DataFrame(
            {"customer_id": known.to_numpy(), "spend_cny": known.map(spent).fillna(0.0).to_numpy()}
        ),
        names=dict(measures),
        unknown=int((~evidence["customer_id"].drop_duplicates().isin(known)).sum()),
        silent=tuple(sorted(set(interests) - set(purchases[category].dropna()))),
        minimum=minimum,
    )


def _weigh_evidence(rows: pd.DataFrame, names: list[str], fewest: int) -> pd.DataFrame:
    """One row a customer and interest that any purchase speaks of."""
    days = rows.groupby("customer_id")["day"].nunique()
    speaking = rows.dropna(subset=["interest"]).groupby(["customer_id", "interest"])
    found = speaking.agg(purchases=("day", "nunique"), spend_cny=("amount_cny", "sum")).reset_index()
    usual = found.groupby("interest")["purchases"].sum() / days.sum()
    found["purchases_in_all"] = found["customer_id"].map(days).astype(np.float64)
    found["share"] = found["purchases"] / found["purchases_in_all"]
    found["usual_share"] = found["interest"].map(usual).astype(np.float64)
    found["p_value"] = stats.binom.sf(found["purchases"] - 1, found["purchases_in_all"], found["usual_share"])
    is_label = (found["p_value"] <= _ERROR / len(names)) & (found["purchases"] >= fewest)
    return found.assign(is_label=is_label).sort_values(["customer_id", "interest"], kind="stable")


def _compare(inside: BoolArray, values: Mapping[str, FloatArray]) -> dict[str, float]:
    """For each measure the difference from all other customers (Welch)."""
    row: dict[str, float] = {}
    for name, value in values.items():
        gap, p_value = _find_gap(value[inside], value[~inside])
        row |= spread(f"{name}_gap", gap) | {f"{name}_p_value": p_value}
    return row


def _find_gap(inside: FloatArray, outside: FloatArray) -> tuple[Estimate, float]:
    groups = [part[~np.isnan(part)] for part in (inside, outside)]
    if min(len(part) for part in groups) < 2:  # noqa: PLR2004 (a spread needs two)
        return Estimate(np.nan, np.nan, np.nan), np.nan
    gap = float(groups[0].mean() - groups[1].mean())
    parts = [float(part.var(ddof=1)) / len(part) for part in groups]
    error = float(np.sqrt(sum(parts)))
    if error == 0:
        return Estimate(gap, gap, gap), 1.0 if gap == 0 else 0.0
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(group) - 1) for part, group in zip(parts, groups, strict=True)
    )
    reach = float(special.stdtrit(freedom, 0.5 + LEVEL / 2)) * error
    return Estimate(gap, gap - reach, gap + reach), float(2 * special.stdtr(freedom, -abs(gap) / error))


def _adjust(segments: pd.DataFrame, measures: list[str]) -> pd.DataFrame:
    """Holm over all interests and measures together; those that cannot be told count for nothing."""
    columns = [f"{name}_p_value" for name in measures]
    p_values = correct_holm(segments[columns].to_numpy(dtype=np.float64))
    return segments.drop(columns=columns).assign(
        **{f"{name}_p_value_holm": p_values[:, place] for place, name in enumerate(measures)}
    )


def _check(
    purchases: pd.DataFrame,
    customers: pd.DataFrame,
    interests: Mapping[str, str],
    measures: Mapping[str, str],
    columns: tuple[str, str, str, str | None],
) -> list[str]:
    customer, category, amount, day = columns
    named = [name for name in (customer, day) if name is not None]
    absent = [name for name in named if name not in purchases.columns]
    problems = [_("{name}: {hint} has no such column.", name=name, hint=_(_PURCHASES)) for name in absent]
    problems += [
        _(
            "{name}: {count} values of {hint} are missing. Fill them in, or leave these rows out.",
            name=name,
            count=f"{int(purchases[name].isna().sum()):,}",
            hint=_(_PURCHASES),
        )
        for name in named
        if name in purchases.columns and purchases[name].isna().any()
    ]
    problems += check_columns(purchases, [category], _(_PURCHASES))
    problems += check_numbers(purchases, [amount], _(_PURCHASES))
    if not problems and (wrong := int((purchases[amount] <= 0).sum())):
        problems.append(
            _(
                "{amount}: {wrong} purchases are of 0 or below. Leave out returns and reversals.",
                amount=amount,
                wrong=f"{wrong:,}",
            )
        )
    problems += check_ids(customers, customer)
    problems += check_columns(customers, measures, _("the table of customers"))
    problems += [
        _("{name}: holds {dtype}, must be numbers or yes and no.", name=name, dtype=customers[name].dtype)
        for name in measures
        if name in customers.columns
        and not (
            pd.api.types.is_numeric_dtype(customers[name]) or pd.api.types.is_bool_dtype(customers[name])
        )
    ]
    problems += [] if interests else [_("interests names no category. Name at least one.")]
    problems += [] if measures else [_("measures names no column. Name at least one.")]
    return problems
