"""The list in the loop's ledger, hold-out and all, so that its effect can be measured later (V8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_note
from leadline.engage.audit import sign_audit_line
from leadline.engage.cells import NO_ANSWER, YES_ANSWER, read_answers
from leadline.engage.ids import ID, spell_ids
from leadline.engage.list_result import ListResult
from leadline.errors import DataError
from leadline.language import _, format_value
from leadline.results import Column, Kpi, result_html, table_html
from leadline.shared_key import SharedKey

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from leadline.data.loop import LoopLedger


@dataclass(frozen=True, eq=False, kw_only=True)
class RegistrationResult:
    """Whether a list stands in the ledger, and its line of audit.

    Attributes
    ----------
    line
        The ledger's line of audit, signed where a key was given; None if no ledger was named.
    is_new
        Whether the list was entered now; it may have been there already.
    key_id
        Short name of the key that signed the line, or None.
    notes
        What the ledger warned of.
    """

    line: Mapping[str, Any] | None = None
    is_new: bool = False
    key_id: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """Where the list is kept."""
        if self.line is None:
            return _("The list is not registered in a ledger.")
        words = {
            "campaign": self.line["campaign_id"],
            "customers": format_value(int(self.line["rows"]), "count"),
        }
        if self.is_new:
            return _(
                "The list is registered as campaign {campaign}: {customers} customers, those held out "
                "among them.",
                **words,
            )
        return _(
            "This list was registered as campaign {campaign} before ({customers} customers): nothing "
            "was changed.",
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a fact of the line of audit that a reader asks for: ``fact``, ``value``."""
        labels = {
            "campaign_id": _("Campaign"),
            "made_by": _("Who answers for the list"),
            "made_at": _("Registered at"),
            "as_of": _("Day of the list"),
            "model": _("Ranked by"),
            "rows": _("Customers on the list"),
            "held_out": _("Held out"),
            "permission_sha256": _("Digest of the permissions"),
            "policy_sha256": _("Digest of the contact policy"),
            "list_sha256": _("Digest of the list"),
            "key_id": _("Signed with the key"),
            "signature": _("Signature"),
        }
        line = self.line or {}
        rows = [(_("Registered"), _("no") if self.line is None else _("yes"))]
        rows += [(label, str(line[name])) for name, label in labels.items() if name in line]
        return pd.DataFrame(rows, columns=["fact", "value"])

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No cards: the list has its own."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """What is lost without a ledger or a signature."""
        if self.line is None:
            return (
                _(
                    "Without a ledger nobody can later hold the contacted against those held out: name one, "
                    "or keep the table of the hold-out."
                ),
            )
        if self.key_id is None:
            unsigned = _("The line of audit is not signed: whoever can write the record can change it.")
            return (*self.notes, unsigned)
        return self.notes

    def figure(self) -> "Figure":
        """Draw the sentence; there is nothing to measure."""
        return draw_note(self.summary)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        return {
            "list_registered": self.line is not None,
            "audit_line": dict(self.line) if self.line else None,
        }

    def _repr_html_(self) -> str:
        if self.line is None:
            return result_html(self, "")
        columns = {"fact": Column(_("Fact")), "value": Column(_("Value"))}
        return result_html(
            self, table_html(self.table, columns, name="audit_line", caption=_("The line of audit"))
        )


def register_list(
    result: ListResult,
    ledger: "LoopLedger | None",
    *,
    customers: pd.DataFrame,
    campaign: str,
    product_id: str | None,
    model: str,
    made_by: str | None,
    key: SharedKey | None = None,
) -> RegistrationResult:
    """Enter a list, hold-out and all, as a round with one campaign; the same list once more changes nothing.

    Parameters
    ----------
    result
        The list, built with channels.
    ledger
        Where; None enters it nowhere.
    customers
        One row a customer: ``customer_id``, ``consent``, ``do_not_contact``. The ledger holds the list to
        them itself, whatever the policy asked; an answer that is not plain is none.
    campaign
        Name of round and campaign.
    product_id, model, made_by
        What is offered, what ranked the customers, who answers for the list.
    key
        By which the line of audit is signed.

    Raises
    ------
    DataError
        If a fact is missing, or the ledger refuses: the campaign has another list, its round other facts.
    """
    if ledger is None:
        return RegistrationResult()
    given = {"campaign": campaign, "product_id": product_id, "made_by": made_by}
    if empty := [name for name, value in given.items() if not str(value or "").strip()]:
        raise DataError(
            _("The list cannot be registered"),
            [_("{name}: it is empty, and the ledger keeps it. Give it.", name=name) for name in empty],
        )
    rows = result.for_ledger()
    ledger.open_round(
        campaign, name=campaign, product_id=str(product_id), model=model, as_of=result.gate.as_of
    )
    kept = ledger.add_list(
        rows,
        round_id=campaign,
        campaign_id=campaign,
        permission=_read_permission(customers),
        made_by=str(made_by),
        source=_("The list"),
    )
    lines = [line for line in ledger.list_audit() if line["campaign_id"] == campaign]
    line = lines[-1] if key is None else sign_audit_line(lines[-1], result, key)
    return RegistrationResult(
        line=line,
        is_new=kept.added > 0,
        key_id=None if key is None else key.key_id,
        notes=kept.warnings,
    )


def _read_permission(customers: pd.DataFrame) -> pd.DataFrame:
    """Read permission as the gate does: only a plain yes is consent, only a plain no is no opt-out."""
    nothing = pd.Series(pd.NA, customers.index, dtype="object")
    return pd.DataFrame(
        {
            ID: spell_ids(customers[ID]).astype("str"),
            "consent": read_answers(customers.get("consent", nothing)) == YES_ANSWER,
            "do_not_contact": read_answers(customers.get("do_not_contact", nothing)) != NO_ANSWER,
        }
    )
