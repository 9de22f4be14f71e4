"""Customers whose attributes or outcomes no model can be made of, or only one to be doubted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from tests.data.cases.runs import Ending, RunCase

CUSTOMERS = 1_500
_RNG = np.random.default_rng(11)
_INCOME, _SEGMENT = _RNG.normal(size=CUSTOMERS), _RNG.choice(["a", "b", "c"], CUSTOMERS)
_CHANCE = 1 / (1 + np.exp(2 - _INCOME - 1.2 * (_SEGMENT == "c")))
_BUYS = np.where(_RNG.random(CUSTOMERS) < _CHANCE, "yes", "no")
_IS_BUYER = _BUYS == "yes"


def customers(**columns: object) -> pd.DataFrame:
    """Return customers whom a model can be learnt from, with columns of one's own, or in place of its own."""
    sound = {
        "income": _INCOME.round(6),
        "noise": _RNG.normal(size=CUSTOMERS).round(6),
        "segment": _SEGMENT,
        "buys": _BUYS,
    }
    return pd.DataFrame(sound | columns)


def staged(
    frame: pd.DataFrame, columns: list[str], method: str = "logistic", **given: Any
) -> Callable[[Path], dict[str, Any]]:
    """Ask whether further columns make a better list."""

    def prepare(folder: Path) -> dict[str, Any]:
        frame.to_parquet(folder / "customers.parquet")
        stages = [
            {"name": "before", "columns": ["noise"], "method": method},
            {"name": "after", "columns": columns, "method": method},
        ]
        (folder / "plan.yml").write_text(yaml.safe_dump({"stages": stages}), "utf-8")
        plan = str(folder / "plan.yml")
        return {
            "data": str(folder / "customers.parquet"),
            "plan": plan,
            "target": "buys",
            "policy": "",
        } | given

    return prepare


def case(
    name: str, ending: Ending, frame: pd.DataFrame, columns: list[str], *wanted: str, **given: Any
) -> RunCase:
    """Return the run of the staged models on such customers."""
    return RunCase(name, "stage_target_model", staged(frame, columns, **given), ending, wanted)


def scored_by_an_old_card(folder: Path) -> dict[str, Any]:
    """Score customers of a city of which the points file says nothing."""
    cities = np.where(np.arange(200) % 10 == 0, "Lhasa", "上海")
    ids = [f"c{number}" for number in range(200)]
    pd.DataFrame({"customer_id": ids, "city": cities, "visits": np.arange(200) % 17}).to_csv(
        folder / "clients.csv", index=False
    )
    rules = [{"equals": "上海", "points": 5}, {"equals": "北京", "points": 3}]
    visits = [{"under": 5, "points": 0}, {"at_least": 5, "points": 4}]
    attributes = [
        {"column": "city", "label": "City", "rules": rules, "otherwise": 0},
        {"column": "visits", "label": "Visits", "rules": visits},
    ]
    (folder / "points.yml").write_text(
        yaml.safe_dump({"name": "Points of May", "attributes": attributes}, allow_unicode=True), "utf-8"
    )
    return {
        "data": str(folder / "clients.csv"),
        "scorecard": str(folder / "points.yml"),
        "among": "",
        "adjust": "",
        "list_size": 50,
    }


def many_streets(folder: Path) -> dict[str, Any]:
    """Hand in more customers than any list has, each of a street of his own."""
    size = 100_000
    frame = pd.DataFrame(
        {
            "noise": np.arange(size) % 97 / 97,
            "street": [f"street {number}" for number in range(size)],
            "buys": np.where(np.arange(size) % 7 == 0, "yes", "no"),
        }
    )
    return staged(frame, ["street"])(folder)


_ONE_BUYER = np.where(np.arange(CUSTOMERS) == 7, "yes", "no")
_MANY = np.arange(CUSTOMERS)
MODEL_RUNS = [
    case("constant_column", "warning", customers(flat=1), ["income", "flat"], "flat", "same value"),
    case(
        "all_missing_column",
        "refused",
        customers(gone=np.nan),
        ["income", "gone"],
        "gone: all 1,500 values are missing",
        "Leave it out",
    ),
    case(
        "inf_in_feature",
        "refused",
        customers(ratio=np.where(_MANY < 2, np.inf, _INCOME)),
        ["ratio"],
        "ratio",
        "infinite",
        "rows 2 and 3",
    ),
    case(
        "single_class", "refused", customers(buys="yes"), ["income"], "buys", "all 1,500", "nothing to learn"
    ),
    case(
        "single_class_tree",
        "refused",
        customers(buys="yes"),
        ["income"],
        "buys",
        "all 1,500",
        "nothing to learn",
        method="boosting",
    ),
    case(
        "class_with_1_member", "refused", customers(buys=_ONE_BUYER), ["income"], "buyers among", "at least"
    ),
    case(
        "auc_one_class_fold",
        "refused",
        customers(buys=np.where((_MANY < 900) & _IS_BUYER, "yes", "no")),
        ["income"],
        "the held-out part has 0 buyers",
        holdout="time",
    ),
    case(
        "perfect_separation",
        "verdict",
        customers(ahead=_IS_BUYER * 100.0 + _INCOME.round(2)),
        ["ahead"],
        "ahead",
        "Possible leak",
    ),
    case(
        "collinearity",
        "warning",
        customers(twice=_INCOME.round(6) * 2),
        ["income", "twice"],
        "twice repeats income",
    ),
    case(
        "outcome_leakage",
        "warning",
        customers(called_s=_IS_BUYER + _RNG.normal(0, 0.6, CUSTOMERS)),
        ["income", "called_s"],
        "Possible leak: called_s",
    ),
    case(
        "index_id_as_feature",
        "warning",
        customers(number=_MANY),
        ["income", "number"],
        "number looks like an id",
    ),
    RunCase(
        "category_1e5", "stage_target_model", many_streets, "refused", ("street: 100,000 different texts",)
    ),
    RunCase(
        "unseen_category_at_scoring",
        "score_customers",
        scored_by_an_old_card,
        "warning",
        ("City: 20 of 200", "Lhasa"),
    ),
]
