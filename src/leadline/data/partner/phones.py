"""Chinese mobile numbers: brought to one form of eleven digits, then keyed (HMAC-SHA-256, RFC 2104)."""

import hmac

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.raw import find_file_rows, name_rows
from leadline.errors import DataError
from leadline.language import _, plural
from leadline.shared_key import SharedKey

#: What may stand between digits, after NFKC: spaces, dashes, brackets, dots, marks that spreadsheets and
#: chats leave behind.
SEPARATORS = r"[\p{Z}\p{Cc}\p{Cf}\p{Pd}\p{M}−.·()\[\]'’]"
_MOBILE = r"^(?:(?:\+|00)86|86)?0?(?P<number>1[3-9][0-9]{9})$"
#: What a spreadsheet or a data frame makes of a number that it took for a quantity.
_QUANTITY = r"^\s*\+?(?:[0-9]{9,}\.0*|[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+)\s*$"


def normalise_phone(values: pd.Series) -> pd.Series:
    """Bring mobile numbers to eleven digits, ``13800138000``.

    Country code (+86, 0086, 86), leading zero, spaces, dashes, brackets, dots, full-width digits and
    invisible marks are taken away.

    Parameters
    ----------
    values
        One number a row, text or whole numbers.

    Returns
    -------
    Series
        Text, labelled as ``values``; missing where there is none, or where it is no Chinese mobile number (a
        landline, a foreign number, too few digits).

    Raises
    ------
    DataError
        If the column was read as numbers: floats, or text such as 13800138000.0 and 1.38e10.
    """
    if pd.api.types.is_float_dtype(values) and values.notna().any():
        _refuse_quantities(values, values.notna())
    text = values.astype(object).where(values.notna()).map(str, na_action="ignore")
    narrow = pc.utf8_normalize(pa.array(text, pa.string(), from_pandas=True), form="NFKC")
    is_quantity = pc.fill_null(pc.match_substring_regex(narrow, _QUANTITY), False)  # noqa: FBT003
    if pc.any(is_quantity).as_py():
        _refuse_quantities(values, pd.Series(is_quantity.to_numpy(zero_copy_only=False), values.index))
    plain = pc.replace_substring_regex(narrow, SEPARATORS, "")
    numbers = pc.struct_field(pc.extract_regex(plain, _MOBILE), "number")
    return pd.Series(numbers.to_pandas().to_numpy(), values.index, dtype="str", name=values.name)


def key_identifiers(identifiers: pd.Series, key: SharedKey) -> pd.Series:
    """Replace identifiers by their HMAC-SHA-256 under ``key``, 64 hexadecimal digits; missing stays missing.

    Bring identifiers to one form first (`normalise_phone`): one differing character
    gives another digest.
    """
    start = hmac.new(key.secret, digestmod="sha256")

    def digest(identifier: str) -> str:
        state = start.copy()
        state.update(identifier.encode())
        return state.hexdigest()

    keyed = [digest(item) if isinstance(item, str) else None for item in identifiers.astype(object)]
    return pd.Series(keyed, identifiers.index, dtype="str", name=identifiers.name)


def _refuse_quantities(values: pd.Series, mask: pd.Series) -> None:
    """Name the rows, never a value: it would carry the number into logs."""
    rows = find_file_rows(mask)
    name = values.name if values.name is not None else "phone"
    raise DataError.of(
        _("Phone numbers cannot be used as they are"),
        plural(
            "{name}: the column was read as numbers; {count} value has a decimal point or an "
            "exponent ({rows}), and digits may be lost. Format the column as text where the file "
            "is made and export it again, or read it as text (text_columns).",
            "{name}: the column was read as numbers; {count} values have a decimal point or an "
            "exponent ({rows}), and digits may be lost. Format the column as text where the file "
            "is made and export it again, or read it as text (text_columns).",
            len(rows),
            name=name,
            rows=name_rows(rows),
        ),
    )
