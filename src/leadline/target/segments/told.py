"""How the bases are read, said in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from leadline.language import _, format_value, plural
from leadline.results import Column, result_html, table_html
from leadline.target.segments.bases import Bases, Basis

_NAMED = 6


@dataclass(frozen=True, eq=False, kw_only=True)
class BasesTold:
    """The bases as a reader sees them.

    Attributes
    ----------
    table
        One row a column: ``label``, ``group``, ``read_as`` (words), ``missing_share``.
    summary, warnings
        How columns were brought to one scale, and what is odd about them.
    """

    table: pd.DataFrame
    summary: str
    warnings: Sequence[str]

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Base")),
            "group": Column(_("Group")),
            "read_as": Column(_("Read as")),
            "missing_share": Column(_("Missing"), "share"),
        }
        return result_html(self, table_html(self.table, columns, name="bases", caption=_("The bases")))


def tell_bases(
    bases: Bases, *, groups: Mapping[str, Sequence[str]], labels: Mapping[str, str] | None = None
) -> BasesTold:
    """Say how each column of the bases was read and how much it counts.

    Parameters
    ----------
    bases
        From `read_bases`.
    groups
        Group of bases → its columns.
    labels
        Column → what a reader calls it.
    """
    labels = labels or {}
    missing = np.isnan(bases.readings).mean(axis=0)
    rows = [
        {
            "label": labels.get(basis.name, basis.name),
            "group": _(", ").join(
                tell_group(name) for name, columns in groups.items() if basis.name in columns
            ),
            "read_as": _tell_kind(basis),
            "missing_share": float(share),
        }
        for basis, share in zip(bases.columns, missing, strict=True)
    ]
    return BasesTold(table=pd.DataFrame(rows), summary=_tell_scale(bases), warnings=bases.warnings)


def tell_group(name: str) -> str:
    """Name a group of bases; one that textbooks do not know keeps its name."""
    known = {
        "demographic": _("demographic"),
        "geographic": _("geographic"),
        "psychographic": _("psychographic"),
        "behavioural": _("behavioural"),
    }
    return known.get(name, name)


def _tell_scale(bases: Bases) -> str:
    count = len(bases.columns)
    customers = format_value(bases.customers, "count")
    if not bases.is_scaled:
        return plural(
            "{count} yes-or-no column makes the segments of {customers} customers: yes counts 1 and no 0.",
            "{count} yes-or-no columns make the segments of {customers} customers: yes counts 1 and no 0.",
            count,
            customers=customers,
        )
    return plural(
        "{count} column makes the segments of {customers} customers, divided by its standard deviation.",
        "{count} columns make the segments of {customers} customers; each is divided by its standard "
        "deviation, so that all count the same.",
        count,
        customers=customers,
    )


def _tell_kind(basis: Basis) -> str:
    levels = _(", ").join(basis.levels[:_NAMED]) + (" …" if len(basis.levels) > _NAMED else "")
    return {
        "numeric": _("a number"),
        "logged": _("a number of which log(1 + x) counts, so that few large values do not decide"),
        "ordinal": _("ordered values, by their rank: {levels}", levels=levels),
        "binary": _("yes or no"),
        "categorical": _("one yes-or-no column a value: {levels}", levels=levels),
    }[basis.kind]
