"""An import beside the rows that are there: new, known, told further, or in contradiction, row by row."""
# ruff: noqa: S608 - every name in a query is the ledger's own

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds

from leadline.data.loop.parts import Draft, PartFolder
from leadline.data.loop.query import ON_KEY
from leadline.data.loop.tables import BATCH_ROWS, KEY, LoopTable
from leadline.data.raw import ROWS_NAMED, name_rows
from leadline.errors import DataError, RunError
from leadline.language import _, plural

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FIRST_FILE_ROW = 2
_MEMORY = "1GB"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How an import's rows stand to those that are there; counts of rows."""

    new: int
    known: int = 0
    followed_up: int = 0
    differs: int = 0


class Comparison:
    """An import beside what is there, joined by key on disk-backed DuckDB that can open no file.

    Tables: ``incoming``, ``current`` (the parts that hold), ``matched`` (each incoming key and its state).
    """

    def __init__(
        self, connection: "DuckDBPyConnection", staged: Path, table: LoopTable, current: list[Path]
    ) -> None:
        self._connection = connection
        self._table = table
        self._current = current
        self._staged = staged
        self._same = " AND ".join(f"i.{name} IS NOT DISTINCT FROM c.{name}" for name in table.value_names)
        connection.register("incoming", ds.dataset(staged))
        connection.register("current", self._open(current))

    @classmethod
    @contextmanager
    def open(
        cls, folder: PartFolder, staged: Path, table: LoopTable, current: list[Path]
    ) -> Iterator["Comparison"]:
        """Open DuckDB for a comparison; what does not fit into 1 GB goes to the ledger's own folder."""
        import duckdb  # noqa: PLC0415 - costs a tenth of a second that a refused import need not pay

        settings: dict[str, Any] = {"memory_limit": _MEMORY, "temp_directory": str(folder.scratch())}
        with duckdb.connect(config=settings) as connection:
            try:
                connection.execute("SET enable_progress_bar = false; SET enable_external_access = false")
                connection.execute("SET lock_configuration = true")
                yield cls(connection, staged, table, current)
            except duckdb.Error as error:
                raise RunError(
                    _(
                        "{path}: the rows could not be compared with those that are there ({error}). Nothing "
                        "was added.",
                        path=folder.path,
                        error=str(error).splitlines()[0],
                    )
                ) from None

    def check_keys(self, source: str) -> None:
        """Refuse an import that has two rows for one key."""
        repeated = f"SELECT {', '.join(KEY)} FROM incoming GROUP BY ALL HAVING count(*) > 1"
        if not self._count(repeated):
            return
        places = self._find_places(repeated)
        raise DataError.of(
            _("{source} is not a valid {name} table", source=source, name=self._table.contract.name),
            plural(
                "{key}: {count} row shares a key with another ({rows}). Keep one row each.",
                "{key}: {count} rows share a key with another ({rows}). Keep one row each.",
                len(places),
                key=" + ".join(KEY),
                rows=name_rows(places),
            ),
        )

    def check_targeted(self, targeted: list[Path], source: str) -> None:
        """Refuse outcomes of customers whom the campaign neither contacted nor listed."""
        schema = pa.schema([(name, pa.string()) for name in KEY])
        self._connection.register(
            "targeted", ds.dataset(targeted, schema) if targeted else schema.empty_table()
        )
        strange = f"SELECT {', '.join(KEY)} FROM incoming ANTI JOIN targeted {ON_KEY}"
        if not self._count(strange):
            return
        places = self._find_places(strange)
        raise DataError.of(
            _("{source} does not fit the contacts and lists in the ledger", source=source),
            plural(
                "{key}: {count} row has no contact and no place on a list ({rows}). Import the "
                "campaign's contacts or list first, or take these rows out.",
                "{key}: {count} rows have no contact and no place on a list ({rows}). Import the "
                "campaign's contacts or list first, or take these rows out.",
                len(places),
                key=" + ".join(KEY),
                rows=name_rows(places),
            ),
        )

    def check_same_list(self, source: str) -> None:
        """Refuse another list of a campaign that has one: with others on it, or without some."""
        keys = ", ".join(KEY)
        held = f"(SELECT {keys} FROM current SEMI JOIN incoming USING (campaign_id))"
        if not self._current or not self._count(f"SELECT 1 FROM {held}"):
            return
        others = f"SELECT {keys} FROM incoming ANTI JOIN current {ON_KEY}"
        gone = self._count(f"SELECT 1 FROM {held} h ANTI JOIN incoming {ON_KEY}")
        problems = []
        if places := self._find_places(others):
            problems.append(
                plural(
                    "customer_id: {count} customer is not on the list in the ledger ({rows}).",
                    "customer_id: {count} customers are not on the list in the ledger ({rows}).",
                    len(places),
                    rows=name_rows(places),
                )
            )
        if gone:
            problems.append(
                plural(
                    "customer_id: {count} customer of the list in the ledger is missing here.",
                    "customer_id: {count} customers of the list in the ledger are missing here.",
                    gone,
                )
            )
        if problems:
            problems[-1] += " " + _("Give another list a campaign of its own, or import corrected rows.")
            raise DataError(
                _("{source} is another list than the campaign's; nothing was added", source=source), problems
            )

    def judge(self) -> Verdict:
        """Compare each incoming row with the one of its key."""
        if not self._current:
            return Verdict(new=self._count("SELECT 1 FROM incoming"))
        self._connection.execute(
            f"CREATE TEMP TABLE matched AS SELECT {', '.join(KEY)}, CASE WHEN c.round_id IS NULL THEN 'new' "
            f"WHEN {self._table.known or self._same} THEN 'known' "
            f"WHEN {self._table.followed_up} THEN 'followed_up' ELSE 'differs' END AS state "
            f"FROM incoming i LEFT JOIN current c {ON_KEY}"
        )
        return self._read_verdict()

    def forgive_past(self, superseded: list[Path]) -> Verdict:
        """Take rows that were there and have been corrected since for known: nothing is said anew."""
        self._connection.register("past", self._open(superseded))
        self._connection.execute(
            "UPDATE matched SET state = 'known' WHERE state = 'differs' AND (campaign_id, customer_id) IN "
            "(SELECT (i.campaign_id, i.customer_id) FROM incoming i "
            f"JOIN past c {ON_KEY} WHERE {self._same})"
        )
        return self._read_verdict()

    def describe_conflict(self) -> str:
        """Say how many rows differ from those of their key, which, and in what the first does."""
        places = self._find_places("SELECT * FROM matched WHERE state = 'differs'")
        names = self._table.value_names
        pairs = ", ".join(f"i.{name}, c.{name}" for name in names)
        row = self._connection.execute(
            f"SELECT {', '.join(f'i.{name}' for name in KEY)}, {pairs} FROM incoming i "
            f"JOIN current c {ON_KEY} JOIN matched m {ON_KEY} "
            "WHERE m.state = 'differs' ORDER BY 1, 2 LIMIT 1"
        ).fetchall()[0]
        key, (new, old) = row[:2], (row[2::2], row[3::2])
        changes = [
            _("{name} is {new}, was {old}", name=name, new=after, old=before)
            for name, before, after in zip(names, old, new, strict=True)
            if before != after
        ]
        return plural(
            "{key}: {count} row has other values than the ledger ({rows}; campaign {campaign}, "
            "customer {customer}: {changes}).",
            "{key}: {count} rows have other values than the ledger ({rows}; campaign {campaign}, "
            "customer {customer}: {changes}).",
            len(places),
            key=" + ".join(KEY),
            rows=name_rows(places),
            campaign=key[0],
            customer=key[1],
            changes=", ".join(changes[:ROWS_NAMED]),
        )

    def write(self, folder: PartFolder, verdict: Verdict) -> tuple[Draft, list[int]]:
        """Write the rows of the new part; return it and the places of the parts that it supersedes."""
        columns = ", ".join(self._table.schema.names)
        changed = "(SELECT * FROM matched WHERE state IN ('followed_up', 'differs'))"
        touched = []
        fresh = "(SELECT * FROM matched WHERE state <> 'known')"
        query = f"SELECT {columns} FROM incoming SEMI JOIN {fresh} {ON_KEY}"
        if verdict.followed_up + verdict.differs:
            for place, path in enumerate(self._current):
                self._connection.register("part", ds.dataset(path))
                if self._count(f"SELECT 1 FROM part SEMI JOIN {changed} {ON_KEY}"):
                    touched.append(place)
            paths = [self._current[place] for place in touched]
            self._connection.register("touched", self._open(paths))
            query = f"SELECT {columns} FROM touched ANTI JOIN {changed} {ON_KEY} UNION ALL {query}"
        reader = self._connection.sql(query).to_arrow_reader(BATCH_ROWS)
        return folder.draft(self._table.schema, (batch.cast(self._table.schema) for batch in reader)), touched

    def _count(self, query: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0])

    def _open(self, parts: list[Path]) -> Any:
        return ds.dataset(parts, self._table.schema) if parts else self._table.schema.empty_table()

    def _read_verdict(self) -> Verdict:
        counts = dict(
            self._connection.execute("SELECT state, count(*) FROM matched GROUP BY state").fetchall()
        )
        return Verdict(**({"new": 0} | counts))

    def _find_places(self, keys: str) -> list[int]:
        """Return the rows of the import, in its order, whose keys a query names; row 1 is the header."""
        cells = ds.dataset(self._staged).to_table(list(KEY))
        places = pa.array(range(_FIRST_FILE_ROW, len(cells) + _FIRST_FILE_ROW), pa.int64())
        self._connection.register("placed", cells.append_column("place", places))
        rows = self._connection.execute(
            f"SELECT place FROM placed SEMI JOIN ({keys}) {ON_KEY} ORDER BY place"
        ).fetchall()
        return [row[0] for row in rows]
