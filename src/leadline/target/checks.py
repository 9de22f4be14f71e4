"""What makes a staged comparison impossible (problems), before any model is fitted."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from leadline.data.flags import read_yes
from leadline.language import _, join_sentences
from leadline.target.encode import IntArray
from leadline.target.holdout import Split
from leadline.target.metrics import BoolArray
from leadline.target.outcome import FILE_ROW_OF_FIRST
from leadline.target.plan import StagePlan

FEWEST_BUYERS = 10
_NAMED = 5


def check_split(buys: BoolArray, split: Split) -> list[str]:
    """List which part has too few buyers, or too few others, to learn from or to judge by."""
    problems = []
    for part, rows in ((_("training"), split.train), (_("held-out"), split.test)):
        counts = {_("buyers"): int(buys[rows].sum()), _("customers who do not buy"): int((~buys[rows]).sum())}
        problems += [
            _(
                "the {part} part has {count} {who} among {customers} customers, at least "
                "{fewest_buyers} are needed. Use more data, or another hold-out or holdout_share.",
                part=part,
                count=count,
                who=who,
                customers=f"{len(rows):,}",
                fewest_buyers=FEWEST_BUYERS,
            )
            for who, count in counts.items()
            if count < FEWEST_BUYERS
        ]
    return problems


def find_group(frame: pd.DataFrame, plan: StagePlan) -> BoolArray | None:
    """Mark whom the stages that ask for a yes (``among``) can list; None where no stage asks."""
    asked = [stage.among for stage in plan.stages if stage.among]
    return np.logical_or.reduce([read_yes(frame[name], []) for name in asked]) if asked else None


def check_conditions(frame: pd.DataFrame, plan: StagePlan) -> list[str]:
    """List bounds on numbers that rules for channels set on columns of something else."""
    bounded = {
        condition.column
        for stage in plan.stages
        for rule in (stage.contacts.rules if stage.contacts else ())
        for condition in rule.where
        if not condition.equals and condition.column in frame.columns
    }
    problems = []
    for name in sorted(bounded):
        column = frame[name]
        is_time = pd.api.types.is_datetime64_any_dtype(column.dtype)
        unread = pd.to_numeric(column, errors="coerce").isna() & column.notna()
        odd = np.flatnonzero(column.notna() if is_time else unread)
        if len(odd):
            problems.append(
                _(
                    "{name}: {count} values are no numbers (first: {iloc}, row {odd}), and a rule for "
                    "channels sets a bound on it. Write numbers, or name levels (equals).",
                    name=name,
                    count=f"{len(odd):,}",
                    iloc=repr(str(column.iloc[odd[0]])),
                    odd=f"{odd[0] + FILE_ROW_OF_FIRST:,}",
                )
            )
    return problems


def check_listing(
    frame: pd.DataFrame, plan: StagePlan, buys: BoolArray, split: Split, among: Mapping[str, BoolArray]
) -> list[str]:
    """List stages that have nobody to list, too few buyers to learn from, or nothing to rank by."""
    problems = []
    for stage in plan.stages:
        recipe = plan.recipe_up_to(stage)
        if not stage.method:
            continue
        can_be_listed = among[recipe.among] if recipe.among else np.ones(len(frame), dtype=bool)
        training, held_out = (rows[can_be_listed[rows]] for rows in (split.train, split.test))
        if recipe.among and (few := _find_few(recipe.among, buys, training, held_out)):
            problems.append(_("stage {name}: {few}", name=repr(stage.name), few=few))
        elif not recipe.rules and all(_is_constant(frame[name].iloc[training]) for name in recipe.columns):
            problems.append(
                _(
                    "stage {name}: each of its columns ({columns}) holds one value for all training "
                    "customers, so it cannot rank anybody. Give it other columns.",
                    name=repr(stage.name),
                    columns=_(", ").join(recipe.columns[:_NAMED]),
                )
            )
    return problems


def _find_few(among: str, buys: BoolArray, training: IntArray, held_out: IntArray) -> str:
    if not len(held_out):
        return _(
            "{among} is yes for none of the held-out customers, so nobody can be listed. Check the column.",
            among=among,
        )
    counts = {
        _("buyers"): int(buys[training].sum()),
        _("customers who do not buy"): int((~buys[training]).sum()),
    }
    return join_sentences(
        _(
            "among {count} training customers with {among} there are {customers} {who}, at least "
            "{fewest_buyers} are needed. Use more data, or take among out.",
            count=f"{len(training):,}",
            among=among,
            customers=count,
            who=who,
            fewest_buyers=FEWEST_BUYERS,
        )
        for who, count in counts.items()
        if count < FEWEST_BUYERS
    )


def _is_constant(column: pd.Series) -> bool:
    known = column.dropna()
    return bool((len(known) in (0, len(column))) and (known == known.iloc[:1].squeeze()).all())


def resolve_list_size(
    list_size: int | None, list_share: float | None, customers: int, problems: list[str]
) -> int:
    """Return how many of the held-out ``customers`` are listed; ``list_size`` goes before ``list_share``."""
    if list_size is not None:
        if not 1 <= list_size <= customers:
            problems.append(
                _(
                    "list_size == {list_size}, must be 1 to {customers}, the customers to list from.",
                    list_size=f"{list_size:,}",
                    customers=f"{customers:,}",
                )
            )
        return list_size
    if list_share is None:
        problems.append(_("neither list_size nor list_share is given. Give one."))
        return 0
    if not 0 < list_share <= 1:
        problems.append(
            _("list_share == {list_share}, must be above 0 and at most 1.", list_share=f"{list_share:g}")
        )
    return max(1, round(list_share * customers))
