"""A segmentation as a file: readable JSON with a schema and version; numbers come back to the bit."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from leadline.errors import ParameterError
from leadline.language import N_, _
from leadline.target.segments.bases import KINDS, Basis, is_number
from leadline.target.segments.codes import list_codes
from leadline.target.segments.fields import Fields
from leadline.target.segments.fit import METHODS
from leadline.target.segments.placement import count_cells
from leadline.target.segments.segmentation import NEEDED, Nested, Segmentation, Shares

SCHEMA, VERSION = "leadline.segmentation", 1
_HEADLINE = N_("The segmentation cannot be used")
_ROUNDING = 1e-6
_BOTH = 2


def write_segmentation(segmentation: Segmentation) -> str:
    """Return the segmentation as JSON that `parse_segmentation` reads back, equal in every value."""
    document = {
        "schema": SCHEMA,
        "version": VERSION,
        "method": segmentation.method,
        "columns": [
            {
                "name": basis.name,
                "kind": basis.kind,
                "levels": basis.levels,
                "centres": basis.centres,
                "scales": basis.scales,
                "filled": basis.filled,
                "at_fit": {"edges": then.edges, "shares": then.shares, "missing": then.missing},
            }
            for basis, then in zip(segmentation.columns, segmentation.at_fit, strict=True)
        ],
        "segments": [
            {"name": name, "share": share, "customers": count, "farthest_billionths": farthest}
            for name, share, count, farthest in zip(
                segmentation.names,
                segmentation.shares,
                segmentation.counts,
                segmentation.farthest,
                strict=True,
            )
        ],
        "far_share": segmentation.far_share,
        "learned": dict(segmentation.learned),
        "customers": segmentation.customers,
        "effective_customers": segmentation.effective,
        "as_of": segmentation.as_of.isoformat() if segmentation.as_of else None,
        "made_from": segmentation.made_from,
    }
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False, sort_keys=True)
    return re.sub(r"\[\s+[^\[\]{}]*?\s+\]", _join_lines, text) + "\n"


def parse_segmentation(document: Any) -> Segmentation:
    """Turn a document (of `json.loads`) into a segmentation.

    Raises
    ------
    ParameterError
        With all problems at once: another schema, a later version, keys that are missing, values of the
        wrong kind, numbers that are not finite, shapes that do not fit one another.
    """
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise ParameterError.of(
            _(_HEADLINE),
            _("it is no segmentation of leadline's (its schema is not {schema}).", schema=repr(SCHEMA)),
        )
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        remedy = _("Make the segmentation anew.")
        if isinstance(version, int) and version > VERSION:
            remedy = _("It comes from a later leadline: use that one, or make the segmentation anew.")
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "version == {version}, this leadline reads {version_2}. {remedy}",
                version=repr(version),
                version_2=VERSION,
                remedy=remedy,
            ),
        )
    reader = _Reader(document)
    segmentation = reader.read()
    if reader.problems:
        raise ParameterError(_(_HEADLINE), reader.problems)
    return segmentation


class _Reader(Fields):
    """Reads one document; shapes are checked once the columns are sound."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__()
        self.document = document

    def read(self) -> Segmentation:
        """Read the whole document."""
        method = self.choose(self.document, "method", METHODS, "")
        columns, at_fit = self._read_columns(method)
        segments = [
            entry
            for entry in self.listed(self.document, "segments", "")
            if self.is_mapping(entry, "segments")
        ]
        names = tuple(self.text(entry, "name", "segments: ") for entry in segments)
        shares = tuple(self.number(entry, "share", "segments: ") for entry in segments)
        counts = tuple(self.number(entry, "customers", "segments: ", lowest=0) for entry in segments)
        customers = self.number(self.document, "customers", "", lowest=1)
        farthest = tuple(
            None
            if entry.get("farthest_billionths", 0) is None
            else self.number(entry, "farthest_billionths", "segments: ")
            for entry in segments
        )
        if len(set(names)) < max(len(names), _BOTH):
            self.problems.append(_("segments: must be two or more, each with a name of its own."))
        self._check_shares(shares, _("segments: the shares"))
        if not all(float(count).is_integer() for count in counts) or sum(counts) != customers:
            self.problems.append(
                _(
                    "segments: customers must be whole numbers, 0 or more, {customers} in all.",
                    customers=f"{customers:,}",
                )
            )
        return Segmentation(
            method=method,
            columns=columns,
            at_fit=at_fit,
            names=names,
            shares=shares,
            counts=tuple(map(int, counts)),
            farthest=farthest,
            far_share=self.number(self.document, "far_share", "", lowest=0, highest=1),
            learned=self._read_learned(method, columns, len(names)),
            customers=int(customers),
            effective=self.number(self.document, "effective_customers", "", lowest=1),
            as_of=self._day(),
            made_from=self.text(self.document, "made_from", "", may_be_empty=True),
        )

    def _read_columns(self, method: Any) -> tuple[tuple[Basis, ...], tuple[Shares, ...]]:
        columns, at_fit = [], []
        for number, entry in enumerate(self.listed(self.document, "columns", ""), 1):
            if not self.is_mapping(entry, _("column {number}", number=number)):
                continue
            where = f"{self.text(entry, 'name', f'column {number}: ')}: "
            basis = self._read_basis(entry, where)
            columns.append(basis)
            at_fit.append(self._read_shares(entry, basis, where))
            unordered = basis.kind in ("binary", "categorical")
            if (method == "gaussian" and unordered) or (method == "latent_class" and is_number(basis)):
                self.problems.append(
                    _(
                        "{where}method {method} takes no {kind} column.",
                        where=where,
                        method=repr(method),
                        kind=basis.kind,
                    )
                )
        if len({basis.name for basis in columns}) < max(len(columns), 1):
            self.problems.append(_("columns: must be one or more, each once."))
        return tuple(columns), tuple(at_fit)

    def _read_basis(self, entry: Mapping[str, Any], where: str) -> Basis:
        kind = self.choose(entry, "kind", KINDS, where)
        levels = tuple(self.listed(entry, "levels", where, may_be_empty=True))
        is_answer = kind not in ("numeric", "logged")
        if not all(isinstance(one, str) for one in levels) or len(set(levels)) < len(levels):
            self.problems.append(_("{where}levels must be texts, each once.", where=where))
        if (is_answer and len(levels) < _BOTH) or (not is_answer and levels):
            self.problems.append(
                _(
                    "{where}{count} levels do not suit kind {kind}.",
                    where=where,
                    count=len(levels),
                    kind=repr(kind),
                )
            )
        features = len(levels) if kind == "categorical" else 1
        centres, scales, filled = (
            self.numbers(entry, key, where, (features,)) for key in ("centres", "scales", "filled")
        )
        if not all(scale > 0 for scale in scales):
            self.problems.append(_("{where}scales must be above 0.", where=where))
        return Basis(
            name=str(entry.get("name")),
            kind=kind,
            levels=levels,
            centres=centres,
            scales=scales,
            filled=filled,
        )

    def _read_shares(self, entry: Mapping[str, Any], basis: Basis, where: str) -> Shares:
        then = entry.get("at_fit")
        where = f"{where}at_fit: "
        if not self.is_mapping(then, where.removesuffix(": ")):
            return Shares(edges=(), shares=(), missing=0.0)
        bins = len(list_codes(basis)) - 1
        edges = self.numbers(then, "edges", where, (None,))
        if is_number(basis):
            bins = len(edges) + 1
            if any(after <= before for before, after in pairwise(edges)):
                self.problems.append(_("{where}edges must increase.", where=where))
        shares = self.numbers(then, "shares", where, (bins,))
        missing = self.number(then, "missing", where, lowest=0, highest=1)
        self._check_shares((*shares, missing), _("{where}the shares", where=where))
        return Shares(edges=edges, shares=shares, missing=missing)

    def _read_learned(self, method: Any, columns: tuple[Basis, ...], k: int) -> dict[str, Nested]:
        learned = self.document.get("learned")
        if not self.is_mapping(learned, "learned") or self.problems:
            return {}
        features, p = sum(len(basis.features) for basis in columns), len(columns)
        shapes: dict[str, tuple[int | None, ...]] = {
            "centres": (k, features),
            "constants": (k,),
            "means": (k, p),
            "roots": (k, p, p),
            "log_sizes": (k,),
            "weights": (k, count_cells(columns)),
        }
        nodes = (len(learned["left"]) if isinstance(learned.get("left"), list) else None,)
        found = {
            name: self.numbers(learned, name, (_("learned:") + " "), shapes.get(name, nodes))
            for name in NEEDED[method]
        }
        if self.problems:
            return {}
        if method == "tree":
            self._check_tree(found, features, k)
        if method == "mixed" and any(is_number(basis) for basis in columns):
            self._check_spread(found["weights"], sum(is_number(basis) for basis in columns))
        return found

    def _check_tree(self, found: Mapping[str, Any], features: int, k: int) -> None:
        """Every question leads to later ones or to a segment, so that it ends."""
        names = ("left", "right", "features", "segments")
        if not all(float(one).is_integer() for name in names for one in found[name]) or not found["left"]:
            self.problems.append(_("learned: the tree's nodes must be whole numbers."))
            return
        nodes = len(found["left"])
        for node, (left, right, feature, segment) in enumerate(
            zip(*(found[name] for name in names), strict=True)
        ):
            is_question = left >= 0 or right >= 0
            leads = node < left < nodes and node < right < nodes and 0 <= feature < features
            if (is_question and not leads) or (not is_question and not 0 <= segment < k):
                self.problems.append(_("learned: node {node} of the tree leads nowhere.", node=node))

    def _check_spread(self, weights: Any, numbers: int) -> None:
        table = np.array(weights)
        first = table.shape[1] - 3 * numbers
        if not (table[:, first : first + numbers] < 0).all():
            self.problems.append(_("learned: the weights of squares must be below 0."))

    def _check_shares(self, shares: tuple[float, ...], where: str) -> None:
        if not all(share >= 0 for share in shares) or abs(sum(shares) - 1) > _ROUNDING:
            self.problems.append(_("{where} must be 0 or more and sum to 1.", where=where))

    def _day(self) -> dt.date | None:
        text = self.document.get("as_of")
        if text is None:
            return None
        try:
            return dt.date.fromisoformat(text)
        except (TypeError, ValueError):
            self.problems.append(
                _("as_of == {text}, must be a day such as 2026-06-30, or null.", text=repr(text))
            )
            return None


def _join_lines(match: re.Match[str]) -> str:
    return "[" + re.sub(r"\n\s*", " ", match[0][1:-1]).strip() + "]"
