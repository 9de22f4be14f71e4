"""The line that an audit keeps of every list: who, when, by which rules and model, of what size."""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from leadline.data.loop.tables import HELD_OUT
from leadline.engage.ids import ID, hash_ids
from leadline.engage.list_result import ListResult
from leadline.errors import DataError

_AUDIT_VERSION = 1


def write_audit_line(
    result: ListResult, *, who: str, when: dt.datetime, model: str, key: bytes | None = None
) -> dict[str, Any]:
    """Return the line that an audit keeps of a list; plain JSON, no customer is named.

    Parameters
    ----------
    result
        The list.
    who, when, model
        Who answers for it, when it was made (with a time zone), and the model that ranked it.
    key
        Secret by which the line is signed (HMAC-SHA-256); without one it stays unsigned.

    Raises
    ------
    DataError
        If a name is empty, or the time has no zone.
    """
    problems = [
        f"{name} is empty. Fill it." for name, text in (("who", who), ("model", model)) if not text.strip()
    ]
    if when.tzinfo is None:
        problems.append("when has no time zone. Give one, for instance UTC.")
    if problems:
        raise DataError("The audit line cannot be written", problems)
    is_held_out = result.rows["arm"] == HELD_OUT
    line = {
        "schema_version": _AUDIT_VERSION,
        "who": who,
        "when": when.isoformat(timespec="seconds"),
        "model": model,
        "as_of": result.gate.as_of.isoformat(),
        "policy_sha256": result.gate.policy.digest,
        "population": result.gate.population,
        "permitted": len(result.gate.permitted),
        "listed": len(result.rows),
        "held_out": result.held_out,
        "list_sha256": hash_ids(result.rows[ID]),
        "held_out_sha256": hash_ids(result.rows.loc[is_held_out, ID]),
    }
    return line if key is None else {**line, "signature": _sign(line, key)}


def is_audit_line_signed(line: Mapping[str, Any], key: bytes) -> bool:
    """Say whether a line was signed with ``key`` and has not been changed since."""
    unsigned = {name: value for name, value in line.items() if name != "signature"}
    return hmac.compare_digest(str(line.get("signature", "")), _sign(unsigned, key))


def _sign(line: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps(line, sort_keys=True, ensure_ascii=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
