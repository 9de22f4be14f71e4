"""Arms spelt in several ways: "A", "a " and "Ａ" are one (V1)."""

import unicodedata

import ibis.expr.types as ir

from leadline.features.experiment.scan import ExperimentDesign
from leadline.language import _

#: A column of more values is none of arms, which the check of the arms says.
_MOST_SPELLINGS = 200


def unify_arms(units: ir.Table, design: ExperimentDesign) -> tuple[ir.Table, list[str]]:
    """Spell each arm in one way: as the control is named, else as most rows have it.

    Spellings are one if they differ in case, width of letters and spaces only.

    Returns
    -------
    tuple
        The table, and a note for each arm that had several spellings.
    """
    if design.arm not in units.columns or not units[design.arm].type().is_string():
        return units, []
    counted = units.group_by(spelling=units[design.arm]).aggregate(rows=lambda table: table.count())
    listed = counted.order_by([counted.rows.desc(), counted.spelling]).limit(_MOST_SPELLINGS + 1).to_pyarrow()
    spellings = [text for text in listed["spelling"].to_pylist() if text and text.strip()]
    if len(spellings) > _MOST_SPELLINGS:
        return units, []
    meant = {_fold(text): text.strip() for text in reversed(spellings)} | {
        _fold(design.control): design.control
    }
    other = {text: meant[_fold(text)] for text in spellings if text.strip() != meant[_fold(text)]}
    if not other:
        return units, []
    notes = [
        _(
            "{column}: {spellings} read as {arm}.",
            column=design.arm,
            spellings=_(", ").join(repr(text) for text in sorted(other) if other[text] == arm),
            arm=repr(arm),
        )
        for arm in sorted(set(other.values()))
    ]
    return units.mutate(**{design.arm: units[design.arm].substitute(other)}), notes


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
