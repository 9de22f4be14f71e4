"""Permission precedes prediction: nobody is on a list who did not agree, or who opted out."""

import pandas as pd
import pyarrow as pa

from leadline.data.contract import Contract, check_table
from leadline.data.loop.tables import conform
from leadline.data.raw import find_file_rows, name_rows
from leadline.data.sources import hash_rows
from leadline.data.tables import CUSTOMERS
from leadline.errors import DataError
from leadline.language import _, plural

_PERMISSION = Contract(
    name="permission",
    grain="one customer",
    key=("customer_id",),
    columns=tuple(
        rule for rule in CUSTOMERS.columns if rule.name in ("customer_id", "consent", "do_not_contact")
    ),
)


def check_permission(customers: pd.DataFrame, permission: pd.DataFrame, source: str) -> str:
    """Refuse a list with customers who may not be contacted; return the SHA-256 of the permission used.

    Parameters
    ----------
    customers
        The list, one row a customer; customer_id is asked of it by its own contract.
    permission
        One row a customer: customer_id, consent, do_not_contact. Who is not there did not agree.
    source
        What the list is called in messages.

    Raises
    ------
    DataError
        With counts and first rows by reason.
    """
    table = check_table(conform(permission, _PERMISSION), _PERMISSION, "permission")
    table = table.assign(customer_id=table["customer_id"].astype("str"))
    if "customer_id" in customers:
        ids = customers["customer_id"].astype("str")
        reasons = {
            _("with do_not_contact"): table.loc[table["do_not_contact"], "customer_id"],
            _("without consent"): table.loc[~table["consent"], "customer_id"],
        }
        is_barred = {reason: ids.isin(barred) for reason, barred in reasons.items()}
        is_barred[_("without a row in the permission table")] = ~ids.isin(table["customer_id"])
        problems = [
            plural(
                "customer_id: {count} customer {reason} ({rows}). Take them off.",
                "customer_id: {count} customers {reason} ({rows}). Take them off.",
                int(barred.sum()),
                reason=reason,
                rows=name_rows(find_file_rows(barred)),
            )
            for reason, barred in is_barred.items()
            if barred.any()
        ]
        if problems:
            raise DataError(_("{source} holds customers who may not be contacted", source=source), problems)
    return hash_rows(pa.Table.from_pandas(table, preserve_index=False))
