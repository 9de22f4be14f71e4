"""What must hold of a loop ledger whatever its writers met."""

import sqlite3
from pathlib import Path

from leadline.data.loop.ledger import LoopLedger
from leadline.data.sources import hash_file
from leadline.store import STORE_FILE
from tests.data.loop.ledger_rows import read_parts
from tests.faults.ledger_writer import EARLY, LATE, ROWS


def assert_whole(folder: Path, done: set[int]) -> int:
    """Rounds are there whole, import by import, and nothing else is; return how many."""
    if not (folder / STORE_FILE).exists():
        return 0
    ledger = LoopLedger(folder)
    rounds = ledger.rounds()
    kept, told = read_parts(ledger, "contacts"), read_parts(ledger, "outcomes")
    for row in rounds:
        assert row["contacts"] in (0, ROWS)
        assert row["outcomes"] in (0, ROWS)
    assert sum(row["contacts"] for row in rounds) == len(kept)
    assert sum(row["outcomes"] for row in rounds) == len(told)
    for frame in (kept, told):
        assert not frame.duplicated(["campaign_id", "customer_id"]).any()
    if len(told):
        until = told.groupby("campaign_id")["observed_until"].unique().map(list)
        assert all(days in ([EARLY], [LATE]) for days in until), "two versions of one import are mixed"
        followed = {int(name[1:]) for name, days in until.items() if days == [LATE]}
        assert done <= followed, "what was reported done was lost"
    ledger.sweep()
    connection = sqlite3.connect(folder / STORE_FILE)
    names = {name for (name,) in connection.execute("SELECT file FROM parts")}
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert {path.name for path in (folder / "loop").iterdir()} - {"orphaned"} == {*names, ".lock"}
    for orphan in (folder / "loop" / "orphaned").glob("*"):
        assert orphan.stem.endswith(hash_file(orphan)), "only whole parts are set aside"
    assert sorted(path.name for path in folder.iterdir()) == [STORE_FILE, "loop"]
    return len(rounds)
