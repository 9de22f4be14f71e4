"""From all customers to the list in one call, with every problem in one message."""

import pandas as pd

from leadline.data.raw import suggest
from leadline.engage.call_list import HEADLINE, build_list, check_list, tell_barred
from leadline.engage.candidates import find_product_risk
from leadline.engage.gate import gate_customers
from leadline.engage.ids import ID, spell_ids
from leadline.engage.list_result import ListResult
from leadline.engage.order import ListOrder
from leadline.engage.policy import ContactPolicy
from leadline.errors import DataError
from leadline.language import _


def make_list(
    customers: pd.DataFrame,
    scored: pd.DataFrame,
    policy: ContactPolicy,
    order: ListOrder,
    *,
    as_of: object,
    channels: pd.DataFrame | str,
    among: str | None = None,
    product_id: object | None = None,
    products: pd.DataFrame | None = None,
    contact_history: pd.DataFrame | None = None,
    holdings: pd.DataFrame | None = None,
) -> ListResult:
    """Ask the contact policy first, then rank who is left and hold some out at random.

    Parameters
    ----------
    customers
        One row a customer, with what the policy asks of (`leadline.engage.gate_customers`).
    scored, order
        As in `leadline.engage.build_list`; the column of losses may stand in ``customers`` too.
    policy, as_of, among, contact_history, holdings
        As in `leadline.engage.gate_customers`.
    channels
        The channel plan, one row a contact: ``customer_id``, ``channel``; or one channel for all.
    product_id, products
        The product offered; one row a product: ``product_id``, ``risk_level``.

    Raises
    ------
    DataError
        With all problems at once, those of the gate and those of the list.
    """
    problems: list[str] = []
    gate = None
    risk = _find_risk(products, product_id, policy, problems)
    try:
        gate = gate_customers(
            customers,
            policy,
            as_of=as_of,
            product_id=product_id,
            product_risk=risk,
            contact_history=contact_history,
            holdings=holdings,
            among=among,
        )
    except DataError as error:
        problems += error.problems
    scored = _add_loss(scored, customers, order.loss)
    plan = _plan_for_all(scored, channels) if isinstance(channels, str) else channels
    problems += check_list(scored, order, plan)
    if gate is not None and gate.ids.empty:
        problems.append(tell_barred(gate))
    if gate is None or problems:
        raise DataError(_(HEADLINE), list(dict.fromkeys(problems)))
    return build_list(scored, gate, order, channels=plan)


def _find_risk(
    products: pd.DataFrame | None, product_id: object, policy: ContactPolicy, problems: list[str]
) -> int | None:
    """Find the product's risk level; where it is not known, the lowest stands in, beside the problem."""
    if not policy.suitability_required:
        return None
    lowest = 1
    if products is None:
        problems.append(
            _(
                "products is not given, and the policy compares the product's risk with the "
                "customer's. Name the table (product_id, risk_level)."
            )
        )
        return lowest
    if absent := [name for name in ("product_id", "risk_level") if name not in products.columns]:
        problems += [
            _(
                "{name}: the products table has no such column.{hint}",
                name=name,
                hint=suggest(name, map(str, products.columns)),
            )
            for name in absent
        ]
        return lowest
    risk = find_product_risk(products, product_id)
    if risk is None and product_id is not None:  # without a product the gate has its own problem
        known = [str(name) for name in spell_ids(products["product_id"]).dropna().unique()]
        problems.append(
            _(
                "product_id == {product_id}: the products table does not tell its risk_level.{hint} "
                "Known: {known}.",
                product_id=repr(str(product_id)),
                hint=suggest(str(product_id), known),
                known=_(", ").join(known[:8]),
            )
        )
    return lowest if risk is None else risk


def _add_loss(scored: pd.DataFrame, customers: pd.DataFrame, loss: str | None) -> pd.DataFrame:
    """Join the column of losses from the customers, where the scores do not hold it."""
    is_there = loss is None or loss in scored.columns or loss not in customers.columns
    if is_there or ID not in scored.columns or ID not in customers.columns:
        return scored
    ids = spell_ids(customers[ID])
    losses = pd.Series(customers[loss].to_numpy(), index=ids)[~ids.duplicated().to_numpy()]
    return scored.assign(**{str(loss): spell_ids(scored[ID]).map(losses).to_numpy()})


def _plan_for_all(scored: pd.DataFrame, channel: str) -> pd.DataFrame | None:
    """Plan one channel for all; None where the scores name no customers, which is told without a plan."""
    return scored[[ID]].assign(channel=channel) if ID in scored.columns else None
