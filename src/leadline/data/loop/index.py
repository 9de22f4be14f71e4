"""The ledger's index in ``leadline.db``: rounds, the campaigns they hold, and which parts are published."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Any

from leadline.data.raw import suggest
from leadline.errors import DataError
from leadline.language import _, plural
from leadline.store import STORE_FILE, open_store


@dataclass(frozen=True, kw_only=True)
class Round:
    """One turn of the loop: a list that a model made, offered in campaigns, judged by outcomes.

    ``model`` names what ranked the customers, ``run_id`` the notebook's run that did it, ``as_of`` the last
    day that the model saw.
    """

    round_id: str
    name: str
    product_id: str
    model: str
    as_of: dt.date
    run_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One immutable file of rows, as the index knows it; ``superseded_by`` is the part that corrects it."""

    part_id: int
    kind: str
    round_id: str
    file: str
    sha256: str
    rows: int
    first_date: str | None
    last_date: str | None
    added: str
    source: str
    source_sha256: str | None
    superseded_by: int | None


class LoopIndex:
    """Reads and writes of the index, each one transaction."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check_exists(self) -> None:
        """Refuse a folder without a ledger, so that a misspelt name does not make an empty one."""
        if not (self._folder / STORE_FILE).is_file():
            raise DataError.of(
                _("There is no ledger in {folder}", folder=self._folder),
                _("choose its folder, or open a first round there."),
            )

    def enter_round(self, entry: Round) -> None:
        """Enter a round; the same once more changes nothing, other facts are refused."""
        facts = vars(entry) | {"as_of": entry.as_of.isoformat()}
        with open_store(self._folder, writing=True) as store:
            row = store.execute("SELECT * FROM rounds WHERE round_id = ?", (entry.round_id,)).fetchone()
            if row is None:
                _insert(store, "rounds", facts | {"opened": now()})
                return
        others = [
            _(
                "{name}: {facts} is {row} in the ledger.",
                name=name,
                facts=repr(facts[name]),
                row=repr(row[name]),
            )
            for name in facts
            if facts[name] != row[name]
        ]
        if others:
            raise DataError(
                _(
                    "Round {round_id} is there with other facts; choose another id",
                    round_id=repr(entry.round_id),
                ),
                others,
            )

    def round(self, round_id: str) -> Row:
        """Return one round.

        Raises
        ------
        DataError
            If it was never opened; the nearest id is suggested.
        """
        known = {row["round_id"]: row for row in self.rows("SELECT * FROM rounds")}
        if round_id not in known:
            raise DataError.of(
                _("There is no round {round_id} in {folder}", round_id=repr(round_id), folder=self._folder),
                plural(
                    "{count} round is there; open it first.{hint}",
                    "{count} rounds are there; open it first.{hint}",
                    len(known),
                    hint=suggest(round_id, known),
                ),
            )
        return known[round_id]

    def check_campaigns(self, campaigns: Iterable[str], round_id: str) -> None:
        """Refuse campaigns that are another round's: rows of one campaign share one model."""
        theirs = {row["campaign_id"]: row["round_id"] for row in self.rows("SELECT * FROM campaigns")}
        wrong = [
            _(
                "campaign_id {name}: it belongs to round {theirs}. Import its rows there.",
                name=repr(name),
                theirs=repr(theirs[name]),
            )
            for name in campaigns
            if theirs.get(name, round_id) != round_id
        ]
        if wrong:
            raise DataError(_("These campaigns are not round {round_id}'s", round_id=repr(round_id)), wrong)

    def parts(
        self, kind: str | None = None, round_id: str | None = None, *, superseded: bool = False
    ) -> list[Part]:
        """Return the published parts that hold, or were superseded, oldest first; None stands for all."""
        rows = self.rows(
            "SELECT * FROM parts WHERE kind = coalesce(?, kind) AND round_id = coalesce(?, round_id) "
            "AND (superseded_by IS NOT NULL) = ? ORDER BY part_id",
            kind,
            round_id,
            superseded,
        )
        return [Part(**row) for row in rows]

    def rows(self, query: str, *values: object) -> list[Row]:
        """Return what a query finds."""
        with open_store(self._folder) as store:
            return store.execute(query, values).fetchall()

    def publish(
        self,
        facts: dict[str, Any],
        *,
        campaigns: Iterable[str],
        superseded: Iterable[Part],
        audit: dict[str, Any] | None,
    ) -> None:
        """Make a part seen, in one step with all that hangs on it."""
        with open_store(self._folder, writing=True) as store:
            store.executemany(
                "INSERT OR IGNORE INTO campaigns VALUES (?, ?)",
                [(name, facts["round_id"]) for name in campaigns],
            )
            number = _insert(store, "parts", facts | {"added": now()})
            store.executemany(
                "UPDATE parts SET superseded_by = ? WHERE part_id = ?",
                [(number, part.part_id) for part in superseded],
            )
            if audit is not None:
                line = {"part_id": number, "made_at": now(), "list_sha256": facts["sha256"]}
                line |= {"rows": facts["rows"], "round_id": facts["round_id"]}
                _insert(store, "list_audit", audit | line)


def now() -> str:
    """Return the moment, in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _insert(store: Connection, table: str, row: dict[str, Any]) -> int | None:
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    query = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
    return store.execute(query, row).lastrowid
