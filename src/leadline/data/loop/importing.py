"""One import into the ledger: staged, compared, published in one step or not at all."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from leadline.data.loop.compare import Comparison, Verdict
from leadline.data.loop.coverage import find_import_warnings
from leadline.data.loop.index import LoopIndex, Part
from leadline.data.loop.parts import Draft, PartFolder
from leadline.data.loop.stage import Rows, Staged, find_dates, stage_rows
from leadline.data.loop.tables import LOOP_TABLES
from leadline.data.sources import Source
from leadline.errors import DataError
from leadline.language import _, format_value


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What an import changed; counts of rows.

    ``added`` were new; ``known`` were there with the same values, or said nothing new; ``followed_up`` are
    outcomes observed for longer than before; ``corrected`` replace rows with other values. ``part`` is the
    file that holds them, None when there was nothing to write. ``ignored`` names columns that are not kept.
    ``warnings`` say what the ledger now lacks or contradicts in these campaigns: outcomes of some customers
    only, contacts against the list's arm or of customers on no list.
    """

    kind: str
    round_id: str
    added: int
    known: int
    followed_up: int
    corrected: int
    part: str | None
    ignored: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def summary(self) -> str:
        """Say in one sentence what came of the import."""
        return _(
            "{kind} of round {round_id}: {added} rows added, {known} already there, "
            "{followed_up} followed up further, {corrected} corrected.",
            kind=self.kind,
            round_id=self.round_id,
            added=format_value(self.added, "count"),
            known=format_value(self.known, "count"),
            followed_up=format_value(self.followed_up, "count"),
            corrected=format_value(self.corrected, "count"),
        )


class Importer:
    """Imports into one ledger, one after the other."""

    def __init__(self, index: LoopIndex, parts: PartFolder) -> None:
        self._index = index
        self._parts = parts

    def add(
        self,
        kind: str,
        rows: Rows,
        stamps: dict[str, Any],
        source: Source | str,
        *,
        correct: bool,
        audit: dict[str, Any] | None = None,
    ) -> ImportResult:
        """Import rows of a kind; see `LoopLedger`.

        Parameters
        ----------
        stamps
            Values of the columns that the import itself adds: round_id, and what the kind asks besides.
        audit
            What the audit's line says of a list, None for other kinds.
        """
        entry = self._index.round(stamps["round_id"])
        name = source.name if isinstance(source, Source) else source
        with self._parts.writing(), ExitStack() as stack:
            self.sweep()
            staged = stage_rows(rows, LOOP_TABLES[kind], stamps, self._parts, name)
            self._index.check_campaigns(sorted(staged.campaigns), entry["round_id"])
            current = self._index.parts(kind, entry["round_id"])
            paths = self._parts.check(current)
            comparison = stack.enter_context(
                Comparison.open(self._parts, staged.draft.path, LOOP_TABLES[kind], paths)
            )
            verdict = self._judge(comparison, kind, entry["round_id"], name, correct=correct)
            draft, superseded = _write(comparison, staged, verdict, self._parts, current)
            facts = {"kind": kind, "round_id": entry["round_id"], "source": name}
            facts["source_sha256"] = source.sha256 if isinstance(source, Source) else None
            line = None if audit is None else audit | {"model": entry["model"], "run_id": entry["run_id"]}
            file = None if draft is None else self._publish(draft, facts, staged, superseded, line)
            published = {
                of: self._parts.places(self._index.parts(of, entry["round_id"])) for of in LOOP_TABLES
            }
            warnings = find_import_warnings(kind, published, staged.campaigns)
        return ImportResult(
            kind=kind,
            round_id=entry["round_id"],
            added=verdict.new,
            known=verdict.known,
            followed_up=verdict.followed_up,
            corrected=verdict.differs,
            part=file,
            ignored=staged.ignored,
            warnings=tuple(warnings),
        )

    def sweep(self) -> list[str]:
        """Clear what dead imports left, as the only writer; return the names of parts set aside."""
        return self._parts.sweep({row["file"] for row in self._index.rows("SELECT file FROM parts")})

    def _judge(
        self, comparison: Comparison, kind: str, round_id: str, name: str, *, correct: bool
    ) -> Verdict:
        comparison.check_keys(name)
        if kind == "outcomes":
            targeted = [part for of in ("contacts", "lists") for part in self._index.parts(of, round_id)]
            comparison.check_targeted(self._parts.check(targeted), name)
        if kind == "lists" and not correct:
            comparison.check_same_list(name)
        verdict = comparison.judge()
        if correct or not verdict.differs:
            return verdict
        past = self._index.parts(kind, round_id, superseded=True)
        verdict = comparison.forgive_past(self._parts.check(past))
        if verdict.differs:
            raise DataError.of(
                _("{name} contradicts the ledger; nothing was added", name=name),
                _(
                    "{conflict} If the new values are right, import them as a correction.",
                    conflict=comparison.describe_conflict(),
                ),
            )
        return verdict

    def _publish(
        self,
        draft: Draft,
        facts: dict[str, Any],
        staged: Staged,
        superseded: list[Part],
        audit: dict[str, Any] | None,
    ) -> str:
        """Make the import's part seen; return its file."""
        first, last = find_dates(draft.path, LOOP_TABLES[facts["kind"]].date_column)
        file, sha256 = self._parts.settle(draft, facts["kind"])
        facts |= {"file": file, "sha256": sha256, "rows": draft.rows, "first_date": first, "last_date": last}
        self._index.publish(facts, campaigns=staged.campaigns, superseded=superseded, audit=audit)
        return file


def _write(
    comparison: Comparison, staged: Staged, verdict: Verdict, folder: PartFolder, current: list[Part]
) -> tuple[Draft | None, list[Part]]:
    """Return the draft of the new part, None when nothing is new, and the parts that it supersedes."""
    if verdict.new == staged.draft.rows:
        return staged.draft, []
    if verdict.known == staged.draft.rows:
        return None, []
    draft, touched = comparison.write(folder, verdict)
    return draft, [current[place] for place in touched]
