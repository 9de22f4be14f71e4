"""Permission precedes prediction: who may be contacted at all, and by which rule the others were left out."""

from dataclasses import replace

import numpy as np
import pandas as pd

from leadline.data.raw import suggest
from leadline.engage.cells import YES_ANSWER, BoolArray, read_answers
from leadline.engage.gate_result import GateResult
from leadline.engage.ids import ID, is_among, spell_ids
from leadline.engage.policy import ContactPolicy
from leadline.engage.rules import GateInput, Verdict, apply_rules, check_gate, read_as_of
from leadline.errors import DataError
from leadline.language import _, format_value


def gate_customers(
    customers: pd.DataFrame,
    policy: ContactPolicy,
    *,
    as_of: object,
    product_id: object | None = None,
    product_risk: int | None = None,
    contact_history: pd.DataFrame | None = None,
    holdings: pd.DataFrame | None = None,
    among: str | None = None,
) -> GateResult:
    """Leave out every customer whom a rule of the policy bars.

    A permission that is missing or cannot be read is none. A rule that cannot be checked, for want of a
    column or a table, stops the gate: it is never passed over.

    Parameters
    ----------
    customers
        One row a customer: ``customer_id``, ``do_not_contact`` and, as the policy needs them, ``consent``,
        ``is_staff``, ``age_years`` (years), ``risk_level`` (1 to 5).
    policy
        The rules.
    as_of
        Day of the list; contacts and holdings after it are not seen.
    product_id, product_risk
        The product offered, and its risk level (1 to 5).
    contact_history
        One row a contact: ``customer_id``, ``contacted_on`` and, if held-out customers are among them,
        ``channel`` (``none`` for these). A contact without a readable day counts as made on ``as_of``.
    holdings
        One row a product held: ``customer_id``, ``product_id``, ``since``, ``until``.
    among
        A column of yes and no: the group that the campaign is for. Nobody outside it is listed, and the rules
        are counted inside it.

    Returns
    -------
    GateResult
        Who may be contacted, and the counts by rule.

    Raises
    ------
    DataError
        With everything that keeps a rule from being checked.
    """
    day = read_as_of(as_of)
    given = GateInput(
        customers=customers,
        policy=policy,
        product_id=product_id,
        product_risk=product_risk,
        contact_history=contact_history,
        holdings=holdings,
        as_of=day if day is not None else pd.Timestamp(0),
    )
    problems = check_gate(given)
    if day is None:
        problems.append(_("as_of == {as_of}, must be a day such as 2025-07-01.", as_of=repr(as_of)))
    if among is not None and among not in customers.columns:
        near = suggest(among, map(str, customers.columns))
        problems.append(
            _(
                "among == {among}, which is no column of the customers table.{near}",
                among=repr(among),
                near=near,
            )
        )
    if problems:
        raise DataError(_("The contact policy cannot be applied"), problems)
    everybody = given.ids
    if among is not None:
        given = replace(given, customers=customers[read_answers(customers[among]) == YES_ANSWER])
    verdicts = tuple(apply_rules(given))
    bars = np.column_stack([verdict.bars for verdict in verdicts])
    is_permitted = ~bars.any(axis=1)
    return GateResult(
        permitted=given.customers.iloc[np.flatnonzero(is_permitted)].copy(),
        decisions=_list_decisions(given, verdicts, bars),
        rules=_count_rules(verdicts, bars),
        all_ids=everybody,
        as_of=given.as_of.date(),
        policy=policy,
        notes=tuple(_find_notes(given)),
    )


def _list_decisions(given: GateInput, verdicts: tuple[Verdict, ...], bars: BoolArray) -> pd.DataFrame:
    rules = [verdict.rule for verdict in verdicts]
    first = np.where(bars.any(axis=1), bars.argmax(axis=1), -1)
    decisions = pd.DataFrame(
        {
            ID: given.ids.to_numpy(),
            "is_permitted": first < 0,
            "first_rule": pd.Categorical.from_codes(first, categories=pd.Index(rules)),
        }
    )
    return decisions.assign(**{f"barred_by_{rule}": bars[:, place] for place, rule in enumerate(rules)})


def _count_rules(verdicts: tuple[Verdict, ...], bars: BoolArray) -> pd.DataFrame:
    rows = []
    left, is_left = len(bars), np.ones(len(bars), dtype=bool)
    for place, verdict in enumerate(verdicts):
        removed = int((verdict.bars & is_left).sum())
        left -= removed
        rows.append(
            {
                "rule": verdict.rule,
                "label": verdict.label,
                "removed": removed,
                "left": left,
                "barred": int(verdict.bars.sum()),
                "barred_alone": int((verdict.bars & (bars.sum(axis=1) == 1)).sum()),
                "unknown": int(verdict.is_unknown.sum()),
                "unknown_barred": int((verdict.bars & verdict.is_unknown).sum()),
                "position": place,
            }
        )
        is_left &= ~verdict.bars
    return pd.DataFrame(rows)


def _find_notes(given: GateInput) -> list[str]:
    """Say what in the tables beside the customers could not be used."""
    history = given.contact_history
    if history is None or not given.uses_history or history.empty:
        return []
    notes = []
    ids = spell_ids(history[ID])
    if missing := int(ids.isna().sum()):
        notes.append(
            _(
                "{rows} contacts in the history name no customer and bar nobody.",
                rows=format_value(missing, "count"),
            )
        )
    if not is_among(ids, given.ids).any():
        notes.append(_("No contact in the history belongs to one of these customers: are the ids the same?"))
    if undated := int(given.contacts["is_undated"].sum()):
        notes.append(
            _(
                "{rows} contacts in the history have no readable day and count as made today.",
                rows=format_value(undated, "count"),
            )
        )
    return notes
