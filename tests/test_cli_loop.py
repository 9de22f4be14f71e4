"""``leadline loop`` as a user types it."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pandas as pd
import pytest

from tests.data.ledger_rows import contacts, outcomes

Leadline = Callable[..., CompletedProcess]
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


@pytest.fixture
def at(working_folder: Path) -> tuple[str, str]:
    Path("ledger").mkdir()
    contacts(range(4)).to_csv("contacts.csv", index=False)
    outcomes({0: "2025-07-05", 1: None, 2: None, 3: None}).to_parquet("outcomes.parquet")
    return "--ledger", "ledger"


def test_a_round_goes_in_and_its_labels_come_out(leadline: Leadline, at: tuple[str, str]) -> None:
    assert leadline(*OPEN, *at).stdout == "Round r1 is open in ledger.\n"
    into = ("loop", "import", "contacts", "contacts.csv", "--round", "r1", *at)
    assert "4 rows added" in leadline(*into).stdout
    assert "0 rows added, 4 already there" in leadline(*into).stdout
    done = leadline("loop", "import", "outcomes", "outcomes.parquet", "--round", "r1", *at)
    assert (done.returncode, "--observed-until: it is needed" in done.stderr) == (2, True)
    until = ("--observed-until", "2025-07-31")
    done = leadline("loop", "import", "outcomes", "outcomes.parquet", "--round", "r1", *until, *at)
    assert done.returncode == 0, done.stderr
    listed = leadline("loop", "list", *at).stdout
    assert "r1: 试点 (product p1, model pilot)" in listed
    assert "0 listed, 4 contacts, 4 outcomes" in listed
    asked = ("--as-of", "2025-08-01", "--horizon-days", "7", "--out", "labels.csv")
    done = leadline("loop", "labels", *asked, *at)
    assert done.stdout.startswith("4 contacts with an outcome known by")
    frame = pd.read_csv("labels.csv", dtype={"customer_id": "str"})
    assert frame.loc[frame["is_subscribed"], "customer_id"].tolist() == ["0"]


def test_a_list_is_held_to_permission(leadline: Leadline, at: tuple[str, str]) -> None:
    leadline(*OPEN, *at)
    ids = [str(number) for number in range(3)]
    rows = {"customer_id": ids, "rank": [1, 2, 3], "score": 0.5, "tier": "A", "channel": "call", "arm": "A"}
    pd.DataFrame(rows).to_parquet("list.parquet")
    permission = pd.DataFrame({"customer_id": ids, "consent": True, "do_not_contact": [False, False, True]})
    permission.to_parquet("permission.parquet")
    into = ("loop", "import", "lists", "list.parquet", "--round", "r1", "--campaign", "c1")
    done = leadline(*into, "--permission", "permission.parquet", *at)
    assert done.returncode == 2
    assert "1 customer with do_not_contact (row 4). Take them off." in done.stderr


def test_a_folder_without_a_ledger_is_said(leadline: Leadline, at: tuple[str, str]) -> None:
    done = leadline("loop", "list", *at)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "There is no ledger in ledger (1 problem):")
