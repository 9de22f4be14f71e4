"""Personas: two sentences a segment, made of measured differences alone."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.language import _, format_value
from leadline.results import Column, table_html
from leadline.target.profiles.descriptors_result import DescriptorsResult
from leadline.target.profiles.profile_result import ProfileResult

if TYPE_CHECKING:
    from leadline.language.formats import Unit

_MOST = 3
_TWO = 2


def write_personas(
    profile: ProfileResult,
    described: ProfileResult | None = None,
    tests: DescriptorsResult | None = None,
) -> pd.DataFrame:
    """Write each segment's persona by template; nothing is said that was not measured.

    The first sentence names the markers that are not chance, at most three above and three below all
    customers, largest first. The second names what else tells the segment from the others, of descriptors
    alone that differ after correction.

    Parameters
    ----------
    profile
        Of the bases.
    described
        Of the descriptors, for the same segments.
    tests
        Of the same descriptors; without it, or where it proves no difference, nothing is said of them.

    Returns
    -------
    DataFrame
        One row a segment: ``segment``, ``persona``.
    """
    rows = []
    for size in profile.sizes.to_dict("records"):
        segment = str(size["segment"])
        first = _tell(_take(profile, segment))
        share = format_value(float(size["share"]), "share")
        if first:
            text = _(
                "{segment} ({share} of customers) stands out by {found}.",
                segment=segment,
                share=share,
                found=first,
            )
        else:
            text = _(
                "{segment} ({share} of customers) stands out by nothing: its members answer like all "
                "customers.",
                segment=segment,
                share=share,
            )
        rows.append((segment, f"{text} {_tell_descriptors(segment, described, tests)}"))
    return pd.DataFrame(rows, columns=["segment", "persona"])


def _tell_descriptors(segment: str, described: ProfileResult | None, tests: DescriptorsResult | None) -> str:
    if described is None or tests is None:
        return _("What else tells its members was not asked.")
    proven = set(tests.different["descriptor"])
    found = _tell(_take(described, segment, only=proven))
    if not found:
        return _("No descriptor tells its members from the others.")
    return _("Its members also differ by {found}.", found=found)


def _take(profile: ProfileResult, segment: str, only: set[str] | None = None) -> pd.DataFrame:
    """Return the sure differences of a segment, largest first; markers alone unless columns are named."""
    rows = profile.profiles[(profile.profiles["segment"] == segment) & profile.profiles["is_sure"]]
    rows = rows[rows["is_marker"]] if only is None else rows[rows["column"].isin(only)]
    levels = profile.profiles.groupby("column")["variable"].nunique()
    rows = rows[
        (rows["difference"] > 0) | (rows["column"].map(levels) != _TWO)
    ]  # of two levels one says both
    size = (rows["place"] - rows["place_total"]).abs()
    return rows.assign(size=size).sort_values("size", ascending=False, kind="stable")


def _tell(rows: pd.DataFrame) -> str:
    more = [_tell_one(row) for row in rows[rows["difference"] > 0].head(_MOST).to_dict("records")]
    less = [_tell_one(row) for row in rows[rows["difference"] < 0].head(_MOST).to_dict("records")]
    parts = []
    if more:
        parts.append(_("more {list}", list=_(", ").join(more)))
    if less:
        parts.append(_("less {list}", list=_(", ").join(less)))
    return _("{first} and {second}", first=parts[0], second=parts[1]) if len(parts) > 1 else "".join(parts)


def _tell_one(row: Any) -> str:
    unit: Unit = "share" if row["is_share"] else "number"
    return _(
        "“{label}” ({mean} against {total})",
        label=row["label"],
        mean=format_value(float(row["mean"]), unit),
        total=format_value(float(row["total"]), unit),
    )


def show_personas(personas: pd.DataFrame) -> str:
    """Write personas (`write_personas`) as an HTML table, every text escaped."""
    columns = {"segment": Column(_("Segment")), "persona": Column(_("Who they are"))}
    return table_html(personas, columns, name="personas", caption=_("Personas, from measured differences"))
