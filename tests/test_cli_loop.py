"""``leadline loop`` as a user types it."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from leadline.channels import CHANNELS
from leadline.cli import app
from leadline.data.loop.tables import LOOP_TABLES
from leadline.engage import ContactPolicy, ListOrder, build_list, gate_customers, sign_audit_line
from leadline.errors import LeadlineError
from leadline.shared_key import make_key_file
from tests.data.loop.ledger_rows import contacts, outcomes

OPEN = (
    "loop",
    "open",
    "r1",
    "--name",
    "试点",
    "--product",
    "p1",
    "--model",
    "pilot",
    "--as-of",
    "2025-06-30",
)


def call(*arguments: str) -> str:
    """What the command prints; its error is raised."""
    done = CliRunner().invoke(app, arguments, catch_exceptions=True)
    if done.exception:
        raise done.exception
    return done.output


@pytest.fixture
def at(working_folder: Path) -> tuple[str, str]:
    Path("ledger").mkdir()
    contacts(range(4)).to_csv("contacts.csv", index=False)
    outcomes({0: "2025-07-05", 1: None, 2: None, 3: None}).to_parquet("outcomes.parquet")
    return "--ledger", "ledger"


def test_a_round_goes_in_and_its_labels_come_out(at: tuple[str, str]) -> None:
    assert call(*OPEN, *at) == "Round r1 is open in ledger.\n"
    into = ("loop", "import", "contacts", "contacts.csv", "--round", "r1", *at)
    assert "4 rows added" in call(*into)
    assert "0 rows added, 4 already there" in call(*into)
    into = ("loop", "import", "outcomes", "outcomes.parquet", "--round", "r1", *at)
    with pytest.raises(LeadlineError, match="--observed-until: it is needed"):
        call(*into)
    assert "4 rows added" in call(*into, "--observed-until", "2025-07-31")
    listed = call("loop", "list", *at)
    assert "r1: 试点 (product p1, model pilot)" in listed
    assert "0 listed, 4 contacts, 4 outcomes" in listed
    asked = ("--as-of", "2025-08-01", "--horizon-days", "7", "--out", "labels.csv")
    assert call("loop", "labels", *asked, *at).startswith("4 contacts with an outcome known by")
    frame = pd.read_csv("labels.csv", dtype={"customer_id": "str"})
    assert frame.loc[frame["is_subscribed"], "customer_id"].tolist() == ["0"]


def test_a_list_is_held_to_permission(at: tuple[str, str]) -> None:
    call(*OPEN, *at)
    ids = [str(number) for number in range(3)]
    rows = {"customer_id": ids, "rank": [1, 2, 3], "score": 0.5, "tier": "A", "channel": "call", "arm": "A"}
    pd.DataFrame(rows).to_parquet("list.parquet")
    permission = pd.DataFrame({"customer_id": ids, "consent": True, "do_not_contact": [False, False, True]})
    permission.to_parquet("permission.parquet")
    into = ("loop", "import", "lists", "list.parquet", "--round", "r1", "--campaign", "c1")
    with pytest.raises(LeadlineError, match=r"1 customer with do_not_contact \(row 4\). Take them off."):
        call(*into, "--permission", "permission.parquet", *at)


def test_the_help_names_every_column_and_channel() -> None:
    told = call("loop", "import", "--help")
    for kind, table in LOOP_TABLES.items():
        names = {rule.name for rule in table.contract.columns} - {"campaign_id"}
        assert kind in told
        assert all(name in told for name in names), kind
    assert ", ".join(CHANNELS) in told


def test_a_list_of_one_customer_goes_in_whatever_the_case_of_its_channel(at: tuple[str, str]) -> None:
    call(*OPEN, *at)
    row = {"customer_id": "0", "rank": 1, "score": 0.5, "tier": "A", "channel": " Call", "arm": "A"}
    for name in ("list.csv", "list.parquet"):
        frame = pd.DataFrame([row | {"consent": True, "do_not_contact": False}])
        frame.to_csv(name, index=False) if name.endswith("csv") else frame.to_parquet(name)
        into = ("loop", "import", "lists", name, "--round", "r1", "--campaign", "c1", "--permission", name)
        said = call(*into, *at)
        assert ("1 rows added" if name == "list.csv" else "0 rows added, 1 already there") in said
    contacts([0], channel="SMS").to_csv("contacts.csv", index=False)
    assert "1 rows added" in call("loop", "import", "contacts", "contacts.csv", "--round", "r1", *at)


def test_a_folder_without_a_ledger_is_said(at: tuple[str, str]) -> None:
    with pytest.raises(LeadlineError, match="There is no ledger in ledger"):
        call("loop", "list", *at)


def test_who_answers_for_a_list_is_asked_where_nobody_has_a_name(
    at: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call(*OPEN, *at)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 987_654)
    row = {
        "customer_id": ["0", "1"],
        "rank": [1, 2],
        "score": 0.5,
        "tier": "A",
        "channel": "call",
        "arm": "A",
    }
    pd.DataFrame(row | {"consent": True, "do_not_contact": False}).to_parquet("list.parquet")
    into = ("loop", "import", "lists", "list.parquet", "--round", "r1", "--campaign", "c1")
    into += ("--permission", "list.parquet", *at)
    with pytest.raises(LeadlineError, match="--made-by: nobody with a name is logged in. Give it"):
        call(*into)
    assert "2 rows added" in call(*into, "--made-by", "li.wei")


def test_outcomes_of_subscribers_only_are_warned_of(at: tuple[str, str]) -> None:
    call(*OPEN, *at)
    call("loop", "import", "contacts", "contacts.csv", "--round", "r1", *at)
    outcomes({0: "2025-07-05", 1: "2025-07-06"}).to_parquet("outcomes.parquet")
    into = ("loop", "import", "outcomes", "outcomes.parquet", "--round", "r1", *at)
    said = "Warning: Campaign c1: only 2 of 4 customers have an outcome, and every one of them subscribed."
    assert said in call(*into, "--observed-until", "2025-07-31")
    asked = (
        "--as-of",
        "2025-08-01",
        "--horizon-days",
        "7",
        "--out",
        "labels.csv",
        "--population",
        "contacted",
    )
    assert said in call("loop", "labels", *asked, *at)


def test_a_signed_line_of_audit_is_told_from_a_changed_one(at: tuple[str, str]) -> None:
    """The line is signed as the list's notebook signs it; the record is JSON in between."""
    frame = pd.DataFrame({"customer_id": range(60), "consent": True, "do_not_contact": False})
    policy = ContactPolicy(
        staff_barred=False, minimum_age_years=None, suitability_required=False, holders_barred=False
    )
    scores = frame[["customer_id"]].assign(score=0.5, tier="A")
    gate = gate_customers(frame, policy, as_of="2025-07-01")
    listed = build_list(
        scores,
        gate,
        ListOrder(base_rate=0.1, salt="s"),
        channels=frame[["customer_id"]].assign(channel="sms"),
    )
    signed_by = make_key_file(Path("shared.key"))
    line = {"rows": len(listed.rows), "campaign_id": "七月"}
    signed = sign_audit_line(line, listed, signed_by)
    asked = ("loop", "verify", "record.json", "--key", "file:shared.key")
    with pytest.raises(LeadlineError, match="cannot be read"):
        call(*asked)
    record = Path("record.json")
    record.write_text(json.dumps({"results": {"audit_line": signed}}), "utf-8")
    assert call(*asked).startswith(f"The line of audit of campaign 七月 was signed with {signed_by.key_id}")
    record.write_text(json.dumps({"results": {"audit_line": signed | {"held_out": 0}}}), "utf-8")
    with pytest.raises(LeadlineError, match="or was changed since"):
        call(*asked)
    for text, problem in (('{"results": {"audit_line": null}}', "no line of audit"), ("[]", "no results")):
        record.write_text(text, "utf-8")
        with pytest.raises(LeadlineError, match=problem):
            call(*asked)
