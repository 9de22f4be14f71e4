"""The loop ledger: every list, contact and outcome kept, so that the next round's model learns from them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from leadline.data.loop.importing import Importer, ImportResult
from leadline.data.loop.index import LoopIndex, Round
from leadline.data.loop.labels import LabelsResult, Population, read_contact_history, read_labels
from leadline.data.loop.parts import PartFolder
from leadline.data.loop.permission import check_permission
from leadline.data.loop.stage import Rows
from leadline.data.loop.tables import LOOP_TABLES
from leadline.data.sources import Source
from leadline.errors import DataError
from leadline.language import _


class LoopLedger:
    """The rounds of the loop kept in a folder: an index in ``leadline.db``, rows in ``loop/*.parquet``.

    An import is seen whole or not at all, whatever dies meanwhile. Rows are never changed: a correction is a
    new part that supersedes the old one, which stays. Imports wait for one another; readers wait for nobody.

    Every method raises `RunError` when the folder or the disk fails, or a newer leadline wrote the ledger,
    and `DataError` when there is no ledger, or a part is missing or was changed.
    """

    def __init__(self, folder: str | Path) -> None:
        self._index = LoopIndex(Path(folder))
        self._parts = PartFolder(Path(folder))
        self._importer = Importer(self._index, self._parts)

    def open_round(
        self,
        round_id: str,
        *,
        name: str,
        product_id: str,
        model: str,
        as_of: dt.date,
        run_id: str | None = None,
    ) -> Round:
        """Enter a round; the first one makes the ledger. The same call once more changes nothing.

        Raises
        ------
        DataError
            If the id is taken by a round with other facts, or a fact is empty.
        """
        entry = Round(
            round_id=round_id,
            name=name,
            product_id=product_id,
            model=model,
            as_of=_to_day(as_of),
            run_id=run_id,
        )
        if empty := [
            name for name in ("round_id", "name", "product_id", "model") if not getattr(entry, name)
        ]:
            raise DataError(
                _("The round cannot be opened"),
                [_("{name}: it is empty. Fill it.", name=name) for name in empty],
            )
        self._parts.make_ledger_folder()
        self._index.enter_round(entry)
        return entry

    def add_list(
        self,
        customers: pd.DataFrame,
        *,
        round_id: str,
        campaign_id: str,
        permission: pd.DataFrame,
        made_by: str,
        source: Source | str = "list",
        correct: bool = False,
    ) -> ImportResult:
        """Keep a campaign's list, with a line in the audit; the same list once more changes nothing.

        Parameters
        ----------
        customers
            One row a customer: customer_id, rank, score, tier, channel ('none' for the hold-out), arm
            ('held_out' for it).
        round_id, campaign_id
            The round whose model made the list, the campaign that works it off.
        permission
            One row a customer: customer_id, consent, do_not_contact.
        made_by
            Who answers for the list.
        source
            Where the rows came from.
        correct
            Whether rows may replace those of the same customer.

        Raises
        ------
        DataError
            If the list breaks its contract, holds customers who may not be contacted, or contradicts what is
            there; or if the campaign has a list of other customers and ``correct`` was not asked for.
        """
        rows = customers.assign(campaign_id=campaign_id)
        permitted = check_permission(rows, permission, _name(source))
        audit = {"made_by": made_by, "campaign_id": campaign_id, "permission_sha256": permitted}
        self._index.check_exists()
        return self._importer.add("lists", rows, {"round_id": round_id}, source, audit=audit, correct=correct)

    def add_contacts(
        self, rows: Rows, *, round_id: str, source: Source | str = "contacts", correct: bool = False
    ) -> ImportResult:
        """Keep contacts (`leadline.data.tables.CONTACTS`), given as one frame or piece by piece.

        Raises
        ------
        DataError
            If they break the contract, or the same campaign and customer is there with other values and
            ``correct`` was not asked for.
        """
        self._index.check_exists()
        return self._importer.add("contacts", rows, {"round_id": round_id}, source, correct=correct)

    def add_outcomes(
        self,
        rows: Rows,
        *,
        round_id: str,
        observed_until: dt.date,
        source: Source | str = "outcomes",
        correct: bool = False,
    ) -> ImportResult:
        """Keep outcomes (`leadline.data.tables.OUTCOMES`) of customers contacted or listed in the ledger.

        ``observed_until`` is the last day on which a subscription would have been noticed: until then a "no"
        is one. A later import that only tells what came after is no contradiction.

        Raises
        ------
        DataError
            If they break the contract, are of nobody contacted or listed, or contradict what is there and
            ``correct`` was not asked for; or if ``observed_until`` is still to come.
        """
        until = _to_day(observed_until)
        if until > dt.datetime.now().astimezone().date():
            raise DataError.of(
                _("The outcomes cannot be kept"),
                _(
                    "observed_until is {until}, a day still to come: a no until then is not known. Give "
                    "the last day that was watched.",
                    until=until,
                ),
            )
        stamps = {"round_id": round_id, "observed_until": until}
        self._index.check_exists()
        return self._importer.add("outcomes", rows, stamps, source, correct=correct)

    def labels(
        self,
        *,
        as_of: dt.date,
        horizon_days: int,
        campaign: str | None = None,
        population: Population = "contacted",
    ) -> LabelsResult:
        """Return what was known on a day of all contacts up to it, for a model to learn from.

        A row says whether a customer subscribed within ``horizon_days`` of the first day (that day included).
        Only customers whose horizon had passed by ``as_of`` and was observed to its end are there; the others
        are counted. Nothing dated after ``as_of`` is seen.

        Parameters
        ----------
        population
            ``contacted``: one row a contact, from its own day; what a model of the answer to a contact learns
            from, and all there is of campaigns without a list, hence the default. ``listed``: one row a
            customer on a list, contacted or not, by the arm drawn and from the campaign's first contact
            (intention to treat); what arms are compared by, since who was contacted, and when, is no chance.
        """
        self._index.check_exists()
        parts = self._index.parts()  # all kinds at one moment; the rounds after it, so that none is missing
        paths = {kind: self._parts.check(part for part in parts if part.kind == kind) for kind in LOOP_TABLES}
        return read_labels(
            paths,
            {row["round_id"]: row["model"] for row in self.rounds()},
            as_of=_to_day(as_of),
            campaign=campaign,
            horizon_days=horizon_days,
            population=population,
        )

    def contact_history(self, *, as_of: dt.date, window_days: int = 90) -> pd.DataFrame:
        """Return one row a customer who was ever contacted by a day, for a contact policy.

        Columns: customer_id, last_contacted_on, contacts_in_window (the ``window_days`` up to and with
        ``as_of``). Customers held out were not contacted.
        """
        return read_contact_history(
            {"contacts": self.parts("contacts")}, as_of=_to_day(as_of), window_days=window_days
        )

    def parts(self, kind: str) -> list[Path]:
        """Return the Parquet files that together hold the rows of a kind, each proved unchanged.

        ``kind`` is lists, contacts or outcomes. DuckDB and Ibis read the files as one table.
        """
        self._index.check_exists()
        return self._parts.check(self._index.parts(kind))

    def rounds(self) -> list[dict[str, Any]]:
        """Return all rounds, oldest first, with the number of rows of each kind."""
        self._index.check_exists()
        counts = ", ".join(
            f"coalesce(sum(p.rows) FILTER (WHERE p.kind = '{kind}'), 0) AS {kind}" for kind in LOOP_TABLES
        )
        rows = self._index.rows(
            f"SELECT r.*, {counts} FROM rounds r LEFT JOIN parts p "  # noqa: S608 - our own names
            "ON p.round_id = r.round_id AND p.superseded_by IS NULL "
            "GROUP BY r.round_id ORDER BY r.opened, r.rowid"
        )
        return [dict(row) for row in rows]

    def list_audit(self) -> list[dict[str, Any]]:
        """Return one line a list that was kept: who, when, which model and run, hash, permission, size."""
        self._index.check_exists()
        return [dict(row) for row in self._index.rows("SELECT * FROM list_audit ORDER BY part_id")]

    def sweep(self) -> list[str]:
        """Clear what imports that died left behind, never what a living one writes.

        Unfinished files are removed; whole parts that the index does not list are moved to
        ``loop/orphaned/``, and their names returned.
        """
        self._index.check_exists()
        with self._parts.writing():
            return self._importer.sweep()


def _name(source: Source | str) -> str:
    return source.name if isinstance(source, Source) else source


def _to_day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment
