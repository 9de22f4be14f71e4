"""What makes a staged comparison impossible (problems), before any model is fitted."""

from leadline.target.holdout import Split
from leadline.target.metrics import BoolArray

FEWEST_BUYERS = 10


def check_split(buys: BoolArray, split: Split) -> list[str]:
    """List which part has too few buyers, or too few others, to learn from or to judge by."""
    problems = []
    for part, rows in (("training", split.train), ("held-out", split.test)):
        counts = {"buyers": int(buys[rows].sum()), "customers who do not buy": int((~buys[rows]).sum())}
        problems += [
            f"the {part} part has {count} {who} among {len(rows):,} customers, at least {FEWEST_BUYERS} are "
            "needed. Use more data, or another hold-out or holdout_share."
            for who, count in counts.items()
            if count < FEWEST_BUYERS
        ]
    return problems


def resolve_list_size(
    list_size: int | None, list_share: float | None, customers: int, problems: list[str]
) -> int:
    """Return how many of the held-out ``customers`` are listed; ``list_size`` goes before ``list_share``."""
    if list_size is not None:
        if not 1 <= list_size <= customers:
            problems.append(
                f"list_size == {list_size:,}, must be 1 to {customers:,}, the customers to list from."
            )
        return list_size
    if list_share is None:
        problems.append("neither list_size nor list_share is given. Give one.")
        return 0
    if not 0 < list_share <= 1:
        problems.append(f"list_share == {list_share:g}, must be above 0 and at most 1.")
    return max(1, round(list_share * customers))
