import hashlib
import hmac

import numpy as np
import pandas as pd
import pytest

from leadline.data.partner.phones import key_identifiers, normalise_phone
from leadline.data.partner.purposes import find_numbers_of_people
from leadline.errors import DataError
from leadline.shared_key import SharedKey
from tests.data.partner.spellings import SPELLINGS

KEY = SharedKey(b"0123456789abcdef" * 2)
FULL_WIDTH = str.maketrans("0123456789+-() ", "０１２３４５６７８９＋－（）　")


def test_one_number_in_many_spellings() -> None:
    assert normalise_phone(pd.Series(SPELLINGS)).tolist() == ["13800138000"] * len(SPELLINGS)


@pytest.mark.parametrize(
    "written",
    [
        "12800138000",  # no mobile prefix
        "1380013800",
        "138001380001",
        "010-62345678",
        "+13800138000",  # a number in North America
        "0013800138000",
        "+852 9123 4567",
        "13800138000 / 13900139000",
        "call 13800138000",
        "N/A",
        "-",
        "",
        "86",
    ],
)
def test_what_is_no_chinese_mobile_number_is_missing(written: str) -> None:
    assert normalise_phone(pd.Series([written])).isna().all()


def write_number(rng: np.random.Generator, number: str) -> str:
    marks = rng.choice(["", " ", "-", "(", ")", "\u00a0", "–", "·", "\u200b"], 11)
    prefix = rng.choice(["", "+86", "0086", "86", "0", "+86 0"])
    written = prefix + "".join(mark + digit for mark, digit in zip(marks, number, strict=True))
    return written.translate(FULL_WIDTH) if rng.random() < 0.5 else written


def test_any_spelling_leads_back_and_none_crosses() -> None:
    rng = np.random.default_rng(7)
    numbers = [f"1{rng.integers(3, 10)}{rng.integers(0, 10**9):09d}" for _ in range(400)]
    written = [write_number(rng, number) for number in numbers]
    assert len(set(written)) == 400
    assert normalise_phone(pd.Series(written)).tolist() == numbers
    found = find_numbers_of_people(pd.Series(written, name="remark"))
    assert found.startswith("remark: 400 values hold a telephone number")


def test_labels_name_and_gaps_are_kept() -> None:
    written = pd.Series(["13800138000", None, "x"], index=[7, 3, 5], name="mobile")
    found = normalise_phone(written)
    assert found.index.tolist() == [7, 3, 5]
    assert found.name == "mobile"
    assert found.isna().tolist() == [False, True, True]
    assert written.tolist()[0] == "13800138000"
    assert normalise_phone(found)[7] == "13800138000"


def test_whole_numbers_are_as_good_as_text() -> None:
    assert normalise_phone(pd.Series([13800138000, 8613900139000])).tolist() == ["13800138000", "13900139000"]
    gaps = pd.Series(pd.array([13800138000, None], "Int64"))
    assert normalise_phone(gaps).isna().tolist() == [False, True]


@pytest.mark.parametrize(
    "wrong", ["13800138000.0", "1.38e10", "1.38E+10", "1.3800138e10", "１３８００１３８０００．０"]
)
def test_text_of_a_column_read_as_numbers_is_named(wrong: str) -> None:
    values = pd.Series(["13900139000", "13900139001", wrong, wrong], name="phone")
    with pytest.raises(
        DataError, match=r"phone: the column was read as numbers; 2 values.*\(rows 4 and 5\)"
    ) as caught:
        normalise_phone(values)
    assert wrong not in str(caught.value)


def test_floats_are_named() -> None:
    values = pd.Series([13800138000.0, np.nan, 13900139000.0], name="phone")
    with pytest.raises(
        DataError, match=r"2 values have a decimal point .*\(rows 2 and 4\).*text_columns"
    ) as caught:
        normalise_phone(values)
    assert "138" not in str(caught.value)
    mixed = pd.Series(["13900139000", 13800138000.0], dtype=object, name="phone")
    with pytest.raises(DataError, match=r"1 value has a decimal point .*\(row 3\)"):
        normalise_phone(mixed)


def test_an_empty_column_is_no_column_of_numbers() -> None:
    assert normalise_phone(pd.Series([np.nan, np.nan])).isna().all()


@pytest.mark.covers("exports", "identifiers_keyed")
def test_keyed_identifiers_are_hmac_sha_256() -> None:
    numbers = pd.Series(["13900139000", "13800138000", None], index=[9, 4, 2], name="phone")
    keyed = key_identifiers(numbers, KEY)
    expected = hmac.new(KEY.secret, b"13800138000", hashlib.sha256).hexdigest()
    assert keyed[4] == expected
    assert keyed.isna().tolist() == [False, False, True]
    assert keyed[4] != hashlib.sha256(b"13800138000").hexdigest()
    # RFC 4231, test case 3
    rfc = key_identifiers(pd.Series(["Hi There"]), SharedKey(b"\x0b" * 32))
    assert rfc[0] == hmac.digest(b"\x0b" * 32, b"Hi There", "sha256").hex()
