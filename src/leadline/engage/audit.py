"""A seal for a list that leaves the house: the ledger's line of audit with the facts of the list, signed."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from leadline.data.loop.tables import HELD_OUT
from leadline.engage.ids import ID, hash_ids
from leadline.engage.list_result import ListResult
from leadline.errors import DataError
from leadline.language import _
from leadline.shared_key import SharedKey


def sign_audit_line(line: Mapping[str, Any], result: ListResult, key: SharedKey) -> dict[str, Any]:
    """Return the ledger's line of a list with the list's facts, signed; plain JSON, no customer is named.

    Who made the list, when, for which round and by which model is told by the ledger alone.

    Parameters
    ----------
    line
        The list's line of `leadline.data.loop.LoopLedger.list_audit`.
    result
        The list.
    key
        By which it is signed (HMAC-SHA-256); a partner who holds it can tell that nothing changed.

    Raises
    ------
    DataError
        If the line tells of another number of customers.
    """
    if line["rows"] != len(result.rows):
        raise DataError.of(
            _("The line of audit cannot be signed"),
            _(
                "it tells of {line} customers, and the list holds {count}. Take the list's own.",
                line=f"{line['rows']:,}",
                count=f"{len(result.rows):,}",
            ),
        )
    is_held_out = result.rows["arm"] == HELD_OUT
    facts = {
        "as_of": result.gate.as_of.isoformat(),
        "policy_sha256": result.gate.policy.digest,
        "population": result.gate.population,
        "permitted": len(result.gate.permitted),
        "held_out": result.held_out,
        "list_ids_sha256": hash_ids(result.rows[ID]),
        "held_out_ids_sha256": hash_ids(result.rows.loc[is_held_out, ID]),
        "key_id": key.key_id,
    }
    unsigned = {**line, **facts}
    return {**unsigned, "signature": _sign(unsigned, key)}


def is_audit_line_signed(line: Mapping[str, Any], key: SharedKey) -> bool:
    """Say whether a line was signed with ``key`` and has not been changed since."""
    unsigned = {name: value for name, value in line.items() if name != "signature"}
    return hmac.compare_digest(str(line.get("signature", "")).encode(), _sign(unsigned, key).encode())


def _sign(line: Mapping[str, Any], key: SharedKey) -> str:
    text = json.dumps(line, sort_keys=True, ensure_ascii=False)
    return hmac.new(key.secret, text.encode(), hashlib.sha256).hexdigest()
