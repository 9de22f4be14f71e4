"""A list of people under keyed identifiers: what one partner gives the other instead of numbers (E2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from leadline.data.export import csv_text
from leadline.data.partner.audit import append_audit
from leadline.data.partner.phones import key_identifiers, normalise_phone
from leadline.data.partner.purposes import AllowList, choose_columns
from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.data.sources import Table, hash_rows
from leadline.durable import replacing
from leadline.errors import DataError
from leadline.language import _, plural
from leadline.shared_key import SharedKey

#: Columns of a list that was keyed: the identifier, and the short name of the key.
KEYED, KEY_ID = "phone_key", "key_id"
_DIGEST, _KEY_NAME = r"[0-9a-f]{64}", r"key-[0-9a-f]{12}"
_SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True, eq=False, kw_only=True)
class KeyedList:
    """People under keyed identifiers.

    Attributes
    ----------
    frame
        One row a record with a usable number: ``phone_key`` and the other columns, in the order of the
        source; the number itself is gone.
    key_id
        Short name of the key.
    sha256
        Of the file that the list came from, or of the frame's rows.
    rows, missing, invalid
        Records of the source, those without a number, those whose number is no Chinese mobile number.
    """

    frame: pd.DataFrame
    key_id: str
    sha256: str
    rows: int
    missing: int = 0
    invalid: int = 0


def key_list(table: Table | pd.DataFrame, key: SharedKey, *, phone: str = "phone") -> KeyedList:
    """Key a list that holds telephone numbers.

    Parameters
    ----------
    table
        One row a record, with the column ``phone``.
    key
        The key shared with the partner.
    phone
        The column of numbers, written in any way that `normalise_phone` reads.

    Raises
    ------
    DataError
        If the column is absent, was read as numbers, or holds no usable number.
    """
    frame, sha256 = _open(table)
    if phone not in frame:
        raise DataError.of(
            _("The list cannot be keyed"),
            _(
                "{phone}: the table has no such column.{hint} Name the one of numbers.",
                phone=phone,
                hint=suggest(phone, frame.columns),
            ),
        )
    numbers = normalise_phone(frame[phone])
    is_missing = frame[phone].isna() | (frame[phone].astype(object).map(str).str.strip() == "")
    is_usable = numbers.notna()
    if not is_usable.any():
        rows = find_file_rows(~is_missing)
        found = (
            plural(
                "; {count} is something else ({rows})",
                "; {count} are something else ({rows})",
                len(rows),
                rows=name_rows(rows),
            )
            if rows
            else ""
        )
        raise DataError.of(
            _("The list cannot be keyed"),
            _(
                "{phone}: none of {count} values is a Chinese mobile number (11 digits){found}. Name "
                "the column of numbers.",
                phone=phone,
                count=f"{len(frame):,}",
                found=found,
            ),
        )
    others = frame.drop(columns=[name for name in (phone, KEYED, KEY_ID) if name in frame])
    others.insert(0, KEYED, key_identifiers(numbers, key))
    return KeyedList(
        frame=others[is_usable],
        key_id=key.key_id,
        sha256=sha256,
        rows=len(frame),
        missing=int(is_missing.sum()),
        invalid=int((~is_usable & ~is_missing).sum()),
    )


def open_keyed(table: Table | pd.DataFrame) -> KeyedList:
    """Take a list that was keyed already: columns ``phone_key`` and ``key_id``.

    Raises
    ------
    DataError
        If a column is absent, the list holds several keys' rows, or an identifier is no HMAC-SHA-256.
    """
    frame, sha256 = _open(table)
    absent = [name for name in (KEYED, KEY_ID) if name not in frame]
    problems = [
        _("{name}: the column is absent. Key the list with: leadline partner hash.", name=name)
        for name in absent
    ]
    if not absent:
        for name, form, what in (
            (KEYED, _DIGEST, _("HMAC-SHA-256, 64 hex digits")),
            (KEY_ID, _KEY_NAME, _("key's name")),
        ):
            strange = ~frame[name].astype("str").str.fullmatch(form).fillna(value=False).astype(bool)
            if strange.any():
                rows = find_file_rows(strange)
                problems.append(
                    plural(
                        "{name}: {count} value is no {what} ({rows}). Have the list keyed again.",
                        "{name}: {count} values are no {what} ({rows}). Have the list keyed again.",
                        len(rows),
                        name=name,
                        what=what,
                        rows=name_rows(rows),
                    )
                )
        names = sorted(frame[KEY_ID].astype("str").dropna().unique())
        if frame.empty:
            problems.append(_("it holds no rows. Check how it was made."))
        if len(names) > 1:
            shown = [name for name in names if re.fullmatch(_KEY_NAME, name)][:3]
            problems.append(
                _(
                    "{key_id}: {count} keys are mixed ({shown}). Key all rows with one.",
                    key_id=KEY_ID,
                    count=len(names),
                    shown=_(", ").join(shown),
                )
            )
    if problems:
        raise DataError(_("The list is not a keyed one"), problems)
    return KeyedList(
        frame=frame.drop(columns=KEY_ID), key_id=str(frame[KEY_ID].iloc[0]), sha256=sha256, rows=len(frame)
    )


def make_shared_frame(
    keyed: KeyedList,
    *,
    allow: AllowList,
    purpose: str,
    audit: str | Path,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return what goes to the partner: keyed identifiers, the key's name and the columns allowed, no more.

    The audit line of what leaves is added to the file ``audit`` before anything is returned.

    Raises
    ------
    DataError
        As `leadline.data.partner.purposes.choose_columns`; or if the audit line cannot be written.
    """
    chosen = choose_columns(keyed.frame, allow=allow, purpose=purpose, columns=columns, set_apart=(KEYED,))
    shared = keyed.frame[[KEYED, *chosen]].reset_index(drop=True)
    shared.insert(1, KEY_ID, keyed.key_id)
    entry = {
        "purpose": purpose,
        "columns": chosen,
        "key_id": keyed.key_id,
        "ours": {"rows": keyed.rows, "missing": keyed.missing, "invalid": keyed.invalid}
        | {"shared_rows": len(shared), "sha256": keyed.sha256},
    }
    append_audit(audit, "partner_hash", entry)
    return shared


def check_list_name(path: Path) -> None:
    """Refuse a file that `write_list` could not write; ask before the audit line says that a list went out.

    Raises
    ------
    DataError
        If the name ends in neither .csv nor .parquet, or there is no such folder.
    """
    if path.suffix not in _SUFFIXES:
        raise DataError.of(
            _("{path} cannot be written", path=path), _("its name must end in .csv or .parquet.")
        )
    if not path.parent.is_dir():
        raise DataError.of(
            _("{path} cannot be written", path=path),
            _("there is no folder {parent}. Make it first.", parent=path.parent),
        )
    if path.is_dir():
        raise DataError.of(
            _("{path} cannot be written", path=path), _("it is a folder. Choose another name.")
        )


def write_list(frame: pd.DataFrame, path: Path) -> None:
    """Write a list of people as CSV or Parquet, whole or not at all; only its owner can read the file.

    Raises
    ------
    DataError
        As `check_list_name`; or if the file cannot be written.
    """
    check_list_name(path)
    try:
        with replacing(path, mode=0o600) as file:
            if path.suffix == ".csv":
                file.write(csv_text(frame).encode("utf-8-sig"))
            else:
                frame.to_parquet(file, index=False)
    except OSError as error:
        raise DataError.of(_("{path} cannot be written", path=path), f"{error.strerror}.") from None


def _open(table: Table | pd.DataFrame) -> tuple[pd.DataFrame, str]:
    if isinstance(table, Table):
        return table.frame, table.source.sha256
    return table, hash_rows(pa.Table.from_pandas(table, preserve_index=False))
