"""Cost to serve: activities of the ledger, by their drivers, to the customers who cause them (system T7)."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data import check_columns
from leadline.disclosure import MINIMUM, hide_small
from leadline.errors import DataError
from leadline.intervals import wilson_interval
from leadline.language import N_, _
from leadline.target.views.checks import check_ids, check_numbers
from leadline.target.views.cost_allocation_result import CostsResult
from leadline.target.views.groups import describe_groups, spread

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

_FEN_A_YUAN = 100
_LEDGER = N_("the ledger")
_LARGEST_CNY = 1e12


def allocate_costs(
    ledger: pd.DataFrame,
    customers: pd.DataFrame,
    *,
    customer: str = "customer_id",
    service: str | None = None,
    contribution: str | None = None,
    labels: Mapping[str, str] | None = None,
    minimum: int = MINIMUM,
) -> CostsResult:
    """Charge each activity to customers by their use of its driver, to the last fen.

    Activity-based costing (Cooper & Kaplan 1988, Harvard Business Review 66(5):96-103; Kaplan & Cooper 1998,
    *Cost & Effect*, ch. 10). Fen that do not divide go to the largest remainders (Hamilton), equal ones to
    the smaller id, so what customers bear and what nobody is charged for add up to the ledger exactly.

    Parameters
    ----------
    ledger
        One row an activity: ``activity``, ``cost_cny`` (0 or above, whole fen), ``driver``: the column of
        ``customers`` that counts its use; missing where a cost serves the firm as such and is charged to
        nobody.
    customers
        One row a customer: each driver (0 or above).
    customer
        Column of the customer's id.
    service
        Column of how a customer is served (branch, remote …), to compare; missing counts as its own group.
    contribution
        Column of what a customer brings before cost to serve (CNY), to tell who is served at a loss.
    labels
        Column of a driver → what a reader calls it.
    minimum
        Fewest customers of whom a row of a table may speak.

    Raises
    ------
    DataError
        With all problems at once, such as a cost whose driver nobody used.
    """
    problems = [
        *_check_ledger(ledger, customers),
        *check_ids(customers, customer),
        *([] if service is None else check_columns(customers, [service], _("the table of customers"))),
        *([] if contribution is None else check_numbers(customers, [contribution])),
    ]
    problems += [] if minimum >= 1 else [_("minimum == {minimum}, must be at least 1.", minimum=minimum)]
    if problems:
        raise DataError(_("The costs cannot be allocated"), list(dict.fromkeys(problems)))
    ordered = customers.sort_values(customer, kind="stable", ignore_index=True)
    fen = {
        row["activity"]: _apportion(
            _to_fen(row["cost_cny"]), ordered[row["driver"]].to_numpy(dtype=np.float64)
        )
        for row in ledger.dropna(subset=["driver"]).to_dict("records")
    }
    total = np.sum(list(fen.values()), axis=0) if fen else np.zeros(len(ordered), dtype=np.int64)
    costs = pd.DataFrame({"customer_id": ordered[customer].to_numpy(), "cost_cny": total / _FEN_A_YUAN})
    if contribution is not None:
        costs["contribution_cny"] = ordered[contribution].to_numpy(dtype=np.float64)
        costs["net_cny"] = costs["contribution_cny"] - costs["cost_cny"]
    ways = None if service is None else ordered[service].astype(object)
    return CostsResult(
        costs=costs,
        costs_by_activity=pd.DataFrame(
            {name: part / _FEN_A_YUAN for name, part in fen.items()}, index=pd.Index(costs["customer_id"])
        ),
        activities=_describe_activities(ledger, ordered, fen, minimum),
        services=hide_small(_describe_services(costs, ways), minimum=minimum, keys=["group"]),
        ledger_cny=sum(_to_fen(cost) for cost in ledger["cost_cny"]) / _FEN_A_YUAN,
        allocated_cny=int(total.sum()) / _FEN_A_YUAN,
        labels=dict(labels or {}),
        minimum=minimum,
    )


def _apportion(fen: int, units: FloatArray) -> IntArray:
    """Divide whole fen by use, so that they sum to ``fen``; who uses nothing bears nothing."""
    exact = fen * (units / units.sum())
    shares = np.floor(exact).astype(np.int64)
    left = fen - int(shares.sum())
    order = np.argsort(np.where(units > 0, shares - exact, np.inf), kind="stable")
    users = order[: int((units > 0).sum())]
    if left >= 0:
        shares[users[:left]] += 1
    else:  # a floating-point quotient was rounded up over a whole fen
        shares[users[left:]] -= 1
    return np.asarray(shares)


def _to_fen(cost_cny: float) -> int:
    return round(float(cost_cny) * _FEN_A_YUAN)


def _describe_activities(
    ledger: pd.DataFrame, customers: pd.DataFrame, fen: dict[str, IntArray], minimum: int
) -> pd.DataFrame:
    rows = []
    for row in ledger.to_dict("records"):
        name, cost = row["activity"], _to_fen(row["cost_cny"]) / _FEN_A_YUAN
        if name not in fen:
            rows.append((name, None, cost, 0.0, cost, np.nan, np.nan, np.nan))
            continue
        units = customers[row["driver"]].to_numpy(dtype=np.float64)
        users = int((units > 0).sum())
        told = (units.sum(), cost / float(units.sum()), users) if users >= minimum else (np.nan,) * 3
        rows.append((name, row["driver"], cost, int(fen[name].sum()) / _FEN_A_YUAN, 0.0, *told))
    names = [
        "activity",
        "driver",
        "cost_cny",
        "allocated_cny",
        "unallocated_cny",
        "units",
        "cost_per_unit_cny",
    ]
    return pd.DataFrame(rows, columns=[*names, "customers"])


def _describe_services(costs: pd.DataFrame, ways: pd.Series | None) -> pd.DataFrame:
    """One row a way of being served, and one of all if there are several."""
    everybody = np.ones(len(costs), dtype=bool)
    masks = {"": everybody}
    if ways is not None:
        named = ways.where(ways.notna(), None).map(lambda way: "?" if way is None else str(way))
        masks = {way: (named == way).to_numpy() for way in sorted(named.unique())}
    names = [name for name in ("cost_cny", "contribution_cny", "net_cny") if name in costs]
    measures = {name: costs[name].to_numpy(dtype=np.float64) for name in names}
    frame = describe_groups(masks, measures, of_all=["cost_cny"])
    if "net_cny" not in costs:
        return frame
    losing = measures["net_cny"] < 0
    rows = [
        spread("at_loss", wilson_interval(int((losing & inside).sum()), int(inside.sum())))
        for inside in masks.values()
    ]
    return pd.concat([frame, pd.DataFrame(rows)], axis=1)


def _check_ledger(ledger: pd.DataFrame, customers: pd.DataFrame) -> list[str]:
    missing = check_columns(ledger, ["activity", "cost_cny"], _(_LEDGER))
    if "driver" not in ledger.columns:
        missing += check_columns(ledger, ["driver"], _(_LEDGER))
    if missing:
        return missing
    problems = check_numbers(ledger, ["cost_cny"], _(_LEDGER))
    repeated = ledger["activity"][ledger["activity"].duplicated()]
    if len(repeated) or ledger["activity"].isna().any():
        problems.append(
            _(
                "activity: {ledger} repeats or lacks names. Give each activity one row and a name.",
                ledger=_(_LEDGER),
            )
        )
    if problems:
        return problems
    for row in ledger.to_dict("records"):
        problems += _check_activity(row["activity"], row["cost_cny"], row["driver"], customers)
    return problems


def _check_activity(name: str, cost: float, driver: object, customers: pd.DataFrame) -> list[str]:
    problems = []
    if not 0 <= cost <= _LARGEST_CNY:
        problems.append(
            _(
                "{name}: cost_cny == {cost}, must be from 0 to {largest_cny}. Net a reversal against "
                "the activity that it reverses.",
                name=name,
                cost=f"{cost:,.2f}",
                largest_cny=f"{_LARGEST_CNY:,.0f}",
            )
        )
    elif abs(cost * _FEN_A_YUAN - _to_fen(cost)) > 1e-6 * max(1.0, cost):
        problems.append(
            _(
                "{name}: cost_cny == {cost} is no whole number of fen. Round the ledger.",
                name=name,
                cost=repr(cost),
            )
        )
    if pd.isna(driver):  # type: ignore[call-overload]  # any object may be asked
        return problems
    found = check_numbers(customers, [str(driver)])
    if not found and (negative := int((customers[str(driver)] < 0).sum())):
        found = [
            _(
                "{driver}: {negative} values are below 0; use cannot be. Correct them.",
                driver=driver,
                negative=f"{negative:,}",
            )
        ]
    elif not found and cost > 0 and float(customers[str(driver)].sum()) == 0:
        lost = f"nobody used its driver {driver}, so {cost:,.2f} CNY would be lost"
        remedy = _("Choose another driver, or leave it empty: the cost is then charged to nobody.")
        found = [f"{name}: {lost}. {remedy}"]
    return problems + found
