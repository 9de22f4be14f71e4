"""Lists: nobody who may not be contacted, and a line of audit for each."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from leadline.data.loop.ledger import LoopLedger
from leadline.errors import DataError, ParameterError
from leadline.store import STORE_FILE
from tests.data.loop.ledger_rows import MADE, OBSERVED, contacts, open_ledger, outcomes, read_parts

PERMISSION = pd.DataFrame(
    {
        "customer_id": [str(number) for number in range(20)],
        "consent": [number % 5 != 4 for number in range(20)],
        "do_not_contact": [number % 5 == 3 for number in range(20)],
    }
)


def listed(ids: list[int], **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "customer_id": [str(number) for number in ids],
            "rank": range(1, len(ids) + 1),
            "score": 0.5,
            "tier": "A",
            "channel": "call",
            "arm": "script B",
        }
    )
    return frame.assign(**columns)


def add(
    ledger: LoopLedger, rows: pd.DataFrame, permission: pd.DataFrame = PERMISSION, **options: object
) -> object:
    asked = {"round_id": "r1", "campaign_id": "c1", "made_by": "li.wei"} | options
    return ledger.add_list(rows, permission=permission, **asked)


@pytest.fixture
def ledger(tmp_path: Path) -> LoopLedger:
    return open_ledger(tmp_path)


def test_a_list_is_kept_with_a_line_of_audit(tmp_path: Path) -> None:
    ledger = LoopLedger(tmp_path)
    ledger.open_round("r1", name="n", product_id="p", model="tree 3", run_id="run 7", as_of=MADE)
    rows = listed([0, 1, 2])
    result = add(ledger, rows)
    assert "campaign_id" not in rows, "the caller's frame is left alone"
    assert result.added == 3
    (line,) = ledger.list_audit()
    (part,) = ledger._index.parts("lists")
    assert (line["made_by"], line["model"], line["run_id"], line["rows"]) == ("li.wei", "tree 3", "run 7", 3)
    assert (line["campaign_id"], line["list_sha256"]) == ("c1", part.sha256)
    assert line["made_at"] == part.added
    assert list(read_parts(ledger, "lists")["rank"]) == [1, 2, 3]


def test_the_same_list_again_is_no_new_line(ledger: LoopLedger) -> None:
    add(ledger, listed([0, 1]))
    assert add(ledger, listed([0, 1])).known == 2
    assert len(ledger.list_audit()) == 1


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([0, 1, 2, 5], r"2 customers are not on the list in the ledger \(rows 4 and 5\)"),
        ([0], "1 customer of the list in the ledger is missing here"),
        ([5, 6], r"2 customers are not on[\s\S]*2 customers of the list in the ledger are missing"),
    ],
)
def test_another_list_of_the_same_campaign_is_refused(ledger: LoopLedger, ids: list[int], words: str) -> None:
    add(ledger, listed([0, 1]))
    with pytest.raises(DataError, match=words):
        add(ledger, listed(ids))
    assert list(read_parts(ledger, "lists")["customer_id"]) == ["0", "1"]
    assert add(ledger, listed(ids), campaign_id="c2").added == len(ids)


def test_another_hold_out_of_the_same_customers_is_refused(ledger: LoopLedger) -> None:
    add(ledger, listed([0, 1]))
    with pytest.raises(DataError, match="channel is none, was call"):
        add(ledger, listed([0, 1], channel=["none", "call"], arm=["held_out", "script B"]))


def test_channels_in_another_case_are_understood_and_others_refused(ledger: LoopLedger) -> None:
    add(ledger, listed([0, 1, 2], channel=["Call", "ＳＭＳ", " Branch "]))
    assert list(read_parts(ledger, "lists")["channel"]) == ["call", "sms", "branch"]
    with pytest.raises(DataError, match=r"channel: 1 value is not allowed \(row 2: 'fax'\)"):
        add(ledger, listed([0], channel="fax"), campaign_id="c2")


def test_the_audit_cannot_be_rewritten(ledger: LoopLedger, tmp_path: Path) -> None:
    add(ledger, listed([0, 1]))
    connection = sqlite3.connect(tmp_path / STORE_FILE)
    for act in ("UPDATE list_audit SET made_by = 'x'", "DELETE FROM list_audit"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            connection.execute(act)
    connection.close()


def test_customers_who_may_not_be_contacted_are_refused_by_reason(ledger: LoopLedger, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        add(ledger, listed([0, 3, 4, 1, 8, 99]), source="list.csv")
    assert str(caught.value) == (
        "list.csv holds customers who may not be contacted (3 problems):\n"
        "  - customer_id: 2 customers with do_not_contact (rows 3 and 6). Take them off.\n"
        "  - customer_id: 1 customer without consent (row 4). Take them off.\n"
        "  - customer_id: 1 customer without a row in the permission table (row 7). Take them off."
    )
    assert ledger.list_audit() == []
    assert ledger.parts("lists") == []


def test_those_held_out_need_permission_too(ledger: LoopLedger) -> None:
    with pytest.raises(DataError, match="1 customer with do_not_contact"):
        add(ledger, listed([0, 3], channel="none", arm="held_out"))


def test_ids_as_numbers_meet_ids_as_text(ledger: LoopLedger) -> None:
    permission = PERMISSION.astype({"customer_id": "int64"})
    with pytest.raises(DataError, match=r"1 customer with do_not_contact.*\(row 3\)"):
        add(ledger, listed([0, 3]), permission)
    assert add(ledger, listed([0, 1]).astype({"customer_id": "int64"}), permission).added == 2


def test_permission_itself_is_checked(ledger: LoopLedger) -> None:
    with pytest.raises(DataError, match="consent: the column is absent"):
        add(ledger, listed([0]), PERMISSION.drop(columns="consent"))
    unknown = PERMISSION.astype({"consent": "boolean"})
    unknown.loc[0, "consent"] = pd.NA
    with pytest.raises(DataError, match="consent: 1 of 20 values are missing"):
        add(ledger, listed([0]), unknown)
    twice = pd.concat([PERMISSION, PERMISSION[:1]], ignore_index=True)
    with pytest.raises(DataError, match="customer_id: 1 row repeats"):
        add(ledger, listed([0]), twice)


def test_an_arm_agrees_with_its_channel(ledger: LoopLedger) -> None:
    rows = listed([0, 1, 2], channel=["none", "call", "call"], arm=["held_out", "held_out", "a"])
    with pytest.raises(DataError, match=r"arm: 1 row contradicts the channel \(row 3\)"):
        add(ledger, rows)


def test_labels_carry_the_arm_of_the_list(ledger: LoopLedger) -> None:
    add(ledger, listed([0, 1, 2], arm=["script A", "script B", "script B"]))
    ledger.add_contacts(contacts([0, 1, 5]), round_id="r1")
    ledger.add_outcomes(outcomes({0: None, 1: None, 5: None}), round_id="r1", observed_until=OBSERVED)
    frame = ledger.labels(as_of=OBSERVED, horizon_days=7).frame
    assert list(frame["arm"]) == ["script A", "script B", "treated"]


def test_the_arm_drawn_holds_whatever_was_done(ledger: LoopLedger) -> None:
    drawn = listed(
        [0, 1, 2, 5], channel=["call", "call", "none", "none"], arm=["a", "a", "held_out", "held_out"]
    )
    add(ledger, drawn)
    done = contacts([0, 1, 2, 5, 6], channel=["call", "none", "call", "none", "call"])
    off_arm, unlisted = ledger.add_contacts(done, round_id="r1").warnings
    assert off_arm.startswith("2 customers were contacted though held out by the list, or the reverse")
    assert unlisted.startswith("1 contact is of a customer who is not on the campaign's list")
    ledger.add_outcomes(outcomes(dict.fromkeys([0, 1, 2, 5, 6])), round_id="r1", observed_until=OBSERVED)
    labels = ledger.labels(as_of=OBSERVED, horizon_days=7)
    assert list(labels.frame["arm"]) == ["a", "a", "held_out", "held_out", "treated"]
    assert list(labels.frame["channel"]) == ["call", "none", "call", "none", "call"]
    assert labels.warnings == (off_arm,)


def test_a_list_after_its_contacts_is_held_against_them(ledger: LoopLedger) -> None:
    ledger.add_contacts(contacts([0, 1]), round_id="r1")
    result = add(ledger, listed([0, 1], channel=["none", "call"], arm=["held_out", "a"]))
    assert [warning.split(" was")[0] for warning in result.warnings] == ["1 customer"]


def test_those_listed_but_not_contacted_are_counted_and_kept_when_asked_for(ledger: LoopLedger) -> None:
    arms = ["a"] * 4 + ["held_out"] * 2
    add(ledger, listed([0, 1, 2, 5, 6, 7], channel=["call"] * 4 + ["none"] * 2, arm=arms))
    dates = [pd.Timestamp("2025-07-01"), pd.Timestamp("2025-07-10"), pd.Timestamp("2025-07-01")]
    ledger.add_contacts(contacts([0, 1, 10], contacted_on=dates), round_id="r1")
    days = {0: "2025-07-08", 1: "2025-07-05", 2: "2025-07-07", 5: None, 6: "2025-07-09", 10: None}
    ledger.add_outcomes(outcomes(days), round_id="r1", observed_until=OBSERVED)
    asked = {"as_of": OBSERVED, "horizon_days": 7}
    contacted = ledger.labels(**asked)
    assert list(contacted.frame["customer_id"]) == ["0", "10"], "1 subscribed before its contact"
    assert (contacted.not_contacted, contacted.unlisted, contacted.subscribed_before) == (4, 1, 1)
    assert contacted.summary.endswith(
        "4 listed, not contacted: left out too. To compare arms, ask for all listed."
    )
    everybody = ledger.labels(**asked, population="listed")
    frame = everybody.frame.set_index("customer_id")
    assert dict(frame["is_subscribed"]) == {"0": True, "1": True, "2": True, "5": False, "6": False}
    assert list(frame["arm"]) == ["a", "a", "a", "a", "held_out"]
    assert list(frame["channel"]) == ["call"] * 4 + ["none"]
    assert list(frame["contacted_on"].isna()) == [False, False, True, True, True]
    assert set(frame["model"]) == {"model of r1"}
    assert (everybody.unobserved, everybody.subscribed_before, everybody.unlisted) == (1, 0, 1)
    assert everybody.summary.endswith("4 listed, not contacted. 1 contacted, on no list: left out too.")
    assert "only 5 of 6 customers have an outcome" in everybody.warnings[0]
    with pytest.raises(ParameterError, match="population == 'all', must be one of contacted, listed"):
        ledger.labels(**asked, population="all")


def test_a_list_whose_campaign_has_not_begun_counts_for_nothing(ledger: LoopLedger) -> None:
    add(ledger, listed([0, 1]))
    labels = ledger.labels(as_of=OBSERVED, horizon_days=7, population="listed")
    assert (len(labels.frame), labels.not_contacted) == (0, 0)
