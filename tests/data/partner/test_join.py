import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.data import read_table
from leadline.data.export import csv_text
from leadline.data.partner.join import join_partner
from leadline.data.partner.keyed_lists import KeyedList, key_list, make_shared_frame, open_keyed, write_list
from leadline.data.partner.result import PartnerJoinResult
from leadline.errors import DataError
from leadline.shared_key import SharedKey
from tests.data.partner.spellings import SPELLINGS

KEY = SharedKey(b"0123456789abcdef" * 2)
ALLOW = {"list": ("is_staff", "trades_3m")}
NUMBERS = [f"138001380{place:02d}" for place in range(10)]


def our_frame() -> pd.DataFrame:
    return pd.DataFrame({"customer_id": range(1, 9), "phone": NUMBERS[:8], "city": "A"})


def their_frame() -> pd.DataFrame:
    """Numbers 2 to 9 of ours, one of them (2) the partner's employee; spelt in their own way."""
    return pd.DataFrame(
        {
            "account_id": range(100, 108),
            "phone": [f"+86 {number[:3]}-{number[3:7]}-{number[7:]}" for number in NUMBERS[2:]],
            "is_staff": [True] + [False] * 7,
            "trades_3m": range(8),
            "assets_cny": 1e5,
        }
    )


def keyed(frame: pd.DataFrame, key: SharedKey = KEY) -> KeyedList:
    return key_list(frame, key)


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def join(ours: pd.DataFrame, theirs: pd.DataFrame, audit: Path, **more: object) -> PartnerJoinResult:
    return join_partner(keyed(ours), keyed(theirs), allow=ALLOW, purpose="list", audit=audit, **more)


def test_customers_are_matched_whatever_the_order(audit: Path) -> None:
    for seed in range(3):
        result = join(
            our_frame().sample(frac=1, random_state=seed),
            their_frame().sample(frac=1, random_state=seed + 9),
            audit,
        )
        found = result.matched.sort_values("customer_id")
        assert found["customer_id"].tolist() == [3, 4, 5, 6, 7, 8]
        assert found["trades_3m"].tolist() == [0, 1, 2, 3, 4, 5]
        assert found["is_staff"].tolist() == [True] + [False] * 5
        assert sorted(result.unmatched["customer_id"]) == [1, 2]
        assert set(result.unmatched["reason"]) == {"not_on_their_list"}
        assert (result.ours.match_rate, result.theirs.match_rate) == (6 / 8, 6 / 8)


@pytest.mark.covers("exports", "identifiers_keyed")
def test_only_allowed_columns_cross_and_never_a_number(audit: Path) -> None:
    result = join(our_frame(), their_frame(), audit)
    assert result.matched.columns.tolist() == ["customer_id", "is_staff", "trades_3m"]
    assert result.left_behind == ("account_id", "assets_cny")
    keys = set(keyed(our_frame()).frame["phone_key"])
    texts = [
        result.matched.to_csv(),
        result.unmatched.to_csv(),
        result.table.to_csv(),
        json.dumps(result.to_dict()),
        result._repr_html_(),
        audit.read_text(),
    ]
    for text in texts:
        assert not any(number in text for number in NUMBERS)
        assert not any(key in text for key in keys)
    with pytest.raises(DataError, match=r"assets_cny: not in the allow-list for 'list'"):
        join(our_frame(), their_frame(), audit, columns=["is_staff", "assets_cny"])


def test_counts_say_what_could_not_be_used(audit: Path) -> None:
    ours = our_frame()
    ours["phone"] = [*NUMBERS[:6], None, "010-62345678"]
    result = join(ours, their_frame(), audit)
    assert (result.ours.rows, result.ours.missing, result.ours.invalid, result.ours.numbers) == (8, 1, 1, 6)
    assert (result.ours.matched, result.ours.repeated_rows) == (4, 0)
    assert sorted(result.unmatched["customer_id"]) == [1, 2]
    assert "Our list: 1 records hold no Chinese mobile number, 1 none" in result.warnings[0]
    blank = key_list(ours.assign(phone=[*NUMBERS[:6], "", "  "]), KEY)
    assert (blank.missing, blank.invalid) == (2, 0)


def test_a_number_of_several_customers_is_nobody_s(audit: Path) -> None:
    ours = our_frame()
    ours.loc[7, "phone"] = NUMBERS[6]
    result = join(ours, their_frame(), audit)
    assert result.matched["customer_id"].tolist() == [3, 4, 5, 6]
    reasons = result.unmatched.set_index("customer_id")["reason"]
    assert reasons[[7, 8]].tolist() == ["number_of_several_customers"] * 2
    assert result.ours.repeated_rows == 2
    assert any("2 of our customers share a number" in text for text in result.warnings)


def test_rows_that_agree_in_what_crosses_are_one(audit: Path) -> None:
    twice = pd.concat([their_frame(), their_frame().head(2).assign(account_id=[1, 2])], ignore_index=True)
    result = join(our_frame(), twice, audit)
    assert result.matched["customer_id"].tolist() == [3, 4, 5, 6, 7, 8]
    assert (result.conflicting_numbers, result.theirs.repeated_rows, result.theirs.numbers) == (0, 2, 8)
    gaps = their_frame().astype({"trades_3m": "Int64"})
    gaps.loc[0, "trades_3m"] = None
    result = join(our_frame(), pd.concat([gaps, gaps], ignore_index=True), audit)
    assert result.conflicting_numbers == 0


@pytest.mark.parametrize(
    ("conflicts", "trades"), [("leave_out", None), ("first", 0), ("last", 0), ("last", 7)]
)
def test_rows_that_contradict_are_settled_as_asked(audit: Path, conflicts: str, trades: int | None) -> None:
    """Three rows of one number, A B A or A B B: the last is what stands last, not what is new last."""
    first = their_frame().head(1)
    third = first if trades == 0 else first.assign(trades_3m=7)
    theirs = pd.concat([their_frame(), first.assign(trades_3m=7), third], ignore_index=True)
    result = join(our_frame(), theirs, audit, conflicts=conflicts)
    found = result.matched.set_index("customer_id")["trades_3m"]
    assert (found[3] if 3 in found.index else None) == trades
    assert result.conflicting_numbers == 1
    assert result.conflict_columns == {"trades_3m": 1}
    if conflicts == "leave_out":
        assert result.unmatched.set_index("customer_id")["reason"][3] == "their_rows_conflict"
    assert any("1 numbers" in text and "trades_3m: 1" in text for text in result.warnings)


def test_a_fact_that_is_missing_in_one_row_contradicts(audit: Path) -> None:
    gap = their_frame().astype({"trades_3m": "Int64"}).head(1).assign(trades_3m=pd.NA)
    result = join(our_frame(), pd.concat([their_frame(), gap], ignore_index=True), audit)
    assert (result.conflicting_numbers, result.conflict_columns) == (1, {"trades_3m": 1})


def test_who_has_no_number_matches_nobody_without_one(audit: Path) -> None:
    ours, theirs = our_frame(), their_frame()
    ours.loc[0, "phone"] = theirs.loc[0, "phone"] = None
    result = join(ours, theirs, audit)
    assert sorted(result.matched["customer_id"]) == [4, 5, 6, 7, 8]
    assert (result.ours.numbers, result.theirs.numbers) == (7, 7)


def test_staff_are_flagged_however_it_is_spelt(audit: Path) -> None:
    for yes, no in ((True, False), ("是", "否"), ("yes", "No"), (1, 0)):
        theirs = their_frame().assign(is_staff=[yes] + [no] * 7)
        result = join(our_frame(), theirs, audit)
        assert result.staff == 1
        assert result.matched.loc[result.matched["is_staff"], "customer_id"].tolist() == [3]
        assert result.members().value_counts("kind").to_dict() == {"account_holder": 5, "staff": 1}
        assert any("partner's employee" in text for text in result.warnings)
    without = join(our_frame(), their_frame(), audit, columns=["trades_3m"])
    assert without.staff is None
    assert any("not flagged" in text for text in without.warnings)
    with pytest.raises(DataError, match=r"is_staff: must be yes or no in every row"):
        join(our_frame(), their_frame().assign(is_staff=["yes", None] + ["no"] * 6), audit)


@pytest.mark.parametrize("conflicts", ["leave_out", "first", "last"])
@pytest.mark.parametrize("order", [[True, False], [False, True]])
def test_one_yes_among_a_number_s_rows_makes_it_staff(audit: Path, conflicts: str, order: list[bool]) -> None:
    """Numbers 2 and 3 are staff in one of two rows; 3 contradicts in trades, too."""
    theirs = their_frame().assign(is_staff=False)
    more = theirs.head(2).assign(trades_3m=[0, 9])
    theirs = pd.concat([theirs, more], ignore_index=True)
    theirs.loc[[0, 8], "is_staff"] = theirs.loc[[1, 9], "is_staff"] = order
    result = join(our_frame(), theirs, audit, conflicts=conflicts)
    staff = [3] if conflicts == "leave_out" else [3, 4]
    assert result.matched.loc[result.matched["is_staff"], "customer_id"].tolist() == staff
    assert (result.staff, result.staff_disputed) == (len(staff), 2)
    assert result.conflict_columns == {"trades_3m": 1}
    assert any(text.startswith("2 numbers on the partner's list are employees'") for text in result.warnings)
    assert json.loads(audit.read_text())["staff_disputed"] == 2
    assert join(our_frame(), their_frame(), audit).staff_disputed == 0


def test_lists_under_different_keys_are_not_joined(audit: Path) -> None:
    other = SharedKey(KEY.secret + b"\n")
    with pytest.raises(DataError, match=rf"keyed with {KEY.key_id}, theirs with {other.key_id}"):
        join_partner(
            keyed(our_frame()), keyed(their_frame(), other), allow=ALLOW, purpose="list", audit=audit
        )
    assert not audit.exists()


def test_each_join_leaves_a_line(audit: Path) -> None:
    result = join(our_frame(), their_frame(), audit)
    join(our_frame().head(5), their_frame(), audit)
    entries = [json.loads(line) for line in audit.read_text().splitlines()]
    first = entries[0]
    assert first["purpose"] == "list"
    assert first["columns"] == ["is_staff", "trades_3m"]
    assert first["key_id"] == KEY.key_id
    assert first["time"].endswith("+00:00")
    assert (first["ours"]["matched"], first["theirs"]["numbers"]) == (result.ours.matched, 8)
    assert first["ours"]["sha256"] != entries[1]["ours"]["sha256"]
    assert first["theirs"]["sha256"] == entries[1]["theirs"]["sha256"]
    assert KEY.secret.decode() not in audit.read_text()


def test_without_an_audit_line_there_is_no_join(tmp_path: Path) -> None:
    absent = tmp_path / "no" / "audit.jsonl"
    with pytest.raises(DataError, match="audit line cannot be written"):
        join(our_frame(), their_frame(), absent)
    with pytest.raises(DataError, match="audit line cannot be written"):
        make_shared_frame(keyed(their_frame()), allow=ALLOW, purpose="list", audit=absent)


def test_a_list_without_usable_numbers_is_named() -> None:
    with pytest.raises(
        DataError, match=r"phone: none of 8 values is a Chinese mobile number.*8 are something else"
    ):
        key_list(our_frame().assign(phone="010-62345678"), KEY)
    with pytest.raises(DataError, match=r"phone: the table has no such column. Did you mean 'phones'"):
        key_list(our_frame().rename(columns={"phone": "phones"}), KEY)
    with pytest.raises(DataError, match="read as numbers"):
        key_list(our_frame().assign(phone=our_frame()["phone"].astype("float64")), KEY)


def test_a_number_is_no_customer_s_id(audit: Path) -> None:
    ours = our_frame().assign(customer_id=our_frame()["phone"])
    with pytest.raises(
        DataError, match=r"customer_id: 8 values hold a telephone number.*must not be the number"
    ):
        join(ours, their_frame(), audit)
    with pytest.raises(DataError, match=r"client: our list has no such column"):
        join(our_frame(), their_frame(), audit, customer="client")


@pytest.mark.parametrize("written", [*SPELLINGS, 13_800_138_000, 13_800_138_000.0, 8_613_800_138_000])
def test_what_joins_as_a_number_never_crosses(audit: Path, written: object) -> None:
    if isinstance(written, str):
        joined = join(our_frame(), their_frame().assign(phone=[written, *NUMBERS[3:]]), audit)
        assert 1 in joined.matched["customer_id"].tolist()
        audit.unlink()
    with pytest.raises(DataError, match=r"trades_3m: 1 value holds a telephone number \(row 4\)") as caught:
        join(our_frame(), their_frame().assign(trades_3m=[None, None, written, *[None] * 5]), audit)
    assert str(written) not in str(caught.value)
    assert not audit.exists()


def test_no_match_at_all_is_said(audit: Path) -> None:
    theirs = their_frame().assign(phone=[f"1990000000{place}" for place in range(8)])
    result = join(our_frame(), theirs, audit)
    assert result.matched.empty
    assert "No number was found on both lists" in result.warnings[0]
    assert result.summary.startswith("0 customers")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_keyed_list_survives_its_file(tmp_path: Path, audit: Path, suffix: str) -> None:
    """What the partner sends holds the allowed columns, no number, and joins as the list itself would."""
    path = tmp_path / f"list.{suffix}"
    out = tmp_path / "out.jsonl"
    shared = make_shared_frame(keyed(their_frame()), allow=ALLOW, purpose="list", audit=out)
    entry = json.loads(out.read_text())
    assert (entry["event"], entry["purpose"], entry["key_id"]) == ("partner_hash", "list", KEY.key_id)
    assert entry["columns"] == ["is_staff", "trades_3m"]
    assert entry["ours"]["shared_rows"] == 8
    assert entry["ours"]["sha256"] == keyed(their_frame()).sha256
    assert shared.columns.tolist() == ["phone_key", "key_id", "is_staff", "trades_3m"]
    write_list(shared, path)
    assert path.stat().st_mode & 0o077 == 0
    theirs = open_keyed(read_table(path))
    assert theirs.sha256 == read_table(path).source.sha256
    result = join_partner(keyed(our_frame()), theirs, allow=ALLOW, purpose="list", audit=audit)
    direct = join(our_frame(), their_frame(), audit)
    pd.testing.assert_frame_equal(result.matched, direct.matched)


def test_a_list_that_was_not_keyed_is_named(audit: Path) -> None:
    whole = make_shared_frame(keyed(their_frame()), allow=ALLOW, purpose="list", audit=audit)
    with pytest.raises(DataError, match=r"phone_key: the column is absent.*\n.*key_id: the column is absent"):
        open_keyed(their_frame())
    broken = whole["phone_key"].where(np.arange(8) != 2, "13800138000")
    names = ["key-" + "1" * 12, "key-" + "2" * 12]
    with pytest.raises(DataError) as caught:
        open_keyed(whole.assign(phone_key=broken, key_id=np.repeat(names, 4)))
    assert "1 value is no HMAC-SHA-256" in caught.value.problems[0]
    assert "row 4" in caught.value.problems[0]
    assert "2 keys are mixed (key-111111111111, key-222222222222)" in caught.value.problems[1]
    with pytest.raises(DataError, match=r"key_id: 8 values are no key's name \(rows 2, 3, 4") as caught:
        open_keyed(whole.assign(key_id=NUMBERS[:8]))
    assert NUMBERS[0] not in str(caught.value)
    with pytest.raises(DataError, match="holds no rows"):
        open_keyed(whole.head(0))


def test_inputs_stay_as_they_are(audit: Path) -> None:
    ours, theirs = our_frame(), their_frame()
    join(ours, theirs, audit)
    assert csv_text(ours) == csv_text(our_frame())
    assert csv_text(theirs) == csv_text(their_frame())


def test_a_failed_write_leaves_the_old_list(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("old")
    with pytest.raises(DataError, match="half a character"):
        write_list(pd.DataFrame({"a": ["\ud800"]}, dtype=object), path)
    with pytest.raises(DataError, match=r"must end in .csv or .parquet"):
        write_list(our_frame(), tmp_path / "list.xlsx")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["list.csv"]


def test_a_customer_with_several_numbers_is_named_before_anything_crosses(audit: Path) -> None:
    ours = our_frame()
    ours.loc[ours.index[1], "customer_id"] = ours["customer_id"].iloc[0]
    with pytest.raises(DataError, match=r"customer_id: 1 row repeats a customer of our list \(row 3\)"):
        join(ours, their_frame(), audit)
    assert not audit.exists()
