"""Imports into the loop ledger: whole, once, and never in silent contradiction."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pytest

from leadline.data.loop.ledger import LoopLedger
from leadline.errors import DataError, RunError
from leadline.store import STORE_FILE
from tests.data.loop.ledger_rows import CONTACTED, MADE, OBSERVED, contacts, open_ledger, outcomes, read_parts


@pytest.fixture
def ledger(tmp_path: Path) -> LoopLedger:
    return open_ledger(tmp_path)


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "loop").iterdir()} - {".lock"}


def test_an_import_is_kept_with_its_index(ledger: LoopLedger, tmp_path: Path) -> None:
    result = ledger.add_contacts(contacts(range(5), note="x"), round_id="r1", source="calls.csv")
    assert (result.added, result.known, result.corrected, result.ignored) == (5, 0, 0, ("note",))
    assert result.summary == (
        "contacts of round r1: 5 rows added, 0 already there, 0 followed up further, 0 corrected."
    )
    (part,) = ledger._index.parts("contacts")
    assert part.file == result.part == f"contacts-{part.sha256}.parquet"
    assert (part.round_id, part.rows, part.source) == ("r1", 5, "calls.csv")
    assert (part.first_date, part.last_date) == (CONTACTED.isoformat(), CONTACTED.isoformat())
    assert files(tmp_path) == {part.file}
    rows = read_parts(ledger, "contacts")
    assert list(rows["customer_id"]) == ["0", "1", "2", "3", "4"]
    assert set(rows["round_id"]) == {"r1"}
    assert ledger.rounds()[0]["contacts"] == 5


def test_the_same_rows_again_add_nothing_and_say_so(ledger: LoopLedger, tmp_path: Path) -> None:
    ledger.add_contacts(contacts(range(5)), round_id="r1")
    before = files(tmp_path)
    again = ledger.add_contacts(contacts(range(5)).iloc[::-1], round_id="r1")
    assert (again.added, again.known, again.part) == (0, 5, None)
    more = ledger.add_contacts(contacts(range(3, 8)), round_id="r1")
    assert (more.added, more.known) == (3, 2)
    assert before < files(tmp_path)
    assert list(read_parts(ledger, "contacts")["customer_id"]) == list("01234567")


def test_ids_of_any_form_and_missing_values_are_the_same_again(ledger: LoopLedger) -> None:
    numbers = contacts(range(3), is_reached=None)
    assert ledger.add_contacts(numbers, round_id="r1").added == 3
    batch = pa.RecordBatch.from_pandas(numbers.assign(customer_id=[0, 1, 2]), preserve_index=False)
    assert ledger.add_contacts([batch], round_id="r1").known == 3
    assert ledger.add_contacts(contacts(["00", "01"]), round_id="r1").added == 2, "leading zeros are kept"


def test_other_values_for_a_key_are_a_conflict_that_names_them(ledger: LoopLedger, tmp_path: Path) -> None:
    ledger.add_contacts(contacts(range(10)), round_id="r1")
    before = files(tmp_path)
    changed = contacts(range(12))
    changed.loc[[3, 7], "channel"] = "sms"
    changed.loc[7, "cost_cny"] = 9.0
    with pytest.raises(DataError) as caught:
        ledger.add_contacts(changed, round_id="r1", source="new.csv")
    assert str(caught.value) == (
        "new.csv contradicts the ledger; nothing was added (1 problem):\n"
        "  - campaign_id + customer_id: 2 rows have other values than the ledger (rows 5 and 9; "
        "campaign c1, customer 3: channel is sms, was call). "
        "If the new values are right, import them as a correction."
    )
    assert files(tmp_path) == before
    assert len(read_parts(ledger, "contacts")) == 10


def test_a_missing_value_that_is_filled_is_a_conflict_too(ledger: LoopLedger) -> None:
    ledger.add_contacts(contacts(range(2), is_reached=None), round_id="r1")
    with pytest.raises(DataError, match="is_reached is True, was None"):
        ledger.add_contacts(contacts(range(2)), round_id="r1")


def test_a_correction_supersedes_and_the_old_part_stays(ledger: LoopLedger, tmp_path: Path) -> None:
    ledger.add_contacts(contacts(range(4)), round_id="r1")
    ledger.add_contacts(contacts(range(4, 8)), round_id="r1")
    before = files(tmp_path)
    changed = contacts([2, 3, 90])
    changed.loc[0, "channel"] = "sms"
    result = ledger.add_contacts(changed, round_id="r1", correct=True)
    assert (result.added, result.known, result.corrected) == (1, 1, 1)
    rows = read_parts(ledger, "contacts").set_index("customer_id")
    assert list(rows.index) == ["0", "1", "2", "3", "4", "5", "6", "7", "90"]
    assert list(rows.index[rows["channel"] == "sms"]) == ["2"]
    assert before < files(tmp_path)
    assert [part.rows for part in ledger._index.parts("contacts")] == [4, 5], (
        "only the part with row 2 is new"
    )
    (old,) = ledger._index.parts("contacts", superseded=True)
    assert old.superseded_by == 3


def test_the_file_from_before_a_correction_adds_nothing(ledger: LoopLedger) -> None:
    ledger.add_contacts(contacts(range(4)), round_id="r1")
    ledger.add_contacts(contacts([2], channel="sms"), round_id="r1", correct=True)
    assert ledger.add_contacts(contacts(range(4)), round_id="r1").known == 4
    with pytest.raises(DataError, match="channel is branch, was sms"):
        ledger.add_contacts(contacts([2], channel="branch"), round_id="r1")


def test_a_correction_may_be_taken_back(ledger: LoopLedger) -> None:
    for channel in ("call", "sms", "call"):
        ledger.add_contacts(contacts([1], channel=channel), round_id="r1", correct=True)
    assert list(read_parts(ledger, "contacts")["channel"]) == ["call"]


def test_two_rows_for_one_key_in_an_import_are_refused(ledger: LoopLedger) -> None:
    pieces = [contacts([1, 2, 3]), contacts([4, 2])]
    with pytest.raises(DataError, match=r"2 rows share a key with another \(rows 3 and 6\)"):
        ledger.add_contacts(pieces, round_id="r1")


def test_a_broken_contract_is_refused_with_rows_counted_through_all_pieces(ledger: LoopLedger) -> None:
    pieces = [contacts([1, 2]), contacts([3, 4], channel=["call", "fax"])]
    with pytest.raises(DataError, match=r"channel: 1 value is not allowed \(row 5: 'fax'\)"):
        ledger.add_contacts(pieces, round_id="r1", source="c.csv")
    with pytest.raises(DataError, match="customer_id: 1 of 2 values are missing"):
        ledger.add_contacts(contacts(["", "1"]), round_id="r1")
    with pytest.raises(DataError, match="holds no rows"):
        ledger.add_contacts([], round_id="r1")
    assert ledger.parts("contacts") == []


def test_an_import_that_dies_half_way_leaves_nothing(ledger: LoopLedger, tmp_path: Path) -> None:
    def pieces() -> Iterator[pd.DataFrame]:
        yield contacts(range(1000))
        assert len(files(tmp_path)) == 1, "written aside"
        assert ledger.parts("contacts") == []
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.add_contacts(pieces(), round_id="r1")
    assert files(tmp_path) == set()
    assert ledger.add_contacts(contacts(range(1000)), round_id="r1").added == 1000


def test_a_campaign_belongs_to_one_round(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, "r1", "r2")
    ledger.add_contacts(contacts(range(3)), round_id="r1")
    with pytest.raises(DataError, match="campaign_id 'c1': it belongs to round 'r1'"):
        ledger.add_contacts(contacts(range(9, 12)), round_id="r2")
    assert ledger.add_contacts(contacts(range(3), "c2"), round_id="r2").added == 3


def test_outcomes_need_their_contacts(ledger: LoopLedger) -> None:
    ledger.add_contacts(contacts([1, 2]), round_id="r1")
    with pytest.raises(DataError, match=r"2 rows have no contact and no place on a list \(rows 2 and 4\)"):
        ledger.add_outcomes(outcomes({7: None, 2: None, 8: None}), round_id="r1", observed_until=OBSERVED)


def test_outcomes_that_cannot_be_dated_are_refused_all_at_once(ledger: LoopLedger) -> None:
    ledger.add_contacts(contacts(range(4)), round_id="r1")
    rows = outcomes({0: "2025-07-05", 1: "2025-08-01", 2: None, 3: "2025-07-31"})
    rows["is_subscribed"] = [False, True, True, True]
    with pytest.raises(DataError) as caught:
        ledger.add_outcomes(rows, round_id="r1", observed_until=OBSERVED)
    text = str(caught.value)
    assert "1 subscription has no day (row 4)" in text
    assert "1 row has a day but is_subscribed is false (row 2)" in text
    assert "1 day is after 2025-07-31, the last day observed (row 3)" in text


def test_following_outcomes_up_is_no_contradiction_and_rewriting_the_past_is(ledger: LoopLedger) -> None:
    ledger.add_contacts(contacts(range(3)), round_id="r1")
    early, late = dt.date(2025, 7, 10), dt.date(2025, 8, 10)
    first = outcomes({0: "2025-07-05", 1: None, 2: None})
    ledger.add_outcomes(first, round_id="r1", observed_until=early)
    then = outcomes({0: "2025-07-05", 1: "2025-07-20", 2: None})
    result = ledger.add_outcomes(then, round_id="r1", observed_until=late)
    assert (result.followed_up, result.corrected, result.known) == (3, 0, 0)
    rows = read_parts(ledger, "outcomes")
    assert list(rows["is_subscribed"]) == [True, True, False]
    assert set(rows["observed_until"]) == {late}
    assert ledger.add_outcomes(first, round_id="r1", observed_until=early).known == 3
    denied = outcomes({0: None, 1: "2025-07-20", 2: None})
    with pytest.raises(DataError, match="1 row has other values"):
        ledger.add_outcomes(denied, round_id="r1", observed_until=dt.date(2025, 9, 1))
    backdated = outcomes({2: "2025-07-08"})
    with pytest.raises(DataError, match="subscribed_on is 2025-07-08, was None"):
        ledger.add_outcomes(backdated, round_id="r1", observed_until=dt.date(2025, 9, 1))


def test_a_round_opens_once(ledger: LoopLedger, tmp_path: Path) -> None:
    facts = {"name": "Round r1", "product_id": "p1", "as_of": MADE}
    ledger.open_round("r1", model="model of r1", **facts)
    with pytest.raises(DataError, match="model: 'other' is 'model of r1' in the ledger"):
        ledger.open_round("r1", model="other", **facts)
    with pytest.raises(DataError, match="model: it is empty"):
        ledger.open_round("r2", model="", **facts)
    assert [row["round_id"] for row in ledger.rounds()] == ["r1"]
    with pytest.raises(DataError, match="no round 'r11'.*\n.*Did you mean 'r1'"):
        ledger.add_contacts(contacts([1]), round_id="r11")


def test_a_folder_without_a_ledger_gets_none_by_looking(tmp_path: Path) -> None:
    ledger = LoopLedger(tmp_path)
    for look in (ledger.rounds, ledger.list_audit, ledger.sweep, lambda: ledger.parts("lists")):
        with pytest.raises(DataError, match="There is no ledger in"):
            look()
    with pytest.raises(DataError, match="There is no ledger in"):
        ledger.add_contacts(contacts([1]), round_id="r1")
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_missing_or_changed_is_named(ledger: LoopLedger, tmp_path: Path) -> None:
    one = ledger.add_contacts(contacts([1]), round_id="r1").part
    two = ledger.add_contacts(contacts([2]), round_id="r1").part
    assert one is not None
    assert two is not None
    path = tmp_path / "loop" / one
    content = bytearray(path.read_bytes())
    content[30] ^= 1
    path.write_bytes(content)
    (tmp_path / "loop" / two).unlink()
    with pytest.raises(DataError) as caught:
        ledger.labels(as_of=OBSERVED, horizon_days=7)
    assert [problem.split(". ")[0] for problem in caught.value.problems] == [
        f"{one}: the file was changed or damaged",
        f"{two}: the file is missing",
    ]
    with pytest.raises(DataError, match="is missing"):
        ledger.add_contacts(contacts([3]), round_id="r1")


def test_a_ledger_from_a_newer_version_is_left_alone(ledger: LoopLedger, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / STORE_FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for use in (ledger.rounds, lambda: ledger.add_contacts(contacts([1]), round_id="r1")):
        with pytest.raises(RunError, match="was written by a newer leadline. Update leadline"):
            use()
    assert not (tmp_path / "loop").exists()


def test_duckdb_and_ibis_read_the_published_parts(tmp_path: Path) -> None:
    folder = tmp_path / "客户 's [1]"
    folder.mkdir()
    ledger = open_ledger(folder)
    ledger.add_contacts(contacts(range(4)), round_id="r1")
    ledger.add_contacts(contacts([1], channel="sms"), round_id="r1", correct=True)
    ledger.add_contacts(contacts(range(4, 6)), round_id="r1")
    plain = tmp_path / "plain"
    folder.rename(plain)
    paths = [str(path) for path in LoopLedger(plain).parts("contacts")]
    assert duckdb.read_parquet(paths).aggregate("count(*)").fetchall() == [(6,)]
    table = ibis.duckdb.connect().read_parquet(paths)
    assert table.filter(table.channel == "sms").customer_id.execute().tolist() == ["1"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
def test_a_moment_with_a_time_zone_is_no_day(ledger: LoopLedger, zone: str) -> None:
    moment = pd.Timestamp("2025-07-01T00:30+08:00").tz_convert(zone)
    frame = contacts([1], contacted_on=moment)
    for rows in (frame, pa.Table.from_pandas(frame, preserve_index=False)):
        with pytest.raises(DataError, match="contacted_on: the moments have a time zone.*Give the local day"):
            ledger.add_contacts(rows, round_id="r1")


def test_a_sweep_takes_only_what_is_the_ledgers_own(ledger: LoopLedger, tmp_path: Path) -> None:
    ledger.add_contacts(contacts([1]), round_id="r1")
    backup = (tmp_path / STORE_FILE).read_bytes()
    loop = tmp_path / "loop"
    (loop / "mine.txt").write_text("mine")
    (loop / ".hidden").write_text("mine")
    (loop / "contacts-of-may.parquet").write_text("mine")
    (loop / "notes").mkdir()
    (loop / f".{'a' * 32}").write_text("unfinished")
    newer = ledger.add_contacts(contacts([2]), round_id="r1").part
    assert newer is not None
    store = (tmp_path / STORE_FILE).read_bytes()
    (tmp_path / STORE_FILE).write_bytes(backup)
    assert ledger.sweep() == [newer]
    assert {"mine.txt", ".hidden", "contacts-of-may.parquet", "notes"} < files(tmp_path)
    assert f".{'a' * 32}" not in files(tmp_path)
    assert list(read_parts(ledger, "contacts")["customer_id"]) == ["1"]
    (tmp_path / STORE_FILE).write_bytes(store)
    with pytest.raises(
        DataError, match=f"{newer}: the file is missing. Put it back from the folder orphaned"
    ):
        ledger.parts("contacts")
    (loop / "orphaned" / newer).rename(loop / newer)
    assert list(read_parts(ledger, "contacts")["customer_id"]) == ["1", "2"]


def test_outcomes_of_a_part_of_the_contacts_are_warned_of(ledger: LoopLedger) -> None:
    ledger.add_contacts(contacts(range(10)), round_id="r1")
    only = outcomes({0: "2025-07-05", 1: "2025-07-06"})
    result = ledger.add_outcomes(only, round_id="r1", observed_until=OBSERVED)
    (warning,) = result.warnings
    assert "c1: only 2 of 10 customers have an outcome, and every one of them subscribed" in warning
    labels = ledger.labels(as_of=OBSERVED, horizon_days=7)
    assert labels.warnings == (warning,)
    assert "every one of them subscribed" in labels._repr_html_()
    result = ledger.add_outcomes(outcomes({2: None}), round_id="r1", observed_until=OBSERVED)
    (warning,) = result.warnings
    assert "only 3 of 10 customers have an outcome. Import the others" in warning
    rest = outcomes(dict.fromkeys(range(3, 10)))
    assert ledger.add_outcomes(rest, round_id="r1", observed_until=OBSERVED).warnings == ()
    assert ledger.labels(as_of=OBSERVED, horizon_days=7).warnings == ()
