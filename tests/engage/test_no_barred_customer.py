"""Nobody whom a rule bars is on any list: random populations against an oracle in plain Python."""

import os

import numpy as np
import pandas as pd
import pytest

from leadline.engage import ListOrder, make_list
from tests.engage.populations import AS_OF, draw_policy, draw_population, to_frame

#: Each population alone, with types of its own; LEADLINE_POPULATIONS=10000 is the full form.
ALONE = int(os.environ.get("LEADLINE_POPULATIONS", "120"))
TOGETHER = 10_000


#: Customers whom no rule bars, in every population: so that every one has a list.
FREE = [
    {
        "customer_id": number,
        "consent": True,
        "do_not_contact": False,
        "is_staff": False,
        "age_years": 40,
        "risk_level": 5,
        "score": 0.5,
        "tier": "A",
    }
    for number in (901, 902)
]


def list_ids(customers, policy, tables):
    """Whom the list of these customers names, in the list itself and in every table that leaves the house."""
    products = pd.DataFrame({"product_id": ["7"], "risk_level": [tables.pop("product_risk")]})
    order = ListOrder(base_rate=0.05, salt="s", holdout_size=1)
    scored = customers[["customer_id", "tier"]].assign(score=customers["score"].astype(float))
    found = make_list(customers, scored, policy, order, channels="SMS", products=products, **tables)
    parts = (found.for_callers(), found.held_out_rows, found.for_ledger())
    return set(found.rows["customer_id"]).union(*(part["customer_id"] for part in parts))


def test_no_barred_customer_is_on_a_list_of_one_population() -> None:
    seen = {"barred": 0, "outside": 0, "listed": 0}
    for seed in range(ALONE):
        rng = np.random.default_rng(seed)
        policy = draw_policy(rng)
        tables, is_barred = draw_population(rng)
        customers = to_frame(rng, [*tables["customers"], *FREE])
        is_target = np.append(rng.random(len(customers) - len(FREE)) < 0.8, [True] * len(FREE))
        asked = {
            "as_of": AS_OF,
            "product_id": 7,
            "product_risk": tables["product_risk"],
            "contact_history": to_frame(rng, tables["contact_history"]),
            "holdings": to_frame(rng, tables["holdings"]),
            "among": "is_target",
        }
        listed = list_ids(customers.assign(is_target=is_target), policy, asked)
        numbers = tables["numbers"]
        barred = {str(number) for place, number in enumerate(numbers) if is_barred(place, policy)}
        outside = {str(number) for number, is_in in zip(numbers, is_target, strict=False) if not is_in}
        everybody = {str(number) for number in [*numbers, 901, 902]}
        assert listed == everybody - barred - outside, seed
        found = {"barred": barred, "outside": outside, "listed": listed & {str(n) for n in numbers}}
        seen = {name: seen[name] + len(ids) for name, ids in found.items()}
    assert seen["barred"] > 2 * ALONE
    assert seen["outside"] > ALONE / 2
    assert seen["listed"] > ALONE / 10


@pytest.mark.covers("exports", "opted_out_never_listed")
@pytest.mark.parametrize("seed", [1, 2])
def test_no_barred_customer_of_ten_thousand_populations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    policy = draw_policy(rng)
    drawn = [draw_population(rng, first_id=10 * place) for place in range(TOGETHER // 2)]
    for risk in range(1, 6):
        group = [(tables, is_barred) for tables, is_barred in drawn if tables["product_risk"] == risk]
        names = ("customers", "contact_history", "holdings")
        rows = {name: [row for tables, _ in group for row in tables[name]] for name in names}
        asked = {
            "as_of": AS_OF,
            "product_id": "7",
            "product_risk": risk,
            "contact_history": to_frame(rng, rows["contact_history"]),
            "holdings": to_frame(rng, rows["holdings"]),
        }
        listed = list_ids(to_frame(rng, rows["customers"]), policy, asked)
        wanted = {
            str(number)
            for tables, is_barred in group
            for place, number in enumerate(tables["numbers"])
            if not is_barred(place, policy)
        }
        assert listed == wanted
        assert len(wanted) > 5
