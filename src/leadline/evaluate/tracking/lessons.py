"""Close the loop: what a round taught, and what the next one should know (V8)."""

from collections.abc import Mapping

import pandas as pd

from leadline.data.columns import check_columns
from leadline.disclosure import MINIMUM, tell_hidden
from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.shares import Count
from leadline.evaluate.tracking.cells import count_cells
from leadline.evaluate.tracking.lessons_result import LessonsResult
from leadline.evaluate.tracking.next_round import plan_next
from leadline.evaluate.tracking.ranking import group_by_score, judge_ranking
from leadline.language import N_, _, plural

_HEADLINE = N_("The round cannot be learned from")
_MOST_CLASSES = 12


def learn_lessons(
    units: pd.DataFrame,
    *,
    next_size: int,
    arm: str = "arm",
    control: str = "held_out",
    outcome: str = "is_subscribed",
    reached: str | None = "is_reached",
    score: str | None = None,
    classes: Mapping[str, str] | None = None,
    arm_labels: Mapping[str, str] | None = None,
    eligible: int | None = None,
    name: str = "",
) -> LessonsResult:
    """Learn from a campaign that is over: who answered, whom the contact moved, whom to hold out next.

    Parameters
    ----------
    units
        One row a customer of the campaign.
    next_size
        Customers on the next list, contacted and held out together.
    arm, control, outcome, reached
        Columns of the arm, the outcome (yes, no, missing: unknown) and of whether the contact got through
        (None where nothing is known); what the arm says of those held out.
    score
        Column of what the model said before; None where there was no model.
    classes
        Column → label of classes known before, such as the tier.
    arm_labels
        Arm → what a reader sees.
    eligible
        Customers who could have been listed, if known: the next model learns of those listed alone.
    name
        The campaign's; '' for “the campaign”.

    Raises
    ------
    DataError
        With every column that is absent or of the wrong kind, or if an arm is too small.
    ParameterError
        If ``next_size`` is below 20.
    """
    if next_size < 2 * MINIMUM:
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "next_size == {next_size}, must be {minimum} or more.",
                next_size=repr(next_size),
                minimum=2 * MINIMUM,
            ),
        )
    wanted = dict(classes or {})
    _check(units, (arm, control, outcome), reached, score, wanted)
    known = units[units[outcome].notna()]
    frame = known[[*wanted]].assign(
        arm=known[arm].astype("str"),
        is_control=known[arm] == control,
        yes=known[outcome].astype("bool"),
        is_reached=known[reached].astype("boolean")
        if reached
        else pd.Series(pd.NA, known.index, dtype="boolean"),
    )
    frame["arm"] = frame["arm"].replace(dict(arm_labels or {}))
    kinds = [("arm", _("Arm")), *wanted.items()]
    ranking = None
    if score:
        thirds = (_("lowest third"), _("middle third"), _("highest third"))
        own = pd.to_numeric(known[score], errors="coerce")
        frame = frame.assign(score=own, third=group_by_score(own, thirds))
        ranking = judge_ranking(frame, thirds[-1])
        kinds.insert(1, ("third", _("Score")))
    cells = count_cells(frame, kinds)
    sides = {side: frame.loc[frame["is_control"] == side, "yes"] for side in (False, True)}
    treated, held_out = (Count(int(yes.sum()), len(yes)) for yes in sides.values())
    return LessonsResult(
        cells=cells,
        treated=treated,
        held_out=held_out,
        plan=plan_next(treated, held_out, next_size),
        ranking=ranking,
        eligible=eligible,
        name=name,
        notes=(*_tell_unknown(units, known, arm, control), *tell_hidden(cells, MINIMUM)),
    )


def _tell_unknown(units: pd.DataFrame, known: pd.DataFrame, arm: str, control: str) -> list[str]:
    missing = len(units) - len(known)
    if not missing:
        return []
    shares = [
        1 - (known[arm] == control).sum() / (units[arm] == control).sum(),
        1 - (known[arm] != control).sum() / (units[arm] != control).sum(),
    ]
    told = [
        plural(
            "{count} customer has no outcome yet, and teaches nothing.",
            "{count} customers have no outcome yet, and teach nothing.",
            missing,
        )
    ]
    if abs(shares[0] - shares[1]) > 0.02:  # noqa: PLR2004 (two points: an arm that is known better)
        told.append(
            _("Outcomes are missing more often in one arm than in the other: the comparison may mislead.")
        )
    return told


def _check(
    units: pd.DataFrame,
    names: tuple[str, str, str],
    reached: str | None,
    score: str | None,
    classes: Mapping[str, str],
) -> None:
    arm, control, outcome = names
    wanted = [arm, outcome, *classes]
    problems = [
        _("{name}: the units have no such column. Name your own for it.", name=name)
        for name in [*wanted, *([reached] if reached else []), *([score] if score else [])]
        if name not in units.columns
    ]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    problems = check_columns(units, [arm, outcome, *([score] if score else [])], _("the units"))
    for name in classes:
        if (count := units[name].nunique()) > _MOST_CLASSES:
            problems.append(
                _(
                    "{name}: has {count} values; at most {most_classes} are classes. Group them.",
                    name=name,
                    count=f"{count:,}",
                    most_classes=_MOST_CLASSES,
                )
            )
    for name in [outcome, *([reached] if reached else [])]:
        values = units[name].dropna()
        if not (pd.api.types.is_bool_dtype(units[name]) or values.isin([0, 1]).all()):
            problems.append(
                _(
                    "{name}: holds {dtype}, must be yes or no. Name another column.",
                    name=name,
                    dtype=units[name].dtype,
                )
            )
    if score and score in units and not pd.api.types.is_numeric_dtype(units[score]):
        problems.append(
            _(
                "{score}: holds {dtype}, must be numbers. Name another column.",
                score=score,
                dtype=units[score].dtype,
            )
        )
    known = units[outcome].notna()
    is_control = units[arm] == control
    for who, chosen in ((f"are “{control}”", is_control), (f"are not “{control}”", ~is_control)):
        if (count := int((chosen & known).sum())) < MINIMUM:
            problems.append(
                _(
                    "{arm}: {count} customers with an outcome {who}; {minimum} are needed.",
                    arm=arm,
                    count=f"{count:,}",
                    who=who,
                    minimum=MINIMUM,
                )
            )
    if problems:
        raise DataError(_(_HEADLINE), problems)
