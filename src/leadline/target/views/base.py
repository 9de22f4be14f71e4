"""The customers as the standing views see them: which column says what, and what each customer brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from leadline.data import check_columns
from leadline.data.ids import spell_ids
from leadline.disclosure import MINIMUM
from leadline.errors import DataError
from leadline.intervals import Estimate
from leadline.language import _, format_value
from leadline.results import Column, result_html, table_html
from leadline.target.views.border import Measure
from leadline.target.views.checks import SOURCE, check_ids, check_numbers

ID, CONTRIBUTION, COST, NET = "customer_id", "contribution_cny", "cost_cny", "net_cny"
_TURNOVER = "order_value_3m_cny"
#: What a view asks for → the column that says it where no other is named.
_STANDARD = {
    "contribution": CONTRIBUTION,
    "assets": "assets_cny",
    "potential": "assets_cny",
    "willingness": "products_held",
    "spend": "spend_cny",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Base:
    """Customers with their ids spelled, what they bring, and the columns that the views ask for.

    Attributes
    ----------
    customers
        One row a customer: ``customer_id`` (text), ``contribution_cny``, ``cost_cny`` and ``net_cny`` where
        the cost to serve is known, and every other column as it came.
    columns
        What a view asks for (``assets``, ``potential``, ``willingness``, ``spend``) → column; only those
        that are there.
    labels
        Column → what a reader calls it.
    commission
        Share of the value of orders that was taken as contribution; None where contribution is known.
    """

    customers: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    columns: Mapping[str, str]
    labels: Mapping[str, str]
    commission: float | None

    @property
    def value(self) -> str:
        """The column of what a customer brings: after cost to serve where that is known."""
        return NET if NET in self.customers else CONTRIBUTION

    @property
    def summary(self) -> str:
        """How many customers, and what they bring."""
        brought = self.customers[CONTRIBUTION]
        return _(
            "{customers} customers bring {sum} together, {mean} each on average.",
            customers=format_value(len(self.customers), "count"),
            sum=format_value(float(brought.sum()), "money_cny"),
            mean=format_value(float(brought.mean()), "money_cny"),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Say what was assumed."""
        if self.commission is None:
            return ()
        assumed = _(
            "What a customer contributes is not known: it is taken as {rate} of the value of orders in three "
            "months, an assumption (parameter commission).",
            rate=_tell_rate(self.commission),
        )
        return (assumed,)

    def name(self, column: str) -> str:
        """Return what a reader calls a column."""
        ours = {
            CONTRIBUTION: _("Contribution"),
            COST: _("Cost to serve"),
            NET: _("Left after cost"),
            "assets_cny": _("Assets"),
            "spend_cny": _("Spending"),
            "tenure_months": _("Months with us"),
        }
        return ours.get(column) or self.labels.get(column, column)

    def measure(self, column: str, threshold: float, *, reach: float = 0.0) -> Measure:
        """Return the column with its threshold, which may as well lie ``reach`` (a share) lower or higher."""
        off = abs(threshold) * reach
        line = Estimate(threshold, threshold - off, threshold + off)
        return Measure(column=column, threshold=line, label=self.name(column))

    def with_costs(self, costs: pd.DataFrame) -> "Base":
        """Return the base with the cost to serve of each customer (``customer_id``, ``cost_cny``)."""
        cost = self.customers[ID].map(costs.set_index(ID)[COST])
        return replace(self, customers=_add_net(self.customers.assign(**{COST: cost.to_numpy()})))

    def _repr_html_(self) -> str:
        told = [CONTRIBUTION, *dict.fromkeys(self.columns.values())]
        frame = pd.DataFrame(
            {
                "name": [self.name(column) for column in told],
                "mean": [float(self.customers[column].mean()) for column in told],
                "median": [float(self.customers[column].median()) for column in told],
            }
        )
        columns = {
            "name": Column(_("Of each customer")),
            "mean": Column(_("Mean"), "number"),
            "median": Column(_("Median"), "number"),
        }
        caption = _("What the views go by")
        return result_html(self, table_html(frame, columns, name="measures", caption=caption))


def lay_base(
    frame: pd.DataFrame,
    *,
    named: Mapping[str, str | None],
    commission: float,
    labels: Mapping[str, str],
    id_column: str = ID,
) -> Base:
    """Find the columns that the views ask for, and what each customer brings.

    Parameters
    ----------
    frame
        One row a customer.
    named
        What a view asks for → column that somebody named, None where nobody did: then the standard one is
        taken if it is there. Flags count as 0 and 1.
    commission
        Share of ``order_value_3m_cny`` that counts as contribution where no column tells it.
    labels
        Column → what a reader calls it.
    id_column
        Column of the customer's id.

    Raises
    ------
    DataError
        With all problems at once: columns that were named and are not there, values that are missing.
    """
    problems = check_ids(frame, id_column)
    if len(frame) < MINIMUM:
        problems.append(
            _(
                "{source} holds {count} customers, and no report speaks of fewer than {minimum}. "
                "Check the source and its filters.",
                source=SOURCE,
                count=f"{len(frame):,}",
                minimum=MINIMUM,
            )
        )
    wanted = [column for column in named.values() if column is not None]
    problems += check_columns(frame, [column for column in wanted if column not in frame.columns], SOURCE)
    found = {
        role: column
        for role, standard in _STANDARD.items()
        if (column := named.get(role) or standard) in frame.columns
    }
    is_assumed = "contribution" not in found
    if is_assumed and _TURNOVER not in frame.columns and not named.get("contribution"):
        problems.append(
            _(
                "{contribution}: {source} tells neither what a customer contributes nor the value of "
                "orders ({turnover}). Name the column with contribution.",
                contribution=CONTRIBUTION,
                source=SOURCE,
                turnover=_TURNOVER,
            )
        )
    used = found | ({"contribution": _TURNOVER} if is_assumed and _TURNOVER in frame.columns else {})
    customers = frame.assign(**{column: _as_number(frame[column]) for column in used.values()})
    problems += check_numbers(customers, used.values())
    if problems:
        raise DataError(_("The views cannot be made"), problems)
    brought = customers[used["contribution"]] * (commission if is_assumed else 1.0)
    customers = customers.assign(**{ID: spell_ids(frame[id_column]).astype(object), CONTRIBUTION: brought})
    return Base(
        customers=_add_net(customers).reset_index(drop=True),
        columns={role: column for role, column in found.items() if role != "contribution"},
        labels=labels,
        commission=commission if is_assumed else None,
    )


def _add_net(customers: pd.DataFrame) -> pd.DataFrame:
    if COST not in customers:
        return customers
    return customers.assign(**{NET: customers[CONTRIBUTION] - customers[COST]})


def _as_number(values: pd.Series) -> pd.Series:
    return values.astype("Float64").astype("float64") if pd.api.types.is_bool_dtype(values) else values


def _tell_rate(rate: float) -> str:
    """Write a rate that may be a small part of a per cent."""
    return _("{percent}%", percent=format_value(100 * rate, "number"))
